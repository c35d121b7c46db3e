import { expect, test } from "vitest";

import { formats } from "./format";

const en = formats("en", "en");
const ru = formats("ru", "ru");
const NOW = Date.parse("2026-11-20T12:00:00Z");
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

test("byte units are powers of 1000", () => {
  expect([0, 999, 1000, 15_400, 2_340_000, 678_900_000].map(en.bytes)).toEqual([
    "0 byte",
    "999 byte",
    "1 kB",
    "15.4 kB",
    "2.3 MB",
    "679 MB",
  ]);
  expect(plain(ru.bytes(2_340_000))).toBe("2,3 МБ");
});

test("durations show their two largest units", () => {
  const seconds = [0.4, 9.96, 59, 61, 3600, 3725, 90_061];
  expect(seconds.map((count) => plain(en.duration(count * 1000)))).toEqual([
    "less than a second",
    "10 sec",
    "59 sec",
    "1 min 1 sec",
    "1 hr",
    "1 hr 2 min",
    "1 day 1 hr",
  ]);
});

test("relative times count from now", () => {
  const relative = (seconds: number) => en.relative(new Date(NOW + seconds * 1000).toISOString(), NOW);
  expect([-20, -90, -7300, -90_000, 300].map(relative)).toEqual([
    "just now",
    "1 minute ago",
    "2 hours ago",
    "yesterday",
    "in 5 minutes",
  ]);
});

test("near times are short", () => {
  const soon = (iso: string) => en.soon(iso, NOW);
  expect(soon("2026-11-20T16:00:00Z")).toMatch(/^\d\d:\d\d$/);
  expect(soon("2026-11-21T16:00:00Z")).toMatch(/^tomorrow \d\d:\d\d$/);
  expect(soon("2026-11-22T16:00:00Z")).toMatch(/^Sun,? \d\d:\d\d$/);
  expect(soon("2026-12-22T16:00:00Z")).toMatch(/^Dec 22, 2026/);
});

test("a countdown stops at zero", () => {
  expect([900_000, 61_000, 59_400, 1, 0, -5000].map(en.countdown)).toEqual([
    "15:00",
    "01:01",
    "01:00",
    "00:01",
    "00:00",
    "00:00",
  ]);
});

test("the first day of the week follows the locale", () => {
  expect([formats("en", "en-GB").firstWeekday, formats("he", "he").firstWeekday]).toEqual([1, 7]);
  expect([en.weekday(1, "long"), en.weekday(7, "long"), ru.weekday(3, "long")]).toEqual(["Monday", "Sunday", "среда"]);
});

test("languages have names", () => {
  expect([en.language("ru"), ru.language("he")]).toEqual(["Russian", "иврит"]);
});
