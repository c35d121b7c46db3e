//! [`plan`]: the tables of a run, by scan, names and decisions. Blocking; asks no server.

use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::calls::cancelled;
use super::context::RunRequest;
use super::decide::{Decision, Policy, decide};
use crate::config::Config;
use crate::convert::{ConvertSettings, Rules};
use crate::error::{Error, Result};
use crate::platform;
use crate::source::names::{WireName, name_tables};
use crate::source::observe::{Observation, content_digest};
use crate::source::scan::{FoundTable, Patterns, scan};
use crate::store::Store;

/// Changes when this program writes other bytes for the same table and settings.
const OUTPUT_VERSION: u32 = 2;

/// The plan of a run.
#[derive(Debug, Default)]
pub struct ExportPlan {
    /// The tables, in the order of their names.
    pub tables: Vec<PlannedTable>,
    /// Problems of the folders.
    pub findings: Vec<Error>,
    /// Whether a part of the folder could not be read.
    pub partial: bool,
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

/// Plans a run; `destination` is the key of delivered tables.
///
/// # Errors
/// A source folder or configuration that cannot be used; the journal; a stop.
pub fn plan(
    config: &Config,
    store: &Store,
    destination: &str,
    request: &RunRequest,
    stop: &CancellationToken,
) -> Result<ExportPlan> {
    let rules = Rules::new(config)?;
    let only = Patterns::new(&request.only)?;
    let scan = scan(&config.src)?;
    let policy = Policy {
        skip_unchanged: config.export.skip_unchanged,
        full: request.full,
        full_every_days: config.export.full_every_days,
        now: platform::now(),
    };
    let partial = scan.is_partial();
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
    Ok(ExportPlan { tables, findings: scan.findings, partial })
}

fn digest(settings: &ConvertSettings) -> String {
    let hex = format!("{:x}", Sha256::digest(format!("{OUTPUT_VERSION} {settings:?}")));
    hex[..16].to_owned()
}
