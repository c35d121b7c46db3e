// Decides when the remaining lifetime of a code is announced: `announcementDue`.

const MINUTE = 60_000;
/** The remaining minutes that are announced. */
const MINUTES = [10, 5, 2, 1];

/** Returns the minutes to announce when the remaining time changes from `before` to `left`; 0 when the code expires. */
export function announcementDue(before: number, left: number): number | null {
  if (before > 0 && left <= 0) return 0;
  return MINUTES.find((minutes) => before > minutes * MINUTE && left <= minutes * MINUTE && left > 0) ?? null;
}
