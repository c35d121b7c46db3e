// The window in a browser, with the mock host: `test` with the fixture `app`. A test fails on a console error, a page
// error, a request to another origin or a violation of the content security policy.

import axe from "axe-core";
import { test as base, expect, type Locator, type Page } from "@playwright/test";

export { expect };

export interface Opening {
  lang?: "en" | "ru" | "he";
  theme?: "light" | "dark";
  /** The fragment without `#/`. */
  at?: string;
  /** More parameters of the mock's query. */
  more?: string;
}

/** The element that appears once a view has all its data. */
const COMPLETE: Record<string, string> = {
  "pairing/preview": "td",
  "pairing/schedule": "ol[aria-labelledby] li",
  errors: "article, .empty",
  history: "main li, .empty",
  settings: "[data-field=crontab] .next p",
  "history/99990": "button[aria-expanded]",
  "history/99700": "button[aria-expanded]",
};

/** A Friday morning. */
export const NOW = new Date("2026-11-20T10:20:00+01:00");

export class App {
  constructor(readonly page: Page) {}

  async open(scenario: string, { lang = "en", theme = "light", at = "pairing", more = "&auto=no" }: Opening = {}) {
    // The colour scheme of the desktop, as in the program. If it changes while the page loads, Chromium leaves some
    // texts in the colours of the other theme.
    await this.page.emulateMedia({ colorScheme: theme });
    const answer = await this.page.goto(`/?mock=${scenario}&lang=${lang}${more}#/${at}`);
    expect(answer?.headers()["content-security-policy"]).toContain("default-src 'none'");
    await expect(this.page.locator("h1")).toBeVisible();
    await expect(this.page.locator(COMPLETE[at] ?? "h1").first()).toBeVisible();
  }

  /** Fixes the current time at `NOW`; timers continue. */
  async stopClock() {
    await this.page.clock.setFixedTime(NOW);
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole("heading", { level: 1, name });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Presses Tab until the target has the focus. */
  async tabTo(target: Locator) {
    for (let presses = 0; presses < 60; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`the keyboard does not reach ${String(target)}`);
  }

  async violations(): Promise<string[]> {
    // In a window high enough not to scroll: axe takes an element half under the pager for a small target.
    const size = this.page.viewportSize() ?? { width: 960, height: 720 };
    const height = await this.page.evaluate(() => document.documentElement.scrollHeight);
    await this.page.setViewportSize({ width: size.width, height: Math.max(height, size.height) });
    const found = await this.page.evaluate(async () => {
      const { axe } = window as unknown as { axe: typeof import("axe-core") };
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      return (await axe.run(document, { runOnly: tags })).violations;
    });
    await this.page.setViewportSize(size);
    return found.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html}: ${failureSummary}`));
  }

  /** Returns how many pixels wider the page is than the window. */
  async overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }
}

export type Screen = readonly [scenario: string, at: string];

/** Tests each screen in three languages and both themes: no violations, and no overflow in the narrowest window. */
export function testAccessibility(screens: readonly Screen[]) {
  for (const [scenario, at] of screens) {
    for (const [lang, theme] of [
      ["en", "light"],
      ["en", "dark"],
      ["ru", "light"],
      ["he", "dark"],
    ] as const) {
      test(`${scenario} at ${at} is accessible in ${lang} and ${theme}`, async ({ app }) => {
        await app.open(scenario, { lang, theme, at });
        expect(await app.violations()).toEqual([]);
        await app.page.setViewportSize({ width: 320, height: 640 });
        expect(await app.overflow()).toBe(0);
        expect(await app.violations()).toEqual([]);
      });
    }
  }
}

export const test = base.extend<{ app: App }>({
  app: async ({ page, baseURL }, use) => {
    const faults: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("request", (request) => {
      const address = request.url();
      if (!address.startsWith(`${baseURL}/`) && !address.startsWith("data:")) faults.push(`asked for ${address}`);
    });
    await page.addInitScript(axe.source);
    await use(new App(page));
    expect(faults).toEqual([]);
  },
});
