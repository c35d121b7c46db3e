// The Russian messages of the settings.

import type { Messages } from "../en";
import { processName, words } from "../words";

const { count } = words("ru");

export const settings: Messages["settings"] = {
  what: "Что выгружать",
  include: "Включить таблицы",
  includeHint: "Шаблоны имён: * заменяет любой текст, ? — один символ. Шаблон с / сравнивается со всем путём.",
  exclude: "Исключить таблицы",
  excludeHint: "Шаблоны имён, например TMP*.DBF или archive/*",
  pattern: (n) => `Шаблон ${n}`,
  addPattern: "Добавить шаблон",
  remove: (name) => `Убрать ${name}`,
  skipUnchanged: "Передавать только изменившиеся таблицы",
  skipUnchangedHint: "Если выключено, каждая выгрузка передаёт все таблицы.",

  when: "Когда выгружать",
  timezone: "Часовой пояс",
  ownTimezone: (zone) => `Как на этом компьютере (${zone})`,

  reading: "Как читать таблицы",
  encoding: "Кодировка",
  encodingHint: "Для таблиц, в которых она не указана",
  overrides: "Кодировки отдельных таблиц",
  overridesHint: "По шаблонам имён; важнее указанного в самих таблицах",
  addOverride: "Добавить кодировку",
  overrideOf: (n) => `Кодировка ${n}`,
  preview: "Просмотреть таблицу",

  server: "Сервер",
  address: "Адрес",
  site: "Объект",
  unpaired: "Этот компьютер не подключён.",
  serverHint: "Чтобы сменить сервер, подключите компьютер заново.",
  toPairing: "Перейти к подключению",

  program: "Программа",
  controls: (program, pid) => `Выгрузки выполняет ${processName(program, pid)}; это окно управляет ими.`,
  language: "Язык",
  systemLanguage: "Как в системе",
  notifications: "Уведомлять о проблемах",
  notificationsHint: "Только при смене состояния и никогда об успехе",
  startAtLogin: "Запускать при входе в систему",
  startAtLoginHint: "В трее, без окна",

  changes: (n) =>
    count(n, {
      one: "# изменение не сохранено",
      few: "# изменения не сохранены",
      other: "# изменений не сохранено",
    }),
  correct: "Исправьте:",
  discard: "Отменить изменения",
  saved: "Настройки сохранены",
  discarded: "Изменения отменены",
  leaveTitle: "Уйти без сохранения?",
  leaveText: "Изменения на этой странице будут потеряны.",
  stay: "Продолжить правку",
  leave: "Уйти без сохранения",

  faults: {
    source_dir: "Эту папку нельзя использовать.",
    include_patterns: "Неверный шаблон.",
    exclude_patterns: "Неверный шаблон.",
    crontab: "Неверное расписание.",
    timezone: "Неизвестный часовой пояс.",
    dbf_encoding: "Неизвестная кодировка.",
    overrides: "Неверный шаблон или кодировка.",
    skip_unchanged: "Эту настройку нельзя изменить здесь.",
    base_url: "Этот адрес нельзя использовать.",
    language: "Эту настройку нельзя изменить здесь.",
    notifications: "Эту настройку нельзя изменить здесь.",
  },
};
