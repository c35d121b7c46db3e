//! [`plan`]: the tables of a run, by scan, names and decisions. Blocking; asks no server.

use std::collections::HashSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::calls::cancelled;
use super::context::RunRequest;
use super::decide::{Decision, Policy, decide};
use crate::config::Config;
use crate::convert::{ConvertSettings, Rules, Watch};
use crate::error::{Code, Error, Result, one_line};
use crate::platform;
use crate::source::names::{WireName, name_tables};
use crate::source::observe::{Observation, content_digest};
use crate::source::scan::{FoundTable, Patterns, Wanted, scan_watched};
use crate::store::Store;

/// Changes when this program writes other bytes for the same table and settings.
const OUTPUT_VERSION: u32 = 2;
/// The number of missing tables that a message names.
const NAMED: usize = 5;

/// The plan of a run.
#[derive(Debug, Default)]
pub struct ExportPlan {
    /// The tables, in the order of their names.
    pub tables: Vec<PlannedTable>,
    /// Problems of the folders.
    pub findings: Vec<Error>,
    /// Whether a part of the folder could not be read.
    pub partial: bool,
    /// Tables that were delivered before and are not in the folder any more.
    pub gone: Vec<String>,
}

/// A table and the decision about it.
#[derive(Debug)]
pub struct PlannedTable {
    /// The table.
    pub table: FoundTable,
    /// Its upload name.
    pub name: WireName,
    /// Whether it is sent.
    pub decision: Decision,
    /// Settings of its conversion.
    pub settings: ConvertSettings,
    /// Digest of every setting that changes the output.
    pub settings_digest: String,
}

/// Plans a run; `destination` is the key of delivered tables. `watch` looks at the reading of the folder.
///
/// # Errors
/// A source folder or configuration that cannot be used; the journal; a stop.
pub fn plan(
    config: &Config,
    store: &Store,
    destination: &str,
    request: &RunRequest,
    stop: &CancellationToken,
    watch: Option<Arc<Watch>>,
) -> Result<ExportPlan> {
    let rules = Rules::new(config)?;
    let only = Patterns::new(&request.only)?;
    let scan = scan_watched(&config.src, watch)?;
    let policy = Policy {
        skip_unchanged: config.export.skip_unchanged,
        full: request.full,
        full_every_days: config.export.full_every_days,
        now: platform::now(),
    };
    check_selection(&request.only, &scan.tables)?;
    let partial = scan.is_partial();
    let gone = if partial { Vec::new() } else { gone(store, destination, config, &scan.tables)? };
    if scan.tables.is_empty() && !gone.is_empty() && !request.accept_missing {
        return Err(source_empty(config, gone.len()));
    }
    // All tables are named before any is excluded, so that a name does not depend on the selection.
    let names = name_tables(scan.tables.iter().map(|table| table.source.as_str()));
    let mut tables = Vec::new();
    for (table, name) in scan.tables.into_iter().zip(names) {
        if stop.is_cancelled() {
            return Err(cancelled());
        }
        if !request.only.is_empty() && !only.take(&table.source) {
            continue;
        }
        let mut settings = rules.settings_for(&table.source);
        settings.part_limit = Some(u64::from(config.api.max_upload_mb) * 1_000_000);
        let settings_digest = digest(&settings);
        let last = store.delivered(destination, &table.source)?;
        let observed = Observation::measure(&table.paths).ok();
        let decision = decide(policy, last.as_ref(), observed.as_ref(), &settings_digest, || {
            content_digest(&table.paths)
        });
        tables.push(PlannedTable { table, name, decision, settings, settings_digest });
    }
    Ok(ExportPlan { tables, findings: scan.findings, partial, gone })
}

/// Checks that each pattern of a person's selection matches a table.
fn check_selection(only: &[String], found: &[FoundTable]) -> Result<()> {
    for glob in only {
        let pattern = Patterns::new(std::slice::from_ref(glob))?;
        if !found.iter().any(|table| pattern.take(&table.source)) {
            return Err(Error::new(Code::Usage, format!("no table matches `{}`", one_line(glob)))
                .hint("`data_exporter export --dry-run` lists the tables"));
        }
    }
    Ok(())
}

/// Checks a person's selection before a run begins, so that a mistyped name is no failed run. Other problems of the
/// folder are those of the run.
///
/// # Errors
/// [`Code::Usage`] with the pattern that matches no table.
pub(super) fn check_request(config: &Config, request: &RunRequest, watch: Arc<Watch>) -> Result<()> {
    if request.only.is_empty() {
        return Ok(());
    }
    scan_watched(&config.src, Some(watch)).map_or(Ok(()), |scan| check_selection(&request.only, &scan.tables))
}

/// Returns the tables that were delivered before, are still wanted, and are not in the folder any more.
fn gone(store: &Store, destination: &str, config: &Config, found: &[FoundTable]) -> Result<Vec<String>> {
    let found: HashSet<&str> = found.iter().map(|table| table.source.as_str()).collect();
    let wanted = Wanted::new(&config.src)?;
    let mut gone = store.delivered_tables(destination)?;
    gone.retain(|source| !found.contains(source.as_str()) && wanted.takes(source));
    Ok(gone)
}

/// A share that is not mounted looks like an empty folder.
fn source_empty(config: &Config, delivered: usize) -> Error {
    let folder = config.src.source_dir.clone().unwrap_or_default();
    let tables = if delivered == 1 { "the table".to_owned() } else { format!("all {delivered} tables") };
    let shown = one_line(&folder.display().to_string());
    Error::new(
        Code::SourceEmpty,
        format!("{tables} delivered before from the source folder `{shown}` are gone: it holds no table"),
    )
    .hint(
        "check that its disk or share is connected; if the tables are really gone, run \
         `data_exporter export --accept-missing`",
    )
    .path(folder)
}

/// Returns the warning about tables that are gone.
pub(super) fn tables_gone(gone: &[String]) -> Error {
    let names: Vec<String> =
        gone.iter().take(NAMED).map(|source| format!("`{}`", one_line(source))).collect();
    let more = if gone.len() > NAMED { format!(" and {} more", gone.len() - NAMED) } else { String::new() };
    let are = if gone.len() == 1 { "is" } else { "are" };
    Error::new(
        Code::TableGone,
        format!("{}{more} {are} not in the source folder any more, but delivered before", names.join(", ")),
    )
    .hint("put back what is missing; if it is really gone, run `data_exporter export --accept-missing`")
}

fn digest(settings: &ConvertSettings) -> String {
    let hex = format!("{:x}", Sha256::digest(format!("{OUTPUT_VERSION} {settings:?}")));
    hex[..16].to_owned()
}
