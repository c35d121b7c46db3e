// The Russian messages of the error list.

import type { Messages } from "../en";
import { words } from "../words";

const { count } = words("ru");

export const errors: Messages["errors"] = {
  severity: "Важность",
  total: (n) => count(n, { one: "# запись", few: "# записи", other: "# записей" }),
  searchHint: "Файл, сообщение, код",
  file: "Файл",
  code: "Код",
  message: "Сообщение",
  hint: "Что делать",
  first: "Впервые",
  last: "Последний раз",
  times: (n) => count(n, { one: "# раз", few: "# раза", other: "# раз" }),
  since: (n, time) => `${count(n, { one: "# раз", few: "# раза", other: "# раз" })} с ${time}`,
  seen: "Замечено",
  server: "Сервер",
  state: "Состояние",
  solved: "Устранено",
  reported: "Сервер уведомлён",
  notReported: "Сервер не уведомлён",
  export: "Выгрузка",
  run: (id) => `Выгрузка ${id}`,
  copied: "Запись скопирована",
  program: "Программа",
  computer: "Компьютер",
  none: "Проблем нет",
  noneText: "Здесь перечисляются проблемы и способы их устранения.",
};
