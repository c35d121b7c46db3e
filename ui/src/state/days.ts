// Days as they are typed, `2026-11-20`, and the instants where they begin here: `beginning` and `end`.

/** When a day begins; none for what is no day. */
export function beginning(day: string): string | null {
  return instant(day, 0);
}

/** When a day is over, which is when the next one begins. */
export function end(day: string): string | null {
  return instant(day, 1);
}

function instant(day: string, later: number): string | null {
  const [, year, month, date] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []).map(Number);
  if (!year || !month || !date) return null;
  const found = new Date(year, month - 1, date + later);
  return Number.isNaN(found.getTime()) ? null : found.toISOString();
}
