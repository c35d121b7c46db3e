// The hours and weekdays to choose from, in the window's language.

import { f } from "../../i18n/index.svelte";

export interface Option {
  readonly value: number;
  readonly label: string;
  readonly name: string;
}

export function hourOptions(): Option[] {
  return Array.from({ length: 24 }, (_, hour) => {
    const label = String(hour).padStart(2, "0");
    return { value: hour, label, name: `${label}:00` };
  });
}

/** The weekdays, starting with the first day of the week in the user's locale. */
export function weekdayOptions(): Option[] {
  const first = f().firstWeekday;
  return Array.from({ length: 7 }, (_, at) => {
    const value = ((first - 1 + at) % 7) + 1;
    return { value, label: f().weekday(value, "short"), name: f().weekday(value, "long") };
  });
}
