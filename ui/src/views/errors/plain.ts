// An error as plain text, for a support request: `plainText`. Times are in UTC, which is unambiguous everywhere.

import type { RecordedError, Snapshot } from "../../host/types";
import { sentence, t } from "../../i18n/index.svelte";
import { fileOf, others } from "./metadata";

export function plainText(error: RecordedError, { version, device_name }: Pick<Snapshot, "version" | "device_name">): string {
  const words = t().errors;
  const known = sentence({ code: error.type });
  const lines: [name: string, value: string | null][] = [
    [t().severities[error.severity], known?.what ?? error.type],
    [words.file, fileOf(error)],
    [words.message, error.message],
    [words.hint, known?.todo ?? null],
    [words.hint, error.hint],
    [words.code, error.type],
    [words.first, error.first_at],
    [words.last, error.last_at],
    [words.seen, words.times(error.count)],
    [words.state, error.solved ? words.solved : null],
    [words.server, error.reported ? words.reported : words.notReported],
    [words.export, error.run_id === null ? null : String(error.run_id)],
    ...others(error),
    [words.program, `${t().product} ${version}`],
    [words.computer, device_name],
  ];
  return lines.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}\n`])).join("");
}
