//! `status`: the pairing, the schedule, the last run, and one state that tells the truth about them.

use clap::Args;
use serde_json::json;

use super::elsewhere::runtime;
use super::view::View;
use super::{Context, Exit};
use crate::engine::control::{Link, Linked};
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

pub fn run(_arguments: &Arguments, context: &Context) -> Result<Exit> {
    let (config, seen, last_run) = match View::open(context)? {
        View::Here(store) => here(context, &store)?,
        View::Elsewhere(_, told) => elsewhere(*told),
    };
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
    context.screen.result(&text::status::shown(&config, &seen, last_run.as_ref(), context.words()));
    Ok(Exit::DONE)
}

/// What is to be told: a configuration, what is seen of it, the last run.
type Told = (Config, Snapshot, Option<RunReport>);

fn here(context: &Context, store: &Store) -> Result<Told> {
    let config = context.config()?.config;
    let last_run = store.last_run()?.map(|run| context.truthful(run));
    let mut seen = from_outside(&config, store, context.data(), platform::now())?;
    if seen.holder.is_some()
        && let Ok(told) = runtime()?.block_on(Link::connect(context.data()))
    {
        // Only the holder knows what it is waiting for.
        seen = Snapshot { holder: seen.holder, ..told.snapshot };
    }
    Ok((config, seen, last_run))
}

/// What the holder tells somebody who may not read its folder.
fn elsewhere(told: Linked) -> Told {
    let seen = Snapshot { holder: Some(told.holder), ..told.snapshot };
    let mut config = Config::default();
    config.src.source_dir = seen.settings.source_dir.clone().map(Into::into);
    config.scheduler.crontab.clone_from(&seen.settings.crontab);
    config.scheduler.timezone.clone_from(&seen.settings.timezone);
    let last_run = seen.last_run.clone();
    (config, seen, last_run)
}
