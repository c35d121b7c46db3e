// The Hebrew messages of the settings.

import type { Messages } from "../en";
import { processName, words } from "../words";

const { count } = words("he");

export const settings: Messages["settings"] = {
  what: "מה לייצא",
  include: "הטבלאות שייכללו",
  includeHint: "תבניות שם: * מתאים לכל טקסט, ? לתו אחד. תבנית שיש בה / מושווית לנתיב המלא.",
  exclude: "הטבלאות שלא ייכללו",
  excludeHint: "תבניות שם, למשל \u2066TMP*.DBF\u2069 או \u2066archive/*\u2069",
  pattern: (n) => `תבנית ${n}`,
  addPattern: "הוספת תבנית",
  remove: (name) => `הסרת ${name}`,
  skipUnchanged: "לשלוח רק טבלאות שהשתנו",
  skipUnchangedHint: "כשהאפשרות כבויה, כל ייצוא שולח את כל הטבלאות.",

  when: "מתי לייצא",
  timezone: "אזור זמן",
  ownTimezone: (zone) => `כמו במחשב הזה (${zone})`,

  reading: "איך לקרוא את הטבלאות",
  encoding: "קידוד",
  encodingHint: "לטבלאות שאינן מציינות קידוד",
  overrides: "קידוד של טבלאות מסוימות",
  overridesHint: "לפי תבניות שם; גוברות על הרשום בטבלאות עצמן",
  addOverride: "הוספת קידוד",
  overrideOf: (n) => `קידוד ${n}`,
  preview: "תצוגה מקדימה של טבלה",

  server: "שרת",
  address: "כתובת",
  site: "אתר",
  unpaired: "המחשב הזה אינו מצומד.",
  serverHint: "כדי לשנות שרת, צמדו את המחשב מחדש.",
  toPairing: "מעבר לצימוד",

  program: "התוכנה",
  controls: (program, pid) => `הייצוא מתבצע על ידי ${processName(program, pid)}; החלון הזה שולט בו.`,
  language: "שפה",
  systemLanguage: "ברירת המחדל של המערכת",
  notifications: "להודיע לי על בעיות",
  notificationsHint: "רק כשהמצב משתנה, אף פעם לא על הצלחה",
  startAtLogin: "להפעיל בכניסה למערכת",
  startAtLoginHint: "במגש המערכת, בלי חלון",

  changes: (n) => count(n, { one: "שינוי אחד לא נשמר", two: "שני שינויים לא נשמרו", other: "# שינויים לא נשמרו" }),
  correct: "יש לתקן:",
  discard: "ביטול השינויים",
  saved: "ההגדרות נשמרו",
  discarded: "השינויים בוטלו",
  leaveTitle: "לצאת בלי לשמור?",
  leaveText: "השינויים בדף הזה יאבדו.",
  stay: "להמשיך לערוך",
  leave: "לצאת בלי לשמור",

  faults: {
    source_dir: "אי אפשר להשתמש בתיקייה הזאת.",
    include_patterns: "אחת התבניות אינה תקינה.",
    exclude_patterns: "אחת התבניות אינה תקינה.",
    crontab: "לוח הזמנים אינו תקין.",
    timezone: "אזור זמן לא מוכר.",
    dbf_encoding: "קידוד לא מוכר.",
    overrides: "תבנית או קידוד אינם תקינים.",
    skip_unchanged: "אי אפשר לשנות את ההגדרה הזאת כאן.",
    base_url: "אי אפשר להשתמש בכתובת הזאת.",
    language: "אי אפשר לשנות את ההגדרה הזאת כאן.",
    notifications: "אי אפשר לשנות את ההגדרה הזאת כאן.",
  },
};
