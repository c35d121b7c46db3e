import { expect, test } from "vitest";

import { progress, snapshotOf, startOf } from "../host/mock/scenario";
import { Runs } from "../host/mock/runs";
import type { Snapshot } from "../host/types";
import { NOTHING, apply, begin } from "./apply";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const snapshot = (search: string): Snapshot => snapshotOf(startOf(search), NOW, new Runs(3, NOW));

test("the answer to the first question is shown", () => {
  const first = snapshot("?mock=paired");
  expect(begin(NOTHING, first)).toEqual({ snapshot: first, ended: false });
});

test("an event that came before the answer is newer than the answer", () => {
  const newer = snapshot("?mock=running");
  const view = apply(NOTHING, { event: "changed", snapshot: newer });
  expect(begin(view, snapshot("?mock=paired")).snapshot).toBe(newer);
});

test("progress changes the run and nothing else", () => {
  const before = begin(NOTHING, snapshot("?mock=running"));
  const run = { ...progress(NOW), sent: 4, to_send: 10 };
  const after = apply(before, { event: "progressed", run });
  expect(after.snapshot).toEqual({ ...before.snapshot, run });
});

test("progress of a run that has ended brings it not back", () => {
  const before = begin(NOTHING, snapshot("?mock=paired"));
  expect(apply(before, { event: "progressed", run: progress(NOW) })).toBe(before);
  expect(apply(NOTHING, { event: "progressed", run: progress(NOW) })).toBe(NOTHING);
});

test("the end is remembered together with what was shown last", () => {
  const before = begin(NOTHING, snapshot("?mock=paired"));
  expect(apply(before, { event: "ended" })).toEqual({ snapshot: before.snapshot, ended: true });
});

test("what the shell does by itself changes nothing here", () => {
  const before = begin(NOTHING, snapshot("?mock=paired"));
  expect(apply(before, { event: "open_address", address: "https://dfm.example.com/device" })).toBe(before);
  expect(apply(before, { event: "notice", notice: { state: "error", tables: 1, problem: null } })).toBe(before);
});
