// A simplified crontab parser that agrees with the engine's: `scheduleOf`.

import type { Days, ScheduleDescription, ScheduleView, Span, Times } from "../types";

const NICKNAMES: Record<string, string> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
};
const FIELDS: readonly (readonly [first: number, last: number])[] = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const LISTED = 12;

/** Returns null for an invalid crontab. */
export function scheduleOf(crontab: string, timezone: string | null, now: number): ScheduleView | null {
  const fields = parse(crontab);
  if (!fields) return null;
  return { crontab, timezone: timezone ?? "local", plain: plainOf(fields), sentence: "", next: next(fields, now) };
}

type Fields = { values: number[][]; fixed: boolean; eitherDay: boolean };

function parse(crontab: string): Fields | null {
  const text = NICKNAMES[crontab.trim()] ?? crontab.trim();
  const parts = text.split(/\s+/);
  if (parts.length === 5) parts.unshift("0");
  if (parts.length !== 6) return null;
  const values = parts.map((part, at) => field(part, at));
  if (values.some((set) => set === null)) return null;
  const starred = (at: number) => parts[at]?.startsWith("*") ?? false;
  const fixed = !parts.slice(0, 3).some((part) => /[*/]/.test(part));
  return { values: values as number[][], fixed, eitherDay: !starred(3) && !starred(5) };
}

function field(text: string, at: number): number[] | null {
  const [first, last] = FIELDS[at] ?? [0, 0];
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(",")) {
    const [, range = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [from, to] = (range === "*" ? `${first}-${at === 5 ? 6 : last}` : range)
      .split("-")
      .map((word) => (at === 5 && WEEKDAYS.includes(word) ? WEEKDAYS.indexOf(word) : /^\d+$/.test(word) ? Number(word) : NaN));
    if (from === undefined) return null;
    const end = to ?? (step ? last : from);
    if (!(from >= first && end <= last && from <= end) || step === "0") return null;
    for (let value = from; value <= end; value += Number(step ?? 1)) found.add(at === 5 ? value % 7 : value);
  }
  return [...found].sort((a, b) => a - b);
}

function isEvery(fields: Fields, at: number): boolean {
  const [first, last] = FIELDS[at] ?? [0, 0];
  return fields.values[at]?.length === (at === 5 ? 7 : last - first + 1);
}

function spans(fields: Fields, at: number): Span[] {
  if (isEvery(fields, at)) return [];
  const numbers = [...(fields.values[at] ?? [])].map((value) => (at === 5 && value === 0 ? 7 : value));
  const ranges: Span[] = [];
  for (const value of numbers.sort((a, b) => a - b)) {
    const open = ranges.at(-1);
    if (open?.last === value - 1) open.last = value;
    else ranges.push({ first: value, last: value });
  }
  return ranges;
}

/** Returns the distance between values that start at 0 and are evenly spaced around the cycle; null for others. */
function distance(values: number[], round: number): number | null {
  const step = round / values.length;
  return values.length > 1 && values.every((value, at) => value === at * step) ? step : null;
}

function plainOf(fields: Fields): ScheduleDescription {
  return { times: times(fields), days: days(fields), months: spans(fields, 4) };
}

function times(fields: Fields): Times {
  const [seconds = [], minutes = [], hours = []] = fields.values;
  const two = (value: number) => String(value).padStart(2, "0");
  if (fields.fixed && seconds.length * minutes.length * hours.length <= LISTED) {
    return {
      at: hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => `${two(h)}:${two(m)}:${two(s)}`))),
    };
  }
  const onTheMinute = seconds.length === 1 && seconds[0] === 0;
  const everySecond = distance(seconds, 60);
  if (everySecond !== null && isEvery(fields, 1) && isEvery(fields, 2)) return { every_seconds: everySecond };
  const everyMinute = distance(minutes, 60);
  if (everyMinute !== null && onTheMinute) {
    return { every_minutes: { count: everyMinute, hours: spans(fields, 2) } };
  }
  const everyHour = distance(hours, 24);
  const [minute] = minutes;
  if (everyHour !== null && onTheMinute && minutes.length === 1 && minute !== undefined) {
    return { every_hours: { count: everyHour, minute } };
  }
  return { when: { seconds: spans(fields, 0), minutes: spans(fields, 1), hours: spans(fields, 2) } };
}

function days(fields: Fields): Days {
  const [of_month, of_week] = [spans(fields, 3), spans(fields, 5)];
  const [anyDate, anyWeekday] = [of_month.length === 0, of_week.length === 0];
  if (fields.eitherDay) return anyDate || anyWeekday ? "every" : { either: { of_month, of_week } };
  if (anyDate) return anyWeekday ? "every" : { of_week };
  return anyWeekday ? { of_month } : { both: { of_month, of_week } };
}

/** Returns the next five times within a year; of the seconds only the first counts. */
function next({ values, eitherDay }: Fields, now: number): string[] {
  const [seconds = [], minutes = [], hours = [], dates = [], months = [], weekdays = []] = values;
  const found: string[] = [];
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  for (let passed = 0; passed < 366 && found.length < 5; passed++, day.setDate(day.getDate() + 1)) {
    const [date, weekday] = [dates.includes(day.getDate()), weekdays.includes(day.getDay())];
    if (!months.includes(day.getMonth() + 1) || !(eitherDay ? date || weekday : date && weekday)) continue;
    for (const hour of hours) {
      for (const minute of minutes) {
        const time = new Date(day).setHours(hour, minute, seconds[0] ?? 0);
        if (time > now && found.length < 5) found.push(new Date(time).toISOString());
      }
    }
  }
  return found;
}
