//! English.

use data_exporter::models::settings::Language;
use data_exporter::models::snapshot::NextStep;
use data_exporter::text::words as shared;

use super::{Dialogs, Labels, Notices, Reason, Words};

pub const WORDS: Words = Words {
    state: |state| shared(Language::En).state(state),
    reason: |reason| match reason {
        Reason::PairingEnded => "the pairing is no longer valid",
        Reason::Keychain => "the keychain is locked or missing",
        Reason::NoFolder => "no table folder is selected",
        Reason::Folder => "the table folder was not found",
        Reason::Settings => "a setting is not valid",
        Reason::DiskFull => "the disk is full",
        Reason::Unreachable => "the server cannot be reached",
        Reason::ServerTrouble => "the server is not responding correctly",
        Reason::ServerRefused => "the server rejected the request",
    },
    step: |step| match step {
        NextStep::Pair => "pair this computer",
        NextStep::ChooseFolder => "choose the table folder",
        NextStep::Export => "start the first export",
        NextStep::SetSchedule => "set a schedule",
        NextStep::RunSchedule => "nothing is running the schedule",
    },
    tooltip: |state, last, next| {
        let last = last.map(|when| format!(", last {when}")).unwrap_or_default();
        let next = next.map(|when| format!(", next {when}")).unwrap_or_default();
        format!("Data Exporter - {state}{last}{next}")
    },
    because: |state, reason| format!("{state}: {reason}"),
    exporting: |sent, of| format!("Exporting: {sent} of {}", tables(of)),
    scanning: "Exporting: scanning the folder",
    stopping: "Stopping the export",
    held: |holder| format!("In use by {} (pid {})", holder.program, holder.pid),
    last: |when| format!("Last export {when}"),
    next: |when| format!("Next export {when}"),
    unscheduled: "No schedule",
    paused_until: |when| format!("Paused until {when}"),
    paused_by_hand: "Paused until you resume",
    today: |time| format!("today {time}"),
    yesterday: |time| format!("yesterday {time}"),
    tomorrow: |time| format!("tomorrow {time}"),
    date: |day, month, year, time| {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let year = year.map(|year| format!(" {year}")).unwrap_or_default();
        format!("{day} {}{year} {time}", MONTHS[month])
    },
    menu: Labels {
        open: "Open",
        export: "Export now",
        stop: "Stop export",
        pause: "Pause",
        half_an_hour: "30 minutes",
        until_tomorrow: "Until tomorrow",
        until_resumed: "Until resumed",
        resume: "Resume",
        pair: "Pair…",
        pair_again: "Pair again…",
        unpair: "Unpair…",
        errors: "Recent errors",
        recent_errors: |count| format!("Recent errors ({count})"),
        settings: "Settings",
        help: "Help",
        diagnostics: "Save diagnostics…",
        documentation: "Documentation",
        about: "About Data Exporter",
        start_at_login: "Start at login",
        quit: "Quit",
    },
    dialogs: Dialogs {
        unpair_question: "Unpair this computer?",
        unpair_meaning: "The key is deleted from this computer. Nothing is exported until you pair again. Data that was already sent stays on the server.",
        unpair: "Unpair",
        cancel: "Cancel",
        choose_folder: "Table folder",
        save_as: "Save list as",
        failed: "That did not work",
        save_diagnostics: "Save diagnostics as",
        diagnostics_saved: "Diagnostics saved",
        diagnostics_meaning: "Nothing was sent. Review the files, then send the zip to the person who helps you.",
        purpose: "Uploads dBASE, FoxPro and Clipper tables to a Data Forge server.",
        version: "Version",
        data_folder: "Data folder",
    },
    notices: Notices {
        failed: |count| {
            if count == 1 { "1 table failed".to_owned() } else { format!("{count} tables failed") }
        },
        overdue: "No export has succeeded for longer than expected",
        look: "Click the tray icon for details",
    },
};

fn tables(count: u64) -> String {
    if count == 1 { "1 table".to_owned() } else { format!("{count} tables") }
}
