// The scope of a code page chosen in the preview, `scopeOf`, and the resulting settings, `choose`.

import type { Preview, UserSettings } from "../../host/types";

/**
 * `folder`: all tables that do not specify a code page. `table`: this table, which specifies its own. `all`: every
 * table. `pattern`: the user's own pattern decides, and is changed only in the settings.
 */
export type Scope = "folder" | "table" | "all" | "pattern";

type Encodings = Pick<UserSettings, "dbf_encoding" | "overrides">;

/** The pattern of every table. It precedes all others, so none of them has an effect beside it. */
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

/** Returns a pattern that matches only this name. */
function literal(name: string): string {
  return name.replace(/[*?[\]{}!]/g, "[$&]");
}
