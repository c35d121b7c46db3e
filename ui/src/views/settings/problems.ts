// The validation problems of a settings field: `problemsOf`, `faultOf`, `detailOf` and `names`.

import type { UserSettings, SettingsCheck, SettingsProblem } from "../../host/types";
import { t } from "../../i18n/index.svelte";

export type Field = keyof UserSettings;

export function problemsOf(check: SettingsCheck | null, field: Field): SettingsProblem[] {
  return check?.problems.filter((problem) => problem.field === field) ?? [];
}

/** Returns the translated sentence; undefined if there is no problem. */
export function faultOf(problems: readonly SettingsProblem[]): string | undefined {
  const field = problems[0]?.field;
  return field !== undefined && isField(field) ? t().settings.faults[field] : undefined;
}

/** Returns the engine's English messages, one line for each problem. */
export function detailOf(problems: readonly SettingsProblem[]): string | undefined {
  return problems.map(({ message, remedy }) => `${message}; ${remedy}`).join("\n") || undefined;
}

/** Whether a problem quotes this text. */
export function names(problems: readonly SettingsProblem[], text: string): boolean {
  return text !== "" && problems.some(({ message }) => message.includes(`\`${text}\``));
}

export function isField(name: string): name is Field {
  return Object.hasOwn(t().settings.faults, name);
}
