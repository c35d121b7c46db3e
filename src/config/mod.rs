//! [`Config`]: the settings from config.toml, the environment and the flags. The keys are those of the specification
//! and of docs/command-line.md#configuration-keys; every new key has a safe default, so that an old file loads
//! unchanged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::models::Secret;
use crate::models::pairing::{DialectName, SecretStoreKind};
use crate::models::settings::Language;

pub mod file;
mod keys;
mod load;
mod problem;
mod raw_value;
pub mod shown;
#[cfg(test)]
mod tests;
mod unknown;
mod words;

pub use keys::{ConfigKey, KEYS, RETIRED};
pub use load::{Loaded, Origin, Overrides, Sources, is_loopback, load};
pub use problem::{Invalid, Problem};
pub use words::Word;

impl Config {
    /// Reads and validates a config.toml. Does not read the environment, and checks neither code page names nor the
    /// crontab, which belong to `convert` and `schedule`: see [`load()`].
    ///
    /// # Errors
    /// [`Invalid`] with every problem found, also when the file cannot be read.
    pub fn from_file(path: &Path) -> Result<Self, Invalid> {
        let text = read(path)?;
        let sources = Sources {
            path: Some(path),
            text: Some(&text),
            environment: &|_| None,
            variables: &[],
            overrides: &Overrides::default(),
            known_page: &|_| true,
            check_schedule: &|_| Vec::new(),
        };
        load(sources).map(|loaded| loaded.config)
    }
}

/// Reads the text of a config.toml.
///
/// # Errors
/// [`Invalid`] when the file cannot be read or is not UTF-8.
pub fn read(path: &Path) -> Result<String, Invalid> {
    let unreadable = |what: String, remedy: &str| Invalid {
        path: Some(path.to_path_buf()),
        problems: vec![Problem {
            key: String::new(),
            value: None,
            line: None,
            what,
            remedy: remedy.to_owned(),
        }],
        warnings: Vec::new(),
        http_refused: false,
        partial: None,
    };
    let bytes = std::fs::read(path).map_err(|error| {
        unreadable(format!("the file cannot be read ({error})"), "check the path and who may read it")
    })?;
    String::from_utf8(bytes)
        .map_err(|_| unreadable("the file is not UTF-8 text".to_owned(), "save it as UTF-8 in the editor"))
}

/// The whole configuration, validated.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// `[scheduler]`
    pub scheduler: SchedulerConfig,
    /// `[src]`
    pub src: SourceConfig,
    /// `[credential]`
    pub credential: CredentialConfig,
    /// `[api]`
    pub api: ApiConfig,
    /// `[encoding]`
    pub encoding: EncodingConfig,
    /// `[export]`
    pub export: ExportConfig,
    /// `[ui]`
    pub ui: UiConfig,
    /// `[logging]`
    pub logging: LoggingConfig,
}

/// `[scheduler]`: when exports run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchedulerConfig {
    /// The cron expression as typed.
    pub crontab: Option<String>,
    /// IANA time zone; `None` means local time.
    pub timezone: Option<String>,
    /// Maximum random delay of a start, in seconds.
    pub jitter_seconds: u32,
}

/// `[src]`: which tables are exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceConfig {
    /// The source folder; `None` until it is configured.
    pub source_dir: Option<PathBuf>,
    /// Globs matched against the file name, or against the relative path when they contain a `/`; case is ignored.
    pub include_patterns: Vec<String>,
    /// Globs of tables to exclude, matched in the same way.
    pub exclude_patterns: Vec<String>,
    /// How far links are followed.
    pub follow_links: FollowLinks,
}

impl Default for SourceConfig {
    fn default() -> Self {
        Self {
            source_dir: None,
            include_patterns: vec!["*.dbf".to_owned()],
            exclude_patterns: Vec::new(),
            follow_links: FollowLinks::Inside,
        }
    }
}

/// `[src] follow_links`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FollowLinks {
    /// Inside the source folder, so that nobody who may write there can have other files of this computer sent.
    #[default]
    Inside,
    /// Anywhere.
    Anywhere,
}

/// `[credential]`: how this installation authenticates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CredentialConfig {
    /// Account of a traditional credential; with `username` and `password` it forms the Basic user `account_username`.
    pub account: Option<String>,
    /// User of a traditional credential.
    pub username: Option<String>,
    /// Password of a traditional credential.
    pub password: Option<Secret>,
    /// Where the secret of a pairing is stored.
    pub secret_store: SecretStoreKind,
    /// Value of the flag `--client-secret-file`; config.toml has no such key.
    pub secret_file: Option<PathBuf>,
    /// `[credential.device]`: the pairing.
    pub device: Option<DeviceCredentialConfig>,
}

/// `[credential.device]`: the identity that a pairing saved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceCredentialConfig {
    /// User of the Basic credential.
    pub domain: String,
    /// The secret, where an old file holds it in plain text.
    pub client_secret: Option<Secret>,
    /// The server's identifier of the site.
    pub site_id: Option<String>,
}

/// `[api]`: the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiConfig {
    /// Base URL without a trailing slash; `None` until it is configured.
    pub base_url: Option<String>,
    /// Whether http addresses are refused.
    pub https_only: bool,
    /// Which family of paths to use.
    pub paths: Paths,
    /// Dialect of the device grant.
    pub dialect: DialectName,
    /// Maximum size of an uploaded part, in units of 1,000,000 bytes.
    pub max_upload_mb: u32,
    /// Maximum number of concurrent uploads.
    pub uploads_in_flight: u32,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self {
            base_url: None,
            https_only: true,
            paths: Paths::Auto,
            dialect: DialectName::Dfm,
            max_upload_mb: 128,
            uploads_in_flight: 4,
        }
    }
}

/// `[api] paths` (docs/wire.md#finding-the-family).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paths {
    /// Found by trying.
    #[default]
    Auto,
    /// `/api/v1/device/*`
    Device,
    /// `/api/dfc/*`
    Dfc,
}

/// `[encoding]`: the code page of tables that do not name one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodingConfig {
    /// The default code page.
    pub dbf_encoding: String,
    /// Glob of table names to code page, for tables that name a wrong one or none. The most specific match wins.
    pub overrides: BTreeMap<String, String>,
}

impl Default for EncodingConfig {
    fn default() -> Self {
        Self { dbf_encoding: "CP866".to_owned(), overrides: BTreeMap::new() }
    }
}

/// `[export]`: how tables become CSV, and when they are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportConfig {
    /// Compression level, 1 (fast) to 9 (small).
    pub gzip_level: u8,
    /// Treatment of deleted rows.
    pub deleted: Deleted,
    /// Treatment of binary columns.
    pub binary: Binary,
    /// Treatment of `8D 0A` in memos.
    pub soft_breaks: SoftBreaks,
    /// Treatment of whole rows beyond the header's count.
    pub rows_beyond_header: RowsBeyondHeader,
    /// Whether text that a spreadsheet would take for a formula gets an apostrophe before it.
    pub formula_guard: bool,
    /// Whether to skip tables that have not changed since their last delivery.
    pub skip_unchanged: bool,
    /// Interval after which every table is sent again, in days.
    pub full_every_days: u32,
    /// Maximum size of the spool, in MiB.
    pub spool_max_mb: u32,
}

impl Default for ExportConfig {
    fn default() -> Self {
        Self {
            gzip_level: 6,
            deleted: Deleted::Skip,
            binary: Binary::Omit,
            soft_breaks: SoftBreaks::Auto,
            rows_beyond_header: RowsBeyondHeader::Skip,
            formula_guard: false,
            skip_unchanged: false,
            full_every_days: 7,
            spool_max_mb: 2048,
        }
    }
}

/// `[export] deleted`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deleted {
    /// Skip and count them.
    #[default]
    Skip,
    /// Export them, with a last column `_deleted`.
    Column,
}

/// `[export] binary`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Binary {
    /// Leave the cells empty and report a note.
    #[default]
    Omit,
    /// Write them as base64.
    Base64,
}

/// `[export] soft_breaks`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SoftBreaks {
    /// Remove them where they are the word wrap of a memo editor.
    #[default]
    Auto,
    /// Keep them as text.
    Keep,
}

/// `[export] rows_beyond_header`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowsBeyondHeader {
    /// Count them and report a WARNING.
    #[default]
    Skip,
    /// Export them too.
    Export,
}

/// `[ui]`: tray and window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UiConfig {
    /// Language of tray and window.
    pub language: Language,
    /// Whether changes of state are shown as desktop notifications.
    pub notifications: bool,
}

impl Default for UiConfig {
    fn default() -> Self {
        Self { language: Language::Auto, notifications: true }
    }
}

/// `[logging]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggingConfig {
    /// Log level: error, warn, info, debug or trace.
    pub level: String,
}

impl Default for LoggingConfig {
    fn default() -> Self {
        Self { level: "info".to_owned() }
    }
}
