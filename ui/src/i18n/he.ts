// Hebrew.

import type { Messages } from "./en";
import { errors } from "./errors/he";
import { findings } from "./findings/he";
import { history } from "./history/he";
import { lists } from "./lists/he";
import { schedule } from "./schedule/he";
import { settings } from "./settings/he";
import { isolated, words } from "./words";

const { count } = words("he");

export const he: Messages = {
  product: "Data Exporter",
  navigation: "תצוגות",
  views: { pairing: "צימוד", history: "היסטוריה", errors: "שגיאות", settings: "הגדרות" },
  skip: "דילוג לתוכן",
  starting: "מתחיל…",
  unreachable: "החלון אינו מצליח להתחבר לתוכנה. צאו מ־Data Exporter דרך סמל המגש והפעילו אותה שוב.",
  ended: "Data Exporter נסגרה. החלון מציג את המצב האחרון.",
  noTray: "בשולחן העבודה הזה אין מגש מערכת. סגירת החלון תסיים את התוכנה, ודבר לא ייוצא עד שתופעל שוב.",
  details: "פרטים",
  recentErrors: (n) => count(n, { one: "בעיה חדשה אחת", two: "שתי בעיות חדשות", other: "# בעיות חדשות" }),
  heldBy: (program, pid) =>
    `תיקיית הנתונים נמצאת בשימוש של ${isolated(program + (pid > 0 ? ` (pid ${pid})` : ""))}; החלון הזה לתצוגה בלבד.`,

  states: {
    unpaired: "לא מצומד",
    needs_attention: "דרושה פעולה שלכם",
    error: "הייצוא נכשל",
    overdue: "הייצוא מתעכב",
    paused: "מושהה",
    running: "מייצא",
    warnings: "הושלם עם אזהרות",
    ok: "הכול מעודכן",
    never_run: "מוכן",
  },
  status: {
    last: (when) => `הייצוא האחרון ${when}`,
    next: (when) => `הבא: ${when}`,
    never: "עדיין לא יוצא דבר",
    unpaired: "כדי להתחיל, צמדו את המחשב הזה לחשבון שלכם",
    looking: "סורק את התיקייה",
    sent: (sent, of) => `${sent} מתוך ${count(of, { one: "טבלה אחת", two: "שתי טבלאות", other: "# טבלאות" })}`,
    until: (when) => `מושהה עד ${when}`,
    pausedByHand: "מושהה עד שתחדשו אותו",
    stopping: "עוצר",
    export: "ייצוא עכשיו",
    stop: "עצירה",
    resume: "חידוש",
  },

  actions: {
    back: "חזרה",
    cancel: "ביטול",
    close: "סגירה",
    continue: "המשך",
    copy: "העתקה",
    dismiss: "הסתרה",
    next: "הבא",
    previous: "הקודם",
    retry: "ניסיון חוזר",
    save: "שמירה",
  },
  copied: "הועתק",
  copyFailed: "אי אפשר להעתיק כאן. סמנו את הטקסט והעתיקו אותו ידנית.",
  loading: "טוען…",
  none: "אין",
  pager: {
    name: "עמודים",
    shown: (first, last, total) => `${first} עד ${last} מתוך ${total}`,
  },

  pairing: {
    title: "צימוד",
    intro: "חברו את המחשב הזה לחשבון שלכם בשרת. ייפתח דף בדפדפן, תשוו קוד ותאשרו. אין צורך להקליד כאן סיסמה.",
    server: "כתובת השרת",
    serverHint: "אפשר לקבל אותה ממי שמסר לכם את Data Exporter. היא מתחילה ב־https://",
    serverMissing: "הזינו את כתובת השרת.",
    serverInvalid: "זו אינה כתובת. דוגמה: https://dfm.example.com",
    otherServer: "שרת אחר",
    configuredServer: "השרת שבהגדרות",
    change: "שינוי השרת או השם",
    deviceName: "שם המחשב הזה",
    deviceNameHint: "כדי שתזהו אותו בחשבון שלכם. מחשב שני באותו שם יבוא במקומו של זה.",
    deviceNameMissing: "הזינו שם.",
    start: "צימוד",
    requesting: "מבקש קוד מהשרת",
    requestingHint: "זה ייקח רגע.",
    cancel: "ביטול הצימוד",
    code: "הקוד שלכם",
    codeSpelled: (letters) => `קוד: ${letters}`,
    hyphen: "מקף",
    compare: "ודאו שאותו קוד מופיע בדף, ואשרו אותו שם.",
    openPage: "פתיחת הדף",
    page: "דף",
    copyCode: "העתקת הקוד",
    copyLink: "העתקת הקישור",
    codeCopied: "הקוד הועתק",
    linkCopied: "הקישור הועתק",
    qr: "קוד QR שפותח את אותו דף כשהקוד כבר מוזן בו",
    qrHint: "או סרקו בטלפון",
    expires: (left) => `הקוד בתוקף לעוד ${left}`,
    expiresSpoken: (minutes) =>
      count(minutes, {
        one: "הקוד בתוקף לעוד דקה אחת",
        two: "הקוד בתוקף לעוד שתי דקות",
        other: "הקוד בתוקף לעוד # דקות",
      }),
    expired: "תוקף הקוד פג",
    browserFailed: "הדפדפן לא נפתח. העתיקו את הקישור ופתחו אותו בעצמכם, בכל מכשיר.",
    trouble: "השרת אינו עונה כרגע. הניסיונות נמשכים מעצמם.",
    steps: "מה קורה עכשיו",
    stepOpen: "הדף נפתח בדפדפן, והקוד כבר מוזן בו",
    stepConfirm: 'היכנסו לחשבון, בחרו את האתר שלכם ולחצו על "Authorize"',
    stepDone: "החלון הזה יזהה את האישור וימשיך מעצמו",
    keeping: "אושר. שומר את המפתח",
    keepingHint: "המפתח נשמר במחזיק המפתחות של המערכת ונבדק פעם אחת. אל תכבו את המחשב.",
    done: (domain) => `המחשב צומד אל ${isolated(domain)}`,
    doneHint: "מעכשיו המחשב הזה רשאי להעביר לשם את הטבלאות שלו.",
    notes: "שימו לב",
    setUp: "בחירת התיקייה",
    toHistory: "לרשימת הייצואים",
    paired: "מצומד",
    pairedWith: "אתר",
    atServer: "שרת",
    since: "מאז",
    sinceUnknown: "מלפני תחילת הרישום",
    again: "צימוד מחדש",
    againHint: "התיקייה, לוח הזמנים וכל השאר נשארים כפי שהם.",
    unpair: "ביטול צימוד…",
    unpairTitle: "לבטל את הצימוד של המחשב הזה?",
    unpairText: (domain) =>
      `המפתח של ${isolated(domain)} יימחק מהמחשב הזה. דבר לא ייוצא עד שתצמדו אותו שוב. מה שכבר הועבר נשאר בשרת.`,
    unpairConfirm: "ביטול הצימוד",
    incomplete: "כמעט מוכן: נותר לבחור מה לייצא ומתי.",
    finishSetUp: "השלמת ההגדרה",
  },
  faults: {
    access_denied: {
      title: "הצימוד נדחה",
      text: "מישהו סירב בדף, או שהשרת אינו מתיר זאת לחשבון הזה. פנו לבעל החשבון ונסו שוב.",
      button: "צימוד מחדש",
    },
    expired_token: {
      title: "תוקף הקוד פג",
      text: "איש לא אישר אותו בזמן. קבלו קוד חדש ואשרו אותו קצת יותר מהר.",
      button: "קבלת קוד חדש",
    },
    invalid_grant: {
      title: "השרת אינו מכיר עוד את הקוד",
      text: "ייתכן שכבר נעשה בו שימוש. קוד חדש יפתור זאת.",
      button: "קבלת קוד חדש",
    },
    network: {
      title: "אין גישה לשרת",
      text: "בדקו את החיבור לאינטרנט ואת כתובת השרת ונסו שוב.",
      button: "ניסיון חוזר",
    },
    keychain: {
      title: "אין היכן לשמור את המפתח בבטחה",
      text: "מחזיק המפתחות של המערכת נעול או חסר. בטלו את הנעילה, או היכנסו למערכת מחדש, ונסו שוב.",
      button: "ניסיון חוזר",
    },
    unsupported: {
      title: "אי אפשר להצטמד לשרת הזה",
      text: "הוא אינו עונה כמו שרת Data Forge. בדקו את הכתובת; מפעיל השרת יודע אם הוא מצמד מחשבים.",
      button: "בדיקת הכתובת",
    },
    cancelled: {
      title: "הצימוד בוטל",
      text: "דבר לא השתנה.",
      button: "צימוד",
    },
    configuration: {
      title: "הכתובת או הגדרה אחרת שגויה",
      text: "תקנו את הכתובת ונסו שוב. הפרטים מסבירים מה שגוי.",
      button: "תיקון הכתובת",
    },
    internal: {
      title: "הצימוד נכשל בגלל תקלה בתוכנה",
      text: "נסו שוב. אם זה חוזר, דווחו על כך עם הפרטים שלמטה.",
      button: "ניסיון חוזר",
    },
  },

  setup: {
    title: "הגדרה ראשונית",
    steps: { pair: "צימוד", folder: "תיקייה", preview: "תצוגה מקדימה", schedule: "לוח זמנים", done: "סיום" },
    later: "אחר כך",
    doneTitle: "הכול מוכן",
    doneText: (schedule) => `ייצוא ${schedule}. אפשר לסגור את החלון; התוכנה נשארת במגש המערכת.`,
    doneByHand: 'הייצוא מתחיל כשבוחרים "ייצוא עכשיו". אפשר לסגור את החלון; התוכנה נשארת במגש המערכת.',
    exportNow: "ייצוא עכשיו",
  },
  folder: {
    title: "באיזו תיקייה נמצאות הטבלאות?",
    intro: "התיקייה של תוכנת הנהלת החשבונות ובה קובצי .dbf. דבר בה לא משתנה.",
    label: "תיקיית הטבלאות",
    choose: "בחירה…",
    found: (n) => count(n, { one: "נמצאה טבלה אחת", two: "נמצאו שתי טבלאות", other: "נמצאו # טבלאות" }),
    empty: "אין בתיקייה הזאת טבלאות שמתאימות לתבניות.",
    more: (n) => count(n, { one: "ועוד אחת", other: "ועוד #" }),
    checking: "סורק את התיקייה…",
  },
  preview: {
    title: "הטקסט קריא?",
    intro: "אלה השורות הראשונות של אחת הטבלאות. אם האותיות נראות משובשות, בחרו קידוד אחר.",
    table: "טבלה",
    encoding: "קידוד",
    sources: {
      setting: "נבחר על ידכם",
      cpg: "רשום בקובץ .cpg שליד הטבלה",
      ldid: "רשום בטבלה עצמה",
      driver: "רשום בטבלה עצמה",
      default: "ברירת מחדל, כי הטבלה אינה מציינת קידוד",
    },
    scope: "הקידוד יחול על",
    byPattern: "תבנית משלכם בהגדרות קובעת את הקידוד של הטבלה הזאת.",
    scopeTable: "הטבלה הזאת בלבד",
    scopeAll: "כל הטבלאות",
    rows: (shown, total) =>
      count(shown, {
        one: `השורה הראשונה מתוך ${total}`,
        two: `שתי השורות הראשונות מתוך ${total}`,
        other: `# השורות הראשונות מתוך ${total}`,
      }),
    columns: (n) => count(n, { one: "עמודה אחת", two: "שתי עמודות", other: "# עמודות" }),
    empty: "אין שורות בטבלה הזאת.",
    warnings: "לא ניתן היה להעביר בשורות האלה",
    right: "כן, הכול קריא",
  },
  schedule: {
    title: "מתי לייצא?",
    intro: "נשלחות רק טבלאות שהשתנו.",
    choices: {
      minutes: "כל כמה דקות",
      hourly: "בכל שעה",
      daily: "בכל יום בשעות קבועות",
      weekly: "בימים מסוימים בשבוע",
      custom: "ביטוי crontab משלכם",
      none: "ידנית בלבד",
    },
    every: "כל",
    minutes: (n) => count(n, { one: "דקה", two: "שתי דקות", other: "# דקות" }),
    hours: "שעות",
    minute: "דקות אחרי השעה",
    weekdays: "ימים בשבוע",
    crontab: "Crontab",
    crontabHint: "דקה, שעה, יום בחודש, חודש, יום בשבוע; אפשר להקדים שניות",
    next: "חמשת הייצואים הבאים",
    timezone: "אזור זמן",
    byHand: 'הייצוא מתחיל רק כשבוחרים "ייצוא עכשיו".',
    sentence: (plain) => `ייצוא ${plain}.`,
  },
  plain: schedule,

  runStates: {
    running: "מתבצע",
    complete: "הושלם",
    complete_with_warnings: "עם אזהרות",
    failed: "נכשל",
    cancelled: "בוטל",
    nothing_to_do: "אין מה לשלוח",
    interrupted: "נקטע",
  },
  triggers: { manual: "ידני", schedule: "לפי לוח הזמנים", catch_up: "השלמה" },
  severities: { CRITICAL: "קריטית", ERROR: "שגיאה", WARNING: "אזהרה", INFO: "מידע" },

  lists,
  history,
  findings,
  errors,
  settings,

  codes: {
    CONFIG_ERROR: {
      what: "אחת ההגדרות שגויה.",
      todo: "תקנו אותה במסך ההגדרות; הפרטים אומרים איזו.",
    },
    SOURCE_MISSING: {
      what: "תיקיית הטבלאות לא נמצאה.",
      todo: "בדקו שהכונן או התיקייה המשותפת מחוברים, או בחרו תיקייה מחדש בהגדרות.",
    },
    HTTP_REFUSED: {
      what: "הכתובת של השרת אינה מוצפנת.",
      todo: "השתמשו בכתובת שמתחילה ב־https://",
    },
    NOT_PAIRED: {
      what: "המחשב הזה אינו מצומד.",
      todo: "צמדו אותו לחשבון שלכם.",
    },
    AUTHENTICATION_FAILED: {
      what: "השרת אינו מקבל עוד את המחשב הזה.",
      todo: "צמדו אותו מחדש. התיקייה ולוח הזמנים נשארים כפי שהם.",
    },
    CONNECTION_FAILED: {
      what: "אין גישה לשרת.",
      todo: "בדקו את החיבור לאינטרנט. הייצוא הבא ינסה שוב.",
    },
    TIMEOUT_ERROR: {
      what: "השרת לא ענה בזמן.",
      todo: "הייצוא הבא ינסה שוב. אם זה נמשך, בדקו את החיבור.",
    },
    SERVICE_UNAVAILABLE: {
      what: "השרת אינו פעיל כרגע.",
      todo: "הייצוא הבא ינסה שוב. אם זה נמשך, פנו למפעיל השרת.",
    },
    BATCH_ACTIVE: {
      what: "ייצוא אחר של אותו אתר עדיין פתוח.",
      todo: "בדקו שאין מחשב נוסף שמייצא עבור האתר הזה. השרת סוגר ייצוא נטוש אחרי שעה.",
    },
    API_V2_REQUIRED: {
      what: "האתר הועבר לממשק חדש שהגרסה הזאת אינה מכירה.",
      todo: "התקינו גרסה חדשה של Data Exporter, או פנו למפעיל השרת.",
    },
    SERVER_REFUSED: {
      what: "השרת דחה את הבקשה.",
      todo: "דברי השרת מופיעים בפרטים; אם אינם מובנים, הראו אותם למפעיל השרת.",
    },
    DELIVERY_IN_DOUBT: {
      what: "ייתכן שבשרת לא נמצא בדיוק מה שנשלח.",
      todo: "ייצאו שוב; אם זה נמשך, השוו את האצווה שבשרת לייצוא הזה.",
    },
    CHECKSUM_MISMATCH: {
      what: "קובץ לא הגיע כפי שנשלח.",
      todo: "הייצוא הבא ישלח אותו שוב.",
    },
    FILE_TOO_LARGE: {
      what: "הטבלה גדולה מהמותר.",
      todo: "הוציאו אותה מהייצוא בהגדרות, או בקשו להגדיל את המגבלה.",
    },
    DISK_FULL: {
      what: "הדיסק מלא או כמעט מלא.",
      todo: "פנו מקום. דבר ממה שהועבר לא אבד.",
    },
    FOLDER_HELD: {
      what: "תוכנה אחרת משתמשת בתיקיית הנתונים.",
      todo: "המתינו לסיומה, או סגרו אותה.",
    },
    KEYCHAIN_ERROR: {
      what: "אי אפשר להשתמש במחזיק המפתחות של המערכת.",
      todo: "בטלו את הנעילה שלו, או היכנסו למערכת מחדש.",
    },
    STORE_ERROR: {
      what: "אי אפשר להשתמש במסד הנתונים של התוכנה.",
      todo: "בדקו שאפשר לכתוב לדיסק שלו ושיש בו מקום. שם הקובץ מופיע בפרטים.",
    },
    FILE_UNREADABLE: {
      what: "אי אפשר לקרוא או לכתוב קובץ או תיקייה.",
      todo: "בדקו שהם קיימים ושלחשבון הזה יש גישה אליהם.",
    },
    FILE_DAMAGED: {
      what: "הטבלה פגומה.",
      todo: "תקנו אותה בתוכנת הנהלת החשבונות, למשל על ידי דחיסה או בניית אינדקס מחדש. שאר הטבלאות נשלחות כרגיל.",
    },
    FILE_CHANGING: {
      what: "הטבלה המשיכה להשתנות בזמן הקריאה.",
      todo: "בחרו לייצוא שעה שבה איש אינו כותב אליה.",
    },
    VALUES_DROPPED: {
      what: "יש בטבלה ערכים חסרי משמעות, והם הושארו ריקים.",
      todo: "בדקו את השורות שמופיעות בפרטים. כל השאר הועבר.",
    },
    PLAINTEXT_SECRET: {
      what: "קובץ ההגדרות מכיל את הסוד כטקסט גלוי.",
      todo: "פעלו לפי הפרטים; עותקים של הקובץ עלולים עדיין להכיל את הסוד.",
    },
    FORMER_CONFIGURATION: {
      what: "קובץ ההגדרות הוא של התוכנה הקודמת.",
      todo: "בדקו בהגדרות את שעות הייצוא; הפרטים אומרים מה השתנה.",
    },
    MEMORY_ERROR: {
      what: "נגמר הזיכרון במחשב.",
      todo: "סגרו תוכנות אחרות, או הפעילו את המחשב מחדש.",
    },
    HEALTH_CHECK_FAILED: {
      what: "השעון או הדיסק של המחשב דורשים טיפול.",
      todo: "הפרטים אומרים מה: כוונו את השעון, או פנו מקום.",
    },
    STARTUP_ERROR: {
      what: "התוכנה לא הצליחה להתחיל לעבוד.",
      todo: "פעלו לפי הפרטים והפעילו אותה שוב.",
    },
    STARTUP_SUCCESS: {
      what: "התוכנה הופעלה.",
      todo: "אין מה לעשות.",
    },
    SHUTDOWN_ERROR: {
      what: "התוכנה נסגרה בלי שהתבקשה.",
      todo: "הייצוא הבא ישלח את החסר. אם זה חוזר, פנו לתמיכה.",
    },
    SHUTDOWN_SUCCESS: {
      what: "התוכנה נסגרה.",
      todo: "אין מה לעשות.",
    },
    RUN_SKIPPED: {
      what: "ייצוא דולג, כי הקודם עדיין נמשך.",
      todo: "אם זה קורה לעיתים קרובות, קבעו ייצוא בתדירות נמוכה יותר.",
    },
    CANCELLED: {
      what: "הייצוא נעצר.",
      todo: "הייצוא הבא ישלח את החסר.",
    },
    USAGE: {
      what: "הפקודה לא הובנה.",
      todo: "הפרטים אומרים איזה חלק בה.",
    },
    UNKNOWN_ERROR: {
      what: "אירע משהו בלתי צפוי בתוכנה.",
      todo: "נסו שוב. אם זה חוזר, דווחו על כך עם הפרטים.",
    },
  },
};
