// A paged list: `Listing` holds the filter, the current page and the cursors of the pages before it. Cursors are opaque
// values of the engine.

import { errorBody } from "../host/host";
import type { ErrorBody } from "../host/types";

export interface Page<Item> {
  readonly items: readonly Item[];
  /** The number of entries on all pages. */
  readonly total: number;
  /** The cursor of the next page; null on the last. */
  readonly next: string | null;
}

export interface Source<Filter, Query, Found> {
  /** The filter that matches everything. */
  readonly all: Filter;
  query(filter: Filter): Query;
  ask(query: Query, cursor: string | null, limit: number): Promise<Found>;
}

type Cursors = readonly (string | null)[];

/** The number of entries on a page. */
export const LIMIT = 25;
/** The pause in typing before the engine is asked, in milliseconds. */
const TYPING = 250;
const START: Cursors = [null];

export class Listing<Filter, Query, Found extends Page<unknown>> {
  readonly #source: Source<Filter, Query, Found>;
  #filter: Filter = $state.raw() as Filter;
  #page: Found | null = $state.raw(null);
  #problem: ErrorBody | null = $state.raw(null);
  /** The cursors of the pages from the first to the current one. */
  #cursors: Cursors = $state.raw(START);
  #busy = $state(false);
  /** Whether the page belongs to an earlier filter. */
  #stale = $state(false);
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: Source<Filter, Query, Found>) {
    this.#source = source;
    this.#filter = source.all;
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** Whether the filter is active. */
  get isFiltered(): boolean {
    return JSON.stringify(this.query) !== JSON.stringify(this.#source.query(this.#source.all));
  }

  get query(): Query {
    return this.#source.query(this.#filter);
  }

  /** Null until the first answer. */
  get page(): Found | null {
    return this.#page;
  }

  /** The error of the last request. */
  get problem(): ErrorBody | null {
    return this.#problem;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** The index of the first entry on the page, from 0. */
  get first(): number {
    return (this.#cursors.length - 1) * LIMIT;
  }

  /** Changes the filter and loads the first page; with `typing`, only after a pause. */
  setFilter(changes: Partial<Filter>, typing = false): void {
    this.#filter = { ...this.#filter, ...changes };
    this.#cursors = START;
    this.#stale = true;
    clearTimeout(this.#timer);
    if (typing) this.#timer = setTimeout(() => void this.#load(START), TYPING);
    else void this.#load(START);
  }

  clearFilter(): void {
    this.setFilter(this.#source.all);
  }

  /** Loads the current page again. */
  reload(): Promise<void> {
    return this.#load(this.#cursors);
  }

  /** Loads the previous page; null on the first. */
  get previous(): (() => Promise<void>) | null {
    const cursors = this.#cursors;
    return cursors.length > 1 ? () => this.#load(cursors.slice(0, -1)) : null;
  }

  /** Loads the next page; null on the last. */
  get next(): (() => Promise<void>) | null {
    const next = this.#page?.next ?? null;
    return next === null || this.#stale ? null : () => this.#load([...this.#cursors, next]);
  }

  async #load(cursors: Cursors): Promise<void> {
    const turn = ++this.#turn;
    clearTimeout(this.#timer);
    this.#busy = true;
    try {
      const page = await this.#source.ask(this.query, cursors.at(-1) ?? null, LIMIT);
      if (turn !== this.#turn) return;
      // A later page may have become empty in the meantime.
      if (page.items.length === 0 && cursors.length > 1) return await this.#load(START);
      this.#page = page;
      this.#cursors = cursors;
      this.#stale = false;
      this.#problem = null;
    } catch (reason) {
      if (turn === this.#turn) this.#problem = errorBody(reason);
    } finally {
      if (turn === this.#turn) this.#busy = false;
    }
  }
}
