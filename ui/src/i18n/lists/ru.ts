// What lists of runs and of errors have in common, in Russian.

import type { Messages } from "../en";

export const lists: Messages["lists"] = {
  search: "Поиск",
  from: "С",
  to: "По",
  clear: "Сбросить фильтр",
  saveCsv: "Сохранить как CSV",
  saveJson: "Сохранить как JSON",
  saved: "Сохранено:",
  notSaved: "Ничего не сохранено.",
  nothing: "Ничего не найдено",
  nothingText: "Измените условия поиска или сбросьте фильтр, чтобы увидеть всё.",
};
