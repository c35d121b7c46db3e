import { fileURLToPath } from "node:url";

import { defineConfig } from "@playwright/test";

// One port for each test run, the same in all its processes.
process.env.UI_PORT ??= String(20_000 + (process.pid % 20_000));
const address = `http://127.0.0.1:${process.env.UI_PORT}`;

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // The compared screenshots are also those that the README shows.
  snapshotPathTemplate: "../docs/images/{arg}{ext}",
  reporter: [["list"]],
  forbidOnly: true,
  workers: 2,
  use: {
    baseURL: address,
    browserName: "chromium",
    viewport: { width: 960, height: 720 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    reducedMotion: "reduce",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--font-render-hinting=none",
      ],
      env: { ...process.env, FONTCONFIG_FILE: fileURLToPath(new URL("e2e/fonts.conf", import.meta.url)) },
    },
  },
  expect: {
    toHaveScreenshot: { maxDiffPixelRatio: 0.001, animations: "disabled", caret: "hide" },
  },
  webServer: {
    command: `npx vite preview --mode mock --outDir dist-mock --host 127.0.0.1 --port ${process.env.UI_PORT} --strictPort`,
    url: address,
  },
});
