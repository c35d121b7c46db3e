// The recorded errors of the mock: `Failures`, filtered and paged as the engine does.

import type { ErrorPage, ErrorQuery, ErrorSeverity, RecordedError } from "../types";
import { noise, pick } from "./noise";
import { TABLES } from "./tables";

type Kind = Pick<RecordedError, "type" | "severity" | "hint"> & {
  message: (table: string) => string;
  metadata: (table: string) => RecordedError["metadata"];
};

const ofTable = (table: string) => ({ fileName: table });
const ofNothing = () => ({});

const KINDS: readonly [Kind, ...Kind[]] = [
  {
    type: "VALUES_DROPPED",
    severity: "WARNING",
    message: (table) => `\`${table}\`: PRICE: 3 values are not numbers; left empty, first in row 1204`,
    hint: "check the table with `data_exporter preview`; all other values were exported",
    metadata: ofTable,
  },
  {
    type: "FILE_CHANGING",
    severity: "WARNING",
    message: (table) => `\`${table}\` was in use or changed while it was read, 3 times`,
    hint: "schedule exports for a time when no program writes to it",
    metadata: ofTable,
  },
  {
    type: "FILE_DAMAGED",
    severity: "ERROR",
    message: (table) => `\`${table}\` cannot be read: too short (32 bytes) to be a DBF table`,
    hint: "repair it with the program that writes it, or restore it from a backup",
    metadata: ofTable,
  },
  {
    type: "CONNECTION_FAILED",
    severity: "ERROR",
    message: () => "cannot reach `https://dfm.example.com`: connection refused",
    hint: "check the network connection",
    metadata: () => ({ host: "dfm.example.com", attempts: 5 }),
  },
  {
    type: "AUTHENTICATION_FAILED",
    severity: "CRITICAL",
    message: () => "the server rejected the credentials of `shop-7`",
    hint: "pair again with `data_exporter authorize-device`",
    metadata: ofNothing,
  },
  {
    type: "CANCELLED",
    severity: "INFO",
    message: () => "the export was cancelled",
    hint: null,
    metadata: ofNothing,
  },
  {
    type: "QUOTA_EXCEEDED",
    severity: "ERROR",
    message: () => "the site has used all of its 50 GB of storage",
    hint: "ask the server operator for more storage",
    metadata: () => ({ quotaBytes: 50_000_000_000, site: { id: "shop-7", plan: "basic" } }),
  },
];

const EVERY = 1_800_000;
const SEVERITIES: readonly ErrorSeverity[] = ["CRITICAL", "ERROR", "WARNING", "INFO"];

export class Failures {
  readonly #all: RecordedError[];

  /** Creates `count` errors, half an hour apart, the newest at `newest` in the last of `runs` runs. */
  constructor(count: number, newest: number, runs: number) {
    this.#all = Array.from({ length: count }, (_, at) => errorAt(count - at, newest - at * EVERY, runs - at));
  }

  /** Adds an error that has just occurred, as the newest. */
  add(error: Omit<RecordedError, "id" | "first_at" | "count" | "reported" | "solved">): void {
    this.#all.unshift({ ...error, id: this.#all.length + 1, first_at: error.last_at, count: 1, reported: true, solved: false });
  }

  page(query: ErrorQuery, cursor: string | null, limit: number): ErrorPage {
    const any = this.#all.filter((error) => matches(error, query));
    const found = any.filter(({ severity }) => query.severities.length === 0 || query.severities.includes(severity));
    const start = cursor === null ? 0 : Number(cursor);
    const end = start + limit;
    return {
      errors: found.slice(start, end),
      total: found.length,
      by_severity: Object.fromEntries(
        SEVERITIES.map((severity) => [severity, any.filter((error) => error.severity === severity).length]),
      ),
      next: end < found.length ? String(end) : null,
    };
  }
}

function errorAt(id: number, last: number, run: number): RecordedError {
  const { message, metadata, ...kind } = pick(KINDS, noise(id, 743));
  const table = pick(TABLES, noise(id, 32)).name;
  const count = Math.floor(noise(id, 34) ** 4 * 40) + 1;
  return {
    ...kind,
    id,
    message: message(table),
    metadata: metadata(table),
    first_at: new Date(count === 1 ? last : last - Math.floor(noise(id, 33) * EVERY)).toISOString(),
    last_at: new Date(last).toISOString(),
    count,
    reported: noise(id, 35) < 0.8,
    solved: false,
    run_id: noise(id, 36) < 0.9 ? run : null,
  };
}

function matches(error: RecordedError, { kind, text, since, until }: ErrorQuery): boolean {
  if (kind && error.type.toLowerCase() !== kind.toLowerCase()) return false;
  if (since && error.last_at < since) return false;
  if (until && error.first_at >= until) return false;
  const words = `${error.message} ${error.hint ?? ""} ${error.type} ${JSON.stringify(error.metadata)}`;
  return !text || words.toLowerCase().includes(text.toLowerCase());
}
