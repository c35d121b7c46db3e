// The Hebrew messages of the export list and of a single export.

import sentences from "../../../../src/text/sentences/he.json" with { type: "json" };
import type { Messages } from "../en";
import { words } from "../words";

const { count } = words("he");
const tables = (n: number) => count(n, { one: "טבלה אחת", two: "שתי טבלאות", other: "# טבלאות" });

export const history: Messages["history"] = {
  searchHint: "טבלה, אצווה, שגיאה, מספר",
  state: "מצב",
  trigger: "הפעלה",
  any: "הכול",
  troubled: "עם בעיות",
  total: (n) => count(n, { one: "ייצוא אחד", two: "שני ייצואים", other: "# ייצואים" }),
  run: (id) => `ייצוא ${id}`,
  none: sentences.states.never_run,
  noneUnpaired: "צמדו תחילה את המחשב הזה לחשבון שלכם.",
  noneFolder: "בחרו תחילה את תיקיית הטבלאות.",
  noneReady: "כל ייצוא יופיע כאן עם כל הטבלאות שלו.",
  toPairing: "מעבר לצימוד",

  exportAll: "ייצוא הכול מחדש",
  exportAllTitle: "לשלוח שוב את כל הטבלאות?",
  exportAllText: "יישלחו גם טבלאות שלא השתנו. כשיש טבלאות רבות זה נמשך זמן מה.",

  running: "ייצוא מתבצע",
  startedAt: (when) => `התחיל ${when}`,
  sentOf: (sent, of) => `נשלחו ${sent} מתוך ${tables(of)}`,
  tablesOf: (sent, of) => `${sent} מתוך ${tables(of)}`,
  unchanged: (n) => count(n, { one: "אחת ללא שינוי", two: "שתיים ללא שינוי", other: "# ללא שינוי" }),
  failed: (n) => count(n, { one: "אחת נכשלה", two: "שתיים נכשלו", other: "# נכשלו" }),
  warnings: (n) => count(n, { one: "אזהרה אחת", two: "שתי אזהרות", other: "# אזהרות" }),
  rows: (n) => count(n, { one: "שורה אחת", two: "שתי שורות", other: "# שורות" }),
  read: (size) => `נקראו ${size}`,
  sent: (size) => `נשלחו ${size}`,
  current: "קורא את",
  waiting: (left) => `ממתין, ניסיון חוזר בעוד ${left}`,

  back: "כל הייצואים",
  started: "התחלה",
  finished: "סיום",
  duration: "משך",
  tables: "טבלאות",
  delivered: "שורות שנשלחו",
  data: "נתונים",
  batch: "אצווה",
  copyBatch: (id) => `העתקת מספר האצווה ${id}`,
  batchCopied: "מספר האצווה הועתק",

  table: {
    searchHint: "שם הטבלה",
    outcome: "תוצאה",
    outcomes: {
      failed: sentences.uploads.failed,
      warnings: "עם אזהרות",
      sent: sentences.uploads.sent,
      unchanged: sentences.uploads.skipped_unchanged,
      untried: "לא טופלה",
    },
    none: "לא היו טבלאות בתיקייה.",
    why: "הסיבה",
    name: "השם בשרת",
    parts: (n) => count(n, { one: "בחלק אחד", two: "בשני חלקים", other: "ב־# חלקים" }),
    checksum: "סיכום ביקורת",
    verified: "אושר על ידי השרת",
    differs: "שונה מזה של השרת",
    unverified: "השרת לא שלח סיכום ביקורת",
    copyChecksum: "העתקת סיכום הביקורת",
    dialect: "פורמט הטבלה",
    encoding: "קידוד",
    rows: "שורות",
    live: (n) => count(n, { one: "אחת פעילה", two: "שתיים פעילות", other: "# פעילות" }),
    deleted: (n) => count(n, { one: "אחת מחוקה", two: "שתיים מחוקות", other: "# מחוקות" }),
    bad: (n) => count(n, { one: "אחת עם סימון מחיקה שגוי", two: "שתיים עם סימון מחיקה שגוי", other: "# עם סימון מחיקה שגוי" }),
    beyond: (n) => count(n, { one: "אחת מעבר למספר השורות שבכותרת", two: "שתיים מעבר למספר השורות שבכותרת", other: "# מעבר למספר השורות שבכותרת" }),
    missing: (n) => count(n, { one: "אחת חסרה בקובץ", two: "שתיים חסרות בקובץ", other: "# חסרות בקובץ" }),
    written: (n) => count(n, { one: "אחת נשלחה", two: "שתיים נשלחו", other: "# נשלחו" }),
    findings: "ממצאים",
    column: "עמודה",
    firstRow: (row) => `לראשונה בשורה ${row}`,
    note: "הערה",
    warning: "אזהרה",
  },
};
