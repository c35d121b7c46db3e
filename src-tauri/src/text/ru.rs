//! Russian.

use data_exporter::models::settings::Language;
use data_exporter::models::snapshot::NextStep;
use data_exporter::text::words as shared;
use data_exporter::text::words::ru::form;

use super::{Dialogs, Labels, Notices, Reason, Words};

pub const WORDS: Words = Words {
    state: |state| shared(Language::Ru).state(state),
    reason: |reason| match reason {
        Reason::PairingEnded => "подключение больше не действует",
        Reason::Keychain => "хранилище ключей закрыто или недоступно",
        Reason::NoFolder => "не выбрана папка с таблицами",
        Reason::Folder => "папка с таблицами не найдена",
        Reason::Settings => "недопустимая настройка",
        Reason::DiskFull => "диск переполнен",
        Reason::Unreachable => "нет связи с сервером",
        Reason::ServerTrouble => "сервер отвечает неправильно",
        Reason::ServerRefused => "сервер отклонил запрос",
    },
    step: |step| match step {
        NextStep::Pair => "подключите этот компьютер",
        NextStep::ChooseFolder => "выберите папку с таблицами",
        NextStep::Export => "запустите первую выгрузку",
        NextStep::SetSchedule => "задайте расписание",
        NextStep::RunSchedule => "расписание никто не выполняет",
    },
    tooltip: |state, last, next| {
        let last = last.map(|when| format!(", последняя выгрузка: {when}")).unwrap_or_default();
        let next = next.map(|when| format!(", следующая: {when}")).unwrap_or_default();
        format!("Data Exporter - {state}{last}{next}")
    },
    because: |state, reason| format!("{state}: {reason}"),
    exporting: |sent, of| {
        format!("Идёт выгрузка: {sent} из {of} {}", form(of, "таблицы", "таблиц", "таблиц"))
    },
    scanning: "Идёт выгрузка: просмотр папки",
    stopping: "Остановка выгрузки",
    held: |holder| format!("Занято программой {} (pid {})", holder.program, holder.pid),
    last: |when| format!("Последняя выгрузка: {when}"),
    next: |when| format!("Следующая выгрузка: {when}"),
    unscheduled: "Без расписания",
    paused_until: |when| format!("Пауза до: {when}"),
    paused_by_hand: "Пауза, пока вы её не снимете",
    today: |time| format!("сегодня в {time}"),
    yesterday: |time| format!("вчера в {time}"),
    tomorrow: |time| format!("завтра в {time}"),
    date: |day, month, year, time| {
        const MONTHS: [&str; 12] = [
            "янв.",
            "февр.",
            "марта",
            "апр.",
            "мая",
            "июня",
            "июля",
            "авг.",
            "сент.",
            "окт.",
            "нояб.",
            "дек.",
        ];
        let year = year.map(|year| format!(" {year} г.")).unwrap_or_default();
        format!("{day} {}{year} в {time}", MONTHS[month])
    },
    menu: Labels {
        open: "Открыть",
        export: "Выгрузить сейчас",
        stop: "Остановить выгрузку",
        pause: "Пауза",
        half_an_hour: "На 30 минут",
        until_tomorrow: "До завтра",
        until_resumed: "Пока не сниму",
        resume: "Снять паузу",
        pair: "Подключить…",
        pair_again: "Подключить заново…",
        unpair: "Отключить…",
        errors: "Недавние ошибки",
        recent_errors: |count| format!("Недавние ошибки ({count})"),
        settings: "Настройки",
        help: "Справка",
        diagnostics: "Сохранить диагностику…",
        documentation: "Документация",
        about: "О программе",
        start_at_login: "Запускать при входе в систему",
        quit: "Выход",
    },
    dialogs: Dialogs {
        unpair_question: "Отключить этот компьютер?",
        unpair_meaning: "Ключ будет удалён с этого компьютера. Выгрузок не будет, пока вы не подключите его снова. Уже переданные данные останутся на сервере.",
        unpair: "Отключить",
        cancel: "Отмена",
        choose_folder: "Папка с таблицами",
        save_as: "Сохранить список как",
        failed: "Не удалось выполнить",
        save_diagnostics: "Сохранить диагностику как",
        diagnostics_saved: "Диагностика сохранена",
        diagnostics_meaning: "Ничего не отправлено. Просмотрите файлы, затем отправьте архив тому, кто вам помогает.",
        purpose: "Передаёт таблицы dBASE, FoxPro и Clipper на сервер Data Forge.",
        version: "Версия",
        data_folder: "Папка данных",
    },
    notices: Notices {
        failed: |count| {
            let verb = form(count, "Не выгружена", "Не выгружены", "Не выгружено");
            format!("{verb} {count} {}", form(count, "таблица", "таблицы", "таблиц"))
        },
        overdue: "Успешных выгрузок не было дольше, чем ожидалось",
        look: "Чтобы узнать подробности, щёлкните значок в трее",
    },
};
