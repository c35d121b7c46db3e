import { afterEach, expect, test, vi } from "vitest";

import { go, guard, href, parse, route } from "./route.svelte";

afterEach(async () => {
  go("pairing");
  await vi.waitFor(() => expect(route().view).toBe("pairing"));
});

test("an address names a view and what follows it; any other is the first view", () => {
  expect(parse("#/history/17")).toEqual({ view: "history", rest: "17" });
  expect(parse(href("errors"))).toEqual({ view: "errors", rest: null });
  for (const other of ["", "#/nowhere/3", "#/history/1/2", "history"]) {
    expect(parse(other)).toEqual({ view: "pairing", rest: null });
  }
});

test("a guarded view is left only when the guard lets go, and its address stays", async () => {
  go("settings");
  await vi.waitFor(() => expect(route().view).toBe("settings"));
  const ask = vi.fn(() => false);
  const release = guard(ask);
  go("history", 17);
  await vi.waitFor(() => expect(ask).toHaveBeenCalledWith({ view: "history", rest: "17" }));
  expect([route().view, location.hash]).toEqual(["settings", "#/settings"]);
  release();
  go("history", 17);
  await vi.waitFor(() => expect(route()).toEqual({ view: "history", rest: "17" }));
});
