// Settings being edited: `Draft` stores only the differences from the saved ones, so that saving does not undo changes
// made elsewhere in the meantime.

import type { UserSettings } from "../../host/types";

/** The engine's settings and the one that the desktop stores. */
export type Form = UserSettings & { start_at_login: boolean };

export class Draft {
  readonly #saved: () => Form;
  #changes = $state.raw<Partial<Form>>({});

  /** Create it while a component initialises. */
  constructor(saved: () => Form) {
    this.#saved = saved;
  }

  /** The complete form, as saving would store it. */
  get form(): Form {
    return { ...this.#saved(), ...this.#changes };
  }

  get settings(): UserSettings {
    const { start_at_login: _, ...settings } = this.form;
    return settings;
  }

  /** The differences from the saved settings. */
  get changes(): Partial<Form> {
    const saved = this.#saved();
    const names = Object.keys(this.#changes) as (keyof Form)[];
    return Object.fromEntries(
      names.filter((name) => !same(this.#changes[name], saved[name])).map((name) => [name, this.#changes[name]]),
    );
  }

  change(changes: Partial<Form>): void {
    this.#changes = { ...this.#changes, ...changes };
  }

  discard(): void {
    this.#changes = {};
  }
}

/** Whether two values are equal; the order of keys does not matter. */
function same(one: unknown, other: unknown): boolean {
  const sorted = (_: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(one, sorted) === JSON.stringify(other, sorted);
}
