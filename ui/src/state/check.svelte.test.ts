import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Host } from "../host/host";
import { check } from "../host/mock/settings";
import { snapshotOf, startOf } from "../host/mock/scenario";
import { Runs } from "../host/mock/runs";
import type { UserSettings } from "../host/types";
import { liveCheck, problemOf, type LiveCheck } from "./check.svelte";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const { settings } = snapshotOf(startOf("?mock=paired"), NOW, new Runs(1, NOW));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Simulates typing, with checks that take the given time. */
function typing(slow: (settings: UserSettings) => number) {
  const asked: (string | null)[] = [];
  const host = {
    checkSettings(typed: UserSettings) {
      asked.push(typed.crontab);
      return new Promise((resolve) => setTimeout(() => resolve(check(typed, NOW)), slow(typed)));
    },
  } as Pick<Host, "checkSettings"> as Host;
  let crontab = $state("0 8 * * *");
  let checker: LiveCheck | undefined;
  const stop = $effect.root(() => {
    checker = liveCheck(host, () => ({ ...settings, crontab }));
  });
  flushSync();
  const type = async (next: string, wait: number) => {
    crontab = next;
    flushSync();
    await vi.advanceTimersByTimeAsync(wait);
  };
  return { asked, type, stop, now: () => checker as LiveCheck };
}

test("the engine is asked immediately, then after each pause in typing", async () => {
  const { asked, type, stop, now } = typing(() => 0);
  await vi.advanceTimersByTimeAsync(1);
  expect([asked, now().pending]).toEqual([["0 8 * * *"], false]);
  await type("0", 50);
  await type("0 9", 50);
  await type("0 9 * * *", 500);
  expect(asked).toEqual(["0 8 * * *", "0 9 * * *"]);
  expect(now().result?.schedule?.crontab).toBe("0 9 * * *");
  stop();
});

test("an outdated answer is dropped", async () => {
  const { type, stop, now } = typing(({ crontab }) => (crontab === "nonsense" ? 5000 : 0));
  await vi.advanceTimersByTimeAsync(1);
  await type("nonsense", 300);
  expect(now().pending).toBe(true);
  await type("0 9 * * *", 300);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(problemOf(now().result, "crontab")).toBeUndefined();
  expect(now().result?.schedule?.crontab).toBe("0 9 * * *");
  stop();
});
