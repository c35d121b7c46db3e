//! [`Config`]: what config.toml, the environment and the flags settle. The keys are those of the specification
//! and of docs/command-line.md; every new key has a safe default, so an old file loads unchanged.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Secret;
use super::snapshot::Language;

mod given;
mod keys;
mod load;
mod problem;
#[cfg(test)]
mod tests;
mod words;

pub use keys::{KEYS, Key, RETIRED};
pub use load::{Loaded, Origin, Sources, is_loopback, load};
pub use problem::{Invalid, Problem};
pub use words::Word;

impl Config {
    /// Reads and checks a config.toml. Names of code pages and the crontab are not checked here, since those are
    /// `convert`'s and `schedule`'s, and the environment is not asked: see [`load()`].
    ///
    /// # Errors
    /// [`Invalid`] with every problem found, also when the file cannot be read.
    pub fn from_file(path: &Path) -> Result<Self, Invalid> {
        let text = read(path)?;
        let sources = Sources {
            path: Some(path),
            text: Some(&text),
            environment: &|_| None,
            known_page: &|_| true,
            check_schedule: &|_| Vec::new(),
        };
        load(sources).map(|loaded| loaded.config)
    }
}

/// The text of a config.toml.
///
/// # Errors
/// [`Invalid`] when it cannot be read or is no UTF-8.
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
    pub src: Source,
    /// `[credential]`
    pub credential: Credential,
    /// `[api]`
    pub api: Api,
    /// `[encoding]`
    pub encoding: Encoding,
    /// `[export]`
    pub export: Export,
    /// `[ui]`
    pub ui: Ui,
    /// `[logging]`
    pub logging: Logging,
}

/// `[scheduler]`: when to export.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SchedulerConfig {
    /// The cron expression as typed, or none.
    pub crontab: Option<String>,
    /// An IANA zone; none is the machine's own.
    pub timezone: Option<String>,
    /// The largest delay of a start, in seconds.
    pub jitter_seconds: u32,
}

/// `[src]`: what to export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The folder of tables; none until it is configured.
    pub source_dir: Option<PathBuf>,
    /// Globs on the bare name or, when they hold a `/`, on the relative path; case is ignored.
    pub include_patterns: Vec<String>,
    /// Globs of what to leave out, likewise.
    pub exclude_patterns: Vec<String>,
}

impl Default for Source {
    fn default() -> Self {
        Self { source_dir: None, include_patterns: vec!["*.dbf".to_owned()], exclude_patterns: Vec::new() }
    }
}

/// `[credential]`: who we are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credential {
    /// The traditional account; with `username` and `password` the Basic user `account_username`.
    pub account: Option<String>,
    /// The traditional user.
    pub username: Option<String>,
    /// The traditional password.
    pub password: Option<Secret>,
    /// Where the secret of a pairing is kept.
    pub secret_store: SecretStore,
    /// The file of the flag `--client-secret-file`; no key of the file.
    pub secret_file: Option<PathBuf>,
    /// `[credential.device]`: a pairing.
    pub device: Option<DeviceCredential>,
}

/// `[credential.device]`: what a pairing left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceCredential {
    /// The Basic user.
    pub domain: String,
    /// The secret, where an old file holds it in plain text.
    pub client_secret: Option<Secret>,
    /// The server's id of the site.
    pub site_id: Option<String>,
}

/// Where secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecretStore {
    /// The operating system's.
    #[default]
    Keychain,
    /// A private file in the data folder.
    File,
}

/// `[api]`: the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// The server's address without a trailing slash; none until it is configured.
    pub base_url: Option<String>,
    /// Whether http is refused.
    pub https_only: bool,
    /// Which path family to use.
    pub paths: Paths,
    /// The device grant's dialect.
    pub dialect: DialectName,
    /// The largest part of an upload, in units of 1,000,000 bytes.
    pub max_upload_mb: u32,
    /// How many uploads may be under way at once.
    pub uploads_in_flight: u32,
}

impl Default for Api {
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

/// `[api] paths` (docs/wire-contract.md section 1.2).
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

/// `[api] dialect`: what kind of server grants the pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DialectName {
    /// Data Forge.
    #[default]
    Dfm,
    /// RFC 8628 as written.
    Rfc8628,
    /// AIP.
    Aip,
    /// RomM.
    Romm,
}

/// `[encoding]`: the code page of tables that do not name theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoding {
    /// The folder's default.
    pub dbf_encoding: String,
    /// Glob of tables to page, for tables that name a wrong one or none; the most specific that fits counts.
    pub overrides: BTreeMap<String, String>,
}

impl Default for Encoding {
    fn default() -> Self {
        Self { dbf_encoding: "CP866".to_owned(), overrides: BTreeMap::new() }
    }
}

/// `[export]`: how tables become CSV and when they are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// 1 (fast) to 9 (small).
    pub gzip_level: u8,
    /// What becomes of deleted rows.
    pub deleted: Deleted,
    /// What becomes of binary columns.
    pub binary: Binary,
    /// What becomes of `8D 0A` in memos.
    pub soft_breaks: SoftBreaks,
    /// What becomes of whole rows after the header's last.
    pub rows_beyond_header: RowsBeyondHeader,
    /// Whether a table that has not changed since its last delivery is left out.
    pub skip_unchanged: bool,
    /// After how many days everything is sent again all the same.
    pub full_every_days: u32,
    /// The largest size of the spool, in MiB.
    pub spool_max_mb: u32,
}

impl Default for Export {
    fn default() -> Self {
        Self {
            gzip_level: 6,
            deleted: Deleted::Skip,
            binary: Binary::Omit,
            soft_breaks: SoftBreaks::Auto,
            rows_beyond_header: RowsBeyondHeader::Skip,
            skip_unchanged: false,
            full_every_days: 7,
            spool_max_mb: 2048,
        }
    }
}

/// `[export] deleted`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deleted {
    /// Left out and counted.
    #[default]
    Skip,
    /// Exported, with a last column `_deleted`.
    Column,
}

/// `[export] binary`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Binary {
    /// Empty, with a note.
    #[default]
    Omit,
    /// Written as base64.
    Base64,
}

/// `[export] soft_breaks`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SoftBreaks {
    /// Removed where they are a memo editor's word wrap.
    #[default]
    Auto,
    /// Kept as text.
    Keep,
}

/// `[export] rows_beyond_header`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowsBeyondHeader {
    /// Counted, with a WARNING.
    #[default]
    Skip,
    /// Exported as well.
    Export,
}

/// `[ui]`: tray and window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ui {
    /// Their language.
    pub language: Language,
    /// Whether changes of state are told by the desktop.
    pub notifications: bool,
}

impl Default for Ui {
    fn default() -> Self {
        Self { language: Language::Auto, notifications: true }
    }
}

/// `[logging]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    /// error, warn, info, debug or trace.
    pub level: String,
}

impl Default for Logging {
    fn default() -> Self {
        Self { level: "info".to_owned() }
    }
}
