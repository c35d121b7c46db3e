// The duration of an export, finished or running: `durationOf`.

import type { RunReport } from "../../host/types";
import { f } from "../../i18n/index.svelte";
import { minutes } from "../../state/clock.svelte";

export function durationOf({ started_at, finished_at }: Pick<RunReport, "started_at" | "finished_at">): string {
  const end = finished_at === null ? minutes.now : Date.parse(finished_at);
  return f().duration(Math.max(0, end - Date.parse(started_at)));
}
