// A list that the engine hands out a page at a time: `Listing` keeps what it is narrowed to and the way back.
// Cursors are the engine's own; they are kept and handed back, never looked into.

import { errorBody } from "../host/host";
import type { ErrorBody } from "../host/types";

export interface Page<Item> {
  readonly items: readonly Item[];
  /** How many there are on all pages. */
  readonly total: number;
  /** What to ask for the next page with; none on the last. */
  readonly next: string | null;
}

export interface Source<Filter, Query, Found> {
  /** The filter that takes everything. */
  readonly all: Filter;
  query(filter: Filter): Query;
  ask(query: Query, cursor: string | null, limit: number): Promise<Found>;
}

type Cursors = readonly (string | null)[];

/** Entries on a page. */
export const LIMIT = 25;
/** So many milliseconds may pass between two letters of a word. */
const TYPING = 250;
const START: Cursors = [null];

export class Listing<Filter, Query, Found extends Page<unknown>> {
  readonly #source: Source<Filter, Query, Found>;
  #filter: Filter = $state.raw() as Filter;
  #page: Found | null = $state.raw(null);
  #problem: ErrorBody | null = $state.raw(null);
  /** The cursor of the page that is shown, and before it those of the pages that lead there. */
  #cursors: Cursors = $state.raw(START);
  #busy = $state(false);
  /** Whether the page is not yet that of the filter. */
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

  /** Whether anything is left out. */
  get narrowed(): boolean {
    return JSON.stringify(this.query) !== JSON.stringify(this.#source.query(this.#source.all));
  }

  get query(): Query {
    return this.#source.query(this.#filter);
  }

  /** None until the first answer. */
  get page(): Found | null {
    return this.#page;
  }

  /** Why the last question was not answered. */
  get problem(): ErrorBody | null {
    return this.#problem;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** The place of the page's first entry, from 0. */
  get first(): number {
    return (this.#cursors.length - 1) * LIMIT;
  }

  /** Changes the filter and begins at the first page; while something is `typing`, only when it pauses. */
  narrow(changes: Partial<Filter>, typing = false): void {
    this.#filter = { ...this.#filter, ...changes };
    this.#cursors = START;
    this.#stale = true;
    clearTimeout(this.#timer);
    if (typing) this.#timer = setTimeout(() => void this.#load(START), TYPING);
    else void this.#load(START);
  }

  widen(): void {
    this.narrow(this.#source.all);
  }

  /** Asks for the page that is shown once more. */
  reload(): Promise<void> {
    return this.#load(this.#cursors);
  }

  /** To the page before; none on the first. */
  get previous(): (() => Promise<void>) | null {
    const cursors = this.#cursors;
    return cursors.length > 1 ? () => this.#load(cursors.slice(0, -1)) : null;
  }

  /** To the page after; none on the last. */
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
      // What stood on a later page may be gone by now.
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
