import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  // Relative, because the program serves the files from a custom scheme.
  base: "./",
  plugins: [svelte(), svelteTesting()],
  // The window shares these texts with the command line and the tray.
  server: { fs: { allow: [".", "../src/text/sentences"] } },
  build: {
    outDir: mode === "mock" ? "dist-mock" : "dist",
    // The content security policy forbids inline assets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The program's content security policy, so that browser tests fail on what the program would refuse.
  preview: {
    headers: {
      "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src ipc: http://ipc.localhost",
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
  },
}));
