// Describes a schedule in Hebrew: `schedule`. Weeks start on Sunday.

import type { Days, ScheduleDescription, Span } from "../../host/types";
import { words } from "../words";
import { each, fromSunday, hours, inTimes, onTheMinute } from "./spans";

const { all, count } = words("he");
const WEEKDAYS = ["ראשון", "שני", "שלישי", "רביעי", "חמישי", "שישי", "שבת"];
const MONTHS = [
  "ינואר",
  "פברואר",
  "מרץ",
  "אפריל",
  "מאי",
  "יוני",
  "יולי",
  "אוגוסט",
  "ספטמבר",
  "אוקטובר",
  "נובמבר",
  "דצמבר",
];

const numbers = (spans: readonly Span[]) => all(each(spans, String, (first, last) => `${first} עד ${last}`));

function weekdays(spans: readonly Span[]): string {
  const name = (day: number) => WEEKDAYS[day] ?? "";
  const days = fromSunday(spans);
  const [only] = days;
  if (days.length === 1 && only?.first === only?.last) {
    return only?.first === 6 ? "בשבתות" : `בימי ${name(only?.first ?? 0)}`;
  }
  return `בימים ${all(each(days, name, (first, last) => `${name(first)} עד ${name(last)}`))}`;
}

function dates(spans: readonly Span[]): string {
  return `${all(each(spans, (day) => `ב־${day}`, (first, last) => `מ־${first} עד ${last}`))} בחודש`;
}

function months(spans: readonly Span[]): string {
  const name = (month: number) => MONTHS[month - 1] ?? "";
  return all(each(spans, (month) => `ב${name(month)}`, (first, last) => `מ${name(first)} עד ${name(last)}`));
}

function times(plain: ScheduleDescription): string {
  return inTimes(plain.times, {
    at: (at) => (at.length === 1 ? `בשעה ${all(at)}` : `בשעות ${all(at)}`),
    everySeconds: (n) => count(n, { one: "בכל שנייה", two: "כל שתי שניות", other: "כל # שניות" }),
    everyMinutes: (n, spans) =>
      count(n, { one: "בכל דקה", two: "כל שתי דקות", other: "כל # דקות" }) +
      (spans.length > 0 ? ` ${between(spans)}` : ""),
    everyHours: (n, minute) =>
      count(n, { one: "בכל שעה", two: "כל שעתיים", other: "כל # שעות" }) +
      (minute === 0 ? "" : `, בדקה ${minute}`),
    when(seconds, minutes, hours) {
      const parts = [
        hours.length > 0 ? `בשעות ${numbers(hours)}` : "בכל שעה",
        minutes.length > 0 ? `בדקות ${numbers(minutes)}` : "בכל דקה",
      ];
      if (!onTheMinute(seconds)) parts.push(seconds.length > 0 ? `בשניות ${numbers(seconds)}` : "בכל שנייה");
      return parts.join(", ");
    },
  });
}

function between(spans: readonly Span[]): string {
  return all(spans.map((span) => hours(span)).map(([from, to]) => `בין ${from} ל־${to}`));
}

function days(days: Days): string {
  if (days === "every") return "";
  if ("of_month" in days) return `, ${dates(days.of_month)}`;
  if ("of_week" in days) return `, ${weekdays(days.of_week)}`;
  if ("either" in days) return `, ${dates(days.either.of_month)} וגם ${weekdays(days.either.of_week)}`;
  return `, ${weekdays(days.both.of_week)} שחלים ${dates(days.both.of_month)}`;
}

export function schedule(plain: ScheduleDescription): string {
  return times(plain) + days(plain.days) + (plain.months.length > 0 ? `, ${months(plain.months)}` : "");
}
