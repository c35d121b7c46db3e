// A complete host inside the browser, for development and tests: `mockHost`. The program never contains it.

import type { Host, Unlisten, ViewName } from "../host";
import type {
  Command,
  Desktop,
  ErrorBody,
  EngineEvent,
  PairingState,
  RunProgress,
  RunReport,
  UserSettings,
  Snapshot,
} from "../types";
import { LIFE, codeAt } from "./code";
import { scheduleOf } from "./cron";
import { Failures } from "./failures";
import { Runs, totals } from "./runs";
import { ACCOUNT, UNUSED, done, failure, progress, snapshotOf, standingOf, startOf } from "./scenario";
import { check, matches } from "./settings";
import { TABLES, preview } from "./tables";

const RUNS = 100_000;
const FAILURES = 4_000;
/** The duration of a call, in milliseconds. */
const ANSWER = 40;
const REQUESTING = 900;
const APPROVED = 12_000;
const KEEPING = 1_500;
const STEP = 250;

export function mockHost(search: string): Host {
  return new MockHost(search);
}

class MockHost implements Host {
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #desktopListeners = new Set<(desktop: Desktop) => void>();
  readonly #auto: boolean;
  readonly #runs: Runs;
  readonly #failures: Failures;
  #snapshot: Snapshot;
  #desktop: Desktop;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(search: string) {
    const start = startOf(search);
    const now = Date.now();
    const unused = UNUSED.includes(start.scenario);
    this.#auto = start.auto;
    this.#runs = new Runs(unused ? 0 : RUNS, now - 20 * 60_000);
    this.#failures = new Failures(unused ? 0 : FAILURES, now - 20 * 60_000, RUNS);
    this.#snapshot = snapshotOf(start, now, this.#runs);
    this.#desktop = { language: start.language, start_at_login: false, has_tray: start.tray };
    const theme = new URLSearchParams(search).get("theme");
    if (theme) document.documentElement.dataset.theme = theme;
    if (this.#snapshot.run) this.#runs.put(this.#running(this.#snapshot.run));
    if (this.#snapshot.run && this.#auto) this.#later(STEP, () => this.#convert(0));
  }

  snapshot = () => answer(() => this.#snapshot);
  history: Host["history"] = (query, cursor, limit) => answer(() => this.#runs.page(query, cursor, limit));
  run = (id: number) =>
    answer(() => {
      if (id > this.#runs.size) throw refusal("STORE_ERROR", `there is no run ${id}`, "see the list of runs");
      return this.#runs.report(id);
    });
  errors: Host["errors"] = (query, cursor, limit) => answer(() => this.#failures.page(query, cursor, limit));
  checkSettings = (settings: UserSettings) => answer(() => check(settings, Date.now()));
  saveList: Host["saveList"] = (list, format) => answer(() => `C:\\Users\\anna\\Documents\\${list.list}.${format}`);
  chooseFolder = () => answer(() => "C:\\ACCOUNTS\\DATA");
  desktop = () => answer(() => this.#desktop);
  openAddress = () => answer(() => undefined);
  askBeforeClosing = (_: boolean) => answer(() => undefined);
  close = () => answer(() => undefined);

  preview: Host["preview"] = (request) =>
    answer(() => {
      const folder = request.source_dir ?? this.#snapshot.settings.source_dir;
      if (!folder || /missing|empty/i.test(folder)) {
        throw refusal("SOURCE_MISSING", `there is no table in \`${folder ?? ""}\``, "choose the folder of the tables");
      }
      const { overrides, dbf_encoding } = this.#snapshot.settings;
      const override = (table: string) => Object.entries(overrides).find(([glob]) => matches(glob, table))?.[1] ?? null;
      const read = preview(request, override);
      return read.encoding_source === "default" ? { ...preview({ ...request, encoding: dbf_encoding }, override), encoding_source: "default" } : read;
    });

  setStartAtLogin = (on: boolean) =>
    answer(() => {
      this.#tellDesktop({ start_at_login: on });
      return this.#desktop;
    });

  send = (command: Command) => answer(() => this.#take(command));

  onEvent = (listener: (event: EngineEvent) => void) => subscribed(this.#listeners, listener);
  onDesktop = (listener: (desktop: Desktop) => void) => subscribed(this.#desktopListeners, listener);
  onLeave = (_: () => void) => subscribed(new Set(), _);
  onShow = (_: (view: ViewName) => void) => subscribed(new Set(), _);

  #take(command: Command): void {
    const { holder } = this.#snapshot;
    if (holder) {
      throw refusal("FOLDER_HELD", `the data folder is in use by ${holder.program} (pid ${holder.pid})`, "wait until it ends, or stop it");
    }
    switch (command.command) {
      case "start_pairing":
        return this.#requestCode(command.base_url ?? null);
      case "cancel_pairing":
        clearTimeout(this.#timer);
        return this.#change({
          pairing: this.#snapshot.pairing.step === "waiting" || this.#snapshot.pairing.step === "requesting" ? failure("cancelled") : { step: "idle" },
        });
      case "browser_failed":
        return;
      case "unpair":
        return this.#change({ paired: null, pairing: { step: "idle" }, state: "unpaired", next_step: "pair", problem: null });
      case "export":
        return this.#begin();
      case "cancel_export":
        if (this.#snapshot.run) this.#emit({ event: "progressed", run: { ...this.#snapshot.run, stopping: true } });
        return this.#later(STEP, () => this.#finish("cancelled"));
      case "pause": {
        const until =
          command.pause.for === "seconds" ? new Date(Date.now() + command.pause.seconds * 1000).toISOString() : null;
        return this.#change({ paused: { until }, state: "paused" });
      }
      case "resume":
        return this.#change({ paused: null, state: "ok" });
      case "save_settings":
        return this.#save(command.settings);
    }
  }

  #save(settings: UserSettings): void {
    const [problem] = check(settings, Date.now()).problems;
    if (problem) throw refusal("CONFIG_ERROR", problem.message, problem.remedy);
    const schedule = settings.crontab ? scheduleOf(settings.crontab, settings.timezone, Date.now()) : null;
    const changes = { settings, schedule };
    const next = { ...this.#snapshot, ...changes };
    const settled = ["setup", "never_run", "inactive", "ok"].includes(next.state);
    this.#change({ ...changes, ...(settled && standingOf(next)) });
    if (settings.language !== "auto") this.#tellDesktop({ language: settings.language });
  }

  #requestCode(server: string | null): void {
    this.#pairing({ step: "requesting", trouble: null });
    if (!this.#auto) return;
    this.#later(REQUESTING, () => {
      if (server?.includes("wrong")) return this.#pairing(failure("unsupported"));
      const code = codeAt(Date.now());
      this.#pairing({ step: "waiting", code, trouble: null, browser: { browser: "asked" } });
      this.#later(Math.min(APPROVED, LIFE), () => {
        this.#pairing({ step: "keeping" });
        this.#later(KEEPING, () => this.#paired(server));
      });
    });
  }

  #paired(server: string | null): void {
    const base_url = server ?? this.#snapshot.settings.base_url;
    this.#change({
      paired: { domain: `${ACCOUNT}_shop-7`, name: "shop-7", dialect: "dfm", base_url, since: new Date().toISOString() },
      pairing: done(),
      ...standingOf(this.#snapshot),
      problem: null,
      settings: { ...this.#snapshot.settings, base_url },
    });
  }

  #convert(at: number): void {
    const { run } = this.#snapshot;
    if (!run) return;
    const table = TABLES[at];
    if (!table) return this.#finish("complete");
    const next: RunProgress = {
      ...run,
      to_send: TABLES.length,
      sent: at,
      rows: run.rows + table.rows,
      bytes_sent: run.bytes_sent + Math.floor(table.rows * table.width * 0.18),
      current: table.name,
    };
    this.#snapshot = { ...this.#snapshot, run: next };
    this.#emit({ event: "progressed", run: next });
    this.#later(STEP * 2, () => this.#convert(at + 1));
  }

  #begin(): void {
    const run = progress(Date.now());
    this.#runs.put(this.#running(run));
    this.#change({ run, state: "running", next_step: null, history_revision: this.#snapshot.history_revision + 1 });
    this.#later(STEP, () => this.#convert(0));
  }

  /** Returns the history entry of a run that has just started. */
  #running({ trigger, started_at }: RunProgress): RunReport {
    return {
      run_id: this.#runs.size + 1,
      batch_id: null,
      batch_ids: [],
      trigger,
      state: "running",
      started_at,
      finished_at: null,
      files: [],
      totals: totals([]),
    };
  }

  #finish(state: "complete" | "cancelled"): void {
    const begun = this.#runs.report(this.#runs.size);
    const example = this.#runs.report(1);
    const files = (example.files ?? []).map((file) => ({ ...file, error: null, warnings: [], upload: "sent" as const }));
    const now = new Date().toISOString();
    if (state === "cancelled") {
      const cancelled = { type: "CANCELLED", severity: "INFO", message: "the export was cancelled", hint: null } as const;
      this.#failures.add({ ...cancelled, metadata: {}, last_at: now, run_id: begun.run_id });
    }
    this.#runs.put({
      ...begun,
      batch_id: example.batch_id,
      batch_ids: example.batch_ids,
      state,
      finished_at: now,
      files,
      totals: totals(files),
    });
    this.#change({
      run: null,
      last_run: this.#runs.summary(begun.run_id),
      ...(state === "complete"
        ? standingOf({ ...this.#snapshot, last_run: this.#runs.summary(begun.run_id) })
        : { state: "warnings", next_step: null }),
      history_revision: this.#snapshot.history_revision + 1,
      errors_revision: this.#snapshot.errors_revision + Number(state === "cancelled"),
    });
  }

  #pairing(pairing: PairingState): void {
    this.#change({ pairing });
  }

  #change(changes: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes };
    this.#emit({ event: "changed", snapshot: this.#snapshot });
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #tellDesktop(changes: Partial<Desktop>): void {
    this.#desktop = { ...this.#desktop, ...changes };
    for (const listener of this.#desktopListeners) listener(this.#desktop);
  }

  #later(milliseconds: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, milliseconds);
  }
}

function answer<Answer>(find: () => Answer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        // Tauri's IPC copies values too.
        resolve(structuredClone(find()));
      } catch (reason) {
        reject(reason as Error);
      }
    }, ANSWER);
  });
}

function subscribed<Listener>(listeners: Set<Listener>, listener: Listener): Promise<Unlisten> {
  listeners.add(listener);
  return Promise.resolve(() => void listeners.delete(listener));
}

function refusal(code: string, message: string, hint: string): ErrorBody {
  return { code, message, hint, path: null };
}
