//! Migrates a config.toml of the former program to the current layout: the changes ([`plan`]) and applying them ([`apply`]).
//!
//! The former program ran its schedule in UTC, counted Sunday as 1, joined the two day fields by AND, and read tables
//! of language driver 57h as windows-1255 (docs/migration.md). A migration reports each difference.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::str::FromStr as _;

use chrono::{DateTime, Utc};
use serde::Serialize;
use toml_edit::{InlineTable, Value};

use super::{configuration, preview};
use crate::auth::migrate::{Migration as SecretMigration, migrate_plaintext};
use crate::config::file::ConfigFile;
use crate::config::{Config, ConfigKey, KEYS};
use crate::convert::codepage;
use crate::error::{Code, Error, Result};
use crate::models::errors::ErrorQuery;
use crate::platform::{self, FolderLock, Folders, file};
use crate::reports::Reports;
use crate::schedule::Schedule;
use crate::source::scan;
use crate::store::Store;
use crate::store::errors::NewError;

/// The number of due times that are compared.
const NEXT: usize = 5;
/// The number of rows searched for a value that differs.
const ROWS: u64 = 200;
/// The number of tables that are sampled.
const TABLES: usize = 2000;
/// The longest value shown, in characters.
const WIDEST: usize = 40;

/// The changes that a migration would make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationPlan {
    /// Keys that move to another section or name: from, to.
    pub moved: Vec<(String, String)>,
    /// Keys that are no longer used.
    pub retired: Vec<String>,
    /// Whether a plain-text secret moves into the secret store.
    pub secret: bool,
    /// The next due times of both programs; none if they are the same.
    pub runs: Option<Runs>,
    /// Tables that the former program read with another code page.
    pub pages: Vec<PageChange>,
}

/// The next due times of both programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Runs {
    /// Of the former program, which used UTC.
    pub former: Vec<DateTime<Utc>>,
    /// Of this program.
    pub now: Vec<DateTime<Utc>>,
}

/// A table that the former program read with another code page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageChange {
    /// The table, relative to the source folder.
    pub source: String,
    /// The code page of the former program.
    pub former: String,
    /// The code page of this program.
    pub now: String,
    /// The first value that differs, in both code pages; never stored.
    pub sample: Option<(String, String)>,
}

impl MigrationPlan {
    /// Returns whether there is nothing to migrate.
    pub fn is_empty(&self) -> bool {
        self.moved.is_empty()
            && self.retired.is_empty()
            && !self.secret
            && self.runs.is_none()
            && self.pages.is_empty()
    }
}

/// Returns whether the former program wrote a file and this program has not changed it since.
///
/// # Errors
/// When it cannot be read.
pub fn is_former(config: &Path) -> Result<bool> {
    let file = ConfigFile::open(config)?;
    let holds = |key: &&ConfigKey| file.holds(key.section, key.name);
    // Only this program writes these keys.
    let new = ["jitter_seconds", "timezone", "secret_store", "skip_unchanged", "language", "notifications"];
    let ours = KEYS.iter().filter(|key| new.contains(&key.name)).any(|key| holds(&key));
    let former = KEYS.iter().any(|key| {
        (key.secret && holds(&key)) || key.former.is_some_and(|(section, name)| file.holds(section, name))
    });
    Ok(file.existed() && !ours && (former || !file.retired().is_empty()))
}

/// Returns the changes that a migration would make; `samples` also compares values of the tables.
///
/// # Errors
/// When the configuration cannot be read or is invalid.
pub fn plan(folders: &Folders, samples: bool) -> Result<MigrationPlan> {
    let file = ConfigFile::open(&folders.config)?;
    let config = configuration::read(&folders.config, false)?.config;
    let place = |section: &str, name: &str| format!("[{section}] {name}");
    let moved = KEYS
        .iter()
        .filter_map(|key| {
            let (section, name) = key.former.filter(|(section, name)| file.holds(section, name))?;
            Some((place(section, name), key.label()))
        })
        .collect();
    Ok(MigrationPlan {
        moved,
        retired: file.retired().iter().map(|(section, name)| place(section, name)).collect(),
        secret: KEYS.iter().any(|key| {
            key.secret
                && (file.holds(key.section, key.name)
                    || key.former.is_some_and(|(section, name)| file.holds(section, name)))
        }),
        runs: runs(&config, platform::now()).filter(|_| !has_own_schedule(&file)),
        pages: if samples && is_former(&folders.config)? { pages(&config) } else { Vec::new() },
    })
}

/// Migrates the configuration; `keep_times` keeps UTC, `keep_pages` the former code pages. The former file is kept as
/// config.toml.bak. Locks the data folder.
///
/// # Errors
/// [`Code::FolderHeld`] while another process uses the folder; when the secret store cannot be used, or the configuration
/// cannot be written. Then it is unchanged.
pub fn apply(folders: &Folders, keep_times: bool, keep_pages: bool) -> Result<Option<SecretMigration>> {
    platform::make_private_folder(&folders.data)?;
    let _lock = FolderLock::take(&folders.data, "data_exporter config migrate")?;
    // Records the damage if the database had to be replaced.
    let _reports = Reports::new(Store::open(&folders.data)?);
    let loaded = configuration::read(&folders.config, false)?;
    let config = &loaded.config;
    let mut overrides: BTreeMap<String, String> = config.encoding.overrides.clone();
    if keep_pages {
        overrides.extend(pages(config).into_iter().map(|change| (change.source, change.former)));
    }
    // The secret first: it is removed from the file only after it was read back from the store.
    let secret = migrate_plaintext(&loaded, &folders.config, &folders.data)?;
    if let SecretMigration::Stays(error) = secret {
        return Err(*error);
    }
    let mut file = ConfigFile::open(&folders.config)?;
    file.modernise()?;
    let key = |section: &str, name: &str| KEYS.iter().find(|key| (key.section, key.name) == (section, name));
    if let Some(key) = key("scheduler", "timezone").filter(|_| keep_times || !has_own_schedule(&file)) {
        file.set(key, Value::from(if keep_times { "UTC" } else { "local" }))?;
    }
    if let Some(key) = key("encoding", "overrides").filter(|_| overrides != config.encoding.overrides) {
        let table: InlineTable =
            overrides.iter().map(|(glob, page)| (glob.as_str(), page.as_str())).collect();
        file.set(key, Value::from(table))?;
    }
    file.save()?;
    Ok(Some(secret).filter(|secret| *secret != SecretMigration::Nothing))
}

/// Returns whether the schedule has a key that only this program knows.
fn has_own_schedule(file: &ConfigFile) -> bool {
    ["timezone", "jitter_seconds"].iter().any(|name| file.holds("scheduler", name))
}

/// Returns the due times of both programs if they differ.
pub fn runs(config: &Config, from: DateTime<Utc>) -> Option<Runs> {
    let text = config.scheduler.crontab.as_deref()?;
    let now = Schedule::from_config(&config.scheduler).ok()??.upcoming(from, NEXT);
    let fields = text.split_whitespace().count();
    let former = if fields == 5 { format!("0 {text}") } else { text.to_owned() };
    let former = cron::Schedule::from_str(&former).ok()?.after(&from).take(NEXT).collect();
    let runs = Runs { former, now };
    (runs.former != runs.now).then_some(runs)
}

/// Returns the tables that the former program read with another code page.
fn pages(config: &Config) -> Vec<PageChange> {
    let Ok(scan) = scan::scan(&config.src) else { return Vec::new() };
    let change = |table: scan::FoundTable| {
        let former = former_page(language_driver(&table.paths.table)?, &config.encoding.dbf_encoding);
        let page = codepage::find(&former)?;
        let (report, now) = preview::rows_of(&table.paths, &table.source, ROWS, None, config).ok()?;
        if report.encoding == page.name() {
            return None;
        }
        let (_, before) = preview::rows_of(&table.paths, &table.source, ROWS, Some(page), config).ok()?;
        let differing = before.iter().flatten().zip(now.iter().flatten()).find(|(before, now)| before != now);
        let shortened = |cell: &String| cell.chars().take(WIDEST).collect::<String>();
        // If every sampled value is the same, nothing changes.
        let sample = differing.map(|(before, now)| (shortened(before), shortened(now)))?;
        Some(PageChange {
            source: table.source,
            former,
            now: report.encoding.to_owned(),
            sample: Some(sample),
        })
    };
    scan.tables.into_iter().take(TABLES).filter_map(change).collect()
}

/// Reads the language driver byte of a table's header.
fn language_driver(table: &Path) -> Option<u8> {
    let mut header = [0; 32];
    std::fs::File::open(table).ok()?.read_exact(&mut header).ok()?;
    Some(header[29])
}

/// Returns the code page that the former program used for a table (docs/migration.md).
fn former_page(driver: u8, fallback: &str) -> String {
    match driver {
        0x57 | 0x69 | 0xca => "windows-1255",
        0xc8 | 0xc9 | 0xcb => "windows-1251",
        0x65 | 0x66 => "CP866",
        0x4d | 0x7c => "UTF-8",
        _ => fallback,
    }
    .to_owned()
}

/// Checks for a configuration of the former program: returns a warning about it once, and moves a plain-text secret to the
/// store; a secret that cannot be moved is warned about daily.
pub(super) fn check_former_configuration(config: &Path, data: &Path, store: &Store) -> Result<Vec<NewError>> {
    let Ok(loaded) = configuration::read(config, false) else { return Ok(Vec::new()) };
    let mut warnings = Vec::new();
    let query =
        ErrorQuery { kind: Some(Code::FormerConfiguration.as_str().to_owned()), ..ErrorQuery::default() };
    if file::may_exist(config) && is_former(config)? && store.error_page(&query, None, 1)?.total == 0 {
        warnings.push(NewError::from(&former(config, &loaded.config)));
    }
    warnings.extend(migrate_plaintext(&loaded, config, data)?.warning_of_the_day(config, store)?);
    Ok(warnings)
}

fn former(path: &Path, config: &Config) -> Error {
    let mut message =
        format!("`{}` is a configuration of the former program; it is used unchanged", path.display());
    if let Some(runs) = runs(config, platform::now()) {
        let times = |times: &[DateTime<Utc>]| {
            times
                .iter()
                .map(|time| time.format("%Y-%m-%d %H:%M UTC").to_string())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (former, now) = (times(&runs.former), times(&runs.now));
        message =
            format!("{message}; the former program would export at {former}, this one exports at {now}");
    }
    Error::new(Code::FormerConfiguration, message)
        .hint("run `data_exporter config migrate` to see every difference, including code pages; `[scheduler] timezone = \"UTC\"` keeps the former times")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SchedulerConfig;

    fn config(crontab: &str, timezone: &str) -> Config {
        let scheduler = SchedulerConfig {
            crontab: Some(crontab.to_owned()),
            timezone: Some(timezone.to_owned()),
            jitter_seconds: 0,
        };
        Config { scheduler, ..Config::default() }
    }

    #[test]
    fn due_times_differ_by_utc_and_by_the_number_of_the_first_weekday() {
        let from = "2026-11-21T10:00:00Z".parse().unwrap();
        let runs = |crontab, zone| runs(&config(crontab, zone), from);
        let differs = runs("0 0 8,12,16,18 * * *", "Asia/Jerusalem").unwrap();
        assert_eq!(differs.former[0].to_rfc3339(), "2026-11-21T12:00:00+00:00");
        assert_eq!(differs.now[0].to_rfc3339(), "2026-11-21T14:00:00+00:00");
        assert_eq!(runs("0 0 8,12,16,18 * * *", "UTC"), None);
        assert_eq!(runs("*/5 * * * *", "Asia/Jerusalem"), None);
        // The former program counts days of the week from Sunday as 1, this one from Monday.
        let weekday = runs("0 8 * * 1", "UTC").unwrap();
        assert_eq!(weekday.former[0].to_rfc3339(), "2026-11-22T08:00:00+00:00");
        assert_eq!(weekday.now[0].to_rfc3339(), "2026-11-23T08:00:00+00:00");
    }
}
