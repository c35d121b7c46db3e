import { afterEach, expect, test } from "vitest";

import { Runs } from "../../host/mock/runs";
import type { ExportedFile } from "../../host/types";
import { speak } from "../../i18n/index.svelte";
import { beginning, end } from "../../state/days";
import { ALL, historyQuery } from "./filter";
import { rowsOf } from "./rows";
import { counted, narrowed, outcomeOf } from "./tables";

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

afterEach(() => speak("en"));

test("the filter that takes everything asks for everything", () => {
  expect(historyQuery(ALL)).toEqual({ states: [], triggers: [], text: null, since: null, until: null });
});

test("what is chosen and typed is asked for", () => {
  const filter = { state: "cancelled", trigger: "manual", text: " 998 ", from: "2026-11-01", to: "2026-11-20" } as const;
  expect(historyQuery(filter)).toEqual({
    states: ["cancelled"],
    triggers: ["manual"],
    text: "998",
    since: beginning("2026-11-01"),
    until: end("2026-11-20"),
  });
});

test("problems are exports that failed, broke off or had warnings, but none that a person stopped", () => {
  const { states } = historyQuery({ ...ALL, state: "troubled" });
  expect([...states].sort()).toEqual(["complete_with_warnings", "failed", "interrupted"]);
});

test("a table that was refused has failed, whatever was done with it", () => {
  expect(outcomeOf(file("A.DBF", { upload: null, error: ERROR }))).toBe("failed");
  expect(FILES.map(outcomeOf)).toEqual(["sent", "unchanged", "warnings", "untried", "failed"]);
  expect(counted(FILES)).toEqual({ failed: 1, warnings: 1, sent: 1, unchanged: 1, untried: 1 });
});

test("troubled tables come first, the others stay in their order", () => {
  const names = (found: ExportedFile[]) => found.map(({ source }) => source);
  expect(names(narrowed(FILES, [], ""))).toEqual(["D.DBF", "C.DBF", "A.DBF", "B.DBF", "old/A.DBF"]);
  expect(names(narrowed(FILES, ["sent", "untried"], ""))).toEqual(["A.DBF", "old/A.DBF"]);
  expect(names(narrowed(FILES, [], " a.dbf "))).toEqual(["A.DBF", "old/A.DBF"]);
});

test("rows that there are none of are not told of", () => {
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
