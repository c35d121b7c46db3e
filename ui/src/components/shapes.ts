// Which shape stands for what in a list: the same as in the tray, where there is one.

import type { ErrorSeverity, RunState, State } from "../host/types";

/** The states of the installation, and what else a run or an entry of a list may be. */
export type Shape = State | "stopped" | "unchanged" | "interrupted" | "info";

export const SEVERITY_SHAPES: Record<ErrorSeverity, Shape> = {
  CRITICAL: "needs_attention",
  ERROR: "error",
  WARNING: "warnings",
  INFO: "info",
};

export const RUN_SHAPES: Record<RunState, Shape> = {
  running: "running",
  complete: "ok",
  complete_with_warnings: "warnings",
  failed: "error",
  cancelled: "stopped",
  nothing_to_do: "unchanged",
  interrupted: "interrupted",
};
