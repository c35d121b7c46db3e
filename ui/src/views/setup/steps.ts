// The steps of the setup. Progress is derived from the engine's snapshot alone, so the user can leave and return.

import type { Snapshot } from "../../host/types";

export const STEPS = ["pair", "folder", "preview", "schedule", "done"] as const;
export type Step = (typeof STEPS)[number];

export function stepOf(name: string | null): Step | null {
  return STEPS.find((step) => step === name) ?? null;
}

/** Whether the setup is complete. After a manual export it needs no schedule. */
export function isSetUp({ paired, settings, last_run }: Snapshot): boolean {
  return paired !== null && settings.source_dir !== null && (settings.crontab !== null || last_run !== null);
}

/** Whether a step is reachable. */
export function isOpen(step: Step, { paired, settings }: Snapshot): boolean {
  if (step === "pair") return true;
  return paired !== null && (step === "folder" || settings.source_dir !== null);
}

/** Whether a step has stored its result, or is among the `answered` ones of this window. */
export function isDone(step: Step, snapshot: Snapshot, answered: readonly Step[] = []): boolean {
  const { paired, settings } = snapshot;
  switch (step) {
    case "pair":
      return paired !== null;
    case "folder":
      return settings.source_dir !== null;
    case "preview":
    case "schedule":
      return settings.source_dir !== null && (settings.crontab !== null || answered.includes(step));
    case "done":
      return false;
  }
}

/** Returns the first step that is not done. */
export function firstOpen(snapshot: Snapshot, answered: readonly Step[] = []): Step {
  return STEPS.find((step) => !isDone(step, snapshot, answered)) ?? "done";
}
