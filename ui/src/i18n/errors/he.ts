// The Hebrew messages of the error list.

import type { Messages } from "../en";
import { words } from "../words";

const { count } = words("he");

export const errors: Messages["errors"] = {
  severity: "חומרה",
  total: (n) => count(n, { one: "רשומה אחת", two: "שתי רשומות", other: "# רשומות" }),
  searchHint: "קובץ, הודעה, קוד",
  file: "קובץ",
  code: "קוד",
  message: "הודעה",
  hint: "מה לעשות",
  first: "נראתה לראשונה",
  last: "נראתה לאחרונה",
  times: (n) => count(n, { one: "פעם אחת", two: "פעמיים", other: "# פעמים" }),
  since: (n, time) => `${count(n, { two: "פעמיים", other: "# פעמים" })} מאז ${time}`,
  seen: "נראתה",
  server: "שרת",
  state: "מצב",
  solved: "נפתרה",
  reported: "דווחה לשרת",
  notReported: "לא דווחה לשרת",
  export: "ייצוא",
  run: (id) => `ייצוא ${id}`,
  copied: "הרשומה הועתקה",
  program: "תוכנה",
  computer: "מחשב",
  none: "אין בעיות",
  noneText: "כאן יופיעו בעיות, יחד עם הדרך לטפל בהן.",
};
