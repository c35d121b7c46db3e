// The first set-up as steps that can be left and come back to: where it stands is read from the engine alone.

import type { Snapshot } from "../../host/types";

export const STEPS = ["pair", "folder", "preview", "schedule", "done"] as const;
export type Step = (typeof STEPS)[number];

export function stepOf(name: string | null): Step | null {
  return STEPS.find((step) => step === name) ?? null;
}

/** Whether there is nothing left to set up. Whoever has exported by hand is content without a schedule. */
export function isSetUp({ paired, settings, last_run }: Snapshot): boolean {
  return paired !== null && settings.source_dir !== null && (settings.crontab !== null || last_run !== null);
}

/** Whether a step can be gone to. */
export function isOpen(step: Step, { paired, settings }: Snapshot): boolean {
  if (step === "pair") return true;
  return paired !== null && (step === "folder" || settings.source_dir !== null);
}

/** Whether a step has left what it is there for. The preview leaves nothing. */
export function isDone(step: Step, snapshot: Snapshot): boolean {
  const { paired, settings } = snapshot;
  switch (step) {
    case "pair":
      return paired !== null;
    case "folder":
      return settings.source_dir !== null;
    case "preview":
    case "schedule":
      return settings.source_dir !== null && settings.crontab !== null;
    case "done":
      return false;
  }
}

/** Where to go on. */
export function firstOpen(snapshot: Snapshot): Step {
  return STEPS.find((step) => !isDone(step, snapshot)) ?? "done";
}
