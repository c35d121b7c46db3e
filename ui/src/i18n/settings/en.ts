// The settings, in English.

import { processOf, words } from "../words";

const { count } = words("en");

export const settings = {
  what: "What is exported",
  include: "Take these tables",
  includeHint: "Patterns of names: * stands for anything, ? for one character. With a / the whole path is compared.",
  exclude: "Leave these tables out",
  excludeHint: "Patterns of the same kind, such as TMP*.DBF or archive/*",
  pattern: (n: number) => `Pattern ${n}`,
  addPattern: "Add a pattern",
  remove: (name: string) => `Remove ${name}`,
  skipUnchanged: "Send only tables that have changed",
  skipUnchangedHint: "Otherwise every export sends all of them.",

  when: "When it is exported",
  timezone: "Time zone",
  ownTimezone: (zone: string) => `This computer’s (${zone})`,

  reading: "How tables are read",
  encoding: "Code page",
  encodingHint: "For tables that name none themselves",
  overrides: "Code pages of certain tables",
  overridesHint: "By patterns of their names, and whatever the tables say themselves",
  addOverride: "Add a code page",
  overrideOf: (n: number) => `Code page ${n}`,
  preview: "Look at the first rows of a table",

  server: "Server",
  address: "Address",
  site: "Site",
  unpaired: "This computer is not paired.",
  serverHint: "Another server is chosen by pairing with it.",
  toPairing: "To pairing",

  program: "This program",
  doneBy: (program: string, pid: number) => `The exports are done by ${processOf(program, pid)}; this window is its remote control.`,
  language: "Language",
  ofSystem: "As the system",
  notifications: "Notify me of problems",
  notificationsHint: "Once for each change of state, and never of success",
  startAtLogin: "Start when I log in",
  startAtLoginHint: "In the tray, without a window",

  changes: (n: number) => count(n, { one: "# change not saved", other: "# changes not saved" }),
  correct: "To be corrected:",
  discard: "Discard",
  saved: "The settings are saved",
  discarded: "The changes are discarded",
  leaveTitle: "Leave without saving?",
  leaveText: "What you have changed here would be lost.",
  stay: "Keep editing",
  leave: "Discard and leave",

  faults: {
    source_dir: "This folder cannot be used.",
    include_patterns: "A pattern cannot be read.",
    exclude_patterns: "A pattern cannot be read.",
    crontab: "This schedule cannot be read.",
    timezone: "This time zone is not known.",
    dbf_encoding: "This code page is not known.",
    overrides: "A pattern or code page cannot be read.",
    skip_unchanged: "This cannot be changed here.",
    base_url: "This address cannot be used.",
    language: "This cannot be changed here.",
    notifications: "This cannot be changed here.",
  },
};
