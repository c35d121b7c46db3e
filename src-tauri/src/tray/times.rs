//! The last and the next export, and the other lines at the top of the menu.

use chrono::{DateTime, TimeZone};
use data_exporter::error::one_line;
use data_exporter::models::snapshot::{LockOwner, NextStep, Snapshot, State};

use super::progress;
use crate::text::{Words, moment};

/// Returns the time of the last run.
pub fn last<Zone: TimeZone>(snapshot: &Snapshot, words: &Words, now: &DateTime<Zone>) -> Option<String> {
    let run = snapshot.last_run.as_ref()?;
    Some(moment(words, run.finished_at.unwrap_or(run.started_at), now))
}

/// Returns the time of the next run; `None` where none will start by itself.
pub fn next<Zone: TimeZone>(snapshot: &Snapshot, words: &Words, now: &DateTime<Zone>) -> Option<String> {
    if snapshot.paired.is_none() || snapshot.paused.is_some() {
        return None;
    }
    let due = snapshot.schedule.as_ref()?.next.first()?;
    Some(moment(words, *due, now))
}

/// Describes the end of the pause.
pub fn pause<Zone: TimeZone>(snapshot: &Snapshot, words: &Words, now: &DateTime<Zone>) -> Option<String> {
    Some(match snapshot.paused?.until {
        Some(until) => (words.paused_until)(&moment(words, until, now)),
        None => words.paused_by_hand.to_owned(),
    })
}

/// Returns the lines below the first: the owner of the folder, a run that the state does not show, the last export, and
/// the next one or why there is none.
pub fn lines<Zone: TimeZone>(snapshot: &Snapshot, words: &Words, now: &DateTime<Zone>) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(
        snapshot
            .holder
            .as_ref()
            .map(|holder| (words.held)(&LockOwner { program: one_line(&holder.program), ..holder.clone() })),
    );
    if snapshot.state != State::Running {
        lines.extend(snapshot.run.as_ref().map(|run| progress(run, words)));
    }
    lines.extend(last(snapshot, words, now).map(|when| (words.last)(&when)));
    if let Some(next) = next(snapshot, words, now) {
        lines.push((words.next)(&next));
    } else if snapshot.state != State::Paused
        && let Some(pause) = pause(snapshot, words, now)
    {
        lines.push(pause);
    } else if snapshot.paired.is_some()
        && snapshot.schedule.is_none()
        // The first line says it, or another step comes first.
        && !matches!(snapshot.next_step, Some(NextStep::ChooseFolder | NextStep::SetSchedule))
    {
        lines.push(words.unscheduled.to_owned());
    }
    lines
}
