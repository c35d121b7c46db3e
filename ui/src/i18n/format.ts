// Formats numbers, sizes, times and durations for a language: `formats`. Nothing else uses Intl's formatters for these.

import type { Lang } from "./words";

export interface Formats {
  number(value: number): string;
  bytes(value: number): string;
  /** Date and time: `14 Nov 2026, 08:00`. */
  dateTime(iso: string): string;
  /** Weekday, date and time: `Sat, 14 November, 08:00`. */
  due(iso: string): string;
  /** `16:00` today, `tomorrow 08:00`, `Mon 08:00` within a week, otherwise with the date. */
  soon(iso: string, now: number): string;
  date(iso: string): string;
  time(iso: string): string;
  /** `2 hours ago`, `in 5 minutes`. */
  relative(iso: string, now: number): string;
  /** `1 h 5 min`, `12 s`. */
  duration(milliseconds: number): string;
  /** `04:05`, minutes and seconds. */
  countdown(milliseconds: number): string;
  /** `day` is 1 for Monday to 7 for Sunday. */
  weekday(day: number, length: "short" | "long"): string;
  /** 1 for Monday to 7 for Sunday. */
  firstWeekday: number;
  /** The name of a language. */
  language(tag: string): string;
}

const DAY = 86_400_000;
const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const SPANS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** Returns the user's regional variant of the language, such as British English, if the browser lists one. */
function locale(lang: Lang): string {
  return navigator.languages.find((tag) => tag.split("-")[0] === lang) ?? lang;
}

/** `getWeekInfo` is missing in TypeScript's types and in some web views. */
function firstWeekday(tag: string): number {
  const locale = new Intl.Locale(tag) as Intl.Locale & { getWeekInfo?: () => { firstDay: number } };
  return locale.getWeekInfo?.().firstDay ?? (locale.language === "he" ? 7 : 1);
}

/** What Intl has no words for: an event less than a minute away, a short duration, and a time tomorrow. */
const WORDS: Record<Lang, { past: string; soon: string; instant: string; tomorrow: string }> = {
  en: { past: "just now", soon: "in a moment", instant: "less than a second", tomorrow: "tomorrow " },
  ru: { past: "только что", soon: "сейчас", instant: "меньше секунды", tomorrow: "завтра в " },
  he: { past: "הרגע", soon: "ממש עכשיו", instant: "פחות משנייה", tomorrow: "מחר ב־" },
};

/** Returns the number of midnights between two times. */
function days(from: number, to: number): number {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(to) - midnight(from)) / DAY);
}

export function formats(lang: Lang, tag = locale(lang)): Formats {
  const unit = (name: string, digits = 0) =>
    new Intl.NumberFormat(tag, {
      style: "unit",
      unit: name,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    });
  const at = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(tag, options);
    return (iso: string) => format.format(new Date(iso));
  };
  // On the 24-hour clock in every locale, as in the schedule and the tray.
  const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const hour = at(time);
  const dayAndHour = at({ weekday: "short", ...time });
  const dateAndHour = at({ day: "numeric", month: "short", year: "numeric", ...time });
  const numbers = new Intl.NumberFormat(tag);
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  const languages = new Intl.DisplayNames(tag, { type: "language" });
  const two = (value: number) => String(value).padStart(2, "0");

  return {
    number: (value) => numbers.format(value),
    bytes(value) {
      const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), SIZES.length - 1);
      const scaled = value / 1000 ** power;
      const text = unit(SIZES[power] ?? "byte", power > 0 && scaled < 100 ? 1 : 0).format(scaled);
      // Isolated, because the Latin unit would otherwise move before its number in right-to-left text.
      return lang === "he" ? `\u2068${text}\u2069` : text;
    },
    dateTime: dateAndHour,
    due: at({ weekday: "short", day: "numeric", month: "long", ...time }),
    soon(iso, now) {
      const [time, today] = [new Date(iso), new Date(now)];
      if (time.toDateString() === today.toDateString()) return hour(iso);
      if (days(now, time.getTime()) === 1) return WORDS[lang].tomorrow + hour(iso);
      return time.getTime() - now < 6 * DAY ? dayAndHour(iso) : dateAndHour(iso);
    },
    date: at({ dateStyle: "medium" }),
    time: hour,
    relative(iso, now) {
      const seconds = Math.round((Date.parse(iso) - now) / 1000);
      const [name, size] = SPANS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
      if (name === "second") return seconds > 0 ? WORDS[lang].soon : WORDS[lang].past;
      const distance = name === "day" ? days(now, Date.parse(iso)) : Math.trunc(seconds / size);
      // CLDR adds the number, "(1)", to Hebrew's words for one and two hours.
      return relative.format(distance, name).replace(/ \(\d\)$/, "");
    },
    duration(milliseconds) {
      const seconds = milliseconds / 1000;
      if (seconds < 1) return WORDS[lang].instant;
      if (seconds < 10) return unit("second", 1).format(seconds);
      const largest = SPANS.findIndex(([, length]) => seconds >= length);
      let left = Math.round(seconds);
      const parts = SPANS.slice(largest, largest + 2).map(([name, length]) => {
        const count = Math.floor(left / length);
        left -= count * length;
        return count > 0 ? unit(name).format(count) : "";
      });
      return parts.filter(Boolean).join(" ");
    },
    countdown(milliseconds) {
      const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
      return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
    },
    weekday(day, length) {
      const sunday = Date.UTC(2023, 0, 1);
      return new Intl.DateTimeFormat(tag, { weekday: length, timeZone: "UTC" }).format(sunday + day * DAY);
    },
    firstWeekday: firstWeekday(tag),
    language: (code) => languages.of(code) ?? code,
  };
}
