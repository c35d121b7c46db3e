import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { scheduleOf } from "../../host/mock/cron";
import type { ScheduleDescription } from "../../host/types";
import { schedule as en } from "./en";
import { schedule as he } from "./he";
import { schedule as ru } from "./ru";

const SNAPSHOTS = "../src/schedule/snapshots/data_exporter__schedule__tests__a_schedule_is_described_in_words";
const body = (name: string) => readFileSync(name, "utf8").split("---\n").slice(2).join("---\n");

function plain(crontab: string): ScheduleDescription {
  const view = scheduleOf(crontab, null, Date.parse("2026-11-20T12:00:00Z"));
  if (!view) throw new Error(`${crontab} is refused`);
  return view.plain;
}

describe("the engine's examples", () => {
  const examples = body(`${SNAPSHOTS}.snap`).trim().split("\n");

  test("are present", () => expect(examples.length).toBeGreaterThan(20));

  test.each(examples)("%s", (example) => {
    const [, crontab = "", sentence = ""] = /^(.+?): (.+)$/.exec(example) ?? [];
    // The window writes times of the day where the engine writes hours.
    const different = / of hour|minute \d+$/.test(sentence) && !sentence.startsWith("at ");
    if (different) expect(en(plain(crontab))).not.toMatch(/ of hour/);
    else expect(en(plain(crontab))).toBe(sentence);
  });
});

test("the mock parses a schedule as the engine does", () => {
  expect(plain("*/15 8-18 1 * 1-5")).toEqual(JSON.parse(body(`${SNAPSHOTS}-2.snap`)));
});

test.each([
  ["0 8 * * *", "at 08:00", "в 08:00", "בשעה 08:00"],
  ["0 8,12,16 * * *", "at 08:00, 12:00 and 16:00", "в 08:00, 12:00 и 16:00", "בשעות 08:00, 12:00 ו־16:00"],
  ["30 0 8 * * *", "at 08:00:30", "в 08:00:30", "בשעה 08:00:30"],
  ["* * * * *", "every minute", "каждую минуту", "בכל דקה"],
  ["*/2 * * * *", "every 2 minutes", "каждые 2 минуты", "כל שתי דקות"],
  ["*/5 * * * *", "every 5 minutes", "каждые 5 минут", "כל 5 דקות"],
  ["*/10 * * * * *", "every 10 seconds", "каждые 10 секунд", "כל 10 שניות"],
  ["@hourly", "every hour", "каждый час", "בכל שעה"],
  ["15 */2 * * *", "every 2 hours at 15 minutes past", "каждые 2 часа на 15-й минуте", "כל שעתיים, בדקה 15"],
  ["0 */6 * * *", "every 6 hours", "каждые 6 часов", "כל 6 שעות"],
  [
    "*/15 8-18 * * 1-5",
    "every 15 minutes from 08:00 to 18:59, Monday to Friday",
    "каждые 15 минут с 08:00 до 18:59, с понедельника по пятницу",
    "כל 15 דקות בין 08:00 ל־18:59, בימים שני עד שישי",
  ],
  ["0 8 * * 1", "at 08:00, Monday", "в 08:00, по понедельникам", "בשעה 08:00, בימי שני"],
  ["0 8 * * 6", "at 08:00, Saturday", "в 08:00, по субботам", "בשעה 08:00, בשבתות"],
  [
    "0 8 * * 0-4",
    "at 08:00, Monday to Thursday and Sunday",
    "в 08:00, по воскресеньям и с понедельника по четверг",
    "בשעה 08:00, בימים ראשון עד חמישי",
  ],
  [
    "0 8 * * 1,3,5",
    "at 08:00, Monday, Wednesday and Friday",
    "в 08:00, по понедельникам, средам и пятницам",
    "בשעה 08:00, בימים שני, רביעי ושישי",
  ],
  ["0 8 1 * *", "at 08:00, on day 1 of the month", "в 08:00, 1-го числа", "בשעה 08:00, ב־1 בחודש"],
  [
    "0 8 1,15,20-25 * *",
    "at 08:00, on days 1, 15 and 20 to 25 of the month",
    "в 08:00, 1-го, 15-го и с 20-го по 25-е число",
    "בשעה 08:00, ב־1, ב־15 ומ־20 עד 25 בחודש",
  ],
  [
    "0 8 1 * 5",
    "at 08:00, on day 1 of the month and also Friday",
    "в 08:00, 1-го числа, а также по пятницам",
    "בשעה 08:00, ב־1 בחודש וגם בימי שישי",
  ],
  [
    "0 8 1-7 * */6",
    "at 08:00, Saturday and Sunday where it is days 1 to 7 of the month",
    "в 08:00, по субботам и воскресеньям, если число месяца 1–7",
    "בשעה 08:00, בימים ראשון ושבת שחלים מ־1 עד 7 בחודש",
  ],
  [
    "0 8 * 6-8,12 *",
    "at 08:00, in June to August and December",
    "в 08:00, в декабре и с июня по август",
    "בשעה 08:00, מיוני עד אוגוסט ובדצמבר",
  ],
  [
    "5,35 9-17/2 * * *",
    "at minutes 5 and 35 of hours 9, 11, 13, 15 and 17",
    "в часы 9, 11, 13, 15 и 17, на минутах 5 и 35",
    "בשעות 9, 11, 13, 15 ו־17, בדקות 5 ו־35",
  ],
  [
    "*/7 * * * *",
    "at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour",
    "каждый час, на минутах 0, 7, 14, 21, 28, 35, 42, 49 и 56",
    "בכל שעה, בדקות 0, 7, 14, 21, 28, 35, 42, 49 ו־56",
  ],
])("%s in three languages", (crontab, english, russian, hebrew) => {
  const parts = plain(crontab);
  expect([en(parts), ru(parts), he(parts)]).toEqual([english, russian, hebrew]);
});
