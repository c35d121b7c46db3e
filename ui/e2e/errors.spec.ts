import { en } from "../src/i18n/en";
import { NOW, expect, testAccessibility, test } from "./window";

testAccessibility([
  ["errors", "errors"],
  ["empty", "errors"],
]);

test("severities are filtered by keyboard, and their counts ignore the filter", async ({ app }) => {
  const { page } = app;
  await app.open("errors", { at: "errors" });
  const toggle = (name: string) => page.getByRole("group", { name: en.errors.severity }).getByRole("button", { name });
  const shown = page.getByRole("article").locator(".severity");
  const counts = await Promise.all(Object.values(en.severities).map((name) => toggle(name).innerText()));

  await app.tabTo(toggle("Critical"));
  await page.keyboard.press("Space");
  await expect(toggle("Critical")).toHaveAttribute("aria-pressed", "true");
  await expect(shown).toHaveText(Array<string>(25).fill("Critical"));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(shown.filter({ hasText: "Warning" }).first()).toBeVisible();
  await expect(shown.filter({ hasText: /Error|Info/ })).toHaveCount(0);
  expect(await Promise.all(Object.values(en.severities).map((name) => toggle(name).innerText()))).toEqual(counts);

  await app.button(en.lists.clear).press("Enter");
  await expect(toggle("Critical")).toHaveAttribute("aria-pressed", "false");
  await expect(page.getByRole("region", { name: en.views.errors })).toBeFocused();
  await expect(page.getByText("3,431 entries")).toBeVisible();
});

test("an error shows its sentence, file and advice, and opens its details and its export", async ({ app }) => {
  const { page } = app;
  await app.open("errors", { at: "errors" });
  const entry = page.getByRole("article").filter({ hasText: "A table is damaged" }).filter({ has: page.getByRole("link") }).first();
  await expect(entry).toContainText(/\.DBF/);
  await expect(entry).toContainText("Repair it in the accounting program");

  const details = entry.getByRole("button", { name: en.details });
  await expect(details).toHaveAttribute("aria-expanded", "false");
  await app.tabTo(details);
  await page.keyboard.press("Enter");
  await expect(entry.getByText("FILE_DAMAGED")).toBeVisible();
  await expect(entry.getByText("repair it with the program that writes it, or restore it from a backup")).toBeVisible();
  expect(await app.violations()).toEqual([]);

  const link = entry.getByRole("link");
  const name = await link.innerText();
  await link.press("Enter");
  await expect(app.heading(name)).toBeFocused();
});

test("an error is copied as text", async ({ app, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.open("errors", { at: "errors" });
  const entry = app.page.getByRole("article").filter({ hasText: "A table is damaged" }).first();
  await entry.getByRole("button", { name: en.actions.copy }).click();
  await expect(app.page.getByRole("status").filter({ hasText: en.errors.copied })).toBeAttached();
  const text = await app.page.evaluate(() => navigator.clipboard.readText());
  expect(text).toMatch(/^Error: A table is damaged\.\nFile: [\w/]+\.DBF\nMessage: .*\nWhat to do: /);
  expect(text).toContain("Computer: kasse-2");
});

test("a search without matches offers to clear the filter", async ({ app }) => {
  const { page } = app;
  await app.open("errors", { at: "errors" });
  await page.getByRole("searchbox").fill("no such thing");
  await expect(page.getByRole("status").filter({ hasText: en.lists.noMatches })).toBeVisible();
  expect(await app.violations()).toEqual([]);
  await app.button(en.lists.clear).click();
  await expect(page.getByRole("searchbox")).toHaveValue("");
  await expect(page.getByText("3,431 entries")).toBeVisible();
  await page.getByRole("searchbox").fill("PARTNERS.DBF");
  await expect(page.getByText("3,431 entries")).toHaveCount(0);
  await expect(page.getByRole("article")).toHaveText(Array<RegExp>(25).fill(/PARTNERS\.DBF/));
});

test("days filter the list", async ({ app }) => {
  const { page } = app;
  await app.stopClock();
  await app.open("errors", { at: "errors" });
  await page.getByLabel(en.lists.from, { exact: true }).fill("2026-11-18");
  await page.getByLabel(en.lists.to, { exact: true }).fill("2026-11-18");
  await expect(page.getByText(/^4[0-8] entries$/)).toBeVisible();
});

test("repeated Enter turns page after page", async ({ app }) => {
  const { page } = app;
  await app.open("errors", { at: "errors" });
  await app.button(en.actions.next).focus();
  for (const range of ["26 to 50", "51 to 75"]) {
    await page.keyboard.press("Enter");
    await expect(page.getByText(`${range} of 3,431`)).toBeVisible();
    await expect(app.button(en.actions.next)).toBeFocused();
    await expect(page.getByRole("article").first()).toBeInViewport();
  }
  await app.button(en.actions.previous).click();
  await expect(page.getByText("26 to 50 of 3,431")).toBeVisible();
});

test("a new error appears first and keeps focus and scroll position", async ({ app }) => {
  const { page } = app;
  await page.clock.install({ time: NOW });
  await app.open("paired", { at: "errors", more: "" });
  // A cancelled export is an event, which is listed on request.
  await page.getByRole("group", { name: en.errors.severity }).getByRole("button", { name: en.severities.INFO }).click();
  await page.clock.runFor(100);
  await expect(page.getByText("569 entries")).toBeVisible();
  await page.clock.pauseAt(new Date(NOW.getTime() + 60_000));
  await page.getByRole("banner").getByRole("button", { name: en.status.export }).click();
  await page.clock.runFor(100);
  await page.getByRole("banner").getByRole("button", { name: en.status.stop }).click();
  const details = page.getByRole("article").nth(3).getByRole("button", { name: en.details });
  await details.press("Enter");
  const before = await page.getByRole("article").nth(3).innerText();
  const place = await page.getByRole("article").nth(3).boundingBox();
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0);
  await page.clock.runFor(1_000);
  await expect(page.getByText("570 entries")).toBeVisible();
  await expect(page.getByRole("article").first()).toContainText(en.codes.CANCELLED.what);
  const moved = page.getByRole("article").nth(4);
  expect(await moved.innerText()).toBe(before);
  const drift = ((await moved.boundingBox())?.y ?? NaN) - (place?.y ?? NaN);
  expect(Math.abs(drift)).toBeLessThan(4);
  await expect(moved.getByRole("button", { name: en.details })).toBeFocused();
  await expect(moved.getByRole("button", { name: en.details })).toHaveAttribute("aria-expanded", "true");
});

test("the list is saved, and its path is shown and announced", async ({ app }) => {
  const { page } = app;
  await app.open("errors", { at: "errors" });
  await app.button(en.lists.saveJson).click();
  await expect(page.getByText("C:\\Users\\anna\\Documents\\errors.json", { exact: true })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: /^Saved as/ })).toBeAttached();
});

for (const [name, lang, theme] of [
  ["errors-light", "en", "light"],
  ["errors-dark", "en", "dark"],
  ["errors-ru-dark", "ru", "dark"],
  ["errors-he-light", "he", "light"],
] as const) {
  test(`${name} matches its screenshot`, async ({ app }) => {
    await app.stopClock();
    await app.open("errors", { lang, theme, at: "errors" });
    await expect(app.page).toHaveScreenshot(`${name}.png`);
  });
}
