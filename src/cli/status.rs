//! `status`: the pairing, the schedule, the last run, and one [`State`] that tells the truth about them.

use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::render::{local, word};
use super::{Context, Exit};
use crate::api::client::base_of;
use crate::auth::credential;
use crate::error::{Code, Result};
use crate::models::config::Word as _;
use crate::models::export::{ErrorBody, RunReport, RunState};
use crate::platform::{self, FolderLock};
use crate::schedule::{Schedule, Zone};

/// How many runs are looked through for one that ended by itself.
const RECENT: u64 = 50;

/// How many due times are told.
const NEXT: usize = 5;

#[derive(Debug, Args)]
pub struct Arguments {}

/// The state of an installation, in the order of docs/tray-and-ui.md: the first that holds is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// No credential is configured.
    Unpaired,
    /// The server refused the credential, or the folder of tables is missing.
    NeedsAttention,
    /// The last run failed.
    Error,
    /// A run is going on.
    Running,
    /// The last run left something out.
    Warnings,
    /// The last run delivered everything.
    Ok,
    /// There was no run that tells anything.
    NeverRun,
}

/// What the state is judged by.
#[derive(Debug, Clone, Copy)]
struct Facts {
    paired: bool,
    refused: bool,
    folder_there: bool,
    running: bool,
    /// The last run that ended by itself.
    last: Option<RunState>,
}

fn judge(facts: Facts) -> State {
    match facts {
        Facts { paired: false, .. } => State::Unpaired,
        Facts { refused: true, .. } | Facts { folder_there: false, .. } => State::NeedsAttention,
        Facts { last: Some(RunState::Failed | RunState::Interrupted), .. } => State::Error,
        Facts { running: true, .. } => State::Running,
        Facts { last: Some(RunState::CompleteWithWarnings), .. } => State::Warnings,
        Facts { last: Some(RunState::Complete | RunState::NothingToDo), .. } => State::Ok,
        Facts { last: None | Some(RunState::Running | RunState::Cancelled), .. } => State::NeverRun,
    }
}

pub fn run(_arguments: &Arguments, context: &Context) -> Result<Exit> {
    let config = context.config()?.config;
    let store = context.view()?;
    let holder = FolderLock::holder(context.data());
    let last_run = store.last_run()?.map(|run| context.truthful(run));
    let running = last_run.as_ref().is_some_and(|run| run.state == RunState::Running);
    let ended = |run: &RunReport| !matches!(run.state, RunState::Running | RunState::Cancelled);
    let recent = store.history(Some(RECENT), None)?;
    let last_ended = recent.into_iter().map(|run| context.truthful(run)).find(ended);
    let user = credential::user(&config);
    let base_url = config.api.base_url.clone();
    let server = base_url.as_deref().and_then(base_of);
    let (refused_at, since) = match (&server, &user) {
        (Some(server), Some(user)) => (store.refused_at(server)?, store.paired_since(user, server)?),
        (Some(server), None) => (store.refused_at(server)?, None),
        (None, _) => (None, None),
    };
    let refused = refused_at.is_some()
        || last_ended
            .as_ref()
            .filter(|run| since.is_none_or(|since| since < run.started_at))
            .and_then(|run| run.error.as_ref())
            .is_some_and(wants_a_person);
    let state = judge(Facts {
        paired: user.is_some(),
        refused,
        folder_there: config
            .src
            .source_dir
            .as_deref()
            .is_some_and(|folder| std::fs::read_dir(folder).is_ok()),
        running,
        last: last_ended.map(|run| run.state),
    });
    let schedule = Schedule::of(&config.scheduler)?;
    let next = schedule.as_ref().map(|schedule| schedule.upcoming(platform::now(), NEXT)).unwrap_or_default();
    if context.json() {
        context.screen.json(&json!({
            "state": state,
            "paired": user.as_ref().map(|user| json!({
                "domain": user,
                "dialect": config.api.dialect.word(),
                "base_url": base_url,
                "since": since,
            })),
            "source_dir": config.src.source_dir,
            "schedule": {
                "crontab": config.scheduler.crontab,
                "timezone": config.scheduler.timezone.as_deref().unwrap_or("local"),
                "next": next,
            },
            "last_run": last_run,
            "lock_holder": holder,
        }));
        return Ok(Exit::DONE);
    }
    let none = || "none".to_owned();
    let mut lines = vec![
        format!("State:        {}", word(&state)),
        format!("Paired with:  {}", user.map_or_else(none, |user| whom(&user, since))),
        format!("Server:       {}", base_url.unwrap_or_else(none)),
        format!(
            "Tables in:    {}",
            config.src.source_dir.map_or_else(none, |path| path.display().to_string())
        ),
        format!("Schedule:     {}", schedule.as_ref().map_or_else(none, told)),
        format!("Next runs:    {}", schedule.as_ref().map_or_else(none, |schedule| due(schedule, &next))),
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
fn told(schedule: &Schedule) -> String {
    let clock = match schedule.zone() {
        Zone::Local => "local time",
        Zone::Named(zone) => zone.name(),
    };
    format!("{} ({}; {clock})", schedule.text(), schedule.plain())
}

/// Due times by the clock of the schedule, one below the other.
fn due(schedule: &Schedule, times: &[DateTime<Utc>]) -> String {
    let shown = |time: &DateTime<Utc>| schedule.local(*time).format("%Y-%m-%d %H:%M:%S (UTC%:z)").to_string();
    times.iter().map(shown).collect::<Vec<_>>().join("\n              ")
}

/// Whether no later run can succeed before somebody has done something.
fn wants_a_person(error: &ErrorBody) -> bool {
    [Code::AuthenticationFailed, Code::NotPaired, Code::KeychainError, Code::ApiV2Required]
        .iter()
        .any(|code| code.as_str() == error.code)
}

fn whom(user: &str, since: Option<DateTime<Utc>>) -> String {
    since.map_or_else(|| user.to_owned(), |since| format!("{user}, since {}", local(since)))
}
