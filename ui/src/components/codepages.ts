// The code pages offered in select boxes. config.toml also accepts every other name that the engine knows.

import { f } from "../i18n/index.svelte";

/** Each code page with a language that used it and the system. */
const PAGES: readonly (readonly [page: string, language: string, system: string])[] = [
  ["CP866", "ru", "DOS"],
  ["CP1251", "ru", "Windows"],
  ["KOI8-R", "ru", "Unix"],
  ["MacCyrillic", "ru", "Mac"],
  ["KOI8-U", "uk", "Unix"],
  ["CP862", "he", "DOS"],
  ["CP1255", "he", "Windows"],
  ["ISO-8859-8", "he", "Unix"],
  ["UTF-8", "mul", "Unicode"],
  ["CP437", "en", "DOS"],
  ["CP850", "de", "DOS"],
  ["CP1252", "de", "Windows"],
  ["CP852", "pl", "DOS"],
  ["CP1250", "pl", "Windows"],
  ["CP775", "lt", "DOS"],
  ["CP1257", "lt", "Windows"],
  ["CP855", "sr", "DOS"],
  ["CP857", "tr", "DOS"],
  ["CP1254", "tr", "Windows"],
  ["CP737", "el", "DOS"],
  ["CP1253", "el", "Windows"],
  ["CP720", "ar", "DOS"],
  ["CP1256", "ar", "Windows"],
  ["CP860", "pt", "DOS"],
  ["CP861", "is", "DOS"],
  ["CP863", "fr-CA", "DOS"],
  ["CP865", "nb", "DOS"],
  ["CP874", "th", "Windows"],
  ["CP1258", "vi", "Windows"],
  ["CP932", "ja", "Windows"],
  ["CP936", "zh-Hans", "Windows"],
  ["CP949", "ko", "Windows"],
  ["CP950", "zh-Hant", "Windows"],
];

/** Returns all code pages with their labels, and `current` first if it is not among them. */
export function pageOptions(current: string): { value: string; label: string }[] {
  const known = PAGES.map(([page, language, system]) => ({
    value: page,
    label: `${page} (${language === "mul" ? "" : `${f().language(language)}, `}${system})`,
  }));
  return known.some(({ value }) => value === current) ? known : [{ value: current, label: current }, ...known];
}
