// Settings that are being edited: `Draft` keeps what differs from those that are saved, and nothing else, so that what
// is changed elsewhere meanwhile is not undone by saving.

import type { UserSettings } from "../../host/types";

/** The settings, and what the desktop keeps instead of the engine. */
export type Form = UserSettings & { start_at_login: boolean };

export class Draft {
  readonly #saved: () => Form;
  #changes = $state.raw<Partial<Form>>({});

  /** To be made while a component is made. */
  constructor(saved: () => Form) {
    this.#saved = saved;
  }

  /** Everything, as it would be saved. */
  get form(): Form {
    return { ...this.#saved(), ...this.#changes };
  }

  get settings(): UserSettings {
    const { start_at_login: _, ...settings } = this.form;
    return settings;
  }

  /** What differs from what is saved. */
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

/** Whether two settings are equal; the names in an object have no order. */
function same(one: unknown, other: unknown): boolean {
  const sorted = (_: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(one, sorted) === JSON.stringify(other, sorted);
}
