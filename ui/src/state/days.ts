// Converts dates of input fields, `2026-11-20`, to the times when they start and end locally: `startOfDay` and `endOfDay`.

/** Returns the start of a day; null for an invalid date. */
export function startOfDay(day: string): string | null {
  return instant(day, 0);
}

/** Returns the end of a day, which is the start of the next one. */
export function endOfDay(day: string): string | null {
  return instant(day, 1);
}

function instant(day: string, later: number): string | null {
  const [, year, month, date] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []).map(Number);
  if (!year || !month || !date) return null;
  const found = new Date(year, month - 1, date + later);
  return Number.isNaN(found.getTime()) ? null : found.toISOString();
}
