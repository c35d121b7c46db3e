import { afterEach, expect, test } from "vitest";

import { Runs } from "../../host/mock/runs";
import type { ExportedFile } from "../../host/types";
import { setLanguage } from "../../i18n/index.svelte";
import { startOfDay, endOfDay } from "../../state/days";
import { ALL, historyQuery } from "./filter";
import { rowsOf } from "./rows";
import { countOutcomes, filteredTables, outcomeOf } from "./tables";

const file = (source: string, changes: Partial<ExportedFile> = {}): ExportedFile => ({
  ...(new Runs(1, 0).report(1).files?.[0] as ExportedFile),
  error: null,
  warnings: [],
  upload: "sent",
  source,
  ...changes,
});
const WARNING = { code: "NUMBER_INVALID", row: 4, column: "PRICE", count: 1, message: "" };
const ERROR = { code: "FILE_DAMAGED", message: "", hint: null, path: null };
const FILES = [
  file("A.DBF"),
  file("B.DBF", { upload: "skipped_unchanged" }),
  file("C.DBF", { warnings: [WARNING] }),
  file("old/A.DBF", { upload: null }),
  file("D.DBF", { upload: "failed", error: ERROR }),
];

afterEach(() => setLanguage("en"));

test("an empty filter gives an unrestricted query", () => {
  expect(historyQuery(ALL)).toEqual({ states: [], triggers: [], text: null, since: null, until: null });
});

test("the query contains the chosen state, trigger, text and days", () => {
  const filter = { state: "cancelled", trigger: "manual", text: " 998 ", from: "2026-11-01", to: "2026-11-20" } as const;
  expect(historyQuery(filter)).toEqual({
    states: ["cancelled"],
    triggers: ["manual"],
    text: "998",
    since: startOfDay("2026-11-01"),
    until: endOfDay("2026-11-20"),
  });
});

test("exports with problems are failed, interrupted or with warnings, but not cancelled", () => {
  const { states } = historyQuery({ ...ALL, state: "troubled" });
  expect([...states].sort()).toEqual(["complete_with_warnings", "failed", "interrupted"]);
});

test("a refused table counts as failed, whatever its upload state", () => {
  expect(outcomeOf(file("A.DBF", { upload: null, error: ERROR }))).toBe("failed");
  expect(FILES.map(outcomeOf)).toEqual(["sent", "unchanged", "warnings", "untried", "failed"]);
  expect(countOutcomes(FILES)).toEqual({ failed: 1, warnings: 1, sent: 1, unchanged: 1, untried: 1 });
});

test("tables with problems come first, the others keep their order", () => {
  const names = (found: ExportedFile[]) => found.map(({ source }) => source);
  expect(names(filteredTables(FILES, [], ""))).toEqual(["D.DBF", "C.DBF", "A.DBF", "B.DBF", "old/A.DBF"]);
  expect(names(filteredTables(FILES, ["sent", "untried"], ""))).toEqual(["A.DBF", "old/A.DBF"]);
  expect(names(filteredTables(FILES, [], " a.dbf "))).toEqual(["A.DBF", "old/A.DBF"]);
});

test("zero row counts are omitted", () => {
  const rows = { header: 12, live: 1204, deleted: 0, bad: 0, beyond_header: 0, missing: 0, written: 1204 };
  expect(rowsOf(rows)).toEqual(["1,204 active", "1,204 sent"]);
  const all = { header: 9, live: 5, deleted: 2, bad: 1, beyond_header: 3, missing: 4, written: 6 };
  expect(rowsOf(all)).toEqual([
    "5 active",
    "2 deleted",
    "1 with an invalid deletion flag",
    "3 beyond the header’s row count",
    "4 missing from the file",
    "6 sent",
  ]);
});
