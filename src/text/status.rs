//! How an installation is, at a glance.

use chrono::{DateTime, Utc};

use super::{local, word};
use crate::models::Config;
use crate::models::config::Scheduler;
use crate::models::export::RunReport;
use crate::models::snapshot::{Paired, Progress, ScheduleView, Snapshot};
use crate::schedule::Schedule;

/// The state and what it stands on; `last_run` may be one that is going on.
pub fn shown(config: &Config, seen: &Snapshot, last_run: Option<&RunReport>) -> String {
    let Snapshot { state, paired, schedule, holder, run, problem, .. } = seen;
    let none = || "none".to_owned();
    let mut lines = vec![
        format!("State:        {}", word(state)),
        format!("Paired with:  {}", paired.as_ref().map_or_else(none, whom)),
        format!("Server:       {}", config.api.base_url.clone().unwrap_or_else(none)),
        format!(
            "Tables in:    {}",
            config.src.source_dir.as_ref().map_or_else(none, |path| path.display().to_string())
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
    if let Some(run) = run {
        lines.push(format!("Now:          {}", going_on(run)));
    }
    if let Some(problem) = problem {
        lines.push(format!("Problem:      {}", problem.message));
        lines.extend(problem.hint.as_ref().map(|hint| format!("              hint: {hint}")));
    }
    if let Some(holder) = holder {
        lines.push(format!("In use by:    {} (pid {})", holder.program, holder.pid));
    }
    lines.join("\n")
}

/// How far a run is, and what it waits for.
fn going_on(run: &Progress) -> String {
    let of = run.to_send.map_or_else(String::new, |to_send| format!(" of {to_send}"));
    let sent = format!("{}{of} tables sent", run.sent);
    match &run.waiting {
        Some(waiting) => format!("{sent}; waiting until {}: {}", local(waiting.until), waiting.why),
        None => sent,
    }
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
