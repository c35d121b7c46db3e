//! English.

use data_exporter::models::snapshot::State;

use super::{Dialogs, Labels, Notices, Reason, Words};

pub const WORDS: Words = Words {
    state: |state| match state {
        State::Unpaired => "Not paired",
        State::NeedsAttention => "Needs attention",
        State::Error => "Last export failed",
        State::Overdue => "Export overdue",
        State::Paused => "Paused",
        State::Running => "Exporting",
        State::Warnings => "Exported with warnings",
        State::Ok => "Up to date",
        State::NeverRun => "Nothing exported yet",
    },
    reason: |reason| match reason {
        Reason::PairingEnded => "the pairing has ended",
        Reason::Keychain => "the keychain is locked or missing",
        Reason::NoFolder => "no folder of tables is chosen",
        Reason::Folder => "the folder of tables is missing",
        Reason::Settings => "a setting is wrong",
        Reason::DiskFull => "the disk is full",
        Reason::Unreachable => "the server cannot be reached",
        Reason::ServerTrouble => "the server does not answer as it should",
        Reason::ServerRefused => "the server refused",
    },
    tooltip: |state, last, next| {
        let last = last.map(|when| format!(", last {when}")).unwrap_or_default();
        let next = next.map(|when| format!(", next {when}")).unwrap_or_default();
        format!("Data Exporter - {state}{last}{next}")
    },
    because: |state, reason| format!("{state}: {reason}"),
    exporting: |sent, of| format!("Exporting: {sent} of {}", tables(of)),
    looking: "Exporting: looking through the folder",
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
        unpair_meaning: "Its key is removed from this computer, and nothing is exported until it is paired again. What was delivered stays on the server.",
        unpair: "Unpair",
        cancel: "Cancel",
        choose_folder: "Folder of tables",
        save_as: "Save the list as",
        failed: "This could not be done",
        save_diagnostics: "Save the diagnostics as",
        diagnostics_saved: "The diagnostics are saved",
        diagnostics_meaning: "Nothing was sent. Read the files in it, then send it to whoever helps you.",
        purpose: "Carries the tables of dBASE, FoxPro and Clipper programs to a Data Forge server.",
        version: "Version",
        data_folder: "Data folder",
    },
    notices: Notices {
        failed: |count| {
            if count == 1 { "1 table failed".to_owned() } else { format!("{count} tables failed") }
        },
        overdue: "Nothing has been delivered for longer than planned",
        look: "Click the icon in the tray for details",
    },
};

fn tables(count: u64) -> String {
    if count == 1 { "1 table".to_owned() } else { format!("{count} tables") }
}
