// The icon shapes of severities and run states; the tray uses the same shapes for states.

import type { ErrorSeverity, RunState, State } from "../host/types";

/** The states of the installation, and the shapes that only list entries have. */
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
