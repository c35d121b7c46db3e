import { afterEach, expect, test } from "vitest";

import { findingOf, setLanguage } from "./index.svelte";

afterEach(() => setLanguage("en"));

test("a finding contains its count in the window's language", () => {
  setLanguage("en");
  expect(findingOf({ code: "DELETED_SKIPPED", count: 1204, message: "" })).toBe("Deleted rows skipped: 1,204");
  setLanguage("ru");
  expect(findingOf({ code: "DELETED_SKIPPED", count: 44, message: "" })).toBe("Пропущено удалённых строк: 44");
});

test("a finding about a column has no count, and an unknown code has no text", () => {
  expect(findingOf({ code: "TYPE_UNKNOWN", count: 1, message: "" })).not.toMatch(/[#1]/);
  expect(findingOf({ code: "SOMETHING_NEW", count: 1, message: "" })).toBeNull();
});

test("what the engine's message names stands after the sentence", () => {
  setLanguage("ru");
  const message = "the `.cpg` file names the unknown code page `Klingon`, so `CP866` was used instead";
  expect(findingOf({ code: "CPG_UNKNOWN", count: 1, message })).toMatch(/\(Klingon, CP866\)$/);
});
