//! What tray, dialogs and notifications say: [`Words`], one file a language, none of which can lack a word.
//!
//! Numbers and times come in as arguments; which sentence is said is decided by `tray` and `notice`.

mod en;
mod he;
mod moment;
mod ru;

use data_exporter::models::export::ErrorBody;
use data_exporter::models::snapshot::{Language, LockOwner, State};

pub use moment::moment;

/// Everything that is said in one language.
pub struct Words {
    /// A state in a word or two.
    pub state: fn(State) -> &'static str,
    /// Why a state is as it is, to stand after a colon.
    pub reason: fn(Reason) -> &'static str,
    /// The tooltip, of the state and the times of the last and next export.
    pub tooltip: fn(&str, Option<&str>, Option<&str>) -> String,
    /// The state and its reason.
    pub because: fn(&str, &str) -> String,
    /// An export is going on: so many of so many tables are sent.
    pub exporting: fn(u64, u64) -> String,
    /// An export is going on and looks through the folder.
    pub looking: &'static str,
    /// An export is being stopped.
    pub stopping: &'static str,
    /// Another process holds the data folder.
    pub held: fn(&LockOwner) -> String,
    /// When the last export ended.
    pub last: fn(&str) -> String,
    /// When the next export is due.
    pub next: fn(&str) -> String,
    /// No export is due ever.
    pub unscheduled: &'static str,
    /// The schedule rests until a time.
    pub paused_until: fn(&str) -> String,
    /// The schedule rests until a person resumes it.
    pub paused_by_hand: &'static str,
    /// A time of today.
    pub today: fn(&str) -> String,
    /// A time of yesterday.
    pub yesterday: fn(&str) -> String,
    /// A time of tomorrow.
    pub tomorrow: fn(&str) -> String,
    /// A time of another day: day of the month, month from 0, year where it is another one, time.
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
    /// Holds the ways to pause.
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
    /// Pairs once more.
    pub pair_again: &'static str,
    /// Ends the pairing.
    pub unpair: &'static str,
    /// Shows the errors.
    pub errors: &'static str,
    /// Shows the errors, of which so many are recent.
    pub recent_errors: fn(u64) -> String,
    /// Shows the settings.
    pub settings: &'static str,
    /// Holds documentation and the like.
    pub help: &'static str,
    /// Writes down what support needs.
    pub diagnostics: &'static str,
    /// Opens the documentation.
    pub documentation: &'static str,
    /// Tells version and folder.
    pub about: &'static str,
    /// Starts the program at login, or not.
    pub start_at_login: &'static str,
    /// Ends the program.
    pub quit: &'static str,
}

/// What dialogs say.
pub struct Dialogs {
    /// The question before a pairing is ended.
    pub unpair_question: &'static str,
    /// What ending it means.
    pub unpair_meaning: &'static str,
    /// The button that ends it.
    pub unpair: &'static str,
    /// The button that does nothing.
    pub cancel: &'static str,
    /// The title of the choice of a folder.
    pub choose_folder: &'static str,
    /// The title of the choice of a file to save to.
    pub save_as: &'static str,
    /// What a request that was refused is headed by.
    pub failed: &'static str,
    /// The title of the dialog that asks where the diagnostics go.
    pub save_diagnostics: &'static str,
    /// The title of the message that says where they went.
    pub diagnostics_saved: &'static str,
    /// What to do with them.
    pub diagnostics_meaning: &'static str,
    /// What the program is for, in one sentence.
    pub purpose: &'static str,
    /// The version.
    pub version: &'static str,
    /// The folder of its data.
    pub data_folder: &'static str,
}

/// What notifications say; the state's own word is their title where they have none.
pub struct Notices {
    /// So many tables failed.
    pub failed: fn(u64) -> String,
    /// Nothing was delivered for long.
    pub overdue: &'static str,
    /// Where to look.
    pub look: &'static str,
}

/// Why a state is as it is, in the few ways that a person can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The server no longer takes the credential.
    PairingEnded,
    /// The keychain is locked or missing.
    Keychain,
    /// No folder of tables was chosen.
    NoFolder,
    /// The folder of tables is missing.
    Folder,
    /// A setting is wrong.
    Settings,
    /// The disk is full.
    DiskFull,
    /// The server cannot be reached.
    Unreachable,
    /// The server does not answer as it should.
    ServerTrouble,
    /// The server refused.
    ServerRefused,
}

impl Reason {
    /// The reason behind a problem; none where the state's own word has to do.
    pub fn from_error(problem: &ErrorBody) -> Option<Self> {
        Some(match problem.code.as_str() {
            "AUTHENTICATION_FAILED" | "NOT_PAIRED" => Self::PairingEnded,
            "KEYCHAIN_ERROR" => Self::Keychain,
            "SOURCE_MISSING" if problem.path.is_none() => Self::NoFolder,
            "SOURCE_MISSING" => Self::Folder,
            "CONFIG_ERROR" | "HTTP_REFUSED" => Self::Settings,
            "DISK_FULL" => Self::DiskFull,
            "CONNECTION_FAILED" => Self::Unreachable,
            "TIMEOUT_ERROR" | "SERVICE_UNAVAILABLE" => Self::ServerTrouble,
            "SERVER_REFUSED" | "BATCH_ACTIVE" | "API_V2_REQUIRED" | "FILE_TOO_LARGE" => Self::ServerRefused,
            _ => return None,
        })
    }
}

/// The words of a language; those of English for [`Language::Auto`], which is to be [`resolve`]d before.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::Ru => &ru::WORDS,
        Language::He => &he::WORDS,
        Language::En | Language::Auto => &en::WORDS,
    }
}

/// The language that was chosen, else that of the system where it is known here, else English.
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
