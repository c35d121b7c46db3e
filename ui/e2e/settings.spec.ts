import { en } from "../src/i18n/en";
import { expect, testAccessibility, test } from "./window";

testAccessibility([
  ["paired", "settings"],
  ["first-run", "settings"],
  ["viewer", "settings"],
]);

test("settings are edited and saved by keyboard", async ({ app }) => {
  const { page } = app;
  await app.open("paired", { at: "settings", more: "" });
  await expect(app.button(en.actions.save)).toHaveCount(0);

  const folder = page.getByRole("textbox", { name: en.folder.label });
  await app.tabTo(folder);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("E:\\SHOP");
  await app.tabTo(page.getByRole("group", { name: en.settings.exclude }).getByRole("button", { name: en.settings.addPattern }));
  await page.keyboard.press("Enter");
  await page.keyboard.type("INVOICE*");
  await expect(page.getByText("6 tables found")).toBeVisible();
  await app.tabTo(page.getByRole("checkbox", { name: en.settings.startAtLogin }));
  await page.keyboard.press("Space");

  await expect(page.getByText("3 unsaved changes")).toBeVisible();
  await app.tabTo(app.button(en.actions.save));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: en.settings.saved })).toBeAttached();
  await expect(app.button(en.actions.save)).toHaveCount(0);
  await expect(app.heading(en.views.settings)).toBeFocused();

  await page.getByRole("link", { name: en.views.errors }).click();
  await page.getByRole("link", { name: en.views.settings }).click();
  await expect(folder).toHaveValue("E:\\SHOP");
  await expect(page.getByRole("textbox", { name: en.settings.pattern(1) }).nth(1)).toHaveValue("INVOICE*");
  await expect(page.getByRole("checkbox", { name: en.settings.startAtLogin })).toBeChecked();
});

test("all errors are shown at their fields and linked from the summary", async ({ app }) => {
  const { page } = app;
  await app.open("paired", { at: "settings" });
  const folder = page.getByRole("textbox", { name: en.folder.label });
  await folder.fill("D:\\missing");
  const patterns = page.getByRole("group", { name: en.settings.include });
  await patterns.getByRole("button", { name: en.settings.addPattern }).click();
  await page.keyboard.type("a[");

  await expect(folder).toHaveAttribute("aria-invalid", "true");
  await expect(folder).toHaveAccessibleDescription(/This folder cannot be used.*does not exist/);
  await expect(patterns).toHaveAccessibleDescription(/A pattern is invalid/);
  const [right, wrong] = [patterns.getByRole("textbox").nth(0), patterns.getByRole("textbox").nth(1)];
  await expect(wrong).toHaveAttribute("aria-invalid", "true");
  await expect(right).not.toHaveAttribute("aria-invalid", "true");
  await expect(app.button(en.actions.save)).toBeDisabled();
  expect(await app.violations()).toEqual([]);

  const summary = page.getByRole("status").filter({ hasText: en.settings.correct });
  await summary.getByRole("button", { name: en.settings.include }).click();
  await expect(wrong).toBeFocused();
  await patterns.getByRole("button", { name: "Remove a[" }).click();
  await expect(right).toBeFocused();
  await summary.getByRole("button", { name: en.folder.label }).click();
  await expect(folder).toBeFocused();
  await page.getByRole("button", { name: en.folder.choose }).click();
  await expect(page.getByText("10 tables found")).toBeVisible();
  await expect(app.button(en.actions.save)).toHaveCount(0);
});

test("the next five exports follow the chosen schedule", async ({ app }) => {
  const { page } = app;
  await app.stopClock();
  await app.open("paired", { at: "settings" });
  await page.getByRole("radio", { name: en.schedule.choices.custom }).check();
  await page.getByRole("textbox", { name: en.schedule.crontab }).fill("30 7 1 * *");
  await expect(page.getByText("Tue 1 December at 07:30")).toBeVisible();
  await page.getByRole("textbox", { name: en.schedule.crontab }).fill("30 7 1 *");
  await expect(page.getByRole("textbox", { name: en.schedule.crontab })).toHaveAccessibleDescription(/This schedule is invalid/);
  await expect(app.button(en.actions.save)).toBeDisabled();
});

test("leaving unsaved changes asks for confirmation", async ({ app }) => {
  const { page } = app;
  await app.open("paired", { at: "settings" });
  const skip = page.getByRole("checkbox", { name: en.settings.skipUnchanged });
  await skip.uncheck();
  await page.getByRole("link", { name: en.views.history }).press("Enter");
  const dialog = page.getByRole("dialog", { name: en.settings.leaveTitle });
  await expect(dialog.getByRole("button", { name: en.settings.stay })).toBeFocused();
  await expect(page).toHaveURL(/#\/settings$/);
  expect(await app.violations()).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(skip).not.toBeChecked();

  await page.getByRole("link", { name: en.views.history }).press("Enter");
  await app.button(en.settings.leave).click();
  await expect(app.heading(en.views.history)).toBeFocused();
  await page.getByRole("link", { name: en.views.settings }).click();
  await expect(skip).toBeChecked();
  await skip.uncheck();
  await app.button(en.settings.discard).click();
  await expect(skip).toBeChecked();
  await expect(app.heading(en.views.settings)).toBeFocused();
  await page.getByRole("link", { name: en.views.history }).click();
  await expect(app.heading(en.views.history)).toBeVisible();
});

test("saving another language changes the window's language", async ({ app }) => {
  const { page } = app;
  await app.open("paired", { at: "settings" });
  await page.getByRole("combobox", { name: en.settings.language }).selectOption("he");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await app.button(en.actions.save).click();
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await expect(app.heading("הגדרות")).toBeVisible();
});

test("code page overrides are added and removed", async ({ app }) => {
  const { page } = app;
  await app.open("paired", { at: "settings" });
  const overrides = page.getByRole("group", { name: en.settings.overrides });
  await overrides.getByRole("button", { name: en.settings.addOverride }).click();
  await expect(overrides.getByRole("textbox")).toBeFocused();
  await page.keyboard.type("CARDS*.DBF");
  await overrides.getByRole("combobox").selectOption("CP1251");
  await app.button(en.actions.save).click();
  await expect(app.button(en.actions.save)).toHaveCount(0);
  await expect(overrides.getByRole("combobox")).toHaveValue("CP1251");
  await overrides.getByRole("button", { name: "Remove CARDS*.DBF" }).click();
  await expect(overrides.getByRole("button", { name: en.settings.addOverride })).toBeFocused();
  await expect(page.getByText("1 unsaved change")).toBeVisible();
});

test("a read-only window disables every control", async ({ app }) => {
  const { page } = app;
  await app.open("viewer", { at: "settings" });
  for (const role of ["textbox", "checkbox", "combobox", "radio"] as const) {
    for (const control of await page.getByRole("main").getByRole(role).all()) await expect(control).toBeDisabled();
  }
  await expect(app.button(en.folder.choose)).toBeDisabled();
  await expect(app.button(en.settings.addOverride)).toBeDisabled();
});

for (const [name, lang, theme] of [
  ["settings-light", "en", "light"],
  ["settings-dark", "en", "dark"],
  ["settings-he-light", "he", "light"],
] as const) {
  test(`${name} matches its screenshot`, async ({ app }) => {
    await app.stopClock();
    await app.open("paired", { lang, theme, at: "settings" });
    await expect(app.page).toHaveScreenshot(`${name}.png`);
  });
}
