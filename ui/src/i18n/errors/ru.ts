// The list of errors, in Russian.

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
  reported: "Сервер извещён",
  notReported: "Сервер не извещён",
  export: "Выгрузка",
  run: (id) => `Выгрузка ${id}`,
  copied: "Запись скопирована",
  program: "Программа",
  computer: "Компьютер",
  none: "Проблем нет",
  noneText: "Если что-то пойдёт не так, здесь будет сказано, что случилось и что делать.",
};
