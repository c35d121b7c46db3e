import { render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { beforeEach, expect, test } from "vitest";

import App from "../App.svelte";
import type { ErrorBody } from "../host/types";
import { en } from "../i18n/en";
import { recording } from "../testing/recording";

const problem = (code: string): ErrorBody => ({ code, message: "the engine's words", hint: null, path: null });

beforeEach(() => {
  location.hash = "#/history";
  dispatchEvent(new HashChangeEvent("hashchange"));
});

test.each([
  ["AUTHENTICATION_FAILED", "pairing"],
  ["KEYCHAIN_ERROR", "pairing"],
  ["SOURCE_MISSING", "settings"],
  ["SOURCE_EMPTY", "settings"],
  ["DISK_FULL", "errors"],
] as const)("%s is explained above every view and links to %s", async (code, view) => {
  const { host, change } = await recording("paired");
  render(App, { host });
  await screen.findByText(en.states.ok);
  change({ state: "needs_attention", problem: problem(code) });
  await tick();
  expect(screen.getByText(en.codes[code].what)).toBeTruthy();
  const links = screen.getAllByRole("link", { name: en.views[view] });
  expect(links.at(-1)?.closest("main")).toBeTruthy();
});

test("an unknown code shows the engine's message", async () => {
  const { host, change } = await recording("paired");
  render(App, { host });
  await screen.findByText(en.states.ok);
  change({ state: "error", problem: problem("SOMETHING_NEW") });
  await tick();
  expect(screen.getByText("the engine's words").closest("details")?.open).toBe(true);
});

test("the window names the owner of the data folder", async () => {
  const { host } = await recording("viewer");
  render(App, { host });
  expect(await screen.findByText(/data_exporter run \(pid 4211\)/)).toBeTruthy();
});

test("a person confirms that missing tables are gone", async () => {
  const { host, change, sent } = await recording("paired");
  render(App, { host });
  await screen.findByText(en.states.ok);
  change({ state: "needs_attention", problem: problem("SOURCE_EMPTY") });
  await tick();
  screen.getByRole("button", { name: en.status.acceptMissing }).click();
  expect(sent).toEqual([{ command: "export", full: false, accept_missing: true }]);
});
