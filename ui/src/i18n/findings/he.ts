// What may be found in a table, in Hebrew.

import type { Messages } from "../en";

export const findings: Messages["findings"] = {
  VERSION_UNKNOWN: "בית הגרסה אינו מוכר; נקרא כ־dBASE III",
  LDID_UNKNOWN: "בית הקידוד אינו מוכר; נחשב כלא מוגדר",
  CPG_UNKNOWN: "קובץ ה־.cpg מציין קידוד לא מוכר; הוא לא נלקח בחשבון",
  NAME_UNDECODABLE: "בשם העמודה יש בתים חסרי משמעות בקידוד",
  TYPE_UNKNOWN: "סוג העמודה אינו מוכר; נקראה כבינארית",
  RECORD_LENGTH_MENDED: "אורך הרשומה בכותרת שגוי; תוקן",
  COLUMN_BEYOND_RECORD: "העמודה נמצאת מעבר לסוף הרשומה",
  ROWS_MISSING: "שורות שהכותרת מונה חסרות בקובץ",
  ROW_PARTIAL: "חלק של שורה בסוף הקובץ; הושמט",
  ROWS_BEYOND_HEADER: "שורות מעבר למה שהכותרת מונה",
  ROW_FLAG_INVALID: "שורות עם סימון מחיקה שגוי; נמסרו כפעילות",
  NUMBER_OVERFLOW: "מספרים גדולים מן העמודה (***); הושארו ריקים",
  NUMBER_INVALID: "ערכים שאינם מספרים; הושארו ריקים",
  DATE_INVALID: "תאריכים שאינם קיימים; הושארו ריקים",
  TIME_INVALID: "שעות שאינן קיימות; הושארו ריקות",
  LOGICAL_INVALID: "ערכים שאינם כן ואינם לא; הושארו ריקים",
  NOT_FINITE: "מספרים שאינם סופיים; הושארו ריקים",
  LENGTH_INVALID: "אורכים גדולים מן העמודה; נלקח מה שיש",
  TEXT_UNDECODABLE: "בתים חסרי משמעות בקידוד; סומנו בטקסט",
  TEXT_NUL: "בתי אפס בתוך טקסט; סומנו בטקסט",
  MEMO_MISSING: "קובץ התזכירים חסר; התזכירים הושארו ריקים",
  MEMO_POINTER_INVALID: "הפניות לתזכירים שאינן מובילות לדבר; הושארו ריקות",
  MEMO_CUT: "תזכירים שנקטעו בסוף הקובץ",
  BINARY_OMITTED: "ערכים בינאריים; הושמטו לפי ההגדרות",
  DELETED_SKIPPED: "שורות מחוקות; הושמטו לפי ההגדרות",
  COLUMN_HIDDEN: "עמודת מערכת נסתרת; הושמטה",
  NAME_REPEATED: "שם העמודה מופיע פעמיים; נוסף מספר",
  SOFT_BREAKS_REMOVED: "שבירות שורה רכות בתזכירים; הוסרו",
};
