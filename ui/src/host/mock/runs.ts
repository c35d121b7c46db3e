// A history of any length, generated on access: `Runs`. Run n is always the same.

import type {
  ErrorBody,
  ExportedFile,
  HistoryPage,
  HistoryQuery,
  RunReport,
  RunState,
  Totals,
  Trigger,
} from "../types";
import { noise, pick } from "./noise";
import { TABLES, type Table } from "./tables";

const EVERY = 30 * 60_000;
/** Every run whose number is a multiple of this has a thousand tables. */
const LARGE = 997;
const YEARS = Array.from({ length: 120 }, (_, at) => at + 1900);

const ERRORS: Partial<Record<RunState, ErrorBody>> = {
  failed: {
    code: "CONNECTION_FAILED",
    message: "cannot reach `https://dfm.example.com`: connection refused",
    hint: "check the network connection",
    path: null,
  },
  cancelled: {
    code: "CANCELLED",
    message: "the export was cancelled",
    hint: "the batch is cancelled on the server; the next export sends everything again",
    path: null,
  },
};

export class Runs {
  readonly #count: number;
  readonly #newest: number;
  readonly #latest: RunReport[] = [];
  readonly #totals = new Map<string, number>();

  /** Creates `count` runs, half an hour apart, the newest started at `newest`. */
  constructor(count: number, newest: number) {
    this.#count = count;
    this.#newest = newest;
  }

  /** Adds a run as the newest, or replaces it. */
  put(run: RunReport): void {
    this.#latest[run.run_id - this.#count - 1] = run;
    this.#totals.clear();
  }

  get size(): number {
    return this.#count + this.#latest.length;
  }

  /** Returns the run of a number, from 1, without its tables. */
  summary(id: number): RunReport {
    const added = this.#latest[id - this.#count - 1];
    if (added) {
      const { files: _, ...summary } = added;
      return summary;
    }
    const state = stateOf(id);
    const started = this.#newest - (this.#count - id) * EVERY;
    const length = state === "nothing_to_do" ? 900 : 3000 + Math.floor(noise(id, 2) * 180_000);
    const batch = state === "nothing_to_do" ? [] : [batchId(id)];
    const error = ERRORS[state];
    return {
      run_id: id,
      batch_id: batch[0] ?? null,
      batch_ids: batch,
      trigger: triggerOf(id),
      state,
      started_at: new Date(started).toISOString(),
      finished_at: new Date(started + length).toISOString(),
      totals: totals(tablesOf(id, state)),
      ...(error ? { error } : {}),
    };
  }

  report(id: number): RunReport {
    const added = this.#latest[id - this.#count - 1];
    if (added) return added;
    const summary = this.summary(id);
    return { ...summary, files: tablesOf(id, summary.state) };
  }

  page(query: HistoryQuery, cursor: string | null, limit: number): HistoryPage {
    const runs: RunReport[] = [];
    let id = cursor === null ? this.size : Number(cursor);
    for (; id > 0 && runs.length < limit; id--) if (this.#matches(id, query)) runs.push(this.summary(id));
    while (id > 0 && !this.#matches(id, query)) id--;
    return { runs, total: this.#total(query), next: id > 0 ? String(id) : null };
  }

  #total(query: HistoryQuery): number {
    const key = JSON.stringify(query);
    let total = this.#totals.get(key);
    if (total === undefined) {
      total = 0;
      for (let id = 1; id <= this.size; id++) total += Number(this.#matches(id, query));
      this.#totals.set(key, total);
    }
    return total;
  }

  #matches(id: number, query: HistoryQuery): boolean {
    const added = this.#latest[id - this.#count - 1];
    const state = added?.state ?? stateOf(id);
    if (query.states.length > 0 && !query.states.includes(state)) return false;
    const trigger = added?.trigger ?? triggerOf(id);
    if (query.triggers.length > 0 && !query.triggers.includes(trigger)) return false;
    const started = added ? Date.parse(added.started_at) : this.#newest - (this.#count - id) * EVERY;
    if (query.since && started < Date.parse(query.since)) return false;
    if (query.until && started >= Date.parse(query.until)) return false;
    if (!query.text) return true;
    const text = query.text.toLowerCase();
    const named = state !== "nothing_to_do" && TABLES.some((table) => table.name.toLowerCase().includes(text));
    const words = `${id} ${batchId(id)} ${ERRORS[state]?.message ?? ""}`;
    return named || words.toLowerCase().includes(text);
  }
}

function stateOf(id: number): RunState {
  const chance = noise(id, 19_518);
  if (chance < 0.05) return "failed";
  if (chance < 0.06) return "interrupted";
  if (chance < 0.08) return "cancelled";
  if (chance < 0.2) return "complete_with_warnings";
  return chance < 0.4 ? "nothing_to_do" : "complete";
}

function triggerOf(id: number): Trigger {
  return pick<Trigger>(["schedule", "schedule", "schedule", "schedule", "manual", "catch_up"], noise(id, 1338));
}

function batchId(id: number): string {
  const hex = (purpose: number) =>
    Math.floor(noise(id, purpose) * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  const [a, b, c, d] = [hex(11), hex(12), hex(13), hex(14)];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

function tablesIn(id: number): readonly Table[] {
  if (id % LARGE > 0) return TABLES;
  return YEARS.flatMap((year) => TABLES.map((table) => ({ ...table, name: `archive/${year}/${table.name}` })));
}

function tablesOf(id: number, state: RunState): ExportedFile[] {
  if (state === "failed") return tablesIn(id).map((table) => file(table, id, null));
  return tablesIn(id).map((table, at) => {
    if (state === "nothing_to_do") return file(table, id, "skipped_unchanged");
    if (state === "complete_with_warnings" && at === id % TABLES.length) return damaged(file(table, id, "failed"));
    if (state === "complete_with_warnings" && at === (id + 3) % TABLES.length) return lossy(file(table, id, "sent"));
    if (noise(id, 50 + at) < 0.5) return file(table, id, "skipped_unchanged");
    if ((state === "cancelled" || state === "interrupted") && at > 3) {
      return { ...file(table, id, "failed"), upload: null };
    }
    return file(table, id, "sent");
  });
}

function file(table: Table, id: number, upload: ExportedFile["upload"]): ExportedFile {
  const live = table.rows + Math.floor(noise(id, 40) * 500);
  const deleted = Math.floor(live * 0.02);
  const sent = upload === "sent";
  const name = table.name.replace(/^.*\//, "").replace(/\.dbf$/i, "").toLowerCase();
  return {
    wire_name: sent ? `${name}.csv.gz` : null,
    parts: sent ? 1 : 0,
    upload,
    checksum_verified: sent ? true : null,
    decision: sent
      ? `sent: ${live + deleted} rows, ${live + deleted - 17} when last delivered`
      : upload === "skipped_unchanged"
        ? "skipped: unchanged since 2026-11-18"
        : null,
    source: table.name,
    output: null,
    table: name,
    dialect: table.dialect,
    encoding: "CP866",
    encoding_source: table.encodingSource,
    rows: {
      header: live + deleted,
      live,
      deleted,
      bad: 0,
      beyond_header: 0,
      missing: 0,
      written: sent ? live : 0,
    },
    bytes_in: live * table.width,
    bytes_out: sent ? Math.floor(live * table.width * 0.18) : 0,
    sha256: sent ? batchId(id).replaceAll("-", "").repeat(2) : null,
    warnings: [],
    notes:
      deleted > 0
        ? [
            {
              code: "DELETED_SKIPPED",
              row: null,
              column: null,
              count: deleted,
              message: `${deleted} deleted rows skipped`,
            },
          ]
        : [],
    error: null,
  };
}

function damaged(file: ExportedFile): ExportedFile {
  return {
    ...file,
    dialect: null,
    encoding: null,
    encoding_source: null,
    decision: null,
    rows: { header: 0, live: 0, deleted: 0, bad: 0, beyond_header: 0, missing: 0, written: 0 },
    notes: [],
    error: {
      code: "FILE_DAMAGED",
      message: `\`${file.source}\` cannot be read: too short (32 bytes) to be a DBF table`,
      hint: "repair it with the program that writes it, or restore it from a backup",
      path: file.source,
    },
  };
}

function lossy(file: ExportedFile): ExportedFile {
  return {
    ...file,
    rows: { ...file.rows, bad: 2, missing: 5, written: file.rows.live + 2 },
    warnings: [
      {
        code: "NUMBER_INVALID",
        row: 1204,
        column: "PRICE",
        count: 3,
        message: "3 values are not numbers; left empty (rows 1204, 1377, 20118)",
      },
      { code: "ROWS_MISSING", row: null, column: null, count: 5, message: "5 rows fewer in the file than its header says" },
      { code: "ROW_FLAG_INVALID", row: 88, column: null, count: 2, message: "2 rows have an invalid deletion flag; exported as active (rows 88, 91)" },
    ],
  };
}

export function totals(files: readonly ExportedFile[]): Totals {
  const sum = (value: (file: ExportedFile) => number) => files.reduce((total, file) => total + value(file), 0);
  const ended = (upload: ExportedFile["upload"]) => files.filter((file) => file.upload === upload).length;
  return {
    files: files.length,
    sent: ended("sent"),
    skipped_unchanged: ended("skipped_unchanged"),
    failed: ended("failed"),
    rows_written: sum((file) => file.rows.written),
    bytes_in: sum((file) => file.bytes_in),
    bytes_out: sum((file) => file.bytes_out),
    warnings: sum((file) => file.warnings.length),
  };
}
