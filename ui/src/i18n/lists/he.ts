// What lists of runs and of errors have in common, in Hebrew.

import type { Messages } from "../en";

export const lists: Messages["lists"] = {
  search: "חיפוש",
  from: "מתאריך",
  to: "עד תאריך",
  clear: "ניקוי הסינון",
  saveCsv: "שמירה כ־CSV",
  saveJson: "שמירה כ־JSON",
  saved: "נשמר בקובץ",
  notSaved: "דבר לא נשמר.",
  nothing: "שום דבר לא מתאים לסינון",
  nothingText: "חפשו משהו אחר, או נקו את הסינון כדי לראות הכול.",
};
