// Describes a schedule in English: `schedule`.

import type { Days, ScheduleDescription, Span } from "../../host/types";
import { words } from "../words";
import { each, hours, inTimes, onTheMinute } from "./spans";

const { all, count } = words("en");
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const listed = (spans: readonly Span[], name: (value: number) => string = String) =>
  all(each(spans, name, (first, last) => `${name(first)} to ${name(last)}`));

const numbered = (name: string, spans: readonly Span[]) =>
  `${name}${spans.length === 1 && spans[0]?.first === spans[0]?.last ? "" : "s"} ${listed(spans)}`;

const weekdays = (spans: readonly Span[]) => listed(spans, (day) => WEEKDAYS[day - 1] ?? "");

function times(plain: ScheduleDescription): string {
  return inTimes(plain.times, {
    at: (at) => `at ${all(at)}`,
    everySeconds: (n) => count(n, { one: "every second", other: "every # seconds" }),
    everyMinutes: (n, spans) =>
      [count(n, { one: "every minute", other: "every # minutes" }), spans.length > 0 && between(spans)]
        .filter(Boolean)
        .join(" "),
    everyHours: (n, minute) =>
      count(n, { one: "every hour", other: "every # hours" }) +
      (minute === 0 ? "" : count(minute, { one: " at # minute past", other: " at # minutes past" })),
    when(seconds, minutes, hours) {
      const part = (name: string, spans: Span[]) => (spans.length > 0 ? numbered(name, spans) : `every ${name}`);
      const second = onTheMinute(seconds) ? "" : `${part("second", seconds)} of `;
      return `at ${second}${part("minute", minutes)} of ${part("hour", hours)}`;
    },
  });
}

function between(spans: readonly Span[]): string {
  return all(spans.map((span) => hours(span)).map(([from, to]) => `from ${from} to ${to}`));
}

function days(days: Days): string {
  if (days === "every") return "";
  if ("of_month" in days) return `, on ${numbered("day", days.of_month)} of the month`;
  if ("of_week" in days) return `, ${weekdays(days.of_week)}`;
  if ("either" in days) {
    const { of_month, of_week } = days.either;
    return `, on ${numbered("day", of_month)} of the month and also ${weekdays(of_week)}`;
  }
  const { of_month, of_week } = days.both;
  return `, ${weekdays(of_week)} where it is ${numbered("day", of_month)} of the month`;
}

export function schedule(plain: ScheduleDescription): string {
  const months = plain.months.length > 0 ? `, in ${listed(plain.months, (month) => MONTHS[month - 1] ?? "")}` : "";
  return times(plain) + days(plain.days) + months;
}
