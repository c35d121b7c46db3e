// The initial state of the mock: `scenarioOf` the query, such as `?mock=running&lang=he`.

import type { Language, PairingState, PairingFault, RunProgress, UserSettings, Snapshot, State } from "../types";
import { codeAt } from "./code";
import { scheduleOf } from "./cron";
import type { Runs } from "./runs";

export const SCENARIOS = [
  "first-run",
  "server-known",
  "requesting",
  "waiting",
  "keeping",
  "done",
  "failed",
  "half-set-up",
  "paired",
  "running",
  "converting",
  "retrying",
  "paused",
  "errors",
  "attention",
  "viewer",
  "empty",
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** The scenarios without exports and errors. */
export const UNUSED: readonly Scenario[] = ["first-run", "server-known", "half-set-up", "empty"];

export interface Start {
  readonly scenario: Scenario;
  readonly language: Language;
  readonly fault: PairingFault;
  readonly tray: boolean;
  /** Whether the pairing continues automatically. */
  readonly auto: boolean;
}

export function startOf(search: string): Start {
  const query = new URLSearchParams(search);
  const language = query.get("lang");
  return {
    scenario: SCENARIOS.find((name) => name === query.get("mock")) ?? "first-run",
    language: language === "ru" || language === "he" ? language : "en",
    fault: (query.get("fault") as PairingFault | null) ?? "access_denied",
    tray: query.get("tray") !== "none",
    auto: query.get("auto") !== "no",
  };
}

const NEW: UserSettings = {
  source_dir: null,
  include_patterns: ["*.dbf"],
  exclude_patterns: [],
  crontab: null,
  timezone: null,
  dbf_encoding: "CP866",
  overrides: {},
  skip_unchanged: true,
  base_url: null,
  language: "auto",
  notifications: true,
};
const SERVER = "https://dfm.example.com";
/** The identifier of an account, the first part of a domain at Data Forge. */
export const ACCOUNT = "4273f873-1e7c-4b1a-9f0d-0c6f6c1b2a3d";
const FOLDER = "C:\\ACCOUNTS\\DATA";

export function snapshotOf(start: Start, now: number, runs: Runs): Snapshot {
  const { scenario } = start;
  const waiting = ["requesting", "waiting", "keeping", "done", "failed", "server-known"].includes(scenario);
  const fresh = scenario === "first-run" || waiting;
  const halfway = scenario === "half-set-up";
  const paired = !fresh || scenario === "done";
  const settings: UserSettings = {
    ...NEW,
    base_url: scenario === "first-run" ? null : SERVER,
    ...(fresh || halfway ? {} : { source_dir: FOLDER, crontab: "0 8,12,16,18 * * 1-5" }),
    language: start.language,
  };
  const used = paired && !fresh && !UNUSED.includes(scenario);
  return {
    version: "0.5.0",
    device_name: "kasse-2",
    state: stateOf(scenario, paired),
    next_step: paired ? (halfway || scenario === "done" ? "choose_folder" : UNUSED.includes(scenario) ? "export" : null) : "pair",
    problem:
      scenario === "attention"
        ? {
            code: "AUTHENTICATION_FAILED",
            message: "the server rejected the credentials of `shop-7`",
            hint: "pair again with `data_exporter authorize-device`",
            path: null,
          }
        : null,
    holder: scenario === "viewer" ? { pid: 4211, program: "data_exporter run" } : null,
    read_only: scenario === "viewer",
    paired: paired
      ? { domain: `${ACCOUNT}_shop-7`, name: "shop-7", dialect: "dfm", base_url: SERVER, since: new Date(now - 41 * 86_400_000).toISOString() }
      : null,
    pairing: pairingOf(start, now),
    run: runOf(scenario, now),
    last_run: used ? runs.summary(runs.size) : null,
    schedule: settings.crontab ? scheduleOf(settings.crontab, settings.timezone, now) : null,
    paused: scenario === "paused" ? { until: new Date(now + 25 * 60_000).toISOString() } : null,
    settings,
    recent_errors: scenario === "errors" || scenario === "attention" ? 7 : 0,
    history_revision: 1,
    errors_revision: 1,
  };
}

/** Returns the state and the next step of an installation whose only question is how far its setup is. */
export function standingOf({ last_run, settings, schedule }: Snapshot): Pick<Snapshot, "state" | "next_step"> {
  if (last_run) return schedule ? { state: "ok", next_step: null } : { state: "inactive", next_step: "set_schedule" };
  return settings.source_dir ? { state: "never_run", next_step: "export" } : { state: "setup", next_step: "choose_folder" };
}

function stateOf(scenario: Scenario, paired: boolean): State {
  if (!paired) return "unpaired";
  const states: Partial<Record<Scenario, State>> = {
    running: "running",
    converting: "running",
    retrying: "running",
    paused: "paused",
    errors: "warnings",
    attention: "needs_attention",
    "half-set-up": "setup",
    done: "setup",
    empty: "never_run",
  };
  return states[scenario] ?? "ok";
}

function runOf(scenario: Scenario, now: number): RunProgress | null {
  if (scenario === "running") return progress(now);
  const halfway: RunProgress = {
    ...progress(now - 130_000),
    trigger: "schedule",
    to_send: 7,
    sent: 3,
    skipped: 3,
    rows: 143_163,
    bytes_sent: 9_400_000,
    current: "INVOICE_LINES.DBF",
  };
  if (scenario === "converting") return halfway;
  const until = new Date(now + 42_000).toISOString();
  return scenario === "retrying" ? { ...halfway, waiting: { until, why: "the server is out of service (503)" } } : null;
}

export function progress(now: number): RunProgress {
  return {
    trigger: "manual",
    started_at: new Date(now).toISOString(),
    to_send: null,
    sent: 0,
    skipped: 0,
    failed: 0,
    rows: 0,
    bytes_sent: 0,
    current: null,
    waiting: null,
    stopping: false,
  };
}

function pairingOf({ scenario, fault }: Start, now: number): PairingState {
  switch (scenario) {
    case "requesting":
      return { step: "requesting", trouble: null };
    case "waiting":
      return { step: "waiting", code: codeAt(now), trouble: null, browser: { browser: "asked" } };
    case "keeping":
      return { step: "keeping" };
    case "done":
      return done();
    case "failed":
      return failure(fault);
    default:
      return { step: "idle" };
  }
}

export function done(notes: string[] = []): PairingState {
  return { step: "done", domain: `${ACCOUNT}_shop-7`, kind: "site", scopes: [], expires_at: null, notes };
}

export function failure(fault: PairingFault): PairingState {
  const words: Record<PairingFault, [code: string, message: string, hint: string | null]> = {
    access_denied: ["NOT_PAIRED", "pairing was declined", "ask the account owner, then pair again"],
    expired_token: ["NOT_PAIRED", "the code has expired", "pair again and confirm the code before it expires: `data_exporter authorize-device`"],
    invalid_grant: ["NOT_PAIRED", "the server does not accept the code", "pair again: `data_exporter authorize-device`"],
    network: ["CONNECTION_FAILED", "cannot reach `https://dfm.example.com`: connection refused", "check the network connection and the server address, then pair again"],
    keychain: ["KEYCHAIN_ERROR", "the keychain cannot be used: it is locked", "unlock it, or sign out of the desktop and in again"],
    unsupported: [
      "NOT_PAIRED",
      "cannot pair with this server: the request for a code failed with status 404",
      "check the server address and `--dialect`",
    ],
    cancelled: ["CANCELLED", "pairing was cancelled", null],
    configuration: ["HTTP_REFUSED", "the address `http://dfm.example.com` is not https", "use https://, or set `https_only = false`"],
    internal: ["UNKNOWN_ERROR", "the credentials could not be stored: value out of range", null],
  };
  const [code, message, hint] = words[fault];
  return { step: "failed", fault, code, message, hint };
}
