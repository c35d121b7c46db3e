// The settings, in Russian.

import type { Messages } from "../en";
import { processOf, words } from "../words";

const { count } = words("ru");

export const settings: Messages["settings"] = {
  what: "Что выгружать",
  include: "Брать таблицы",
  includeHint: "Шаблоны имён: * заменяет что угодно, ? – один знак. Если есть /, сравнивается весь путь.",
  exclude: "Не брать таблицы",
  excludeHint: "Такие же шаблоны, например TMP*.DBF или archive/*",
  pattern: (n) => `Шаблон ${n}`,
  addPattern: "Добавить шаблон",
  remove: (name) => `Убрать ${name}`,
  skipUnchanged: "Передавать только изменившиеся таблицы",
  skipUnchangedHint: "Иначе каждая выгрузка передаёт все.",

  when: "Когда выгружать",
  timezone: "Часовой пояс",
  ownTimezone: (zone) => `Как на этом компьютере (${zone})`,

  reading: "Как читать таблицы",
  encoding: "Кодировка",
  encodingHint: "Для таблиц, в которых она не указана",
  overrides: "Кодировки отдельных таблиц",
  overridesHint: "По шаблонам имён, что бы ни было указано в самих таблицах",
  addOverride: "Добавить кодировку",
  overrideOf: (n) => `Кодировка ${n}`,
  preview: "Посмотреть первые строки таблицы",

  server: "Сервер",
  address: "Адрес",
  site: "Объект",
  unpaired: "Этот компьютер не подключён.",
  serverHint: "Чтобы выбрать другой сервер, подключитесь к нему.",
  toPairing: "К подключению",

  program: "Эта программа",
  doneBy: (program, pid) => `Выгрузку выполняет ${processOf(program, pid)}; это окно — пульт управления ею.`,
  language: "Язык",
  ofSystem: "Как в системе",
  notifications: "Уведомлять о проблемах",
  notificationsHint: "Один раз при каждой смене состояния; об успехе – никогда",
  startAtLogin: "Запускать при входе в систему",
  startAtLoginHint: "В трее, без окна",

  changes: (n) =>
    count(n, {
      one: "# изменение не сохранено",
      few: "# изменения не сохранены",
      other: "# изменений не сохранено",
    }),
  correct: "Исправьте:",
  discard: "Отменить",
  saved: "Настройки сохранены",
  discarded: "Изменения отменены",
  leaveTitle: "Уйти без сохранения?",
  leaveText: "Изменения на этой странице пропадут.",
  stay: "Остаться",
  leave: "Уйти без сохранения",

  faults: {
    source_dir: "Эту папку использовать нельзя.",
    include_patterns: "Шаблон не удаётся разобрать.",
    exclude_patterns: "Шаблон не удаётся разобрать.",
    crontab: "Это расписание не удаётся разобрать.",
    timezone: "Такой часовой пояс неизвестен.",
    dbf_encoding: "Такая кодировка неизвестна.",
    overrides: "Шаблон или кодировку не удаётся разобрать.",
    skip_unchanged: "Здесь это изменить нельзя.",
    base_url: "Этот адрес использовать нельзя.",
    language: "Здесь это изменить нельзя.",
    notifications: "Здесь это изменить нельзя.",
  },
};
