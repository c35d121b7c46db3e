import { afterEach, expect, test, vi } from "vitest";

import { check } from "../../host/mock/settings";
import { snapshotOf, startOf } from "../../host/mock/scenario";
import { Runs } from "../../host/mock/runs";
import { setLanguage } from "../../i18n/index.svelte";
import { Draft, type Form } from "./draft.svelte";
import { detailOf, faultOf, names, problemsOf } from "./problems";
import { rowsOf } from "./rows.svelte";
import { zones } from "./zones";

const NOW = Date.parse("2026-11-20T09:20:00Z");

function saved(): Form {
  const { settings } = snapshotOf(startOf("?mock=paired"), NOW, new Runs(1, NOW));
  return { ...settings, start_at_login: false };
}

afterEach(() => setLanguage("en"));

test("a draft stores differences, and restoring a value removes the change", () => {
  const before = saved();
  const draft = new Draft(() => before);
  expect(draft.changes).toEqual({});
  draft.change({ skip_unchanged: false, start_at_login: true });
  draft.change({ include_patterns: ["*.dbf", "*.DB2"] });
  expect(draft.changes).toEqual({ skip_unchanged: false, start_at_login: true, include_patterns: ["*.dbf", "*.DB2"] });
  draft.change({ skip_unchanged: true, include_patterns: ["*.dbf"] });
  expect(draft.changes).toEqual({ start_at_login: true });
  draft.discard();
  expect(draft.form).toEqual(before);
});

test("the order of patterns matters, the order of code page overrides does not", () => {
  const before = { ...saved(), include_patterns: ["a", "b"], overrides: { "A*": "CP866", "B*": "CP1251" } };
  const draft = new Draft(() => before);
  draft.change({ include_patterns: ["b", "a"], overrides: { "B*": "CP1251", "A*": "CP866" } });
  expect(draft.changes).toEqual({ include_patterns: ["b", "a"] });
});

test("settings saved elsewhere are combined with the unsaved changes", () => {
  let current = saved();
  const draft = new Draft(() => current);
  draft.change({ crontab: "@hourly" });
  current = { ...current, notifications: false };
  expect(draft.form).toMatchObject({ crontab: "@hourly", notifications: false });
  current = { ...current, crontab: "@hourly" };
  expect(draft.changes).toEqual({});
});

test("validation sends only the engine's settings", () => {
  expect(new Draft(saved).settings).not.toHaveProperty("start_at_login");
});

test("empty rows are shown but are not part of the setting", () => {
  let patterns = ["*.dbf"];
  const filled = (rows: readonly string[]) => rows.filter(Boolean);
  const rows = rowsOf(() => patterns, filled);
  patterns = rows.type(["*.dbf", ""]);
  expect([patterns, rows.shown]).toEqual([["*.dbf"], ["*.dbf", ""]]);
  patterns = rows.type(["*.dbf", "a*"]);
  expect([patterns, rows.shown]).toEqual([["*.dbf", "a*"], ["*.dbf", "a*"]]);
  patterns = ["*.DBF"];
  expect(rows.shown).toEqual(["*.DBF"]);
});

test("every problem has a translated sentence and the engine's message at its field", () => {
  const wrong = { ...saved(), source_dir: "D:\\missing", include_patterns: ["ok*", "a[", "b["], dbf_encoding: "CP1" };
  const found = check(wrong, NOW);
  const patterns = problemsOf(found, "include_patterns");
  expect(patterns).toHaveLength(2);
  expect(faultOf(patterns)).toBe("A pattern is invalid.");
  expect(detailOf(patterns)?.split("\n")).toHaveLength(2);
  expect(["ok*", "a[", "b[", ""].map((text) => names(patterns, text))).toEqual([false, true, true, false]);
  expect(problemsOf(found, "source_dir")).toHaveLength(1);
  expect(problemsOf(found, "exclude_patterns")).toEqual([]);
  expect([faultOf([]), detailOf([])]).toEqual([undefined, undefined]);
  setLanguage("ru");
  expect(faultOf(problemsOf(found, "dbf_encoding"))).toBe("Неизвестная кодировка.");
});

test("a problem of an unknown field has no translated sentence", () => {
  expect(faultOf([{ field: "uploads_in_flight", message: "", remedy: "" }])).toBeUndefined();
});

test("the configured time zone is offered even if the browser does not know it", () => {
  const values = (chosen: string | null) => zones(chosen).map(({ value }) => value);
  expect(values(null)[0]).toBe("");
  expect(values("Europe/Berlin").filter((zone) => zone === "Europe/Berlin")).toHaveLength(1);
  expect(values("Mars/Olympus")).toContain("Mars/Olympus");
});

test("no time zone is listed twice, whether or not the browser lists UTC", () => {
  const listed = Intl.supportedValuesOf("timeZone");
  const spied = vi.spyOn(Intl, "supportedValuesOf");
  for (const known of [listed, [...listed, "UTC"]]) {
    spied.mockReturnValue(known);
    const values = zones("UTC").map(({ value }) => value);
    expect(new Set(values).size).toBe(values.length);
    expect(values).toContain("UTC");
  }
  spied.mockRestore();
});
