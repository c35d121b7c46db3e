// The English messages of the settings.

import { processName, words } from "../words";

const { count } = words("en");

export const settings = {
  what: "What to export",
  include: "Tables to include",
  includeHint: "Name patterns: * matches any text, ? matches one character. A pattern with / is matched against the whole path.",
  exclude: "Tables to exclude",
  excludeHint: "Name patterns, such as TMP*.DBF or archive/*",
  pattern: (n: number) => `Pattern ${n}`,
  addPattern: "Add a pattern",
  remove: (name: string) => `Remove ${name}`,
  skipUnchanged: "Send only changed tables",
  skipUnchangedHint: "When off, every export sends all tables.",

  when: "When to export",
  timezone: "Time zone",
  ownTimezone: (zone: string) => `This computer’s (${zone})`,

  reading: "How to read tables",
  encoding: "Code page",
  encodingHint: "For tables that do not specify one",
  overrides: "Code pages of specific tables",
  overridesHint: "By name patterns; they take precedence over what the tables specify",
  addOverride: "Add a code page",
  overrideOf: (n: number) => `Code page ${n}`,
  preview: "Preview a table",

  server: "Server",
  address: "Address",
  site: "Site",
  unpaired: "This computer is not paired.",
  serverHint: "To change the server, pair again.",
  toPairing: "Go to Pairing",

  program: "Program",
  controls: (program: string, pid: number) => `${processName(program, pid)} runs the exports; this window controls it.`,
  language: "Language",
  systemLanguage: "System default",
  notifications: "Notify me of problems",
  notificationsHint: "Only when the status changes, never on success",
  startAtLogin: "Start when I log in",
  startAtLoginHint: "In the tray, without a window",

  changes: (n: number) => count(n, { one: "# unsaved change", other: "# unsaved changes" }),
  correct: "Please correct:",
  discard: "Discard",
  saved: "Settings saved",
  discarded: "Changes discarded",
  leaveTitle: "Leave without saving?",
  leaveText: "Your changes on this page will be lost.",
  stay: "Keep editing",
  leave: "Discard and leave",

  faults: {
    source_dir: "This folder cannot be used.",
    include_patterns: "A pattern is invalid.",
    exclude_patterns: "A pattern is invalid.",
    crontab: "This schedule is invalid.",
    timezone: "Unknown time zone.",
    dbf_encoding: "Unknown code page.",
    overrides: "A pattern or a code page is invalid.",
    skip_unchanged: "This setting cannot be changed here.",
    base_url: "This address cannot be used.",
    language: "This setting cannot be changed here.",
    notifications: "This setting cannot be changed here.",
  },
};
