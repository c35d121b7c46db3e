import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  // Relative, because the program serves the files from a scheme of its own.
  base: "./",
  plugins: [svelte(), svelteTesting()],
  // The sentences of the codes are the engine's own, so that the command line says the same.
  server: { fs: { allow: [".", "../src/text/sentences"] } },
  build: {
    outDir: mode === "mock" ? "dist-mock" : "dist",
    // Nothing may stand in the page itself: the content security policy allows files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // As the program serves it, so that a test of the browser fails where the program would refuse.
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
