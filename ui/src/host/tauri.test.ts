import { mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, expect, test } from "vitest";

import { recording } from "../testing/recording";
import { errorBody } from "./host";
import { tauriHost } from "./tauri";

afterEach(() => {
  delete (window as { __TAURI_INTERNALS__?: unknown }).__TAURI_INTERNALS__;
});

/** Returns the command that a call invokes, with its arguments. */
async function invoked(call: () => Promise<unknown>): Promise<[command: string, args: unknown]> {
  let seen: [string, unknown] | undefined;
  mockIPC((command, args) => {
    seen = [command, args];
    return null;
  });
  await call();
  if (!seen) throw new Error("no command was invoked");
  return seen;
}

test("the host invokes the documented commands", async () => {
  const query = { states: [], triggers: [], text: null, since: null, until: null };
  const errors = { severities: [], kind: null, text: null, since: null, until: null };
  const request = { source_dir: null, source: null, encoding: "CP866" };
  const list = { list: "history", query } as const;
  const { host } = await recording("paired");
  const { settings } = await host.snapshot();
  const calls: [call: () => Promise<unknown>, command: string, args: object][] = [
    [() => tauriHost.snapshot(), "snapshot", {}],
    [() => tauriHost.send({ command: "resume" }), "send", { command: { command: "resume" } }],
    [() => tauriHost.history(query, null, 50), "history", { query, cursor: null, limit: 50 }],
    [() => tauriHost.run(7), "run", { id: 7 }],
    [() => tauriHost.errors(errors, "x", 20), "errors", { query: errors, cursor: "x", limit: 20 }],
    [() => tauriHost.preview(request), "preview", { request }],
    [() => tauriHost.checkSettings(settings), "check_settings", { settings }],
    [() => tauriHost.saveList(list, "csv"), "save_list", { list, format: "csv" }],
    [() => tauriHost.chooseFolder(), "choose_folder", {}],
    [() => tauriHost.desktop(), "desktop", {}],
    [() => tauriHost.setStartAtLogin(true), "set_start_at_login", { on: true }],
    [() => tauriHost.openAddress(), "open_address", {}],
    [() => tauriHost.askBeforeClosing(true), "ask_before_closing", { ask: true }],
    [() => tauriHost.close(), "close", {}],
  ];
  for (const [call, command, args] of calls) expect(await invoked(call)).toEqual([command, args]);
});

test("the host listens for the documented events", async () => {
  const names = ["engine", "show", "leave", "desktop"] as const;
  const listen = [tauriHost.onEvent, tauriHost.onShow, tauriHost.onLeave, tauriHost.onDesktop];
  for (const [at, name] of names.entries()) {
    const [command, args] = await invoked(() => listen[at]?.(() => undefined) ?? Promise.resolve());
    expect([command, (args as { event: string }).event]).toEqual(["plugin:event|listen", name]);
  }
});

test("a rejection of any shape becomes an error body", () => {
  const body = { code: "DISK_FULL", message: "the disk is full", hint: "free some", path: "/data" };
  expect(errorBody(body)).toEqual(body);
  expect(errorBody({ code: "USAGE", message: "no" })).toEqual({ code: "USAGE", message: "no", hint: null, path: null });
  expect(errorBody("gone")).toEqual({ code: "UNKNOWN_ERROR", message: "gone", hint: null, path: null });
});
