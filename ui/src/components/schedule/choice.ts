// The common schedules, `Choice`, and their crontabs. Every other crontab is `custom`.

export type Choice =
  | { readonly kind: "minutes"; readonly every: number }
  | { readonly kind: "hourly" }
  | { readonly kind: "daily"; readonly hours: readonly number[]; readonly minute: number }
  | {
      readonly kind: "weekly";
      /** 1 for Monday to 7 for Sunday. */
      readonly days: readonly number[];
      readonly hours: readonly number[];
      readonly minute: number;
    }
  | { readonly kind: "custom"; readonly crontab: string }
  | { readonly kind: "none" };

export type Kind = Choice["kind"];

export const KINDS: readonly Kind[] = ["daily", "weekly", "hourly", "minutes", "none", "custom"];
export const DISTANCES = [5, 10, 15, 20, 30] as const;
/** The default hours of the daily and weekly choices. */
export const HOURS = [8, 12, 16] as const;
export const WORKDAYS = [1, 2, 3, 4, 5] as const;

/** Returns null if exports run only manually. */
export function crontabOf(choice: Choice): string | null {
  switch (choice.kind) {
    case "minutes":
      return `*/${choice.every} * * * *`;
    case "hourly":
      return "0 * * * *";
    case "daily":
      return `${choice.minute} ${choice.hours.join(",")} * * *`;
    case "weekly":
      return `${choice.minute} ${choice.hours.join(",")} * * ${choice.days.join(",")}`;
    case "custom":
      return choice.crontab;
    case "none":
      return null;
  }
}

export function choiceOf(crontab: string | null): Choice {
  if (crontab === null) return { kind: "none" };
  const custom: Choice = { kind: "custom", crontab };
  const fields = crontab.trim().split(/\s+/);
  if (fields.length === 6 && fields[0] === "0") fields.shift();
  const [first = "", second = "", date, month, weekday = ""] = fields;
  if (fields.length !== 5 || date !== "*" || month !== "*") return custom;

  if (second === "*" && weekday === "*") {
    if (first === "0") return { kind: "hourly" };
    const every = Number(/^\*\/(\d+)$/.exec(first)?.[1]);
    return DISTANCES.some((distance) => distance === every) ? { kind: "minutes", every } : custom;
  }
  const [minutes, hours] = [numbers(first, 0, 59), numbers(second, 0, 23)];
  const [minute] = minutes ?? [];
  if (minute === undefined || minutes?.length !== 1 || !hours) return custom;
  if (weekday === "*") return { kind: "daily", hours, minute };
  const days = numbers(weekday, 0, 7);
  return days ? { kind: "weekly", days: sorted(days.map((day) => day || 7)), hours, minute } : custom;
}

/** Parses a list of numbers and ranges; null for anything else. */
function numbers(field: string, least: number, most: number): number[] | null {
  const found: number[] = [];
  for (const part of field.split(",")) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from >= least && to <= most && from <= to)) return null;
    for (let value = from; value <= to; value++) found.push(value);
  }
  return sorted(found);
}

export function sorted(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
