import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";

import { Runs } from "../../host/mock/runs";
import { snapshotOf, startOf } from "../../host/mock/scenario";
import type { Preview } from "../../host/types";
import { en } from "../../i18n/en";
import { setLanguage } from "../../i18n/index.svelte";
import { show } from "../../testing/show";
import Pairing from "../pairing/Pairing.svelte";
import { choose, scopeOf } from "./encoding";
import { firstOpen, isOpen, isSetUp, stepOf } from "./steps";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const at = (scenario: string) => snapshotOf(startOf(`?mock=${scenario}`), NOW, new Runs(3, NOW));
const button = (name: string) => screen.getByRole<HTMLButtonElement>("button", { name });

beforeEach(() => setLanguage("en"));

async function navigate(step: string) {
  location.hash = `#/pairing/${step}`;
  await waitFor(() => expect(location.hash).toBe(`#/pairing/${step}`));
  dispatchEvent(new HashChangeEvent("hashchange"));
}

describe("the setup steps", () => {
  test("follow the engine's snapshot", () => {
    expect(firstOpen(at("first-run"))).toBe("pair");
    expect(firstOpen(at("half-set-up"))).toBe("folder");
    expect(firstOpen(at("paired"))).toBe("done");
    expect([at("first-run"), at("half-set-up"), at("paired")].map(isSetUp)).toEqual([false, false, true]);
  });

  test("are reachable only after the steps that they need", () => {
    expect([isOpen("folder", at("first-run")), isOpen("folder", at("half-set-up"))]).toEqual([false, true]);
    expect([isOpen("schedule", at("half-set-up")), isOpen("schedule", at("paired"))]).toEqual([false, true]);
  });

  test("are complete without a schedule after a manual export", () => {
    const paired = at("paired");
    const byHand = { ...paired, settings: { ...paired.settings, crontab: null } };
    expect(isSetUp(byHand)).toBe(true);
    expect(isSetUp({ ...byHand, last_run: null })).toBe(false);
  });

  test("are done once they are answered, without a schedule too", () => {
    const chosen = { ...at("paired"), last_run: null, schedule: null };
    const undecided = { ...chosen, settings: { ...chosen.settings, crontab: null } };
    expect([firstOpen(undecided), firstOpen(undecided, ["preview"])]).toEqual(["preview", "schedule"]);
    expect(firstOpen(undecided, ["preview", "schedule"])).toBe("done");
  });

  test("are named in the address", () => {
    expect([stepOf("folder"), stepOf("nonsense"), stepOf(null)]).toEqual(["folder", null, null]);
  });
});

describe("the folder step", () => {
  test("checks the folder while typing and saves it on continue", async () => {
    const { sent, session } = await show(Pairing, "half-set-up");
    await navigate("folder");
    await waitFor(() => screen.getByRole("heading", { name: en.folder.title }));
    expect(button(en.actions.continue).disabled).toBe(true);
    await fireEvent.click(button(en.folder.choose));
    await waitFor(() => screen.getByText("10 tables found"));
    await fireEvent.click(button(en.actions.continue));
    const settings = { ...session.snapshot.settings, source_dir: "C:\\ACCOUNTS\\DATA" };
    expect(sent).toEqual([{ command: "save_settings", settings }]);
    await waitFor(() => expect(location.hash).toBe("#/pairing/preview"));
  });

  test("does not continue with a missing folder", async () => {
    await show(Pairing, "half-set-up");
    await navigate("folder");
    const typed = await waitFor(() => screen.getByRole("textbox", { name: en.folder.label }));
    await fireEvent.input(typed, { target: { value: "D:\\missing" } });
    await waitFor(() => screen.getByText(/does not exist/));
    expect(button(en.actions.continue).disabled).toBe(true);
  });
});

describe("the preview step", () => {
  test("shows rows and saves the chosen code page", async () => {
    const { sent, session } = await show(Pairing, "paired");
    await navigate("preview");
    await waitFor(() => screen.getByText("Чайник электрический", { selector: "tr:first-child td" }));
    expect(screen.getAllByRole("row")).toHaveLength(21);
    const page = screen.getByRole("combobox", { name: en.preview.encoding });
    await fireEvent.change(page, { target: { value: "CP1251" } });
    const settings = { ...session.snapshot.settings, dbf_encoding: "CP1251" };
    await waitFor(() => expect(sent).toEqual([{ command: "save_settings", settings }]));
  });
});

describe("an answered step", () => {
  test("is ticked, until another folder is chosen", async () => {
    const { change, session } = await show(Pairing, "paired");
    change({ last_run: null, schedule: null, settings: { ...session.snapshot.settings, crontab: null } });
    const ticked = () => screen.getAllByRole("listitem").map((step) => step.classList.contains("done"));
    await navigate("preview");
    await waitFor(() => screen.getByRole("heading", { name: en.preview.title }));
    expect(ticked().slice(0, 4)).toEqual([true, true, false, false]);
    await fireEvent.click(button(en.preview.right));
    await navigate("schedule");
    await waitFor(() => screen.getByRole("heading", { name: en.schedule.title }));
    expect(ticked().slice(0, 4)).toEqual([true, true, true, false]);
  });
});

describe("a chosen code page", () => {
  const encodings = { dbf_encoding: "CP866", overrides: { "old/*": "CP437" } };
  const table = (source: string, encoding_source: Preview["encoding_source"]) =>
    ({ source, encoding_source }) as Preview;

  test("becomes the default for a table that specifies none", () => {
    const scope = scopeOf(encodings, table("A.DBF", "default"));
    expect(scope).toBe("folder");
    expect(choose(encodings, "A.DBF", "CP1251", scope)).toEqual({ ...encodings, dbf_encoding: "CP1251" });
  });

  test("overrides a single table that specifies its own", () => {
    expect(scopeOf(encodings, table("A.DBF", "ldid"))).toBe("table");
    const next = choose(encodings, "A.DBF", "CP1251", "table");
    expect(next.overrides).toEqual({ "old/*": "CP437", "A.DBF": "CP1251" });
    expect(scopeOf(next, table("A.DBF", "setting"))).toBe("table");
  });

  test("can apply to all tables, and back to one", () => {
    const all = choose(encodings, "A.DBF", "CP1251", "all");
    expect(all).toEqual({ dbf_encoding: "CP1251", overrides: { "old/*": "CP437", "*": "CP1251" } });
    expect(scopeOf(all, table("A.DBF", "setting"))).toBe("all");
    expect(choose(all, "A.DBF", "CP1251", "table").overrides).toEqual({ "old/*": "CP437", "A.DBF": "CP1251" });
  });

  test("does not change a pattern of the user", () => {
    expect(scopeOf(encodings, table("old/B.DBF", "setting"))).toBe("pattern");
    expect(choose(encodings, "old/B.DBF", "CP1251", "pattern")).toBe(encodings);
  });

  test("escapes names that look like patterns", () => {
    expect(Object.keys(choose(encodings, "A[1].DBF", "CP1251", "table").overrides)).toContain("A[[]1[]].DBF");
  });
});
