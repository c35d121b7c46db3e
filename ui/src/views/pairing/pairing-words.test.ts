import { expect, test } from "vitest";

import { address } from "./address";
import { announcementDue } from "./countdown";
import { spelled } from "./spelled";

test.each([
  ["https://dfm.example.com", "https://dfm.example.com"],
  [" https://dfm.example.com/ ", "https://dfm.example.com"],
  ["dfm.example.com", "https://dfm.example.com"],
  ["dfm.example.com:8443/base/", "https://dfm.example.com:8443/base"],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ["", null],
  ["two words", null],
  ["ftp://dfm.example.com", null],
  ["javascript://dfm", null],
  ["https://", null],
])("%j is %j", (typed, whole) => expect(address(typed)).toBe(whole));

test("a code is spelled character by character", () => {
  expect(spelled("WDJB-MJHT", "hyphen")).toBe("W, D, J, B, hyphen, M, J, H, T");
  expect(spelled("1234", "hyphen")).toBe("1, 2, 3, 4");
});

test("the remaining time is announced once at each of a few whole minutes", () => {
  const announced: number[] = [];
  for (let left = 15 * 60; left >= -3; left--) {
    const minutes = announcementDue((left + 1) * 1000, left * 1000);
    if (minutes !== null) announced.push(minutes);
  }
  expect(announced).toEqual([10, 5, 2, 1, 0]);
});

test("after a suspend only the current remaining time is announced", () => {
  expect(announcementDue(14 * 60_000, 90_000)).toBe(10);
  expect(announcementDue(14 * 60_000, -1)).toBe(0);
});
