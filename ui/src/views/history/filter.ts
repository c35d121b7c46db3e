// The filter of the export list as entered, `RunFilter`, and the query it becomes.

import type { HistoryQuery, RunState, Trigger } from "../../host/types";
import { startOfDay, endOfDay } from "../../state/days";

export const STATES: readonly RunState[] = [
  "complete",
  "complete_with_warnings",
  "failed",
  "nothing_to_do",
  "cancelled",
  "interrupted",
  "running",
];
export const TRIGGERS: readonly Trigger[] = ["schedule", "manual", "catch_up"];
const TROUBLED: readonly RunState[] = ["complete_with_warnings", "failed", "interrupted"];

export interface RunFilter {
  readonly state: RunState | "troubled" | "any";
  readonly trigger: Trigger | "any";
  readonly text: string;
  /** The first day; empty for no limit. */
  readonly from: string;
  readonly to: string;
}

export const ALL: RunFilter = { state: "any", trigger: "any", text: "", from: "", to: "" };

export function historyQuery({ state, trigger, text, from, to }: RunFilter): HistoryQuery {
  return {
    states: state === "any" ? [] : state === "troubled" ? [...TROUBLED] : [state],
    triggers: trigger === "any" ? [] : [trigger],
    text: text.trim() || null,
    since: startOfDay(from),
    until: endOfDay(to),
  };
}
