//! `status`: the pairing, the schedule, the last run, and the state derived from them.

use std::fs::File;

use clap::Args;
use serde_json::json;

use super::session::with_engine;
use super::{CliContext, Exit};
use crate::engine::Mode;
use crate::error::Result;
use crate::models::history::HistoryQuery;
use crate::models::snapshot::Snapshot;
use crate::text;

#[derive(Debug, Args)]
pub struct Arguments {}

pub fn run(_arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let (snapshot, newest) = with_engine(context, "status", Mode::Status, async |engine| {
        let newest = engine.history(HistoryQuery::default(), None, 1).await?;
        // A lock owner also shows its status to an account that may not read the configuration.
        if engine.owner().is_none() || File::open(&context.folders.config).is_ok() {
            context.config()?;
        }
        Ok((engine.snapshot(), newest))
    })?;
    let last_run = newest.runs.into_iter().next();
    if context.json() {
        let Snapshot { state, problem, paired, paused, run, schedule, holder, settings, .. } = snapshot;
        context.screen.json(&json!({
            "state": state,
            "problem": problem,
            "paired": paired,
            "source_dir": settings.source_dir,
            "schedule": {
                "crontab": settings.crontab,
                "timezone": settings.timezone.as_deref().unwrap_or("local"),
                "next": schedule.map(|schedule| schedule.next).unwrap_or_default(),
            },
            "paused_until": paused.and_then(|pause| pause.until),
            "run": run,
            "last_run": last_run,
            "lock_holder": holder,
        }));
        return Ok(Exit::DONE);
    }
    context.screen.result(&text::status::shown(&snapshot, last_run.as_ref(), context.words()));
    Ok(Exit::DONE)
}
