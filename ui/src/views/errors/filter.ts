// The filter of the error list as entered, `ErrorFilter`, and the query it becomes.

import type { ErrorQuery, ErrorSeverity } from "../../host/types";
import { startOfDay, endOfDay } from "../../state/days";

/** Most severe first. The last is no problem, and shown only on request. */
export const SEVERITIES: readonly ErrorSeverity[] = ["CRITICAL", "ERROR", "WARNING", "INFO"];

const PROBLEMS = SEVERITIES.filter((severity) => severity !== "INFO");

export interface ErrorFilter {
  /** Empty for all problems, which events (INFO) are not. */
  readonly severities: readonly ErrorSeverity[];
  readonly text: string;
  /** The first day; empty for no limit. */
  readonly from: string;
  readonly to: string;
}

export const ALL: ErrorFilter = { severities: [], text: "", from: "", to: "" };

export function errorQuery({ severities, text, from, to }: ErrorFilter): ErrorQuery {
  const shown = severities.length > 0 ? severities : PROBLEMS;
  return {
    severities: SEVERITIES.filter((severity) => shown.includes(severity)),
    kind: null,
    text: text.trim() || null,
    since: startOfDay(from),
    until: endOfDay(to),
  };
}

/** Adds the severity, or removes it if present. */
export function toggled(severities: readonly ErrorSeverity[], severity: ErrorSeverity): ErrorSeverity[] {
  return severities.includes(severity)
    ? severities.filter((other) => other !== severity)
    : [...severities, severity];
}
