//! Russian.

use std::sync::LazyLock;

use super::{
    ConfigWords, DiagnosticsWords, DoctorWords, ErrorsWords, HelpWords, HistoryWords, LogsWords,
    MessageLabel, PairingWords, PauseWords, ProgressWords, ServiceWords, StatusWords, UnpairWords,
    VersionWords, WaitWords, Words,
};
use crate::service;
use crate::text::sentences::Sentences;

static SENTENCES: LazyLock<Sentences> =
    LazyLock::new(|| Sentences::parse(include_str!("../sentences/ru.json")));

/// The words of the command line.
pub const WORDS: Words = Words {
    label: |label| match label {
        MessageLabel::Error => "ошибка:",
        MessageLabel::Warning => "предупреждение:",
        MessageLabel::Details => "подробности:",
        MessageLabel::Hint => "что делать:",
        MessageLabel::Note => "примечание:",
    },
    sentences: || &SENTENCES,
    right_to_left: false,
    engine_language: false,
    decision,
    rows,
    sent_of: |sent, of| format!("передано {sent} из {of} {}", form(of, "таблицы", "таблиц", "таблиц")),
    run: |run, state| format!("Выгрузка {run} {state}"),
    converted: |tables, count, failed| {
        let failed = if failed > 0 { format!(", не удалось: {failed}") } else { String::new() };
        format!("преобразовано таблиц: {tables}, {}{failed}", rows(count))
    },
    refused: |tables| format!("Не преобразованы:\n  {tables}"),
    status: StatusWords {
        state: "Состояние:",
        paired: "Подключено к:",
        server: "Сервер:",
        source: "Папка с таблицами:",
        schedule: "Расписание:",
        next: "Следующие выгрузки:",
        last: "Последняя выгрузка:",
        now: "Сейчас:",
        problem: "Проблема:",
        next_step: "Что делать:",
        holder: "Занято программой:",
        none: "нет",
        local_time: "местное время",
        schedule_line: |crontab, _, clock| format!("{crontab} ({clock})"),
        since: |whom, when| format!("{whom}, с {when}"),
        process: |holder| format!("{} (pid {})", holder.program, holder.pid),
        sent: |sent| format!("передано таблиц: {sent}"),
        waiting: |sent, until, why| format!("{sent}; ожидание до {until}: {why}"),
        paused: |until| until.map_or_else(|| "пока её не снимут".to_owned(), |until| format!("до {until}")),
        last_success: |at| {
            at.map_or_else(
                || "успешных выгрузок ещё не было".to_owned(),
                |at| format!("последняя успешная выгрузка {at}"),
            )
        },
        pair: "подключите компьютер к серверу: `data_exporter pair --api-url https://HOST --source-dir FOLDER --crontab \"0 8 * * *\"`",
        first_export: "`data_exporter export --dry-run` покажет, что будет отправлено, `data_exporter export` отправит, `data_exporter install` настроит выгрузку по расписанию",
        choose_folder: "укажите папку с таблицами: `data_exporter config set src.source_dir FOLDER`",
        no_schedule: "задайте расписание: `[scheduler] crontab` в конфигурации или в настройках окна",
        not_running: "расписание никто не выполняет: запустите `data_exporter install` (служба) или `data_exporter run`",
    },
    history: HistoryWords {
        list: [
            "№",
            "НАЧАЛО",
            "СОСТОЯНИЕ",
            "ТАБЛИЦ",
            "ПЕРЕДАНО",
            "БЕЗ ИЗМЕНЕНИЙ",
            "НЕ УДАЛОСЬ",
            "СТРОК",
            "ПЕРЕДАНО БАЙТ",
            "ПАКЕТ",
        ],
        tables: ["ТАБЛИЦА", "ИТОГ", "СТРОК", "УДАЛЕНО", "ПЕРЕДАНО БАЙТ", "КОДИРОВКА", "ПРИЧИНА"],
        none: "Выгрузок ещё не было. Начать: `data_exporter export`",
        run: |run, state, started, finished| {
            let finished = finished.map(|at| format!(", окончание {at}")).unwrap_or_default();
            format!("Выгрузка {run}: {state}, начало {started}{finished}")
        },
        nothing: |run, unchanged| {
            format!("Выгрузка {run}: передавать нечего; таблиц без изменений: {unchanged}")
        },
        dry_run: |count| match count {
            0 => "Пробный запуск: передавать нечего".to_owned(),
            _ => {
                format!("Пробный запуск: к передаче {count} {}", form(count, "таблица", "таблицы", "таблиц"))
            }
        },
        batch: |id| format!("Пакет {id}"),
        totals: |totals, stopped, bytes| {
            let ended =
                if stopped > 0 { format!(", остановлено: {stopped}") } else { String::new() };
            format!(
                "Таблицы: {}; передано: {}, без изменений: {}, не удалось: {}{ended}; {}, {bytes}",
                totals.files,
                totals.sent,
                totals.skipped_unchanged,
                totals.failed - stopped.min(totals.failed),
                rows(totals.rows_written)
            )
        },
        dry_totals: |totals, to_send, bytes| {
            format!(
                "Таблицы: {}; к передаче: {to_send}, без изменений: {}, не удалось: {}; {}, {bytes}",
                totals.files,
                totals.skipped_unchanged,
                totals.failed,
                rows(totals.rows_written)
            )
        },
        to_send: "К передаче",
        failed: "Не удалось",
        stopped: "Остановлено",
        not_attempted: "Не обработано",
        more: |count| format!("и ещё {count}: --json"),
        older: |count| format!("и ещё старых: {count}: --all"),
        column: |table, column| format!("{table}, столбец {column}"),
        row: |row| format!("строка {row}"),
        first_in: |row| format!("впервые в строке {row}"),
        unlisted: |count, run| {
            let tables = form(count, "таблица", "таблицы", "таблиц");
            format!("и ещё {count} {tables} без проблем: `data_exporter history {run}`")
        },
    },
    errors: ErrorsWords {
        events: |count| format!("не показано событий: {count}: --severity INFO"),
        none: "Ошибок нет.",
        since: |count, when| format!("{count} {} с {when}", form(count, "раз", "раза", "раз")),
        not_reported: "сервер не уведомлён",
    },
    progress: ProgressWords {
        tables: "табл.",
        bytes_sent: |bytes| format!("передано {bytes}"),
        left: |time| format!("осталось {time}"),
        found: |tables, to_send| format!("найдено таблиц: {tables}, к передаче: {to_send}"),
        converted: |table, count, bytes| {
            format!("преобразовано {table}: {}, к передаче {bytes}", rows(count))
        },
        unchanged: |table| format!("без изменений {table}"),
        sent: |table| format!("передано {table}"),
        waiting: |seconds, why| format!("ожидание {seconds} с: {why}"),
        opened: |batch| format!("пакет {batch} открыт"),
        closed: |batch, state| format!("пакет {batch} закрыт: {state}"),
        next: |when| format!("следующая выгрузка {when}"),
        stopping: "остановка; чтобы выйти сразу, нажмите Ctrl-C ещё раз",
        held: |holder| {
            format!("задачу выполнит {} (pid {}): эта программа уже работает", holder.program, holder.pid)
        },
        joined: "выгрузка уже выполняется; ожидается её результат",
        queued: "выполняется другая выгрузка; эта начнётся после неё",
    },
    pause: PauseWords {
        over: "Выгрузки по расписанию возобновлены.",
        until: |when| format!("Выгрузки по расписанию приостановлены до {when}."),
        by_hand: "Выгрузки по расписанию приостановлены. Возобновить: `data_exporter resume`",
    },
    doctor: DoctorWords {
        verdict: |word| match word {
            "ok" => "в порядке",
            "warning" => "предупреждение",
            "failed" => "не работает",
            _ => "пропущено",
        },
        thing: |word| {
            Some(match word {
                "version" => "версия",
                "configuration" => "конфигурация",
                "data_folder" => "папка данных",
                "database" => "база данных",
                "disk" => "диск",
                "last_run" => "последняя выгрузка",
                "source_folder" => "папка с таблицами",
                "code_pages" => "кодировки",
                "schedule" => "расписание",
                "keychain" => "хранилище ключей",
                "connection" => "соединение",
                "clock" => "часы",
                "pairing" => "подключение",
                "server" => "сервер",
                "proxy" => "прокси",
                "dns" => "имя сервера (DNS)",
                "tls" => "шифрование (TLS)",
                _ => return None,
            })
        },
        summary: |[ok, warning, failed, skipped]| {
            format!("В порядке: {ok}, предупреждений: {warning}, не работает: {failed}, пропущено: {skipped}")
        },
    },
    pairing: PairingWords {
        qr: |link| format!("QR-код ведёт на страницу: {link}"),
        no_qr: "QR-кода нет: сервер не прислал ссылку с кодом",
        slow_down: |interval| format!("сервер попросил обращаться реже: раз в {interval} с"),
        retrying: |why| format!("{why}; попытка повторяется"),
        no_browser: |why| {
            format!("не удалось открыть браузер ({why}); откройте указанный выше адрес вручную")
        },
        restarting: |why| format!("{why}; запрашивается новый код"),
        press_enter: "Нажмите Enter, чтобы получить новый код, или Ctrl-C, чтобы остановить.",
        not_granted: |scopes| format!("запрошенные, но не предоставленные права: {scopes}"),
    },
    unpair: UnpairWords {
        ask: |whom| {
            format!(
                "Отключить компьютер от {whom}? Секрет будет удалён, и выгрузки прекратятся до нового подключения. [y/N]"
            )
        },
        kept: "Ничего не изменено.",
        server: |server| format!("сервер об этом не знает; удалите этот компьютер и там: {server}"),
        nothing: "Этот компьютер не подключён; удалять нечего.",
        removed: |whom, places| {
            let places = places.join(", ");
            match whom {
                Some(whom) => format!("Компьютер отключён от {whom}. Откуда удалён секрет: {places}"),
                None => format!("Секрет удалён. Откуда: {places}"),
            }
        },
        handed_in: |variable| format!("переменная {variable} по-прежнему задаёт секрет; удалите её"),
    },
    service: ServiceWords {
        status: |status| match status {
            service::ServiceStatus::NotInstalled => "Служба не установлена.",
            service::ServiceStatus::Stopped => "Служба установлена, но не запущена.",
            service::ServiceStatus::Running => "Служба работает.",
        },
        installed: "Служба установлена.",
        removed: "Служба удалена.",
    },
    diagnostics: DiagnosticsWords {
        looking: "Сбор диагностики; это может занять минуту ...",
        holds: |path| format!("Содержимое `{path}`:"),
        missing: |why| format!("недоступно: {why}"),
        read_it: "Ничего не отправлено. Просмотрите файлы, затем отправьте архив тому, кто вам помогает.",
    },
    config: ConfigWords {
        changed: |key, value| format!("Теперь `{key}`: {value}"),
        unset: |key| format!("`{key}` не задан."),
        untouched: "Ничего не изменено.",
        again: "Исправить файл ещё раз? Иначе ваши изменения пропадут. [Y/n]",
        saved: |path| format!("Файл `{path}` сохранён."),
        usable: |path| format!("Файл `{path}` не содержит ошибок."),
        nothing: "Преобразовывать нечего.",
        unchanged: "Ничего не изменено. Применить: `data_exporter config migrate --yes`",
        migrated: |path| {
            format!("Файл `{path}` преобразован; прежний сохранён как `{path}.bak`, без секрета.")
        },
        becomes: |from, to| format!("{from} становится {to}"),
        retired: |key| format!("{key} удаляется: больше не используется"),
        secret: "секрет переносится в хранилище секретов",
        clock: |former, now| {
            format!(
                "время теперь местное; прежняя программа использовала UTC:\n  \
                 раньше: {former}\n  теперь: {now}\n  `--keep-times` оставляет UTC"
            )
        },
        page: |table, former, now| format!("{table}: кодировка {former} меняется на {now}"),
        keep_pages: "`--keep-pages` оставляет прежние кодировки этих таблиц",
    },
    logs: LogsWords {
        none: "журнала ещё нет; его пишут `data_exporter run`, служба и значок в трее",
        following: "ожидание новых записей; остановить: Ctrl-C",
    },
    wait: WaitWords {
        idle: "Выгрузка не выполняется.",
        timed_out: "Время вышло; ожидаемое ещё не произошло.",
    },
    version: VersionWords {
        commit: "Коммит:",
        target: "Платформа:",
        features: "Состав:",
        program: "Программа:",
        config: "Конфигурация:",
        data: "Папка данных:",
        logs: "Журнал:",
        unknown: "неизвестно",
    },
    help: HelpWords {
        groups: ["Настройка", "Выгрузка", "Что произошло", "Таблицы без сервера", "Программа и служба"],
        options: "Параметры",
        examples: "Примеры",
    },
    yes: &["y", "yes", "д", "да"],
};

fn decision(reason: &str, numbers: &[&str]) -> Option<String> {
    Some(match (reason, numbers) {
        ("`--full`", _) => "задано `--full`".to_owned(),
        ("`skip_unchanged` is off", _) => "`skip_unchanged` выключен".to_owned(),
        ("never delivered before", _) => "ещё не передавалась".to_owned(),
        ("could not be checked", _) => "не удалось проверить".to_owned(),
        ("everything is sent every  days", [days, ..]) => format!("полная передача каждые {days} дн."),
        ("the last delivery is in the future by this computer's clock", _) => {
            "по часам компьютера прошлая передача ещё не наступила".to_owned()
        }
        ("the settings have changed", _) => "изменились настройки".to_owned(),
        ("rows,  when last delivered", [now, then]) => format!("строк: {now}, в прошлый раз: {then}"),
        ("bytes,  when last delivered", [now, then]) => format!("байт: {now}, в прошлый раз: {then}"),
        ("the delivered content is unknown", _) => "неизвестно, что передано в прошлый раз".to_owned(),
        ("the content has changed", _) => "изменилось содержимое".to_owned(),
        ("unchanged since", [day, ..]) => format!("без изменений с {day}"),
        _ => return None,
    })
}

fn rows(count: u64) -> String {
    format!("{count} {}", form(count, "строка", "строки", "строк"))
}

/// The form of a word after a number: as after 1, as after 2, as after 5.
pub fn form(count: u64, one: &'static str, few: &'static str, many: &'static str) -> &'static str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}
