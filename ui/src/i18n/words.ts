// The supported languages and their plurals and lists: `words`.

import type { Language } from "../host/types";

export type Lang = Exclude<Language, "auto">;

export const LANGS: readonly Lang[] = ["en", "ru", "he"];

/** The name of each language in that language. */
export const ENDONYMS: Record<Lang, string> = { en: "English", ru: "Русский", he: "עברית" };

export const DIRECTION: Record<Lang, "ltr" | "rtl"> = { en: "ltr", ru: "ltr", he: "rtl" };

/** The plural forms of a phrase; `#` stands for the number. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

export interface Words {
  /** Returns the plural form for the count. */
  count(count: number, forms: Forms): string;
  /** Joins as `a, b and c`. */
  all(parts: readonly string[]): string;
}

export function words(lang: Lang): Words {
  const rules = new Intl.PluralRules(lang);
  const numbers = new Intl.NumberFormat(lang);
  const list = new Intl.ListFormat(lang, { type: "conjunction" });
  return {
    count: (count, forms) => (forms[rules.select(count)] ?? forms.other).replaceAll("#", numbers.format(count)),
    all: (parts) => (lang === "he" ? hebrewList(parts) : lang === "en" ? englishList(parts) : list.format(parts)),
  };
}

/** Writes no comma before "and", as the engine does. */
function englishList(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** Prefixes "and" to the last word, with a maqaf before digits. */
function hebrewList(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  if (parts.length < 2) return last;
  return `${parts.slice(0, -1).join(", ")} ו${/^\d/.test(last) ? "־" : ""}${last}`;
}

/** Isolates a name of unknown direction from the text around it. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}

/** Returns a program's name, with its process id if known. */
export function processName(program: string, pid: number): string {
  return isolated(pid > 0 ? `${program} (pid ${pid})` : program);
}

/** Capitalises the first letter, if the script has capitals. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
