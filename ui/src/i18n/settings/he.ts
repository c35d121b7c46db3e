// The settings, in Hebrew.

import type { Messages } from "../en";
import { processOf, words } from "../words";

const { count } = words("he");

export const settings: Messages["settings"] = {
  what: "מה לייצא",
  include: "הטבלאות שייכללו",
  includeHint: "תבניות של שמות: * במקום כל דבר, ? במקום תו אחד. כשיש / משווים את הנתיב כולו.",
  exclude: "הטבלאות שלא ייכללו",
  excludeHint: "תבניות מאותו סוג, למשל \u2066TMP*.DBF\u2069 או \u2066archive/*\u2069",
  pattern: (n) => `תבנית ${n}`,
  addPattern: "הוספת תבנית",
  remove: (name) => `הסרת ${name}`,
  skipUnchanged: "לשלוח רק טבלאות שהשתנו",
  skipUnchangedHint: "אחרת כל ייצוא שולח את כולן.",

  when: "מתי לייצא",
  timezone: "אזור זמן",
  ownTimezone: (zone) => `כמו במחשב הזה (${zone})`,

  reading: "איך לקרוא את הטבלאות",
  encoding: "קידוד",
  encodingHint: "לטבלאות שאינן מציינות קידוד בעצמן",
  overrides: "קידוד של טבלאות מסוימות",
  overridesHint: "לפי תבניות של שמותיהן, ולא משנה מה רשום בטבלאות עצמן",
  addOverride: "הוספת קידוד",
  overrideOf: (n) => `קידוד ${n}`,
  preview: "לראות את השורות הראשונות של טבלה",

  server: "שרת",
  address: "כתובת",
  site: "אתר",
  unpaired: "המחשב הזה אינו מצומד.",
  serverHint: "שרת אחר בוחרים בצימוד אליו.",
  toPairing: "לצימוד",

  program: "התוכנה הזאת",
  doneBy: (program, pid) => `הייצוא נעשה בידי ${processOf(program, pid)}; החלון הזה הוא השלט הרחוק שלה.`,
  language: "שפה",
  ofSystem: "כמו במערכת",
  notifications: "להודיע לי על בעיות",
  notificationsHint: "פעם אחת בכל שינוי של המצב, ואף פעם לא על הצלחה",
  startAtLogin: "להפעיל בכניסה למערכת",
  startAtLoginHint: "במגש המערכת, בלי חלון",

  changes: (n) => count(n, { one: "שינוי אחד לא נשמר", two: "שני שינויים לא נשמרו", other: "# שינויים לא נשמרו" }),
  correct: "יש לתקן:",
  discard: "ביטול השינויים",
  saved: "ההגדרות נשמרו",
  discarded: "השינויים בוטלו",
  leaveTitle: "לצאת בלי לשמור?",
  leaveText: "מה ששיניתם כאן יאבד.",
  stay: "להמשיך לערוך",
  leave: "לצאת בלי לשמור",

  faults: {
    source_dir: "אי אפשר להשתמש בתיקייה הזאת.",
    include_patterns: "אחת התבניות אינה קריאה.",
    exclude_patterns: "אחת התבניות אינה קריאה.",
    crontab: "לוח הזמנים הזה אינו קריא.",
    timezone: "אזור הזמן הזה אינו מוכר.",
    dbf_encoding: "הקידוד הזה אינו מוכר.",
    overrides: "תבנית או קידוד אינם קריאים.",
    skip_unchanged: "אי אפשר לשנות זאת כאן.",
    base_url: "אי אפשר להשתמש בכתובת הזאת.",
    language: "אי אפשר לשנות זאת כאן.",
    notifications: "אי אפשר לשנות זאת כאן.",
  },
};
