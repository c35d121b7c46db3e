import { en } from "../src/i18n/en";
import { NOW, expect, testAccessibility, test } from "./window";

const SCREENS = [
  ["first-run", "pairing"],
  ["server-known", "pairing"],
  ["requesting", "pairing"],
  ["waiting", "pairing"],
  ["keeping", "pairing"],
  ["done", "pairing"],
  ["failed", "pairing"],
  ["paired", "pairing"],
  ["attention", "pairing"],
  ["half-set-up", "pairing"],
  ["viewer", "pairing"],
  ["half-set-up", "pairing/folder"],
  ["paired", "pairing/folder"],
  ["paired", "pairing/preview"],
  ["paired", "pairing/schedule"],
  ["paired", "pairing/done"],
] as const;

testAccessibility(SCREENS);

test("the whole setup works by keyboard", async ({ app }) => {
  const { page } = app;
  await page.clock.install({ time: NOW });
  await app.open("first-run", { more: "" });

  await app.tabTo(page.getByRole("textbox", { name: en.pairing.server }));
  await page.keyboard.type("dfm.example.com");
  await page.keyboard.press("Enter");
  await expect(app.heading(en.pairing.requesting)).toBeFocused();

  await page.clock.runFor(1_000);
  await expect(app.heading(en.pairing.code)).toBeFocused();
  await expect(page.getByRole("status").filter({ hasText: "W, D, J, B, hyphen, M, J, H, T" })).toBeAttached();
  await app.tabTo(app.button(en.pairing.openPage));
  await page.keyboard.press("Enter");

  await page.clock.runFor(12_000);
  await expect(app.heading(en.pairing.storing)).toBeFocused();
  await page.clock.runFor(2_000);
  await expect(app.heading(/Paired with/)).toBeFocused();
  await app.tabTo(app.button(en.pairing.setUp));
  await page.keyboard.press("Enter");
  await page.clock.runFor(200);

  await expect(app.heading(en.folder.title)).toBeFocused();
  await app.tabTo(app.button(en.folder.choose));
  await page.keyboard.press("Enter");
  await page.clock.runFor(1_000);
  await expect(page.getByText("10 tables found")).toBeVisible();
  await app.tabTo(app.button(en.actions.continue));
  await page.keyboard.press("Enter");
  await page.clock.runFor(200);

  await expect(app.heading(en.preview.title)).toBeFocused();
  await page.clock.runFor(200);
  await app.tabTo(page.getByRole("combobox", { name: en.preview.encoding }));
  await page.keyboard.press("ArrowDown");
  await page.clock.runFor(500);
  await expect(page.getByRole("combobox", { name: en.preview.encoding })).toHaveValue("CP1251");
  await expect(page.getByRole("cell", { name: "Чайник электрический" })).toHaveCount(0);
  await page.keyboard.press("ArrowUp");
  await page.clock.runFor(500);
  await expect(page.getByRole("cell", { name: "Чайник электрический" }).first()).toBeVisible();
  await app.tabTo(app.button(en.preview.right));
  await page.keyboard.press("Enter");
  await page.clock.runFor(500);

  await expect(app.heading(en.schedule.title)).toBeFocused();
  await app.tabTo(page.getByRole("radio", { name: en.schedule.choices.daily }));
  await page.keyboard.press("ArrowDown");
  await app.tabTo(page.getByRole("checkbox", { name: "Sunday" }));
  await page.keyboard.press("Space");
  await page.clock.runFor(500);
  await expect(page.getByText("Exports run at 08:00, 12:00 and 16:00, Monday to Friday and Sunday.")).toBeVisible();
  await expect(page.getByText("Fri 20 November at 12:00")).toBeVisible();
  await app.tabTo(app.button(en.actions.continue));
  await page.keyboard.press("Enter");
  await page.clock.runFor(200);

  await expect(app.heading(en.setup.doneTitle)).toBeFocused();
  await app.tabTo(page.getByRole("main").getByRole("button", { name: en.setup.exportNow }));
  await page.keyboard.press("Enter");
  await page.clock.runFor(300);
  await expect(page.getByText(en.states.running, { exact: true })).toBeVisible();
});

test("the remaining time is updated each second and announced at whole minutes", async ({ app }) => {
  const { page } = app;
  await page.clock.install({ time: NOW });
  await app.open("waiting");
  const spoken = page.getByRole("status").filter({ hasText: /expires in/ });
  await page.clock.runFor(61_000);
  await expect(page.getByRole("timer")).toHaveText(/13:5\d/);
  await expect(spoken).toHaveCount(0);
  await page.clock.runFor(4 * 60_000);
  await expect(spoken).toHaveText("Code expires in 10 minutes");
  await page.clock.runFor(11 * 60_000);
  await expect(page.getByRole("timer")).toHaveText(en.pairing.expired);
  await expect(page.getByRole("status").filter({ hasText: en.pairing.expired })).toBeAttached();
});

test("code and link are copied, and the copy is announced", async ({ app, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.open("waiting");
  const clipboard = () => app.page.evaluate(() => navigator.clipboard.readText());
  await app.button(en.pairing.copyCode).click();
  await expect(app.page.getByRole("status").filter({ hasText: en.pairing.codeCopied })).toBeAttached();
  expect(await clipboard()).toBe("WDJB-MJHT");
  await app.button(en.pairing.copyLink).click();
  await expect(app.page.getByRole("status").filter({ hasText: en.pairing.linkCopied })).toBeAttached();
  expect(await clipboard()).toBe("https://dfm.example.com/device?user_code=WDJB-MJHT");
});

test("unpairing asks for confirmation, and Escape cancels it", async ({ app }) => {
  const { page } = app;
  await app.open("paired");
  await app.button(en.pairing.unpair).click();
  await expect(page.getByRole("dialog", { name: en.pairing.unpairTitle })).toBeVisible();
  await expect(app.button(en.actions.cancel)).toBeFocused();
  expect(await app.violations()).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(app.button(en.pairing.unpair)).toBeFocused();
  await page.keyboard.press("Enter");
  await app.button(en.pairing.unpairConfirm).click();
  await expect(app.heading(en.pairing.title)).toBeVisible();
  await expect(page.getByText(en.states.unpaired, { exact: true })).toBeVisible();
});

test("a missing folder shows the engine's message", async ({ app }) => {
  await app.open("paired", { at: "pairing/folder" });
  const { page } = app;
  await page.getByRole("textbox", { name: en.folder.label }).fill("D:\\missing");
  await expect(page.getByText(/does not exist/)).toBeVisible();
  await expect(app.button(en.actions.continue)).toBeDisabled();
});

test("Hebrew is right-to-left, codes and addresses are left-to-right", async ({ app }) => {
  const { page } = app;
  await app.open("waiting", { lang: "he" });
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await expect(page.locator("html")).toHaveAttribute("lang", "he");
  const code = page.getByText("WDJB-MJHT", { exact: true });
  const direction = (locator: typeof code) => locator.evaluate((element) => getComputedStyle(element).direction);
  expect(await direction(code)).toBe("ltr");
  expect(await direction(page.getByText("https://dfm.example.com/device"))).toBe("ltr");
  const [first, last] = await Promise.all([
    page.getByRole("link", { name: "צימוד" }).boundingBox(),
    page.getByRole("link", { name: "הגדרות" }).boundingBox(),
  ]);
  expect(first?.x).toBeGreaterThan(last?.x ?? Infinity);
});

test("views have addresses, and the current one is marked", async ({ app }) => {
  const { page } = app;
  await app.open("errors");
  await page.getByRole("link", { name: en.views.history }).click();
  await expect(page).toHaveURL(/#\/history$/);
  await expect(page.getByRole("link", { name: en.views.history })).toHaveAttribute("aria-current", "page");
  await expect(page.locator("h1")).toBeFocused();
  await expect(page).toHaveTitle(/^History/);
  await expect(page.getByRole("link", { name: "Errors" })).toContainText("7 new problems");
});

for (const [name, scenario, at, lang, theme] of [
  ["pairing-light", "waiting", "pairing", "en", "light"],
  ["pairing-dark", "waiting", "pairing", "en", "dark"],
  ["pairing-he-light", "waiting", "pairing", "he", "light"],
  ["preview-light", "paired", "pairing/preview", "en", "light"],
  ["schedule-he-dark", "paired", "pairing/schedule", "he", "dark"],
] as const) {
  test(`${name} matches its screenshot`, async ({ app }) => {
    await app.stopClock();
    await app.open(scenario, { lang, theme, at });
    await expect(app.page).toHaveScreenshot(`${name}.png`);
  });
}

test("screen readers find everything on the code screen", async ({ app }) => {
  await app.stopClock();
  await app.open("waiting");
  await expect(app.page.getByRole("main")).toMatchAriaSnapshot(`
    - main:
      - navigation "Setup":
        - list:
          - listitem: Pair
          - listitem: Folder
          - listitem: Preview
          - listitem: Schedule
          - listitem: Done
      - heading "Your code" [level=1]
      - paragraph: "Code: W, D, J, B, hyphen, M, J, H, T"
      - paragraph: Check that the page shows the same code, then confirm it there.
      - button "Open the page"
      - button "Copy code"
      - button "Copy link"
      - paragraph: "Page: https://dfm.example.com/device"
      - timer: Code expires in 15:00
      - figure:
        - img "QR code that opens the same page with the code filled in"
      - status
      - region "What happens next":
        - heading "What happens next" [level=2]
        - list:
          - listitem: The page opens in your browser with the code filled in
          - listitem: Sign in, select your site and choose “Authorize”
          - listitem: This window continues automatically
      - button "Cancel pairing"
  `);
});
