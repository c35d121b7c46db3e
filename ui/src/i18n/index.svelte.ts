// The window's language: `t` returns the messages, `f` the formatters, `setLanguage` changes it. `t` and `f` are
// reactive inside components.

import type { ErrorBody, Finding, Language } from "../host/types";
import { en, type KnownCode, type Messages } from "./en";
import { formats, type Formats } from "./format";
import { he } from "./he";
import { ru } from "./ru";
import { visible } from "./visible";
import { DIRECTION, LANGS, type Lang } from "./words";

const MESSAGES: Record<Lang, Messages> = { en, ru, he };

let lang: Lang = $state("en");
const messages = $derived(MESSAGES[lang]);
const format = $derived(formats(lang));

/** The messages in the window's language. */
export function t(): Messages {
  return messages;
}

/** The formatters for the window's language. */
export function f(): Formats {
  return format;
}

/** Sets the language and the text direction of the page; `auto` means the system's language. */
export function setLanguage(language: Language): void {
  lang = language === "auto" ? systemLanguage() : language;
  document.documentElement.lang = lang;
  document.documentElement.dir = DIRECTION[lang];
}

function systemLanguage(): Lang {
  return LANGS.find((known) => navigator.language.split("-")[0] === known) ?? "en";
}

/** Returns the error sentence and the advice for a code; null for a code that only a newer engine has. */
export function sentence(error: Pick<ErrorBody, "code">): { what: string; todo: string } | null {
  return Object.hasOwn(messages.codes, error.code) ? messages.codes[error.code as KnownCode] : null;
}

/** Returns the text of a finding with its count; null for a code that only a newer engine has. */
export function findingOf({ code, count, message }: Pick<Finding, "code" | "count" | "message">): string | null {
  if (!Object.hasOwn(messages.findings, code)) return null;
  const sentence = messages.findings[code as keyof Messages["findings"]].replace("#", format.number(count));
  // What the engine's message names in backticks, such as the spelling of a code page; not the kinds of files.
  const named = message.split("`").filter((name, at) => at % 2 === 1 && !name.startsWith(".") && name !== "***");
  return named.length === 0 ? sentence : `${sentence} (${named.map(visible).join(", ")})`;
}
