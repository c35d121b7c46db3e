// The languages and what they need to put words together: `words`.

import type { Language } from "../host/types";

export type Lang = Exclude<Language, "auto">;

export const LANGS: readonly Lang[] = ["en", "ru", "he"];

/** How a language is called by those who speak it. */
export const ENDONYMS: Record<Lang, string> = { en: "English", ru: "Русский", he: "עברית" };

export const DIRECTION: Record<Lang, "ltr" | "rtl"> = { en: "ltr", ru: "ltr", he: "rtl" };

/** The forms of a phrase by the plural rules of its language; `#` stands for the number. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

export interface Words {
  /** The phrase for so many. */
  count(count: number, forms: Forms): string;
  /** `a, b and c`. */
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

/** Without the comma before "and", which the engine does not write either. */
function englishList(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** The "and" is a prefix of the last word, set apart by a maqaf before digits. */
function hebrewList(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  if (parts.length < 2) return last;
  return `${parts.slice(0, -1).join(", ")} ו${/^\d/.test(last) ? "־" : ""}${last}`;
}

/** A name of unknown direction that must not mix with the words around it. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}

/** A process by its name, and by its number where that is known. */
export function processName(program: string, pid: number): string {
  return isolated(pid > 0 ? `${program} (pid ${pid})` : program);
}

/** With a capital letter in front, where the script has them. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
