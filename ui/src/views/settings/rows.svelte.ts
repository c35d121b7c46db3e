// Rows as they are typed, of which only the filled ones are a setting: `rowsOf`. Unfilled ones are shown until the
// setting becomes another than what was typed.

export interface Typed<Row> {
  readonly shown: readonly Row[];
  /** Takes what was typed; the filled rows of it. */
  type(rows: readonly Row[]): Row[];
}

/** To be called while a component is made. */
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
