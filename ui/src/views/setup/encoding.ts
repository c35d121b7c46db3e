// What a choice of code page at a preview is about, `scopeOf`, and the change of settings it means, `choose`.

import type { Preview, UserSettings } from "../../host/types";

/**
 * `folder`: all tables that name no page. `table`: this one, which names its own. `all`: every table, whatever it
 * names. `pattern`: somebody wrote a pattern of his own for it, which is changed where it was written.
 */
export type Scope = "folder" | "table" | "all" | "pattern";

type Encodings = Pick<UserSettings, "dbf_encoding" | "overrides">;

/** The pattern of every table; it comes before all others, so beside it no other counts. */
const ALL = "*";

export function scopeOf({ overrides }: Encodings, { encoding_source, source }: Preview): Scope {
  if (encoding_source === "default") return "folder";
  if (ALL in overrides) return "all";
  return encoding_source === "setting" && !(literal(source) in overrides) ? "pattern" : "table";
}

export function choose(encodings: Encodings, source: string, page: string, scope: Scope): Encodings {
  const { dbf_encoding, overrides } = encodings;
  switch (scope) {
    case "folder":
      return { dbf_encoding: page, overrides };
    case "all":
      return { dbf_encoding: page, overrides: { ...overrides, [ALL]: page } };
    case "table": {
      const { [ALL]: _, ...others } = overrides;
      return { dbf_encoding, overrides: { ...others, [literal(source)]: page } };
    }
    case "pattern":
      return encodings;
  }
}

/** A pattern that fits this name only. */
function literal(name: string): string {
  return name.replace(/[*?[\]{}!]/g, "[$&]");
}
