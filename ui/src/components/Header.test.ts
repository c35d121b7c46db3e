import { fireEvent, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { beforeEach, expect, test } from "vitest";

import { en } from "../i18n/en";
import { setLanguage } from "../i18n/index.svelte";
import { show } from "../testing/show";
import Header from "./Header.svelte";

beforeEach(() => setLanguage("en"));

test.each([
  ["first-run", en.states.unpaired, /Pair this computer/],
  ["half-set-up", en.states.setup, en.status.steps.choose_folder],
  ["empty", en.states.never_run, /^Next export/],
  ["paired", en.states.ok, /Last export .+ · next /],
  ["paused", en.states.paused, /Paused until \d/],
  ["attention", en.states.needs_attention, /Last export/],
  ["running", en.states.running, /Scanning the folder/],
])("%s shows its label and line", async (scenario, word, line) => {
  await show(Header, scenario);
  expect(screen.getByText(word)).toBeTruthy();
  expect(screen.getByText(line)).toBeTruthy();
});

test("each state has its own icon", async () => {
  const { change } = await show(Header, "paired");
  const shapes = new Set<string>();
  for (const state of Object.keys(en.states) as (keyof typeof en.states)[]) {
    change({ state });
    await tick();
    const icon = document.querySelector("header svg")?.cloneNode(true) as SVGElement;
    icon.removeAttribute("class");
    shapes.add(icon.innerHTML);
  }
  expect(shapes.size).toBe(Object.keys(en.states).length);
});

test("the header offers the actions that are possible now", async () => {
  const { sent, change } = await show(Header, "paused");
  await fireEvent.click(screen.getByRole("button", { name: en.status.resume }));
  await fireEvent.click(screen.getByRole("button", { name: en.status.export }));
  expect(sent).toEqual([{ command: "resume" }, { command: "export", full: false }]);
  change({ read_only: true });
  await tick();
  expect(screen.queryAllByRole("button")).toEqual([]);
});

test("without a schedule the header says so", async () => {
  const { change } = await show(Header, "paired");
  change({ state: "inactive", next_step: "set_schedule", schedule: null });
  await tick();
  expect(screen.getByText(en.states.inactive)).toBeTruthy();
  expect(screen.getByText(/^Last export .+ · nothing is scheduled$/)).toBeTruthy();
});

test("an unfinished setup is continued from every view", async () => {
  const { change } = await show(Header, "half-set-up");
  expect(screen.queryAllByRole("link")).toEqual([]);
  location.hash = "#/errors";
  dispatchEvent(new HashChangeEvent("hashchange"));
  await tick();
  const link = screen.getByRole("link", { name: en.pairing.finishSetUp });
  expect(link.getAttribute("href")).toBe("#/pairing/folder");
  change({ read_only: true });
  await tick();
  expect(screen.queryAllByRole("link")).toEqual([]);
});

test("a run can be stopped only once", async () => {
  const { sent, session } = await show(Header, "running");
  await fireEvent.click(screen.getByRole("button", { name: en.status.stop }));
  expect(sent).toEqual([{ command: "cancel_export" }]);
  const run = session.snapshot.run;
  if (run) session.handle({ event: "progressed", run: { ...run, to_send: 10, sent: 4, stopping: true } });
  await tick();
  expect(screen.getByRole<HTMLButtonElement>("button", { name: en.status.stop }).disabled).toBe(true);
  expect(screen.getByRole("progressbar").getAttribute("value")).toBe("4");
});
