// What the list of errors is narrowed to, `ErrorFilter`, as it is typed, and the question it makes.

import type { ErrorQuery, ErrorSeverity } from "../../host/types";
import { beginning, end } from "../../state/days";

/** The worst first. */
export const SEVERITIES: readonly ErrorSeverity[] = ["CRITICAL", "ERROR", "WARNING", "INFO"];

export interface ErrorFilter {
  /** None for all of them. */
  readonly severities: readonly ErrorSeverity[];
  readonly text: string;
  /** The first and the last day. */
  readonly from: string;
  readonly to: string;
}

export const ALL: ErrorFilter = { severities: [], text: "", from: "", to: "" };

export function errorQuery({ severities, text, from, to }: ErrorFilter): ErrorQuery {
  return {
    severities: SEVERITIES.filter((severity) => severities.includes(severity)),
    kind: null,
    text: text.trim() || null,
    since: beginning(from),
    until: end(to),
  };
}

/** With this severity if it was not in it, without if it was. */
export function toggled(severities: readonly ErrorSeverity[], severity: ErrorSeverity): ErrorSeverity[] {
  return severities.includes(severity)
    ? severities.filter((other) => other !== severity)
    : [...severities, severity];
}
