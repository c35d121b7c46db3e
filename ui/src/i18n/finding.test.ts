import { afterEach, expect, test } from "vitest";

import { findingOf, setLanguage } from "./index.svelte";

afterEach(() => setLanguage("en"));

test("a finding contains its count in the window's language", () => {
  setLanguage("en");
  expect(findingOf({ code: "DELETED_SKIPPED", count: 1204 })).toBe("Deleted rows skipped: 1,204");
  setLanguage("ru");
  expect(findingOf({ code: "DELETED_SKIPPED", count: 44 })).toBe("Пропущено удалённых строк: 44");
});

test("a finding about a column has no count, and an unknown code has no text", () => {
  expect(findingOf({ code: "TYPE_UNKNOWN", count: 1 })).not.toMatch(/[#1]/);
  expect(findingOf({ code: "SOMETHING_NEW", count: 1 })).toBeNull();
});
