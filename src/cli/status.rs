//! `status`: the pairing, the schedule, the last run, and one state that tells the truth about them.

use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::json;

use super::render::{local, word};
use super::{Context, Exit};
use crate::engine::view::{Sight, look};
use crate::error::Result;
use crate::models::config::Scheduler;
use crate::models::snapshot::{Paired, Pairing, ScheduleView, Snapshot};
use crate::platform::{self, FolderLock};
use crate::schedule::Schedule;

#[derive(Debug, Args)]
pub struct Arguments {}

pub fn run(_arguments: &Arguments, context: &Context) -> Result<Exit> {
    let config = context.config()?.config;
    let store = context.view()?;
    let last_run = store.last_run()?.map(|run| context.truthful(run));
    let seen = look(
        Sight {
            config: &config,
            trouble: None,
            store: &store,
            holder: FolderLock::holder(context.data()),
            holds: false,
            pairing: Pairing::Idle,
            run: None,
            changes: 0,
        },
        platform::now(),
    )?;
    let Snapshot { state, paired, schedule, holder, .. } = seen;
    if context.json() {
        context.screen.json(&json!({
            "state": state,
            "paired": paired,
            "source_dir": config.src.source_dir,
            "schedule": {
                "crontab": config.scheduler.crontab,
                "timezone": config.scheduler.timezone.as_deref().unwrap_or("local"),
                "next": schedule.map(|schedule| schedule.next).unwrap_or_default(),
            },
            "last_run": last_run,
            "lock_holder": holder,
        }));
        return Ok(Exit::DONE);
    }
    let none = || "none".to_owned();
    let mut lines = vec![
        format!("State:        {}", word(&state)),
        format!("Paired with:  {}", paired.map_or_else(none, |paired| whom(&paired))),
        format!("Server:       {}", config.api.base_url.unwrap_or_else(none)),
        format!(
            "Tables in:    {}",
            config.src.source_dir.map_or_else(none, |path| path.display().to_string())
        ),
        format!("Schedule:     {}", schedule.as_ref().map_or_else(none, told)),
        format!("Next runs:    {}", due(&config.scheduler, schedule.as_ref()).unwrap_or_else(none)),
        format!(
            "Last run:     {}",
            last_run.map_or_else(none, |run| format!(
                "{}, {}, {} of {} tables sent (`data_exporter history {}`)",
                local(run.started_at),
                word(&run.state),
                run.totals.sent,
                run.totals.files,
                run.run_id
            ))
        ),
    ];
    if let Some(holder) = holder {
        lines.push(format!("In use by:    {} (pid {})", holder.program, holder.pid));
    }
    context.screen.result(&lines.join("\n"));
    Ok(Exit::DONE)
}

/// A crontab as it was typed and in words, with whose clock it goes by.
fn told(schedule: &ScheduleView) -> String {
    let clock = if schedule.timezone == "local" { "local time" } else { &schedule.timezone };
    format!("{} ({}; {clock})", schedule.crontab, schedule.sentence)
}

/// Due times by the clock of the schedule, one below the other.
fn due(scheduler: &Scheduler, view: Option<&ScheduleView>) -> Option<String> {
    let schedule = Schedule::of(scheduler).ok()??;
    let shown = |time: &DateTime<Utc>| schedule.local(*time).format("%Y-%m-%d %H:%M:%S (UTC%:z)").to_string();
    Some(view?.next.iter().map(shown).collect::<Vec<_>>().join("\n              "))
}

fn whom(paired: &Paired) -> String {
    match paired.since {
        Some(since) => format!("{}, since {}", paired.domain, local(since)),
        None => paired.domain.clone(),
    }
}
