// The language of the window: `t` says things in it, `f` formats in it, `speak` changes it. Read inside components,
// both follow a change at once.

import type { ErrorBody, Finding, Language } from "../host/types";
import { en, type KnownCode, type Messages } from "./en";
import { formats, type Formats } from "./format";
import { he } from "./he";
import { ru } from "./ru";
import { DIRECTION, LANGS, type Lang } from "./words";

const MESSAGES: Record<Lang, Messages> = { en, ru, he };

let lang: Lang = $state("en");
const messages = $derived(MESSAGES[lang]);
const format = $derived(formats(lang));

/** Everything the window says, in its language. */
export function t(): Messages {
  return messages;
}

/** Numbers, sizes and times, in its language. */
export function f(): Formats {
  return format;
}

/** Changes the language and the direction of the page; `auto` is the language of the system. */
export function speak(language: Language): void {
  lang = language === "auto" ? ofSystem() : language;
  document.documentElement.lang = lang;
  document.documentElement.dir = DIRECTION[lang];
}

function ofSystem(): Lang {
  return LANGS.find((known) => navigator.language.split("-")[0] === known) ?? "en";
}

/** What went wrong and what to do, by its code; none for a code of a newer engine. */
export function sentence(error: Pick<ErrorBody, "code">): { what: string; todo: string } | null {
  return Object.hasOwn(messages.codes, error.code) ? messages.codes[error.code as KnownCode] : null;
}

/** What was found in a table, by its code; none for a code of a newer engine. */
export function findingOf({ code }: Pick<Finding, "code">): string | null {
  return Object.hasOwn(messages.findings, code) ? messages.findings[code as keyof Messages["findings"]] : null;
}
