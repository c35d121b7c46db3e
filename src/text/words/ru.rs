//! Russian.

use std::sync::LazyLock;

use super::{
    ConfigWords, DiagnosticsWords, DoctorWords, ErrorsWords, HistoryWords, MessageLabel, PauseWords,
    ProgressWords, ServiceWords, StatusWords, UnpairWords, Words,
};
use crate::models::export::{RunState, UploadState};
use crate::models::snapshot::State;
use crate::service;
use crate::text::sentences::Sentences;

static SENTENCES: LazyLock<Sentences> =
    LazyLock::new(|| Sentences::parse(include_str!("../sentences/ru.json")));

/// What the command line says.
pub const WORDS: Words = Words {
    label: |label| match label {
        MessageLabel::Error => "ошибка:",
        MessageLabel::Warning => "предупреждение:",
        MessageLabel::Details => "подробности:",
        MessageLabel::Hint => "что делать:",
        MessageLabel::Note => "сведения:",
    },
    sentence: |code| SENTENCES.codes.get(code),
    finding: |code| SENTENCES.findings.get(code).map(String::as_str),
    state: |state| match state {
        State::Unpaired => "не подключено",
        State::NeedsAttention => "нужно ваше участие",
        State::Error => "последняя выгрузка не удалась",
        State::Overdue => "давно не выгружалось",
        State::Paused => "пауза",
        State::Running => "идёт выгрузка",
        State::Warnings => "выгружено с замечаниями",
        State::Ok => "всё выгружено",
        State::NeverRun => "ещё ничего не выгружено",
    },
    run_state: |state| match state {
        RunState::Running => "выполняется",
        RunState::Complete => "завершена",
        RunState::CompleteWithWarnings => "с замечаниями",
        RunState::Failed => "не удалась",
        RunState::Cancelled => "остановлена",
        RunState::NothingToDo => "нечего передавать",
        RunState::Interrupted => "прервана",
    },
    upload: |upload| match upload {
        UploadState::Sent => "передано",
        UploadState::SkippedUnchanged => "без изменений",
        UploadState::Failed => "не удалось",
    },
    rows,
    times,
    sent_of: |sent, of| format!("передано {sent} из {of} {}", form(of, "таблицы", "таблиц", "таблиц")),
    run: |run, state| format!("выгрузка {run} {state}"),
    converted: |tables, count, refused| {
        let refused = if refused > 0 { format!(", отклонено: {refused}") } else { String::new() };
        format!("преобразовано таблиц: {tables}, {}{refused}", rows(count))
    },
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
        holder: "Занято программой:",
        none: "нет",
        local_time: "местное время",
        told: |crontab, _, clock| format!("{crontab} ({clock})"),
        since: |whom, when| format!("{whom}, с {when}"),
        process: |holder| format!("{} (pid {})", holder.program, holder.pid),
        sent: |sent| format!("передано таблиц: {sent}"),
        waiting: |sent, until, why| format!("{sent}; ожидание до {until}: {why}"),
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
        tables: ["ТАБЛИЦА", "ИТОГ", "СТРОК", "УДАЛЕНО", "ПЕРЕДАНО БАЙТ", "КОДИРОВКА", "РЕШЕНИЕ"],
        none: "Выгрузок ещё не было. Начать: `data_exporter export`",
        run: |run, state, started, finished| {
            let finished = finished.map(|at| format!(", конец {at}")).unwrap_or_default();
            format!("Выгрузка {run}: {state}, начало {started}{finished}")
        },
        dry_run: |state| format!("Проба без передачи, итог выгрузки был бы: {state}"),
        batch: |id| format!("Пакет {id}"),
        totals: |totals, bytes| {
            format!(
                "Таблицы: {}; передано: {}, без изменений: {}, не удалось: {}; {}, {bytes}",
                totals.files,
                totals.sent,
                totals.skipped_unchanged,
                totals.failed,
                rows(totals.rows_written)
            )
        },
        dry_totals: |totals, would, bytes| {
            format!(
                "Таблицы: {}; к передаче: {would}, без изменений: {}, отклонено: {}; {}, {bytes}",
                totals.files,
                totals.skipped_unchanged,
                totals.failed,
                rows(totals.rows_written)
            )
        },
        would_be_sent: "будет передано",
        refused: "отклонено",
        not_tried: "не дошла очередь",
        column: |table, column| format!("{table}, столбец {column}"),
        row: |row| format!("строка {row}"),
        first_in: |row| format!("впервые в строке {row}"),
        unlisted: |count, run| {
            let tables = form(count, "таблица", "таблицы", "таблиц");
            format!("и ещё {count} {tables} без замечаний: `data_exporter history {run}`")
        },
    },
    errors: ErrorsWords {
        none: "Ошибок нет.",
        since: |count, when| format!("{} с {when}", times(count)),
        not_reported: "сервер не извещён",
    },
    progress: ProgressWords {
        tables: "табл.",
        bytes_sent: |bytes| format!("передано {bytes}"),
        found: |tables, to_send| format!("найдено таблиц: {tables}, к передаче: {to_send}"),
        converted: |table, count, bytes| {
            format!("преобразовано {table}: {}, к передаче {bytes}", rows(count))
        },
        unchanged: |table| format!("без изменений {table}"),
        sent: |table| format!("передано {table}"),
        waiting: |seconds, why| format!("ожидание {seconds} с: {why}"),
        opened: |batch| format!("пакет {batch} открыт"),
        closed: |batch, state| format!("пакет {batch} {state}"),
        stopping: "останавливаю; нажмите ещё раз, чтобы выйти сразу",
        held: |holder| {
            format!(
                "папку данных использует {} (pid {}), всё сделает эта программа",
                holder.program, holder.pid
            )
        },
    },
    pause: PauseWords {
        over: "Расписание снова действует.",
        until: |when| format!("Пауза до {when}."),
        by_hand: "Пауза, пока вы её не снимете: `data_exporter resume`",
    },
    doctor: DoctorWords {
        verdict: |word| match word {
            "ok" => "в порядке",
            "warning" => "замечание",
            "failed" => "не работает",
            _ => "пропущено",
        },
        thing: |word| {
            Some(match word {
                "version" => "версия",
                "configuration" => "настройки",
                "data_folder" => "папка данных",
                "database" => "база данных",
                "disk" => "диск",
                "source_folder" => "папка с таблицами",
                "code_pages" => "кодировки",
                "schedule" => "расписание",
                "keychain" => "хранилище ключей",
                "connection" => "соединение",
                "clock" => "часы",
                "pairing" => "подключение",
                "server" => "сервер",
                "proxy" => "прокси",
                _ => return None,
            })
        },
        summary: |[ok, warning, failed, skipped]| {
            format!("В порядке: {ok}, замечаний: {warning}, не работает: {failed}, пропущено: {skipped}")
        },
    },
    unpair: UnpairWords {
        nothing: "Этот компьютер не был подключён; удалять нечего.",
        removed: |whom, places| {
            let places = places.join(", ");
            match whom {
                Some(whom) => format!("Подключение к {whom} удалено. Откуда: {places}"),
                None => format!("Ключ удалён. Откуда: {places}"),
            }
        },
        handed_in: |variable| {
            format!("{variable} по-прежнему передаёт секрет, и эта программа не может его удалить")
        },
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
        looking: "Проверяю всё, это может занять минуту ...",
        holds: |path| format!("Содержимое `{path}`:"),
        missing: |why| format!("получить не удалось: {why}"),
        read_it: "Ничего не отправлено. Прочитайте и отправьте тому, кто вам помогает.",
    },
    config: ConfigWords {
        usable: |path| format!("Файл `{path}` в порядке."),
        nothing: "Переносить нечего.",
        unchanged: "Ничего не изменено. Выполнить: `data_exporter config migrate --yes`",
        migrated: |path| format!("Файл `{path}` перенесён; прежний сохранён как `{path}.bak`, без секрета."),
        becomes: |from, to| format!("{from} становится {to}"),
        retired: |key| format!("{key} удаляется: больше не нужен"),
        secret: "секрет переносится из файла в хранилище секретов",
        clock: |former, now| {
            format!(
                "расписание идёт по другим часам, чем в прежней программе:\n  \
                 раньше: {former}\n  теперь: {now}\n  `--keep-times` оставляет UTC"
            )
        },
        page: |table, former, now| format!("{table}: читалась как {former}, теперь как {now}"),
        keep_pages: "`--keep-pages` оставляет прежние кодировки этих таблиц",
    },
};

fn rows(count: u64) -> String {
    format!("{count} {}", form(count, "строка", "строки", "строк"))
}

fn times(count: u64) -> String {
    format!("{count} {}", form(count, "раз", "раза", "раз"))
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
