import type { Locator } from "@playwright/test";

import { en } from "../src/i18n/en";
import { NOW, expect, testAccessibility, test } from "./window";

/** A run with 1,200 tables. */
const LARGE = 99_700;

testAccessibility([
  ["paired", "history"],
  ["empty", "history"],
  ["server-known", "history"],
  ["converting", "history"],
  ["retrying", "history"],
  ["paired", "history/99990"],
]);

test("runs are filtered by keyboard, and returning from a run focuses its entry", async ({ app }) => {
  const { page } = app;
  await app.open("paired", { at: "history" });
  await app.tabTo(page.getByRole("combobox", { name: en.history.state }));
  await page.keyboard.type("Failed");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveText(Array<RegExp>(25).fill(/^\s*Failed/));

  const third = page.getByRole("main").getByRole("listitem").nth(2).getByRole("link");
  const address = (await third.getAttribute("href")) ?? "";
  await app.tabTo(third);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${address}$`));
  await expect(app.heading(/^Export \d+$/)).toBeFocused();
  await expect(page.getByText(en.codes.CONNECTION_FAILED.what)).toBeVisible();

  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("link", { name: en.history.back })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(third).toBeFocused();
  await expect(page.getByRole("combobox", { name: en.history.state })).toHaveValue("failed");
});

test("filter and page survive a change of view", async ({ app }) => {
  const { page } = app;
  await app.open("paired", { at: "history" });
  await page.getByRole("combobox", { name: en.history.trigger }).selectOption("manual");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveText(Array<RegExp>(25).fill(/Manual/));
  await app.button(en.actions.next).click();
  await expect(page.getByText(/^26 to 50 of/)).toBeVisible();
  await page.getByRole("link", { name: en.views.errors }).click();
  await page.getByRole("link", { name: en.views.history }).click();
  await expect(page.getByText(/^26 to 50 of/)).toBeVisible();
  await expect(page.getByRole("combobox", { name: en.history.trigger })).toHaveValue("manual");
});

test("a run shows the outcome of each table and the reason", async ({ app, context }) => {
  const { page } = app;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.open("paired", { at: "history/99990" });
  const entries = page.getByRole("region", { name: en.history.tables }).locator("ul.card > li");
  await expect(entries.nth(0)).toContainText(en.history.table.outcomes.failed);
  await expect(entries.nth(1)).toContainText(en.history.table.outcomes.warnings);

  const open = (entry: Locator) => entry.getByRole("button", { expanded: false }).press("Enter");
  await open(entries.nth(0));
  await expect(entries.nth(0)).toContainText(en.codes.FILE_DAMAGED.what);
  await open(entries.nth(1));
  await expect(entries.nth(1)).toContainText("Values that are not numbers, left empty: 3");
  await expect(entries.nth(1)).toContainText("column PRICE · first in row 1,204");
  await expect(entries.nth(1)).toContainText("5 missing from the file");
  await expect(entries.nth(1)).toContainText(en.history.table.verified);
  await expect(entries.nth(1)).toContainText(/, default, because the table does not specify one|, from the/);
  expect(await app.violations()).toEqual([]);

  await page.getByRole("button", { name: /^Copy batch/ }).click();
  await expect(page.getByRole("status").filter({ hasText: en.history.batchCopied })).toBeAttached();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);

  await page.getByRole("group", { name: en.history.table.outcome }).getByRole("button", { name: /Unchanged/ }).click();
  await expect(entries.first()).toContainText(en.history.table.outcomes.unchanged);
  await expect(entries.filter({ hasText: en.history.table.outcomes.sent })).toHaveCount(0);
});

test("a thousand tables are paged", async ({ app }) => {
  const { page } = app;
  await app.open("paired", { at: `history/${LARGE}` });
  const entries = page.locator("ul.card > li");
  await expect(entries).toHaveCount(50);
  await app.button(en.actions.next).press("Enter");
  await expect(page.getByText("51 to 100 of 1,200")).toBeVisible();
  await expect(app.button(en.actions.next)).toBeFocused();
  await page.getByRole("searchbox").fill("1987/inv");
  await expect(entries).toHaveCount(2);
  await page.getByRole("searchbox").fill("no such table");
  await app.button(en.lists.clear).click();
  await expect(page.getByText("1 to 50 of 1,200")).toBeVisible();
});

test("an unknown run shows an error", async ({ app }) => {
  await app.open("paired", { at: "history/123456789" });
  await expect(app.heading("Export 123456789")).toBeVisible();
  await expect(app.page.getByRole("alert")).toBeVisible();
  expect(await app.violations()).toEqual([]);
});

test("a full export asks for confirmation, shows its progress and can be stopped", async ({ app }) => {
  const { page } = app;
  await page.clock.install({ time: NOW });
  await app.open("paired", { at: "history", more: "" });
  await app.tabTo(app.button(en.history.exportAll));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: en.history.exportAllTitle });
  await expect(dialog.getByRole("button", { name: en.actions.cancel })).toBeFocused();
  expect(await app.violations()).toEqual([]);
  await page.clock.pauseAt(new Date(NOW.getTime() + 60_000));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);

  const live = page.getByRole("region", { name: en.history.running });
  await page.clock.runFor(200);
  await expect(live).toContainText(en.status.scanning);
  await expect(page.getByText("100,001 exports")).toBeVisible();
  await expect(page.getByRole("main").getByRole("listitem").first()).toContainText(en.runStates.running);
  await page.clock.runFor(1_500);
  await expect(live).toContainText("2 of 10 tables sent");
  await expect(live).toContainText("GOODS.DBF");
  await expect(live.getByRole("progressbar")).toHaveJSProperty("value", 2);

  await live.getByRole("button", { name: en.status.stop }).click();
  await page.clock.runFor(600);
  await expect(live).toHaveCount(0);
  await expect(page.getByRole("main").getByRole("listitem").first()).toContainText(en.runStates.cancelled);
  await expect(app.button(en.history.exportAll)).toBeVisible();
});

test("a waiting run shows the reason and the remaining time", async ({ app }) => {
  await app.stopClock();
  await app.open("retrying", { at: "history" });
  const live = app.page.getByRole("region", { name: en.history.running });
  await expect(live).toContainText("Waiting, retrying in 00:42");
  await expect(live).toContainText("the server is out of service (503)");
});

test("an empty history offers the next setup step", async ({ app }) => {
  const { page } = app;
  await app.open("server-known", { at: "history" });
  await page.getByRole("link", { name: en.history.toPairing }).click();
  await expect(page).toHaveURL(/#\/pairing$/);
  await app.open("half-set-up", { at: "history" });
  await page.getByRole("main").getByRole("link", { name: en.pairing.finishSetUp }).click();
  await expect(page).toHaveURL(/#\/pairing\/folder$/);
  await app.open("empty", { at: "history" });
  await page.getByRole("main").getByRole("button", { name: en.status.export }).click();
  await expect(page.getByRole("region", { name: en.history.running })).toBeVisible();
});

test("a read-only window offers no export", async ({ app }) => {
  await app.open("viewer", { at: "history" });
  await expect(app.button(en.history.exportAll)).toHaveCount(0);
  await app.button(en.lists.saveCsv).click();
  await expect(app.page.getByText("C:\\Users\\anna\\Documents\\history.csv", { exact: true })).toBeVisible();
});

for (const [name, scenario, at, lang, theme] of [
  ["history-light", "paired", "history", "en", "light"],
  ["history-dark", "converting", "history", "en", "dark"],
  ["history-he-light", "converting", "history", "he", "light"],
  ["run-light", "paired", "history/99990", "en", "light"],
] as const) {
  test(`${name} matches its screenshot`, async ({ app }) => {
    await app.stopClock();
    await app.open(scenario, { lang, theme, at });
    await expect(app.page).toHaveScreenshot(`${name}.png`);
  });
}
