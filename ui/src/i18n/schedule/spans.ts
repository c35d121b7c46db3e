// Helpers for schedule descriptions in all languages: times, hours and ranges of numbers.

import type { Span, Times } from "../../host/types";

/** Formats single numbers, and ranges of at least three; two neighbours count as single numbers. */
export function each(
  spans: readonly Span[],
  one: (value: number) => string,
  range: (first: number, last: number) => string,
): string[] {
  return spans.flatMap(({ first, last }) => {
    if (first === last) return [one(first)];
    return last === first + 1 ? [one(first), one(last)] : [range(first, last)];
  });
}

/** Shortens to `08:00` unless a time has seconds, `08:00:30`. */
export function clocks(times: readonly string[]): string[] {
  const whole = times.every((time) => time.endsWith(":00") && time.length === 8);
  return times.map((time) => (whole ? time.slice(0, 5) : time));
}

/** Returns the first minute of the first hour and the last minute of the last hour. */
export function hours({ first, last }: Span): [from: string, to: string] {
  const two = (hour: number) => String(hour).padStart(2, "0");
  return [`${two(first)}:00`, `${two(last)}:59`];
}

/** Whether the schedule runs at second 0 only. */
export function onTheMinute(seconds: readonly Span[]): boolean {
  return seconds.length === 1 && seconds[0]?.first === 0 && seconds[0].last === 0;
}

/** Converts weekdays to 0 for Sunday to 6 for Saturday. */
export function fromSunday(spans: readonly Span[]): Span[] {
  const days = spans
    .flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => (first + at) % 7))
    .sort((a, b) => a - b);
  const ranges: Span[] = [];
  for (const day of days) {
    const open = ranges.at(-1);
    if (open && open.last + 1 === day) open.last = day;
    else ranges.push({ first: day, last: day });
  }
  return ranges;
}

/** Calls the function for the variant of `Times`. */
export function inTimes<Result>(
  times: Times,
  format: {
    at(times: string[]): Result;
    everySeconds(count: number): Result;
    everyMinutes(count: number, hours: Span[]): Result;
    everyHours(count: number, minute: number): Result;
    when(seconds: Span[], minutes: Span[], hours: Span[]): Result;
  },
): Result {
  if ("at" in times) return format.at(clocks(times.at));
  if ("every_seconds" in times) return format.everySeconds(times.every_seconds);
  if ("every_minutes" in times) return format.everyMinutes(times.every_minutes.count, times.every_minutes.hours);
  if ("every_hours" in times) return format.everyHours(times.every_hours.count, times.every_hours.minute);
  return format.when(times.when.seconds, times.when.minutes, times.when.hours);
}
