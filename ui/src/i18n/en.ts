// English, and by its shape the list of everything that has to be said: `Messages`.

import { errors } from "./errors/en";
import { findings } from "./findings/en";
import { history } from "./history/en";
import { lists } from "./lists/en";
import { schedule } from "./schedule/en";
import { settings } from "./settings/en";
import { isolated, words } from "./words";

const { count } = words("en");

export const en = {
  product: "Data Exporter",
  navigation: "Views",
  views: { pairing: "Pairing", history: "History", errors: "Errors", settings: "Settings" },
  skip: "Skip to the content",
  starting: "Starting…",
  unreachable: "The window cannot reach the program. Quit Data Exporter from the tray and start it again.",
  ended: "Data Exporter has ended. This window shows how things stood.",
  noTray: "This desktop has no tray. Closing this window ends the program, and nothing is exported until it runs again.",
  details: "Details",
  recentErrors: (n: number) => count(n, { one: "# new problem", other: "# new problems" }),
  heldBy: (program: string, pid: number) =>
    `The data folder is in use by ${isolated(program + (pid > 0 ? ` (pid ${pid})` : ""))}; this window only shows.`,

  states: {
    unpaired: "Not paired",
    needs_attention: "Needs attention",
    error: "Failed",
    overdue: "Overdue",
    paused: "Paused",
    running: "Exporting",
    warnings: "Done with warnings",
    ok: "Up to date",
    never_run: "Ready",
  },
  status: {
    last: (when: string) => `Last export ${when}`,
    next: (when: string) => `next ${when}`,
    never: "Nothing has been exported yet",
    unpaired: "Pair this computer with your account to begin",
    looking: "Looking through the folder",
    sent: (sent: number, of: number) => `${sent} of ${count(of, { one: "# table", other: "# tables" })}`,
    until: (when: string) => `Paused until ${when}`,
    pausedByHand: "Paused until you resume",
    stopping: "Stopping",
    export: "Export now",
    stop: "Stop",
    resume: "Resume",
  },

  actions: {
    back: "Back",
    cancel: "Cancel",
    close: "Close",
    continue: "Continue",
    copy: "Copy",
    dismiss: "Dismiss",
    next: "Next",
    previous: "Previous",
    retry: "Try again",
    save: "Save",
  },
  copied: "Copied",
  copyFailed: "Copying is not possible here. Select the text and copy it by hand.",
  loading: "Loading…",
  none: "None",
  pager: {
    name: "Pages",
    shown: (first: string, last: string, total: string) => `${first} to ${last} of ${total}`,
  },

  pairing: {
    title: "Pairing",
    intro: "Connect this computer with your account at the server. A browser page opens, you compare a code and confirm; no password is typed here.",
    server: "Server address",
    serverHint: "Ask whoever gave you Data Exporter. It begins with https://",
    serverMissing: "Enter the server’s address.",
    serverInvalid: "This is no address. It looks like https://dfm.example.com",
    otherServer: "Use another server",
    configuredServer: "Use the server from the settings",
    change: "Change server or name",
    deviceName: "Name of this computer",
    deviceNameHint: "So that you recognise it in your account. A second computer with the same name would replace this one.",
    deviceNameMissing: "Enter a name.",
    start: "Pair",
    requesting: "Asking the server for a code",
    requestingHint: "This takes a moment.",
    cancel: "Cancel pairing",
    code: "Your code",
    codeSpelled: (letters: string) => `Code: ${letters}`,
    hyphen: "hyphen",
    compare: "Check that the page shows this code, then confirm it there.",
    openPage: "Open the page",
    page: "Page",
    copyCode: "Copy code",
    copyLink: "Copy link",
    codeCopied: "The code is copied",
    linkCopied: "The link is copied",
    qr: "QR code that opens the same page with the code filled in",
    qrHint: "Or scan with a phone",
    expires: (left: string) => `The code is valid for ${left} more`,
    expiresSpoken: (minutes: number) =>
      count(minutes, { one: "The code is valid for # more minute", other: "The code is valid for # more minutes" }),
    expired: "The code’s time is over",
    browserFailed: "The browser did not open. Copy the link and open it yourself, on any device.",
    trouble: "The server could not be asked just now. It goes on by itself.",
    steps: "What happens next",
    stepOpen: "The page opens in your browser, with the code filled in",
    stepConfirm: "Sign in, select your site and choose “Authorize”",
    stepDone: "This window notices by itself and goes on",
    keeping: "Confirmed. Storing the key safely",
    keepingHint: "It is kept in the system’s keychain and tried once. Please leave the computer on.",
    done: (domain: string) => `Paired with ${isolated(domain)}`,
    doneHint: "This computer may now deliver its tables there.",
    notes: "Please note",
    setUp: "Choose the folder",
    toHistory: "See the exports",
    paired: "Paired",
    pairedWith: "Site",
    atServer: "Server",
    since: "Since",
    sinceUnknown: "Longer than remembered",
    again: "Pair again",
    againHint: "Folder, schedule and everything else stay as they are.",
    unpair: "Unpair…",
    unpairTitle: "Unpair this computer?",
    unpairText: (domain: string) =>
      `The key for ${isolated(domain)} is removed from this computer. Nothing is exported until you pair again. What was delivered stays on the server.`,
    unpairConfirm: "Unpair",
    incomplete: "Almost ready: choose what is exported, and when.",
    finishSetUp: "Finish setting up",
  },
  faults: {
    access_denied: {
      title: "Pairing was declined",
      text: "Somebody said no on the page, or the server does not let this account pair. Ask the account’s owner, then try again.",
      button: "Pair again",
    },
    expired_token: {
      title: "The code’s time is over",
      text: "Nobody confirmed it in time. Take a new code and confirm it a little faster.",
      button: "Get a new code",
    },
    invalid_grant: {
      title: "The server does not know the code any more",
      text: "It may have been used already. A new code solves this.",
      button: "Get a new code",
    },
    network: {
      title: "The server cannot be reached",
      text: "Check the internet connection and the server’s address, then try again.",
      button: "Try again",
    },
    keychain: {
      title: "The key cannot be kept safely",
      text: "The system’s keychain is locked or missing. Unlock it, or sign in to the desktop once more, then try again.",
      button: "Try again",
    },
    unsupported: {
      title: "This server cannot be paired with",
      text: "It does not answer as a Data Forge server does. Check the address; the server’s operator knows whether it pairs computers.",
      button: "Check the address",
    },
    cancelled: {
      title: "Pairing was cancelled",
      text: "Nothing was changed.",
      button: "Pair",
    },
    configuration: {
      title: "The address or another setting is wrong",
      text: "Correct the address, then try again. The details say what is wrong.",
      button: "Correct the address",
    },
    internal: {
      title: "Pairing failed because of a fault in this program",
      text: "Try again. If it stays so, report it together with the details below.",
      button: "Try again",
    },
  },

  setup: {
    title: "Set up",
    steps: { pair: "Pair", folder: "Folder", preview: "Preview", schedule: "Schedule", done: "Done" },
    later: "Later",
    doneTitle: "Everything is set up",
    doneText: (schedule: string) => `Exports ${schedule}. You may close this window; the program stays in the tray.`,
    doneByHand: "Exports run when you choose “Export now”. You may close this window; the program stays in the tray.",
    exportNow: "Export now",
  },
  folder: {
    title: "Which folder holds the tables?",
    intro: "The folder of your accounting program with its .dbf files. Nothing in it is changed.",
    label: "Folder of tables",
    choose: "Choose…",
    found: (n: number) => count(n, { one: "# table found", other: "# tables found" }),
    empty: "There is no table in this folder that the patterns take.",
    more: (n: number) => count(n, { one: "and # more", other: "and # more" }),
    checking: "Looking into the folder…",
  },
  preview: {
    title: "Can you read it?",
    intro: "These are the first rows of a table. If letters look wrong, choose another code page.",
    table: "Table",
    encoding: "Code page",
    sources: {
      setting: "chosen by you",
      cpg: "named by the .cpg file beside the table",
      ldid: "named by the table itself",
      driver: "named by the table itself",
      default: "assumed, because the table names none",
    },
    scope: "Use this code page for",
    byPattern: "A pattern of your own in the settings decides about this table.",
    scopeTable: "this table only",
    scopeAll: "all tables",
    rows: (shown: number, total: string) =>
      count(shown, { one: `The first row of ${total}`, other: `The first # rows of ${total}` }),
    columns: (n: number) => count(n, { one: "# column", other: "# columns" }),
    empty: "This table has no rows.",
    warnings: "Could not be carried in these rows",
    right: "Yes, I can read it",
  },
  schedule: {
    title: "When should it be exported?",
    intro: "Only tables that have changed are sent.",
    choices: {
      minutes: "Every few minutes",
      hourly: "Every hour",
      daily: "Every day at set times",
      weekly: "On certain weekdays",
      custom: "Own crontab",
      none: "Only by hand",
    },
    every: "Every",
    minutes: (n: number) => count(n, { one: "# minute", other: "# minutes" }),
    hours: "Hours",
    minute: "Minutes past the hour",
    weekdays: "Weekdays",
    crontab: "Crontab",
    crontabHint: "Minute, hour, day of the month, month, weekday; seconds may stand in front",
    next: "The next five exports",
    timezone: "Time zone",
    byHand: "Exports run only when you choose “Export now”.",
    sentence: (plain: string) => `Exports ${plain}.`,
  },
  plain: schedule,

  runStates: {
    running: "Running",
    complete: "Complete",
    complete_with_warnings: "With warnings",
    failed: "Failed",
    cancelled: "Cancelled",
    nothing_to_do: "Nothing to do",
    interrupted: "Interrupted",
  },
  triggers: { manual: "By hand", schedule: "Schedule", catch_up: "Made up" },
  severities: { CRITICAL: "Critical", ERROR: "Error", WARNING: "Warning", INFO: "Info" },

  lists,
  history,
  findings,
  errors,
  settings,

  codes: {
    CONFIG_ERROR: {
      what: "A setting is wrong.",
      todo: "Correct it in Settings; the details name it.",
    },
    SOURCE_MISSING: {
      what: "The folder of tables cannot be found.",
      todo: "Check that its disk or share is connected, or choose the folder again in Settings.",
    },
    HTTP_REFUSED: {
      what: "The server’s address is not encrypted.",
      todo: "Use an address that begins with https://",
    },
    NOT_PAIRED: {
      what: "This computer is not paired.",
      todo: "Pair it with your account.",
    },
    AUTHENTICATION_FAILED: {
      what: "The server no longer accepts this computer.",
      todo: "Pair again. Folder and schedule stay as they are.",
    },
    CONNECTION_FAILED: {
      what: "The server cannot be reached.",
      todo: "Check the internet connection. The next export tries again.",
    },
    TIMEOUT_ERROR: {
      what: "The server did not answer in time.",
      todo: "The next export tries again. If it stays so, check the connection.",
    },
    SERVICE_UNAVAILABLE: {
      what: "The server is out of service at the moment.",
      todo: "The next export tries again. If it stays so, tell the server’s operator.",
    },
    BATCH_ACTIVE: {
      what: "Another export for the same site is still open.",
      todo: "Check that no second computer exports for this site. The server closes an abandoned export after an hour.",
    },
    API_V2_REQUIRED: {
      what: "The site was moved to a newer interface that this version does not speak.",
      todo: "Install a newer version of Data Exporter, or ask the server’s operator.",
    },
    SERVER_REFUSED: {
      what: "The server refused the request.",
      todo: "The details hold the server’s words; show them to its operator if they do not help.",
    },
    DELIVERY_IN_DOUBT: {
      what: "The server may not hold exactly what was sent.",
      todo: "Export once more; if it stays so, compare the batch on the server with this run.",
    },
    CHECKSUM_MISMATCH: {
      what: "A file did not arrive as it was sent.",
      todo: "The next export sends it again.",
    },
    FILE_TOO_LARGE: {
      what: "A table is larger than allowed.",
      todo: "Leave it out in Settings, or have the limit raised.",
    },
    DISK_FULL: {
      what: "The disk is full or nearly so.",
      todo: "Free some space. Nothing that was delivered is lost.",
    },
    FOLDER_HELD: {
      what: "Another program is using the data folder.",
      todo: "Wait until it has ended, or end it.",
    },
    KEYCHAIN_ERROR: {
      what: "The system’s keychain cannot be used.",
      todo: "Unlock it, or sign in to the desktop once more.",
    },
    STORE_ERROR: {
      what: "The program’s own database cannot be used.",
      todo: "Check that its disk is writable and not full. The details name the file.",
    },
    FILE_UNREADABLE: {
      what: "A file or folder cannot be read or written.",
      todo: "Check that it is there and that this account may use it.",
    },
    FILE_DAMAGED: {
      what: "A table is damaged.",
      todo: "Repair it in the accounting program, for instance by packing or reindexing. The other tables are sent as usual.",
    },
    FILE_CHANGING: {
      what: "A table kept changing while it was read.",
      todo: "Choose a time for exports when nobody writes to it.",
    },
    VALUES_DROPPED: {
      what: "Some values of a table make no sense and were left empty.",
      todo: "Look at the rows that the details name. Everything else was delivered.",
    },
    PLAINTEXT_SECRET: {
      what: "The configuration holds the secret in plain text.",
      todo: "Follow what the details say; a copy of the file may still hold the secret.",
    },
    FORMER_CONFIGURATION: {
      what: "The configuration is of the former program.",
      todo: "Check the times of the exports under Settings; the details name what changed.",
    },
    MEMORY_ERROR: {
      what: "The computer is out of memory.",
      todo: "Close other programs, or start the computer again.",
    },
    HEALTH_CHECK_FAILED: {
      what: "The clock or the disk of this computer needs attention.",
      todo: "The details say which; set the clock, or free some space.",
    },
    STARTUP_ERROR: {
      what: "The program could not begin its work.",
      todo: "Do what the details say, then start it again.",
    },
    STARTUP_SUCCESS: {
      what: "The program was started.",
      todo: "There is nothing to do.",
    },
    SHUTDOWN_ERROR: {
      what: "The program ended without having been told to.",
      todo: "The next export sends what is missing. If it happens often, tell support.",
    },
    SHUTDOWN_SUCCESS: {
      what: "The program was ended.",
      todo: "There is nothing to do.",
    },
    RUN_SKIPPED: {
      what: "An export was left out because the one before it was still going on.",
      todo: "If it happens often, let exports begin less often.",
    },
    CANCELLED: {
      what: "The export was stopped.",
      todo: "The next export sends what is missing.",
    },
    USAGE: {
      what: "The command was not understood.",
      todo: "The details say which part of it.",
    },
    UNKNOWN_ERROR: {
      what: "Something unexpected happened in this program.",
      todo: "Try again. If it stays so, report it together with the details.",
    },
  },
};

export type Messages = typeof en;
export type KnownCode = keyof Messages["codes"];
