// Rows being typed, of which only the filled ones are part of the setting: `rowsOf`. Empty rows stay visible until the
// setting changes elsewhere.

export interface Typed<Row> {
  readonly shown: readonly Row[];
  /** Stores the typed rows and returns the filled ones. */
  type(rows: readonly Row[]): Row[];
}

/** Call this while a component initialises. */
export function rowsOf<Row>(saved: () => readonly Row[], filled: (rows: readonly Row[]) => Row[]): Typed<Row> {
  let typed = $state.raw<readonly Row[]>([]);
  const same = (one: readonly Row[], other: readonly Row[]) => JSON.stringify(one) === JSON.stringify(other);
  return {
    get shown() {
      return same(filled(typed), saved()) ? typed : saved();
    },
    type(rows) {
      typed = rows;
      return filled(rows);
    },
  };
}
