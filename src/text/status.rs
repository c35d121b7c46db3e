//! The status of an installation as text.

use chrono::{DateTime, Utc};

use super::{Layout, Styled, Tone, Words, errors, local, lower_first, one_line, wrapped};
use crate::models::export::RunReport;
use crate::models::pairing::Paired;
use crate::models::schedule::ScheduleView;
use crate::models::snapshot::{NextStep, RunProgress, Snapshot, State};
use crate::schedule::Zone;

/// The state and what it derives from; `last_run` may still be running.
pub fn shown(seen: &Snapshot, last_run: Option<&RunReport>, layout: Layout, words: &Words) -> Styled {
    let Snapshot { state, paired, schedule, holder, run, problem, settings, .. } = seen;
    let said = &words.status;
    let one = |value: String| vec![value];
    let mut lines = vec![
        (said.state, Some(one(state_line(seen, words)))),
        (said.paired, paired.as_ref().map(|paired| one(whom(paired, words)))),
        (said.server, settings.base_url.clone().map(one)),
        (said.source, settings.source_dir.clone().map(one)),
        (said.schedule, schedule.as_ref().map(|schedule| one(describe_schedule(schedule, words)))),
        // Where nothing runs the schedule, nothing will happen at these times.
        (said.next, schedule.as_ref().filter(|_| holder.is_some()).map(due)),
        (said.last, last_run.map(|run| one(last(run, words)))),
    ];
    lines.extend(run.as_ref().map(|run| (said.now, Some(one(progress(run, words))))));
    lines.extend(problem.as_ref().map(|problem| (said.problem, Some(errors::labelled(problem, words)))));
    let step = seen.next_step.map(|step| match step {
        NextStep::Pair => said.pair,
        NextStep::ChooseFolder => said.choose_folder,
        NextStep::Export => said.first_export,
        NextStep::SetSchedule => said.no_schedule,
        NextStep::RunSchedule => said.not_running,
    });
    let is_idle = schedule.is_some() && holder.is_none();
    let step = step.or_else(|| is_idle.then_some(said.not_running));
    lines.extend(step.map(|step| (said.next_step, Some(one(step.to_owned())))));
    lines.extend(holder.as_ref().map(|holder| (said.holder, Some(one((said.process)(holder))))));

    let width = said.labels().map(|label| label.chars().count()).into_iter().max().unwrap_or_default();
    let line = |(label, values): (&str, Option<Vec<String>>)| {
        let values = values.unwrap_or_else(|| one(said.none.to_owned()));
        let mut line = Styled::from(format!("{label:<width$}  "));
        let tone = if label == said.state { tone(*state) } else { Tone::Plain };
        let values = values.join(&format!("\n{:width$}  ", ""));
        line.push(tone, wrapped(&values, width + 2, width + 2, layout));
        line
    };
    Styled::join(lines.into_iter().map(line), "\n")
}

fn tone(state: State) -> Tone {
    match state {
        State::Ok | State::Running => Tone::Good,
        State::NeedsAttention | State::Error | State::Overdue => Tone::Bad,
        State::Unpaired | State::Paused | State::Warnings | State::Inactive => Tone::Doubtful,
        State::Setup | State::NeverRun => Tone::Plain,
    }
}

/// The state; of a pause also its end.
fn state_line(seen: &Snapshot, words: &Words) -> String {
    let state = words.state(seen.state);
    match seen.paused.as_ref().filter(|_| seen.state == State::Paused) {
        Some(pause) => {
            let until = pause.until.map(local);
            format!("{state}, {}", (words.status.paused)(until.as_deref()))
        }
        None => state.to_owned(),
    }
}

/// The state, its problem and the last success, on one line.
pub fn summary(seen: &Snapshot, last_success: Option<DateTime<Utc>>, words: &Words) -> String {
    let problem = seen.problem.as_ref().map(|problem| errors::lines(problem, words).0);
    let success = (words.status.last_success)(last_success.map(local).as_deref());
    let parts = [Some(state_line(seen, words)), problem, Some(success)];
    one_line(&parts.into_iter().flatten().collect::<Vec<_>>().join("; "))
}

/// The progress of a run, and what it waits for.
fn progress(run: &RunProgress, words: &Words) -> String {
    let sent = match run.to_send {
        Some(to_send) => (words.sent_of)(run.sent, to_send),
        None => (words.status.sent)(run.sent),
    };
    match &run.waiting {
        Some(waiting) => (words.status.waiting)(&sent, &local(waiting.until), &waiting.why),
        None => sent,
    }
}

/// A crontab, its description and its time zone.
fn describe_schedule(schedule: &ScheduleView, words: &Words) -> String {
    let clock = if schedule.timezone == "local" { words.status.local_time } else { &schedule.timezone };
    (words.status.schedule_line)(&schedule.crontab, &schedule.sentence, clock)
}

/// The next due times, in the time zone of the schedule.
fn due(view: &ScheduleView) -> Vec<String> {
    let zone = Zone::parse(Some(&view.timezone)).unwrap_or(Zone::Local);
    let shown = |time: &DateTime<Utc>| zone.local(*time).format("%Y-%m-%d %H:%M:%S (UTC%:z)").to_string();
    view.next.iter().map(shown).collect()
}

fn last(run: &RunReport, words: &Words) -> String {
    format!(
        "{}, {}, {} (`data_exporter history {}`)",
        local(run.started_at),
        lower_first(words.run_state(run.state)),
        (words.sent_of)(run.totals.sent, run.totals.files),
        run.run_id
    )
}

fn whom(paired: &Paired, words: &Words) -> String {
    match paired.since {
        Some(since) => (words.status.since)(&paired.domain, &local(since)),
        None => paired.domain.clone(),
    }
}
