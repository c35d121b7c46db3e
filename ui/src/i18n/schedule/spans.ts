// What the sentences of a schedule have in common in all languages: times, hours and runs of numbers.

import type { Span, Times } from "../../host/types";

/** Each number or run of at least three; two neighbours are told one by one. */
export function each(
  spans: readonly Span[],
  one: (value: number) => string,
  run: (first: number, last: number) => string,
): string[] {
  return spans.flatMap(({ first, last }) => {
    if (first === last) return [one(first)];
    return last === first + 1 ? [one(first), one(last)] : [run(first, last)];
  });
}

/** `08:00`, or `08:00:30` where one of them has seconds. */
export function clocks(times: readonly string[]): string[] {
  const whole = times.every((time) => time.endsWith(":00") && time.length === 8);
  return times.map((time) => (whole ? time.slice(0, 5) : time));
}

/** From the first minute of the first hour to the last minute of the last. */
export function hours({ first, last }: Span): [from: string, to: string] {
  const two = (hour: number) => String(hour).padStart(2, "0");
  return [`${two(first)}:00`, `${two(last)}:59`];
}

/** Whether the seconds of the minute need no mention. */
export function onTheMinute(seconds: readonly Span[]): boolean {
  return seconds.length === 1 && seconds[0]?.first === 0 && seconds[0].last === 0;
}

/** Weeks from Sunday: 0 for Sunday to 6 for Saturday. */
export function fromSunday(spans: readonly Span[]): Span[] {
  const days = spans
    .flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => (first + at) % 7))
    .sort((a, b) => a - b);
  const made: Span[] = [];
  for (const day of days) {
    const open = made.at(-1);
    if (open && open.last + 1 === day) open.last = day;
    else made.push({ first: day, last: day });
  }
  return made;
}

/** Reads the one key of `Times`. */
export function inTimes<Result>(
  times: Times,
  tell: {
    at(times: string[]): Result;
    everySeconds(count: number): Result;
    everyMinutes(count: number, hours: Span[]): Result;
    everyHours(count: number, minute: number): Result;
    when(seconds: Span[], minutes: Span[], hours: Span[]): Result;
  },
): Result {
  if ("at" in times) return tell.at(clocks(times.at));
  if ("every_seconds" in times) return tell.everySeconds(times.every_seconds);
  if ("every_minutes" in times) return tell.everyMinutes(times.every_minutes.count, times.every_minutes.hours);
  if ("every_hours" in times) return tell.everyHours(times.every_hours.count, times.every_hours.minute);
  return tell.when(times.when.seconds, times.when.minutes, times.when.hours);
}
