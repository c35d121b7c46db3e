// Sorting and filtering of an export's tables by outcome: `outcomeOf`, `countOutcomes` and `filteredTables`.

import type { Shape } from "../../components/shapes";
import type { ExportedFile } from "../../host/types";

/** In the order of the list: problems first. */
export const OUTCOMES = ["failed", "warnings", "sent", "unchanged", "untried"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const OUTCOME_SHAPES: Record<Outcome, Shape> = {
  failed: "error",
  warnings: "warnings",
  sent: "ok",
  unchanged: "unchanged",
  untried: "never_run",
};

export function outcomeOf(file: Pick<ExportedFile, "error" | "upload" | "warnings">): Outcome {
  if (file.error || file.upload === "failed") return "failed";
  if (file.upload === "skipped_unchanged") return "unchanged";
  if (file.upload === null) return "untried";
  return file.warnings.length > 0 ? "warnings" : "sent";
}

export function countOutcomes(files: readonly ExportedFile[]): Record<Outcome, number> {
  const counts = { failed: 0, warnings: 0, sent: 0, unchanged: 0, untried: 0 };
  for (const file of files) counts[outcomeOf(file)]++;
  return counts;
}

/** Returns the tables with one of the outcomes (all if empty) and the text in their name, problems first. */
export function filteredTables(
  files: readonly ExportedFile[],
  outcomes: readonly Outcome[],
  text: string,
): ExportedFile[] {
  const wanted = text.trim().toLowerCase();
  const rank = (file: ExportedFile) => Math.min(OUTCOMES.indexOf(outcomeOf(file)), OUTCOMES.indexOf("sent"));
  return files
    .filter((file) => outcomes.length === 0 || outcomes.includes(outcomeOf(file)))
    .filter((file) => file.source.toLowerCase().includes(wanted))
    .sort((one, other) => rank(one) - rank(other));
}
