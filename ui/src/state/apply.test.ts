import { expect, test } from "vitest";

import { progress, snapshotOf, startOf } from "../host/mock/scenario";
import { Runs } from "../host/mock/runs";
import type { Snapshot } from "../host/types";
import { INITIAL, apply, setFirstSnapshot } from "./apply";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const snapshot = (search: string): Snapshot => snapshotOf(startOf(search), NOW, new Runs(3, NOW));

test("the first answer is shown", () => {
  const first = snapshot("?mock=paired");
  expect(setFirstSnapshot(INITIAL, first)).toEqual({ snapshot: first, ended: false });
});

test("an event that came before the answer is newer than the answer", () => {
  const newer = snapshot("?mock=running");
  const view = apply(INITIAL, { event: "changed", snapshot: newer });
  expect(setFirstSnapshot(view, snapshot("?mock=paired")).snapshot).toBe(newer);
});

test("progress changes only the run", () => {
  const before = setFirstSnapshot(INITIAL, snapshot("?mock=running"));
  const run = { ...progress(NOW), sent: 4, to_send: 10 };
  const after = apply(before, { event: "progressed", run });
  expect(after.snapshot).toEqual({ ...before.snapshot, run });
});

test("progress of a finished run is ignored", () => {
  const before = setFirstSnapshot(INITIAL, snapshot("?mock=paired"));
  expect(apply(before, { event: "progressed", run: progress(NOW) })).toBe(before);
  expect(apply(INITIAL, { event: "progressed", run: progress(NOW) })).toBe(INITIAL);
});

test("the end keeps the last snapshot", () => {
  const before = setFirstSnapshot(INITIAL, snapshot("?mock=paired"));
  expect(apply(before, { event: "ended" })).toEqual({ snapshot: before.snapshot, ended: true });
});

test("events for the shell do not change the view", () => {
  const before = setFirstSnapshot(INITIAL, snapshot("?mock=paired"));
  expect(apply(before, { event: "open_address", address: "https://dfm.example.com/device" })).toBe(before);
  expect(apply(before, { event: "notice", notice: { state: "error", tables: 1, problem: null } })).toBe(before);
});
