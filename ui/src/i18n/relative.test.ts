import { expect, test } from "vitest";

import { formats } from "./format";

const NOW = new Date(2026, 10, 20, 9, 0).getTime();
const ago = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString();
const { relative } = formats("en", "en-GB");

test("yesterday is the previous calendar day, whatever the distance in hours", () => {
  expect(relative(ago(25), NOW)).toBe("yesterday");
  expect(relative(ago(34), NOW)).toBe("2 days ago");
  expect(relative(ago(23), NOW)).toBe("23 hours ago");
  expect(relative(ago(-30), NOW)).toBe("tomorrow");
});

test("less than a minute has words", () => {
  expect([ago(0.01), ago(0), ago(-0.01)].map((time) => relative(time, NOW))).toEqual(["just now", "just now", "in a moment"]);
});

test("Hebrew has words for one and two hours, without a number", () => {
  const hebrew = formats("he", "he-IL");
  expect(hebrew.relative(ago(1), NOW)).toBe("לפני שעה");
  expect(hebrew.relative(ago(2), NOW)).toBe("לפני שעתיים");
  expect(hebrew.relative(ago(3), NOW)).toBe("לפני 3 שעות");
});
