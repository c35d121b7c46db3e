// Describes a schedule in Russian: `schedule`.

import type { Days, ScheduleDescription, Span } from "../../host/types";
import { words } from "../words";
import { each, hours, inTimes, onTheMinute } from "./spans";

const { all, count } = words("ru");

/** The forms of «по понедельникам», «с понедельника» and «по пятницу». */
const WEEKDAYS = [
  ["понедельникам", "понедельника", "понедельник"],
  ["вторникам", "вторника", "вторник"],
  ["средам", "среды", "среду"],
  ["четвергам", "четверга", "четверг"],
  ["пятницам", "пятницы", "пятницу"],
  ["субботам", "субботы", "субботу"],
  ["воскресеньям", "воскресенья", "воскресенье"],
];
/** The forms of «в январе», «с января» and «по март». */
const MONTHS = [
  ["январе", "января", "январь"],
  ["феврале", "февраля", "февраль"],
  ["марте", "марта", "март"],
  ["апреле", "апреля", "апрель"],
  ["мае", "мая", "май"],
  ["июне", "июня", "июнь"],
  ["июле", "июля", "июль"],
  ["августе", "августа", "август"],
  ["сентябре", "сентября", "сентябрь"],
  ["октябре", "октября", "октябрь"],
  ["ноябре", "ноября", "ноябрь"],
  ["декабре", "декабря", "декабрь"],
];

const name = (names: string[][], at: number, form: 0 | 1 | 2) => names[at - 1]?.[form] ?? "";

/** Formats single names after one preposition, then the ranges: «по средам и субботам и с …». */
function named(names: string[][], preposition: string, spans: readonly Span[]): string {
  const single = each(spans, (at) => name(names, at, 0), () => "").filter(Boolean);
  const ranges = each(
    spans,
    () => "",
    (first, last) => `с ${name(names, first, 1)} по ${name(names, last, 2)}`,
  ).filter(Boolean);
  return all([...(single.length > 0 ? [`${preposition} ${all(single)}`] : []), ...ranges]);
}

const numbers = (spans: readonly Span[]) => all(each(spans, String, (first, last) => `${first}–${last}`));

function dates(spans: readonly Span[]): string {
  const parts = each(spans, (day) => `${day}-го`, (first, last) => `с ${first}-го по ${last}-е`);
  return `${all(parts)} ${parts.at(-1)?.endsWith("го") ? "числа" : "число"}`;
}

function times(plain: ScheduleDescription): string {
  return inTimes(plain.times, {
    at: (at) => `в ${all(at)}`,
    everySeconds: (n) =>
      n === 1
        ? "каждую секунду"
        : count(n, { one: "каждую # секунду", few: "каждые # секунды", other: "каждые # секунд" }),
    everyMinutes: (n, spans) =>
      (n === 1
        ? "каждую минуту"
        : count(n, { one: "каждую # минуту", few: "каждые # минуты", other: "каждые # минут" })) +
      (spans.length > 0 ? ` ${between(spans)}` : ""),
    everyHours: (n, minute) =>
      (n === 1 ? "каждый час" : count(n, { one: "каждый # час", few: "каждые # часа", other: "каждые # часов" })) +
      (minute === 0 ? "" : ` на ${minute}-й минуте`),
    when(seconds, minutes, hours) {
      const parts = [
        hours.length > 0 ? `в часы ${numbers(hours)}` : "каждый час",
        minutes.length > 0 ? `на минутах ${numbers(minutes)}` : "каждую минуту",
      ];
      if (!onTheMinute(seconds)) {
        parts.push(seconds.length > 0 ? `на секундах ${numbers(seconds)}` : "каждую секунду");
      }
      return parts.join(", ");
    },
  });
}

function between(spans: readonly Span[]): string {
  return all(spans.map((span) => hours(span)).map(([from, to]) => `с ${from} до ${to}`));
}

function days(days: Days): string {
  const weekdays = (spans: readonly Span[]) => named(WEEKDAYS, "по", spans);
  if (days === "every") return "";
  if ("of_month" in days) return `, ${dates(days.of_month)}`;
  if ("of_week" in days) return `, ${weekdays(days.of_week)}`;
  if ("either" in days) return `, ${dates(days.either.of_month)}, а также ${weekdays(days.either.of_week)}`;
  return `, ${weekdays(days.both.of_week)}, если число месяца ${numbers(days.both.of_month)}`;
}

export function schedule(plain: ScheduleDescription): string {
  const months = plain.months.length > 0 ? `, ${named(MONTHS, "в", plain.months)}` : "";
  return times(plain) + days(plain.days) + months;
}
