import { afterEach, expect, test, vi } from "vitest";

import { LIMIT, Listing, type Page } from "./listing.svelte";

interface Filter {
  text: string;
}

/** A listing of the numbers from 1 that contain the text; the cursor is the offset of a page. */
function numbers(count: () => number) {
  const ask = vi.fn((query: { text: string | null }, cursor: string | null, limit: number): Promise<Page<number>> => {
    const all = Array.from({ length: count() }, (_, at) => at + 1).filter((n) => String(n).includes(query.text ?? ""));
    const start = Number(cursor ?? 0);
    const next = start + limit < all.length ? String(start + limit) : null;
    return Promise.resolve({ items: all.slice(start, start + limit), total: all.length, next });
  });
  const listing = new Listing({ all: { text: "" } as Filter, query: ({ text }) => ({ text: text || null }), ask });
  return { ask, listing };
}

afterEach(() => vi.useRealTimers());

test("paging forward and back uses the engine's cursors", async () => {
  const { ask, listing } = numbers(() => 60);
  await listing.reload();
  expect(listing.previous).toBeNull();
  await listing.next?.();
  await listing.next?.();
  expect([listing.first, listing.page?.items]).toEqual([50, [51, 52, 53, 54, 55, 56, 57, 58, 59, 60]]);
  expect(listing.next).toBeNull();
  await listing.previous?.();
  expect([listing.first, listing.page?.items[0]]).toEqual([25, 26]);
  await listing.previous?.();
  expect([listing.first, listing.page?.items[0], listing.previous]).toEqual([0, 1, null]);
  expect(ask.mock.calls.map(([, cursor]) => cursor)).toEqual([null, "25", "50", "25", null]);
  expect(ask.mock.calls.every(([, , limit]) => limit === LIMIT)).toBe(true);
});

test("reloading keeps the page", async () => {
  const { ask, listing } = numbers(() => 60);
  await listing.reload();
  await listing.next?.();
  await listing.reload();
  expect(listing.first).toBe(25);
  expect(ask.mock.lastCall?.[1]).toBe("25");
});

test("an empty later page falls back to the first", async () => {
  let count = 60;
  const { listing } = numbers(() => count);
  await listing.reload();
  await listing.next?.();
  count = 10;
  await listing.reload();
  expect([listing.first, listing.page?.items.length, listing.busy]).toEqual([0, 10, false]);
});

test("changing the filter returns to the first page", async () => {
  const { ask, listing } = numbers(() => 60);
  await listing.reload();
  await listing.next?.();
  expect(listing.isFiltered).toBe(false);
  listing.setFilter({ text: "7" });
  expect(listing.isFiltered).toBe(true);
  await vi.waitFor(() => expect(listing.busy).toBe(false));
  expect([listing.first, listing.page?.total]).toEqual([0, 6]);
  listing.clearFilter();
  await vi.waitFor(() => expect(listing.page?.total).toBe(60));
  expect(ask).toHaveBeenCalledTimes(4);
});

test("only the last typed text is queried", async () => {
  vi.useFakeTimers();
  const { ask, listing } = numbers(() => 60);
  listing.setFilter({ text: "1" }, true);
  await vi.advanceTimersByTimeAsync(150);
  listing.setFilter({ text: "12" }, true);
  await vi.advanceTimersByTimeAsync(300);
  expect(ask.mock.calls.map(([query]) => query.text)).toEqual(["12"]);
  expect(listing.filter.text).toBe("12");
});

test("an outdated answer is dropped", async () => {
  const answers: ((page: Page<string>) => void)[] = [];
  const listing = new Listing({
    all: { text: "" },
    query: (filter: Filter) => filter,
    ask: () => new Promise<Page<string>>((resolve) => answers.push(resolve)),
  });
  const [slow, quick] = [listing.reload(), listing.reload()];
  answers[1]?.({ items: ["new"], total: 1, next: null });
  await quick;
  answers[0]?.({ items: ["old"], total: 1, next: null });
  await slow;
  expect(listing.page?.items).toEqual(["new"]);
});

test("an error is shown with the previous page until the next answer", async () => {
  let fails = false;
  const failure = { code: "STORE_ERROR", message: "the database is locked", hint: null, path: null };
  const listing = new Listing({
    all: { text: "" },
    query: (filter: Filter) => filter,
    ask: () => (fails ? Promise.reject(failure) : Promise.resolve({ items: [1], total: 1, next: null })),
  });
  await listing.reload();
  fails = true;
  await listing.reload();
  expect([listing.problem, listing.page?.items, listing.busy]).toEqual([failure, [1], false]);
  fails = false;
  await listing.reload();
  expect(listing.problem).toBeNull();
});
