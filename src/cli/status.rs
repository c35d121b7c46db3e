//! `status`: the pairing, the schedule, the last run, and one state that tells the truth about them.

use clap::Args;
use serde_json::json;

use super::elsewhere::runtime;
use super::{Context, Exit};
use crate::engine::control::Link;
use crate::engine::view::from_outside;
use crate::error::Result;
use crate::models::snapshot::Snapshot;
use crate::platform;
use crate::text;

#[derive(Debug, Args)]
pub struct Arguments {}

pub fn run(_arguments: &Arguments, context: &Context) -> Result<Exit> {
    let config = context.config()?.config;
    let store = context.view()?;
    let last_run = store.last_run()?.map(|run| context.truthful(run));
    let mut seen = from_outside(&config, &store, context.data(), platform::now())?;
    if seen.holder.is_some()
        && let Ok(told) = runtime()?.block_on(Link::connect(context.data()))
    {
        // Only the holder knows what it is waiting for.
        seen = Snapshot { holder: seen.holder, ..told.snapshot };
    }
    if context.json() {
        let Snapshot { state, problem, paired, run, schedule, holder, .. } = seen;
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
    context.screen.result(&text::status::shown(&config, &seen, last_run.as_ref()));
    Ok(Exit::DONE)
}
