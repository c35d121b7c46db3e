import { expect, test } from "vitest";

import { startOfDay, endOfDay } from "./days";

const at = (year: number, month: number, date: number) => new Date(year, month - 1, date).toISOString();

test("a day lasts from midnight to midnight", () => {
  expect(startOfDay("2026-11-20")).toBe(at(2026, 11, 20));
  expect(endOfDay("2026-11-20")).toBe(at(2026, 11, 21));
});

test("the last day of a month or year ends with the first of the next", () => {
  expect(endOfDay("2026-12-31")).toBe(at(2027, 1, 1));
  expect(endOfDay("2028-02-29")).toBe(at(2028, 3, 1));
});

test("an incomplete date has no start and end", () => {
  for (const text of ["", "2026", "2026-11", "2026-11-2", "20.11.2026", "0000-00-00"]) {
    expect(startOfDay(text)).toBeNull();
    expect(endOfDay(text)).toBeNull();
  }
});
