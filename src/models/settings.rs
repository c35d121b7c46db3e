//! The settings that a person changes in the window, [`UserSettings`], and their check before they are saved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::schedule::ScheduleView;

/// Settings that a person may change in the window. The other keys of config.toml keep their values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UserSettings {
    /// The source folder.
    pub source_dir: Option<String>,
    /// Globs of tables to include.
    pub include_patterns: Vec<String>,
    /// Globs of tables to exclude.
    pub exclude_patterns: Vec<String>,
    /// The cron expression.
    pub crontab: Option<String>,
    /// The IANA zone; `None` means local time.
    pub timezone: Option<String>,
    /// The default code page.
    pub dbf_encoding: String,
    /// Code pages of certain tables, by glob.
    pub overrides: BTreeMap<String, String>,
    /// Whether to skip unchanged tables.
    pub skip_unchanged: bool,
    /// The server's base URL.
    pub base_url: Option<String>,
    /// The language of tray and window.
    pub language: Language,
    /// Whether changes of state are shown as desktop notifications.
    pub notifications: bool,
}

/// The language of tray and window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// The system's language.
    #[default]
    Auto,
    /// English
    En,
    /// Russian
    Ru,
    /// Hebrew
    He,
}

/// Facts that only the desktop program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Desktop {
    /// The language of tray and window; never [`Language::Auto`].
    pub language: Language,
    /// Whether the program starts at login.
    pub start_at_login: bool,
    /// Whether there is a tray. Without one, closing the window ends the program.
    pub has_tray: bool,
}

/// Result of checking settings that are being edited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SettingsCheck {
    /// The problems; the settings can be saved when there are none.
    pub problems: Vec<SettingsProblem>,
    /// The next runs; `None` without a valid crontab.
    pub schedule: Option<ScheduleView>,
    /// The tables in the source folder; `None` when it cannot be read.
    pub tables: Option<TablesFound>,
}

/// A problem with a setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SettingsProblem {
    /// The field of [`UserSettings`].
    pub field: String,
    /// The fault, in English.
    pub message: String,
    /// The remedy, in English.
    pub remedy: String,
}

/// The tables of a folder that match the patterns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TablesFound {
    /// The number of tables.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
    /// The first 200 of them, relative to the folder, with `/`.
    pub first: Vec<String>,
}
