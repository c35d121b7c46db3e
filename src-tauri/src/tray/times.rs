//! When the last and the next export are, and what else stands above the menu.

use chrono::{DateTime, TimeZone};
use data_exporter::models::snapshot::{Snapshot, State};

use super::progress;
use crate::text::{Words, moment};

/// When the last run ended.
pub fn last<Zone: TimeZone>(snapshot: &Snapshot, words: &Words, now: &DateTime<Zone>) -> Option<String> {
    let run = snapshot.last_run.as_ref()?;
    Some(moment(words, run.finished_at.unwrap_or(run.started_at), now))
}

/// When the next one is due; none where none will start by itself.
pub fn next<Zone: TimeZone>(snapshot: &Snapshot, words: &Words, now: &DateTime<Zone>) -> Option<String> {
    if snapshot.paired.is_none() || snapshot.paused.is_some() {
        return None;
    }
    let due = snapshot.schedule.as_ref()?.next.first()?;
    Some(moment(words, *due, now))
}

/// The end of the pause, in a sentence.
pub fn pause<Zone: TimeZone>(snapshot: &Snapshot, words: &Words, now: &DateTime<Zone>) -> Option<String> {
    Some(match snapshot.paused?.until {
        Some(until) => (words.paused_until)(&moment(words, until, now)),
        None => words.paused_by_hand.to_owned(),
    })
}

/// The lines of the menu below the first: who holds the folder, a run that the state does not tell, the last export, and
/// the next one or why there is none.
pub fn lines<Zone: TimeZone>(snapshot: &Snapshot, words: &Words, now: &DateTime<Zone>) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(snapshot.holder.as_ref().map(words.held));
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
    } else if snapshot.paired.is_some() && snapshot.schedule.is_none() {
        lines.push(words.unscheduled.to_owned());
    }
    lines
}
