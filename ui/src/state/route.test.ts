import { afterEach, expect, test, vi } from "vitest";

import { navigate, guard, href, parse, route } from "./route.svelte";

afterEach(async () => {
  navigate("pairing");
  await vi.waitFor(() => expect(route().view).toBe("pairing"));
});

test("an address names a view and a rest; an unknown address means the first view", () => {
  expect(parse("#/history/17")).toEqual({ view: "history", rest: "17" });
  expect(parse(href("errors"))).toEqual({ view: "errors", rest: null });
  for (const other of ["", "#/nowhere/3", "#/history/1/2", "history"]) {
    expect(parse(other)).toEqual({ view: "pairing", rest: null });
  }
});

test("a guarded view and its address stay until the guard is released", async () => {
  navigate("settings");
  await vi.waitFor(() => expect(route().view).toBe("settings"));
  const ask = vi.fn(() => false);
  const release = guard(ask);
  navigate("history", 17);
  await vi.waitFor(() => expect(ask).toHaveBeenCalledWith({ view: "history", rest: "17" }));
  expect([route().view, location.hash]).toEqual(["settings", "#/settings"]);
  release();
  navigate("history", 17);
  await vi.waitFor(() => expect(route()).toEqual({ view: "history", rest: "17" }));
});
