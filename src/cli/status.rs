//! `status`: the pairing, the schedule, the last run, and the state derived from them.

use clap::Args;
use serde_json::json;

use super::elsewhere::runtime;
use super::view::ListSource;
use super::{CliContext, Exit};
use crate::engine::control::{Connection, ControlClient};
use crate::engine::view::from_outside;
use crate::error::Result;
use crate::models::Config;
use crate::models::export::RunReport;
use crate::models::snapshot::Snapshot;
use crate::platform;
use crate::store::Store;
use crate::text;

#[derive(Debug, Args)]
pub struct Arguments {}

pub fn run(_arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let (config, snapshot, last_run) = match ListSource::open(context)? {
        ListSource::Database(store) => local_status(context, &store)?,
        ListSource::Owner(_, connection) => owner_status(*connection),
    };
    if context.json() {
        let Snapshot { state, problem, paired, run, schedule, holder, .. } = snapshot;
        context.screen.json(&json!({
            "state": state,
            "problem": problem,
            "paired": paired,
            "source_dir": config.src.source_dir,
            "schedule": {
                "crontab": config.scheduler.crontab,
                "timezone": config.scheduler.timezone.as_deref().unwrap_or("local"),
                "next": schedule.map(|schedule| schedule.next).unwrap_or_default(),
            },
            "run": run,
            "last_run": last_run,
            "lock_holder": holder,
        }));
        return Ok(Exit::DONE);
    }
    context.screen.result(&text::status::shown(&config, &snapshot, last_run.as_ref(), context.words()));
    Ok(Exit::DONE)
}

/// The inputs of the output: configuration, snapshot, last run.
type StatusView = (Config, Snapshot, Option<RunReport>);

fn local_status(context: &CliContext, store: &Store) -> Result<StatusView> {
    let config = context.config()?.config;
    let last_run = store.last_run()?.map(|run| context.truthful(run));
    let mut snapshot = from_outside(&config, store, context.data(), platform::now())?;
    if snapshot.holder.is_some()
        && let Ok(connection) = runtime()?.block_on(ControlClient::connect(context.data()))
    {
        // Only the lock owner knows what a run is waiting for.
        snapshot = Snapshot { holder: snapshot.holder, ..connection.snapshot };
    }
    Ok((config, snapshot, last_run))
}

/// The information that a lock owner gives to an account that may not read its folder.
fn owner_status(connection: Connection) -> StatusView {
    let snapshot = Snapshot { holder: Some(connection.owner), ..connection.snapshot };
    let mut config = Config::default();
    config.src.source_dir = snapshot.settings.source_dir.clone().map(Into::into);
    config.scheduler.crontab.clone_from(&snapshot.settings.crontab);
    config.scheduler.timezone.clone_from(&snapshot.settings.timezone);
    let last_run = snapshot.last_run.clone();
    (config, snapshot, last_run)
}
