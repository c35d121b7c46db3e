//! The texts of tray, dialogs and notifications: [`Words`], one file per language; a missing text does not compile.
//!
//! Numbers and times are arguments; `tray` and `notice` choose the text. States come from `data_exporter::text`.

mod en;
mod he;
mod moment;
mod ru;

use data_exporter::models::Code;
use data_exporter::models::export::ErrorBody;
use data_exporter::models::settings::Language;
use data_exporter::models::snapshot::{LockOwner, NextStep, State};

pub use moment::moment;

/// The texts in one language.
pub struct Words {
    /// The label of a state.
    pub state: fn(State) -> &'static str,
    /// The reason for a state, to follow a colon.
    pub reason: fn(Reason) -> &'static str,
    /// What a person does next, to follow a colon.
    pub step: fn(NextStep) -> &'static str,
    /// The tooltip, of the state and the times of the last and next export.
    pub tooltip: fn(&str, Option<&str>, Option<&str>) -> String,
    /// The state and its reason.
    pub because: fn(&str, &str) -> String,
    /// The progress of an export: the number of tables sent, and of all tables to send.
    pub exporting: fn(u64, u64) -> String,
    /// An export is running and scans the folder.
    pub scanning: &'static str,
    /// An export is being stopped.
    pub stopping: &'static str,
    /// Another process uses the data folder.
    pub held: fn(&LockOwner) -> String,
    /// When the last export ended.
    pub last: fn(&str) -> String,
    /// When the next export is due.
    pub next: fn(&str) -> String,
    /// There is no schedule.
    pub unscheduled: &'static str,
    /// Scheduled exports are paused until a time.
    pub paused_until: fn(&str) -> String,
    /// Scheduled exports are paused until a person resumes them.
    pub paused_by_hand: &'static str,
    /// A time today.
    pub today: fn(&str) -> String,
    /// A time yesterday.
    pub yesterday: fn(&str) -> String,
    /// A time tomorrow.
    pub tomorrow: fn(&str) -> String,
    /// A time on another day: day of the month, month from 0, year if it is not the current one, time.
    pub date: fn(u32, usize, Option<i32>, &str) -> String,
    /// The items of the menu.
    pub menu: Labels,
    /// The dialogs.
    pub dialogs: Dialogs,
    /// The notifications.
    pub notices: Notices,
}

/// The labels of the menu.
pub struct Labels {
    /// Opens the window.
    pub open: &'static str,
    /// Starts an export.
    pub export: &'static str,
    /// Stops the export.
    pub stop: &'static str,
    /// Opens the submenu with the durations of a pause.
    pub pause: &'static str,
    /// Pauses for half an hour.
    pub half_an_hour: &'static str,
    /// Pauses until midnight.
    pub until_tomorrow: &'static str,
    /// Pauses until a person resumes.
    pub until_resumed: &'static str,
    /// Ends the pause.
    pub resume: &'static str,
    /// Pairs.
    pub pair: &'static str,
    /// Pairs again.
    pub pair_again: &'static str,
    /// Ends the pairing.
    pub unpair: &'static str,
    /// Shows the errors.
    pub errors: &'static str,
    /// Shows the errors, with the number of recent ones.
    pub recent_errors: fn(u64) -> String,
    /// Shows the settings.
    pub settings: &'static str,
    /// Opens the submenu with documentation and diagnostics.
    pub help: &'static str,
    /// Saves a diagnostics bundle for support.
    pub diagnostics: &'static str,
    /// Opens the documentation.
    pub documentation: &'static str,
    /// Shows the version and the data folder.
    pub about: &'static str,
    /// Starts the program at login, or not.
    pub start_at_login: &'static str,
    /// Ends the program.
    pub quit: &'static str,
}

/// The texts of dialogs.
pub struct Dialogs {
    /// The question before unpairing.
    pub unpair_question: &'static str,
    /// The consequences of unpairing.
    pub unpair_meaning: &'static str,
    /// The button that unpairs.
    pub unpair: &'static str,
    /// The button that does nothing.
    pub cancel: &'static str,
    /// The title of the folder dialog.
    pub choose_folder: &'static str,
    /// The title of the save dialog.
    pub save_as: &'static str,
    /// The title of the message about a failed request.
    pub failed: &'static str,
    /// The title of the save dialog for diagnostics.
    pub save_diagnostics: &'static str,
    /// The title of the message that diagnostics were saved.
    pub diagnostics_saved: &'static str,
    /// The next step with the diagnostics.
    pub diagnostics_meaning: &'static str,
    /// The purpose of the program in one sentence.
    pub purpose: &'static str,
    /// The version.
    pub version: &'static str,
    /// The folder of its data.
    pub data_folder: &'static str,
}

/// The texts of notifications; the title is the label of the state.
pub struct Notices {
    /// The number of tables that failed.
    pub failed: fn(u64) -> String,
    /// No export has succeeded for too long.
    pub overdue: &'static str,
    /// Where to find details.
    pub look: &'static str,
}

/// A reason for a state that a person can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The server no longer accepts the credential.
    PairingEnded,
    /// The keychain is locked or missing.
    Keychain,
    /// No table folder is selected.
    NoFolder,
    /// The table folder was not found.
    Folder,
    /// A setting is not valid.
    Settings,
    /// The disk is full.
    DiskFull,
    /// The server cannot be reached.
    Unreachable,
    /// The server is not responding correctly.
    ServerTrouble,
    /// The server rejected the request.
    ServerRefused,
}

impl Reason {
    /// The reason for a problem; none where the label of the state is enough.
    pub fn from_error(problem: &ErrorBody) -> Option<Self> {
        Some(match problem.code {
            Code::AuthenticationFailed | Code::NotPaired => Self::PairingEnded,
            Code::KeychainError => Self::Keychain,
            Code::SourceMissing if problem.path.is_none() => Self::NoFolder,
            Code::SourceMissing => Self::Folder,
            Code::ConfigError | Code::HttpRefused => Self::Settings,
            Code::DiskFull => Self::DiskFull,
            Code::ConnectionFailed => Self::Unreachable,
            Code::TimeoutError | Code::ServiceUnavailable => Self::ServerTrouble,
            Code::ServerRefused | Code::BatchActive | Code::ApiV2Required | Code::FileTooLarge => {
                Self::ServerRefused
            }
            _ => return None,
        })
    }
}

/// The texts of a language; English for [`Language::Auto`], which the caller [`resolve`]s first.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::Ru => &ru::WORDS,
        Language::He => &he::WORDS,
        Language::En | Language::Auto => &en::WORDS,
    }
}

/// The chosen language, else that of the system if it is supported, else English.
pub fn resolve(chosen: Language, system: Option<&str>) -> Language {
    if chosen != Language::Auto {
        return chosen;
    }
    let primary = system.and_then(|locale| locale.split(['-', '_', '.']).next()).unwrap_or_default();
    match primary.to_ascii_lowercase().as_str() {
        "ru" => Language::Ru,
        "he" | "iw" => Language::He,
        _ => Language::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_exporter::error::{Code, Error};

    #[test]
    fn a_configured_language_overrides_the_system() {
        assert_eq!(resolve(Language::En, Some("ru-RU")), Language::En);
        assert_eq!(resolve(Language::Auto, Some("ru-RU")), Language::Ru);
        assert_eq!(resolve(Language::Auto, Some("ru_RU.UTF-8")), Language::Ru);
        assert_eq!(resolve(Language::Auto, Some("iw")), Language::He);
        assert_eq!(resolve(Language::Auto, Some("he-IL")), Language::He);
        assert_eq!(resolve(Language::Auto, Some("rue")), Language::En);
        assert_eq!(resolve(Language::Auto, None), Language::En);
    }

    #[test]
    fn every_reason_word_of_the_engine_is_known() {
        for (code, reason) in [
            (Code::AuthenticationFailed, Reason::PairingEnded),
            (Code::KeychainError, Reason::Keychain),
            (Code::SourceMissing, Reason::NoFolder),
            (Code::ConfigError, Reason::Settings),
            (Code::HttpRefused, Reason::Settings),
            (Code::DiskFull, Reason::DiskFull),
            (Code::ConnectionFailed, Reason::Unreachable),
            (Code::TimeoutError, Reason::ServerTrouble),
            (Code::ServiceUnavailable, Reason::ServerTrouble),
            (Code::ServerRefused, Reason::ServerRefused),
            (Code::BatchActive, Reason::ServerRefused),
            (Code::ApiV2Required, Reason::ServerRefused),
            (Code::FileTooLarge, Reason::ServerRefused),
        ] {
            assert_eq!(Reason::from_error(&Error::new(code, "").body()), Some(reason));
        }
        let named = Error::new(Code::SourceMissing, "").path("/gone");
        assert_eq!(Reason::from_error(&named.body()), Some(Reason::Folder));
        assert_eq!(Reason::from_error(&Error::new(Code::UnknownError, "").body()), None);
    }

    #[test]
    fn numbers_are_formatted_per_language() {
        let said = |language: Language| {
            [1, 2, 4, 5, 11, 12, 14, 21, 22, 25, 101, 111, 112].map(words(language).notices.failed).join("\n")
        };
        insta::assert_snapshot!([Language::En, Language::Ru, Language::He].map(said).join("\n\n"));
    }
}
