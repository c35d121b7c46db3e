// Validates settings as the engine does: `check`.

import type { UserSettings, SettingsCheck, SettingsProblem } from "../types";
import { scheduleOf } from "./cron";
import { TABLES } from "./tables";

const PAGES = /^(CP|WINDOWS-?)?(437|72|73|77|85|86|87|93|94|95|125)\d*$|^KOI8-[RU]$|^ISO-8859-\d+$|^UTF-8$/i;

export function check(settings: UserSettings, now: number): SettingsCheck {
  const problems: SettingsProblem[] = [];
  const wrong = (field: keyof UserSettings, message: string, remedy: string) => problems.push({ field, message, remedy });

  const folder = settings.source_dir?.trim() ?? "";
  if (/missing|fehlt/i.test(folder)) {
    wrong("source_dir", `the folder \`${folder}\` does not exist`, "choose a folder that exists");
  }
  const schedule = settings.crontab ? scheduleOf(settings.crontab, settings.timezone, now) : null;
  if (settings.crontab && !schedule) {
    wrong(
      "crontab",
      `the crontab \`${settings.crontab}\` cannot be read`,
      "expected minute, hour, day of the month, month and weekday, separated by spaces; a seconds field may come first",
    );
  }
  if (settings.base_url && !/^https:\/\/[\w.-]+(:\d+)?(\/.*)?$/.test(settings.base_url)) {
    wrong("base_url", `\`${settings.base_url}\` is not an https address`, "use one such as `https://dfm.example.com`");
  }
  const known = (field: keyof UserSettings, page: string) => {
    if (!PAGES.test(page)) wrong(field, `\`${page}\` is not a known code page`, "use one such as `CP866`");
  };
  known("dbf_encoding", settings.dbf_encoding);
  for (const page of Object.values(settings.overrides)) known("overrides", page);
  const { include_patterns, exclude_patterns, overrides } = settings;
  const globs = { include_patterns, exclude_patterns, overrides: Object.keys(overrides) };
  for (const [field, patterns] of Object.entries(globs)) {
    for (const pattern of patterns.filter((glob) => /\[[^\]]*$/.test(glob))) {
      wrong(field as keyof UserSettings, `\`${pattern}\` is not a valid glob: unclosed character class`, "use one such as `*.dbf`");
    }
  }
  if (settings.timezone && !zones().has(settings.timezone)) {
    wrong("timezone", `\`${settings.timezone}\` is not a time zone`, "use one such as `Europe/Berlin`");
  }
  const readable = folder !== "" && !problems.some(({ field }) => field === "source_dir");
  const taken = TABLES.filter((table) => takes(settings, table.name)).map((table) => table.name);
  const found = /empty/i.test(folder) ? [] : taken;
  return { problems, schedule, tables: readable ? { count: found.length, first: found } : null };
}

function zones(): Set<string> {
  return new Set(["local", "UTC", ...Intl.supportedValuesOf("timeZone")]);
}

function takes(settings: UserSettings, name: string): boolean {
  return (
    settings.include_patterns.some((glob) => matches(glob, name)) &&
    !settings.exclude_patterns.some((glob) => matches(glob, name))
  );
}

/** Supports `*` and `?`; a pattern without `/` is matched against the name alone. */
export function matches(glob: string, name: string): boolean {
  const text = glob.includes("/") ? name : (name.split("/").at(-1) ?? name);
  const pattern = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*").replaceAll("?", ".");
  return new RegExp(`^${pattern}$`, "i").test(text);
}
