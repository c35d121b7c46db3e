import { expect, test, vi } from "vitest";

import { mockHost } from "../host/mock";
import type { EngineEvent } from "../host/types";
import { recording } from "../testing/recording";
import { parse } from "./route.svelte";
import { Session } from "./session.svelte";

test("the session subscribes before it fetches the snapshot", async () => {
  const { host } = await recording("paired");
  const order: string[] = [];
  const session = new Session({
    ...host,
    onEvent: (listener: (event: EngineEvent) => void) => (order.push("subscribed"), host.onEvent(listener)),
    snapshot: () => (order.push("asked"), host.snapshot()),
  });
  await session.connect(() => undefined);
  expect(order).toEqual(["subscribed", "asked"]);
  expect(session.ready).toBe(true);
});

test("a refusal stays until it is dismissed or the next command is sent", async () => {
  const session = new Session(mockHost("?mock=viewer"));
  await session.connect(() => undefined);
  expect(session.mayChange).toBe(false);
  expect(await session.send({ command: "resume" })).toBe(false);
  expect(session.refusal?.code).toBe("FOLDER_HELD");
  session.dismiss();
  expect(session.refusal).toBeNull();
});

test("saving sends the complete settings with the changes", async () => {
  const { host, sent } = await recording("paired");
  const session = new Session(host);
  await session.connect(() => undefined);
  await session.save({ crontab: "@daily" });
  expect(sent).toEqual([
    { command: "save_settings", settings: { ...session.snapshot.settings, crontab: "@daily" } },
  ]);
});

test("a view that the tray requests is shown", async () => {
  const { host } = await recording("paired");
  const shown = vi.fn();
  const session = new Session({
    ...host,
    onShow: (listener) => (listener("errors"), Promise.resolve(() => undefined)),
  });
  await session.connect(shown);
  expect(shown).toHaveBeenCalledWith("errors");
});

test.each([
  ["#/history", { view: "history", rest: null }],
  ["#/history/17", { view: "history", rest: "17" }],
  ["#/pairing/folder", { view: "pairing", rest: "folder" }],
  ["#/nonsense/17", { view: "pairing", rest: null }],
  ["", { view: "pairing", rest: null }],
])("%j is a route", (fragment, route) => expect(parse(fragment)).toEqual(route));
