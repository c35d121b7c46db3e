// The Hebrew messages that the lists of exports and of errors share.

import type { Messages } from "../en";

export const lists: Messages["lists"] = {
  search: "חיפוש",
  from: "מתאריך",
  to: "עד תאריך",
  clear: "ניקוי הסינון",
  saveCsv: "שמירה כ־CSV",
  saveJson: "שמירה כ־JSON",
  saved: "נשמר בקובץ",
  notSaved: "לא נשמר.",
  noMatches: "אין תוצאות",
  noMatchesText: "שנו את החיפוש, או נקו את הסינון כדי לראות את כל הרשומות.",
};
