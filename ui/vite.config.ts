import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  // Relative, because the program serves the files from a scheme of its own.
  base: "./",
  plugins: [svelte(), svelteTesting()],
  build: {
    outDir: mode === "mock" ? "dist-mock" : "dist",
    // Nothing may stand in the page itself: the content security policy allows files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
  },
}));
