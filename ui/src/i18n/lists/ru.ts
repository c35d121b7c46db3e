// The Russian messages that the lists of exports and of errors share.

import type { Messages } from "../en";

export const lists: Messages["lists"] = {
  search: "Поиск",
  from: "С",
  to: "По",
  clear: "Сбросить фильтр",
  saveCsv: "Сохранить как CSV",
  saveJson: "Сохранить как JSON",
  saved: "Сохранено в файл",
  notSaved: "Не сохранено.",
  noMatches: "Ничего не найдено",
  noMatchesText: "Измените условия поиска или сбросьте фильтр, чтобы увидеть все записи.",
};
