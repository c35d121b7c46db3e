// When the time that a code has left is read out: `due`. Each second it is only shown.

const MINUTE = 60_000;
/** Whole minutes that are worth a word. */
const MINUTES = [10, 5, 2, 1];

/** The minutes to be told when the time left has gone from the one to the other; 0 when it is over. */
export function due(before: number, left: number): number | null {
  if (before > 0 && left <= 0) return 0;
  return MINUTES.find((minutes) => before > minutes * MINUTE && left <= minutes * MINUTE && left > 0) ?? null;
}
