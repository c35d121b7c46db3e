//! `status`: the pairing, the schedule, the last run, and the state derived from them.

use std::fs::File;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::session::with_engine;
use super::{CliContext, Exit, arguments};
use crate::engine::{Engine, Mode};
use crate::error::Result;
use crate::models::export::RunState;
use crate::models::history::HistoryQuery;
use crate::models::snapshot::{Snapshot, State};
use crate::platform;
use crate::text::{self, word};

#[derive(Debug, Args)]
pub struct Arguments {
    /// One line and exit code for monitoring: 0 ok, 1 warning, 2 critical, 3 unknown
    #[arg(long)]
    check: bool,
    /// With `--check`: critical when the last success is older (90m, 26h, 2d)
    #[arg(long, value_name = "DURATION", value_parser = arguments::duration, requires = "check")]
    max_age: Option<Duration>,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    if arguments.check {
        return Ok(check(arguments, context));
    }
    let (snapshot, newest) = with_engine(context, "status", Mode::Status, async |engine| {
        let newest = engine.history(HistoryQuery::default(), None, 1).await?;
        Ok((seen(engine, context)?, newest))
    })?;
    let last_run = newest.runs.into_iter().next();
    if context.json() {
        let Snapshot { state, next_step, problem, paired, paused, run, schedule, holder, settings, .. } =
            snapshot;
        context.screen.json(&json!({
            "state": state,
            "next_step": next_step,
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
    context.screen.styled(&text::status::shown(
        &snapshot,
        last_run.as_ref(),
        context.screen.layout(false),
        context.words(),
    ));
    Ok(Exit::DONE)
}

/// Returns what there is to show. A lock owner also shows it to an account that may not read the configuration.
fn seen(engine: &Engine, context: &CliContext) -> Result<Snapshot> {
    if engine.owner().is_none() || File::open(&context.folders.config).is_ok() {
        context.config()?;
    }
    Ok(engine.snapshot())
}

/// Prints the line of a monitoring plugin; its exit codes are those that Nagios and its kin expect.
fn check(arguments: &Arguments, context: &CliContext) -> Exit {
    let words = context.words();
    let found = with_engine(context, "status", Mode::Status, async |engine| {
        let states = vec![RunState::Complete, RunState::CompleteWithWarnings, RunState::NothingToDo];
        let query = HistoryQuery { states, ..HistoryQuery::default() };
        let newest = engine.history(query, None, 1).await?;
        Ok((seen(engine, context)?, newest.runs.into_iter().next().and_then(|run| run.finished_at)))
    });
    let (health, state, last_success, line) = match found {
        Ok((snapshot, last_success)) => {
            let health = Health::of(snapshot.state, last_success, arguments.max_age, platform::now());
            let line = text::status::summary(&snapshot, last_success, words);
            (health, Some(snapshot.state), last_success, line)
        }
        Err(error) => (Health::Unknown, None, None, text::one_line(&error.message)),
    };
    if context.json() {
        context.screen.json(&json!({ "check": health, "state": state, "last_success": last_success }));
    }
    context.screen.result(&format!("{} - {line}", word(&health).to_uppercase()));
    Exit(health as u8)
}

/// What a monitoring system is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Health {
    Ok,
    Warning,
    Critical,
    Unknown,
}

impl Health {
    /// With an age that is kept, exports that something else than this program starts are well.
    fn of(
        state: State,
        last_success: Option<DateTime<Utc>>,
        max_age: Option<Duration>,
        now: DateTime<Utc>,
    ) -> Self {
        let too_old = max_age.is_some_and(|limit| {
            last_success.is_none_or(|at| (now - at).to_std().unwrap_or_default() > limit)
        });
        match state {
            State::Unpaired | State::NeedsAttention | State::Setup | State::Error | State::Overdue => {
                Self::Critical
            }
            _ if too_old => Self::Critical,
            State::Inactive if max_age.is_some() => Self::Ok,
            State::Paused | State::Warnings | State::Inactive | State::NeverRun => Self::Warning,
            State::Running | State::Ok => Self::Ok,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_and_the_age_of_the_last_success_decide() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let hours = |hours: i64| Some(now - chrono::TimeDelta::hours(hours));
        let day = Some(Duration::from_hours(24));
        for (state, last, max_age, expected) in [
            (State::Ok, hours(1), None, Health::Ok),
            (State::Ok, hours(25), day, Health::Critical),
            (State::Ok, hours(23), day, Health::Ok),
            (State::Running, None, day, Health::Critical),
            (State::Running, None, None, Health::Ok),
            (State::Inactive, hours(1), None, Health::Warning),
            (State::Inactive, hours(1), day, Health::Ok),
            (State::Inactive, hours(30), day, Health::Critical),
            (State::Paused, hours(1), day, Health::Warning),
            (State::Warnings, hours(1), day, Health::Warning),
            (State::NeverRun, None, None, Health::Warning),
            (State::NeverRun, None, day, Health::Critical),
            (State::Unpaired, None, None, Health::Critical),
            (State::Setup, None, None, Health::Critical),
            (State::NeedsAttention, hours(1), day, Health::Critical),
            (State::Error, hours(1), day, Health::Critical),
            (State::Overdue, hours(1), day, Health::Critical),
        ] {
            assert_eq!(Health::of(state, last, max_age, now), expected, "{state:?} {last:?} {max_age:?}");
        }
    }
}
