import { expect, test } from "vitest";

import { Failures } from "./failures";
import { Runs } from "./runs";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const ALL = { states: [], triggers: [], text: null, since: null, until: null };

test("pages of runs are contiguous", () => {
  const runs = new Runs(1000, NOW);
  const seen: number[] = [];
  let cursor: string | null = null;
  do {
    const page = runs.page({ ...ALL, states: ["failed"] }, cursor, 7);
    seen.push(...page.runs.map((run) => run.run_id));
    cursor = page.next;
    expect(page.runs.every((run) => run.state === "failed")).toBe(true);
    if (cursor === null) expect(seen).toHaveLength(page.total);
  } while (cursor !== null);
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a));
});

test("the totals of a run are the sums of its files", () => {
  const runs = new Runs(100, NOW);
  for (let id = 1; id <= 100; id++) {
    const { files, totals } = runs.report(id);
    const written = (files ?? []).reduce((sum, file) => sum + file.rows.written, 0);
    expect([totals.files, totals.rows_written]).toEqual([files?.length, written]);
  }
});

test("counts by severity ignore the severity filter", () => {
  const failures = new Failures(500, NOW, 1000);
  const query = { severities: [], kind: null, text: null, since: null, until: null };
  const all = failures.page(query, null, 500);
  const critical = failures.page({ ...query, severities: ["CRITICAL"] }, null, 500);
  expect(critical.by_severity).toEqual(all.by_severity);
  expect(critical.total).toBe(all.by_severity.CRITICAL);
  expect(Object.values(all.by_severity).reduce((sum, count) => sum + count, 0)).toBe(all.total);
});
