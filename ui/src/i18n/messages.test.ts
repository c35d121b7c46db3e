import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { en, type Messages } from "./en";
import { he } from "./he";
import { ru } from "./ru";

const LANGUAGES: [name: string, messages: Messages, letter: RegExp][] = [
  ["en", en, /[a-z]/i],
  ["ru", ru, /[а-яё]/i],
  ["he", he, /[א-ת]/],
];
/** Texts that are the same in every language. */
const NAMES = ["product", "schedule.crontab"];
const PLAIN = { times: { at: ["08:00:00"] }, days: "every", months: [] };

/** Returns every text with its path; functions are called with sample arguments. */
function allTexts(messages: object, path = ""): [path: string, text: string][] {
  return Object.entries(messages).flatMap(([key, value]: [string, unknown]): [string, string][] => {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === "string") return [[here, value]];
    if (typeof value === "function") {
      const given = key === "describeSchedule" ? [PLAIN] : [2, 5, 7];
      return [[here, String((value as (...given: unknown[]) => string)(...given))]];
    }
    return allTexts(value as object, here);
  });
}

describe.each(LANGUAGES)("%s", (_, messages, letter) => {
  test("has every text in its own script", () => {
    const silent = allTexts(messages).filter(([path, text]) => !NAMES.includes(path) && !letter.test(text));
    // `pager.shown` may consist of its arguments alone.
    expect(silent.filter(([path]) => path !== "pager.shown")).toEqual([]);
  });

  test("leaves no placeholder in a text", () => {
    // `findingOf` replaces the one `#` of a finding with its count.
    const findings = Object.entries(messages.findings).map(([code, text]) => [code, text.replace("#", "2")]);
    const texts = allTexts({ ...messages, findings: Object.fromEntries(findings) });
    expect(texts.filter(([, text]) => /#|undefined|\$\{|NaN/.test(text))).toEqual([]);
  });

  test("has a title, a sentence and a button for every pairing fault", () => {
    for (const fault of Object.values(messages.faults)) {
      expect(fault.title).not.toBe(fault.text);
      expect(fault.button).not.toBe("");
    }
  });
});

test.each([
  ["models/code.rs", "codes"],
  ["convert/finding_code.rs", "findings"],
] as const)("every language has a text for each code of %s, and no others", (file, kind) => {
  const engine = readFileSync(`../src/${file}`, "utf8");
  const words = [...engine.matchAll(/\w+(?:: | => | = )"([A-Z0-9_]+)"/g)].map(([, word]) => word);
  expect(words.length).toBeGreaterThan(20);
  for (const [, messages] of LANGUAGES) expect(Object.keys(messages[kind]).sort()).toEqual(words.toSorted());
});

test("Russian counts in three forms", () => {
  const counted = [1, 2, 5, 11, 21, 22, 100].map((n) => ru.folder.found(n));
  expect(counted).toEqual([
    "Найдена 1 таблица",
    "Найдено 2 таблицы",
    "Найдено 5 таблиц",
    "Найдено 11 таблиц",
    "Найдена 21 таблица",
    "Найдено 22 таблицы",
    "Найдено 100 таблиц",
  ]);
  expect([1, 2, 5].map((n) => ru.status.sent(0, n))).toEqual(["0 из 1 таблицы", "0 из 2 таблиц", "0 из 5 таблиц"]);
});

test("Hebrew has a form for two", () => {
  expect([1, 2, 3, 10].map((n) => he.folder.found(n))).toEqual([
    "נמצאה טבלה אחת",
    "נמצאו שתי טבלאות",
    "נמצאו 3 טבלאות",
    "נמצאו 10 טבלאות",
  ]);
});

test("English has a form for one", () => {
  expect([0, 1, 2].map((n) => en.folder.found(n))).toEqual(["0 tables found", "1 table found", "2 tables found"]);
});

test("the owner's process id is shown if known", () => {
  expect(en.heldBy("data_exporter run", 4211)).toContain("data_exporter run (pid 4211)");
  expect(en.heldBy("data_exporter run", 0)).not.toContain("pid");
});
