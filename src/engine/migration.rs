//! A config.toml of the former program, brought to today's layout: what would change ([`plan`]) and the change ([`apply`]).
//!
//! The former program ran its schedule in UTC, counted Sunday as 1, joined the two day fields by AND, and read tables
//! of language driver 57h as windows-1255 (docs/migration.md#schedule and docs/migration.md#code-pages). None of that
//! is kept in silence.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::str::FromStr as _;

use chrono::{DateTime, Utc};
use serde::Serialize;
use toml_edit::{InlineTable, Value};

use super::{configuration, preview};
use crate::auth::migrate::{Migration as SecretMigration, migrate_plaintext};
use crate::convert::codepage;
use crate::error::Result;
use crate::export::scan;
use crate::models::Config;
use crate::models::config::{ConfigKey, KEYS};
use crate::platform::{self, Folders};
use crate::schedule::Schedule;
use crate::store::config_file::ConfigFile;

/// How many due times are compared.
const NEXT: usize = 5;
/// How many rows are looked through for a value that differs.
const ROWS: u64 = 200;
/// How many tables are looked into.
const TABLES: usize = 2000;
/// The longest value shown, in characters.
const WIDEST: usize = 40;

/// What a migration would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MigrationPlan {
    /// Keys that get another place: from, to.
    pub moved: Vec<(String, String)>,
    /// Keys that nothing needs any more.
    pub retired: Vec<String>,
    /// Whether a secret in plain text goes into the store.
    pub secret: bool,
    /// When the former program would export next, and when this one does; none where that is the same.
    pub runs: Option<Runs>,
    /// Tables that were read by another code page.
    pub pages: Vec<PageChange>,
}

/// The next due times both ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Runs {
    /// Of the former program, by UTC.
    pub former: Vec<DateTime<Utc>>,
    /// Of this one.
    pub now: Vec<DateTime<Utc>>,
}

/// A table that was read by another code page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageChange {
    /// The table, relative to the source folder.
    pub source: String,
    /// The page of the former program.
    pub former: String,
    /// The page of this one.
    pub now: String,
    /// The first value that differs, both ways; never kept anywhere.
    pub sample: Option<(String, String)>,
}

impl MigrationPlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.moved.is_empty()
            && self.retired.is_empty()
            && !self.secret
            && self.runs.is_none()
            && self.pages.is_empty()
    }
}

/// Whether a file was written by the former program and not touched by this one since.
///
/// # Errors
/// When it cannot be read.
pub fn is_former(config: &Path) -> Result<bool> {
    let file = ConfigFile::open(config)?;
    let holds = |key: &&ConfigKey| file.holds(key.section, key.name);
    // Keys that only this program writes.
    let new = ["jitter_seconds", "timezone", "secret_store", "skip_unchanged", "language", "notifications"];
    let ours = KEYS.iter().filter(|key| new.contains(&key.name)).any(|key| holds(&key));
    let former = KEYS.iter().any(|key| {
        (key.secret && holds(&key)) || key.former.is_some_and(|(section, name)| file.holds(section, name))
    });
    Ok(file.existed() && !ours && (former || !file.retired().is_empty()))
}

/// What a migration would change; `samples` looks into the tables too.
///
/// # Errors
/// When the configuration cannot be read or is wrong.
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
        runs: runs(&config, platform::now()).filter(|_| !is_wound(&file)),
        pages: if samples && is_former(&folders.config)? { pages(&config) } else { Vec::new() },
    })
}

/// Migrates; `keep_times` keeps UTC, `keep_pages` the former code pages. The former file stays as config.toml.bak.
///
/// # Errors
/// When the configuration cannot be written; then it is as it was.
pub fn apply(folders: &Folders, keep_times: bool, keep_pages: bool) -> Result<Option<SecretMigration>> {
    let loaded = configuration::read(&folders.config, false)?;
    let config = &loaded.config;
    let mut overrides: BTreeMap<String, String> = config.encoding.overrides.clone();
    if keep_pages {
        overrides.extend(pages(config).into_iter().map(|change| (change.source, change.former)));
    }
    // The secret first: it is taken out of the file only when the store has given it back.
    let secret = migrate_plaintext(&loaded, &folders.config, &folders.data)?;
    let mut file = ConfigFile::open(&folders.config)?;
    file.modernise()?;
    let key = |section: &str, name: &str| KEYS.iter().find(|key| (key.section, key.name) == (section, name));
    if let Some(key) = key("scheduler", "timezone").filter(|_| keep_times || !is_wound(&file)) {
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

/// Whether a schedule is this program's already, by a key that the former one did not know.
fn is_wound(file: &ConfigFile) -> bool {
    ["timezone", "jitter_seconds"].iter().any(|name| file.holds("scheduler", name))
}

/// The due times of both programs where they differ.
pub fn runs(config: &Config, from: DateTime<Utc>) -> Option<Runs> {
    let text = config.scheduler.crontab.as_deref()?;
    let now = Schedule::from_config(&config.scheduler).ok()??.upcoming(from, NEXT);
    let fields = text.split_whitespace().count();
    let former = if fields == 5 { format!("0 {text}") } else { text.to_owned() };
    let former = cron::Schedule::from_str(&former).ok()?.after(&from).take(NEXT).collect();
    let runs = Runs { former, now };
    (runs.former != runs.now).then_some(runs)
}

/// The tables that the former program read by another page.
fn pages(config: &Config) -> Vec<PageChange> {
    let Ok(scan) = scan::scan(&config.src) else { return Vec::new() };
    let change = |table: scan::FoundTable| {
        let former = former_page(language_driver(&table.paths.table)?, &config.encoding.dbf_encoding);
        let page = codepage::find(&former)?;
        let (report, now) = preview::rows_of(&table.paths.table, &table.source, ROWS, None, config).ok()?;
        if report.encoding == page.name() {
            return None;
        }
        let (_, before) =
            preview::rows_of(&table.paths.table, &table.source, ROWS, Some(page), config).ok()?;
        let differing = before.iter().flatten().zip(now.iter().flatten()).find(|(before, now)| before != now);
        let shortened = |cell: &String| cell.chars().take(WIDEST).collect::<String>();
        // Where every value reads the same, nothing changes.
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

/// The byte of a table's header that names its language.
fn language_driver(table: &Path) -> Option<u8> {
    let mut header = [0; 32];
    std::fs::File::open(table).ok()?.read_exact(&mut header).ok()?;
    Some(header[29])
}

/// The page by which the former program read a table (docs/migration.md#code-pages).
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::config::SchedulerConfig;

    fn config(crontab: &str, timezone: &str) -> Config {
        let scheduler = SchedulerConfig {
            crontab: Some(crontab.to_owned()),
            timezone: Some(timezone.to_owned()),
            jitter_seconds: 0,
        };
        Config { scheduler, ..Config::default() }
    }

    #[test]
    fn the_former_program_ran_by_utc_and_counted_sunday_as_one() {
        let from = "2026-11-21T10:00:00Z".parse().unwrap();
        let runs = |crontab, zone| runs(&config(crontab, zone), from);
        let differs = runs("0 0 8,12,16,18 * * *", "Asia/Jerusalem").unwrap();
        assert_eq!(differs.former[0].to_rfc3339(), "2026-11-21T12:00:00+00:00");
        assert_eq!(differs.now[0].to_rfc3339(), "2026-11-21T14:00:00+00:00");
        assert_eq!(runs("0 0 8,12,16,18 * * *", "UTC"), None);
        assert_eq!(runs("*/5 * * * *", "Asia/Jerusalem"), None);
        // The former one's first day of the week is Sunday, this one's is Monday.
        let weekday = runs("0 8 * * 1", "UTC").unwrap();
        assert_eq!(weekday.former[0].to_rfc3339(), "2026-11-22T08:00:00+00:00");
        assert_eq!(weekday.now[0].to_rfc3339(), "2026-11-23T08:00:00+00:00");
    }
}
