//! The history as text: a list of runs, and one run with its tables.

use super::{
    Cell, Column, Layout, MessageLabel, Side, Styled, Table, Tone, Words, bytes, errors, local, local_minute,
    lower_first, one_line,
};
use crate::models::export::{
    ErrorBody, ExportedFile, FileReport, Finding, RunReport, RunState, Sample, UploadState,
};

/// Reports of runs with more tables than this list only the tables with problems.
const LISTED: usize = 40;

/// Runs, one per line; neighbours in which there was nothing to send stand in one line.
pub fn list(runs: &[RunReport], layout: Layout, words: &Words) -> Styled {
    use Side::{Left, Right};
    let [number, started, state, tables, sent, unchanged, failed, rows, size, batch] = words.history.list;
    let mut table = Table::new([
        Column::new(number, Right),
        Column::new(started, Left),
        Column::new(state, Left).at_least(12),
        Column::new(tables, Right).optional(5),
        Column::new(sent, Right).optional(2),
        Column::new(unchanged, Right).optional(6),
        Column::new(failed, Right),
        Column::new(rows, Right).optional(3),
        Column::new(size, Right).optional(4),
        Column::new(batch, Left).optional(1),
    ]);
    for same in runs.chunk_by(|run, older| is_empty(run) && is_empty(older)) {
        let (Some(run), Some(oldest)) = (same.first(), same.last()) else { continue };
        let totals = run.totals;
        let batch = run.batch_id.clone().unwrap_or_default();
        let short = batch.chars().take(SHORT).collect::<String>();
        let (number, state) = (run.run_id.to_string(), words.run_state(run.state).to_owned());
        let (number, state) = match same.len() {
            1 => (number, state),
            times => (format!("{}–{number}", oldest.run_id), format!("{state} ×{times}")),
        };
        table.row([
            number.into(),
            Cell::from(local(run.started_at)).or(local_minute(run.started_at)),
            Cell::toned(tone(run.state), state),
            totals.files.to_string().into(),
            totals.sent.to_string().into(),
            totals.skipped_unchanged.to_string().into(),
            // Which of them a person stopped is not known without the tables.
            Some(totals.failed.to_string())
                .filter(|_| run.state != RunState::Cancelled || totals.failed == 0)
                .unwrap_or_else(|| "–".to_owned())
                .into(),
            totals.rows_written.to_string().into(),
            bytes(totals.bytes_out).into(),
            Cell::from(batch).or(short),
        ]);
    }
    table.styled(layout)
}

/// The letters of a batch's id that tell it from others, in a narrow table.
const SHORT: usize = 8;

/// Returns whether a run had nothing to send and nothing to tell.
fn is_empty(run: &RunReport) -> bool {
    run.state == RunState::NothingToDo && run.error.is_none() && run.totals.failed == 0
}

fn tone(state: RunState) -> Tone {
    match state {
        RunState::Complete | RunState::NothingToDo => Tone::Good,
        RunState::CompleteWithWarnings | RunState::Cancelled | RunState::Interrupted => Tone::Doubtful,
        RunState::Failed => Tone::Bad,
        RunState::Running => Tone::Plain,
    }
}

/// The line of a run that had nothing to send and nothing to tell; none for other runs.
pub fn nothing_sent(run: &RunReport, words: &Words) -> Option<String> {
    let has_remarks = |file: &ExportedFile| !file.report.warnings.is_empty() || !file.report.notes.is_empty();
    let silent = !is_dry(run) && is_empty(run) && !run.files.iter().flatten().any(has_remarks);
    silent.then(|| (words.history.nothing)(run.run_id, run.totals.skipped_unchanged))
}

/// One run with its tables. `export` ends with it too; a run with number 0 is a dry run. With `values`, the first
/// values that could not be exported are listed where the report has them.
pub fn one(run: &RunReport, values: bool, layout: Layout, words: &Words) -> Styled {
    let said = &words.history;
    let totals = run.totals;
    let to_send = totals.files - (totals.skipped_unchanged + totals.failed).min(totals.files);
    let mut lines = vec![if is_dry(run) {
        Styled::from((said.dry_run)(to_send))
    } else {
        let state = lower_first(words.run_state(run.state));
        let finished = run.finished_at.map(local);
        let line = (said.run)(run.run_id, &state, &local(run.started_at), finished.as_deref());
        Styled::of(tone(run.state), line)
    }];
    lines.extend(run.batch_ids.iter().map(|batch| (said.batch)(batch).into()));
    lines.push(Styled::from(if is_dry(run) {
        (said.dry_totals)(&totals, to_send, &bytes(totals.bytes_out))
    } else {
        (said.totals)(&totals, stopped(run), &bytes(totals.bytes_out))
    }));
    if let Some(error) = &run.error {
        lines.extend(failure(error, "", words).into_iter().map(Styled::from));
    }
    let files = run.files.as_deref().unwrap_or_default();
    if !files.is_empty() {
        lines.push("".into());
        lines.push(tables(run, layout, words));
        lines.extend(files.iter().flat_map(|file| remarks(file, values, words)).map(Styled::from));
    }
    Styled::join(lines, "\n")
}

/// Removes the tables without problems from a long list and returns how many were removed. A dry run keeps all tables,
/// because it is not in the history.
pub fn leave_out_the_good(report: &mut RunReport) -> u64 {
    let dry = is_dry(report);
    let Some(files) = report.files.as_mut().filter(|files| !dry && files.len() > LISTED) else {
        return 0;
    };
    let before = files.len();
    files.retain(|file| file.report.error.is_some() || !file.report.warnings.is_empty());
    (before - files.len()) as u64
}

/// A dry run has no number in the history.
fn is_dry(run: &RunReport) -> bool {
    run.run_id == 0
}

/// Why a table was sent or left out; of a failed one, why it failed; none of a table that was not attempted.
fn reason(file: &ExportedFile, dry: bool, words: &Words) -> String {
    match &file.report.error {
        Some(error) => lower_first(&errors::lines(error, words).0),
        None if file.upload.is_none() && !dry => String::new(),
        None => decision(file.decision.as_deref().unwrap_or_default(), words),
    }
}

/// The reason in a decision such as `sent: the content has changed`; the column before says what was done.
fn decision(decision: &str, words: &Words) -> String {
    let reason = decision.split_once(": ").map_or(decision, |(_, reason)| reason);
    let numbers: Vec<&str> = reason
        .split(|letter: char| !letter.is_ascii_digit() && letter != '-')
        .filter(|part| part.starts_with(|letter: char| letter.is_ascii_digit()))
        .collect();
    let plain: String = reason.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    (words.decision)(plain.trim_end_matches('-').trim(), &numbers).unwrap_or_else(|| reason.to_owned())
}

/// The tables that were neither delivered nor at fault when a person stopped the run.
fn stopped(run: &RunReport) -> u64 {
    let stopped =
        |file: &&ExportedFile| file.upload == Some(UploadState::Failed) && file.report.error.is_none();
    match run.state {
        RunState::Cancelled => run.files.iter().flatten().filter(stopped).count() as u64,
        _ => 0,
    }
}

fn tables(run: &RunReport, layout: Layout, words: &Words) -> Styled {
    use Side::{Left, Right};
    let (dry, cancelled) = (is_dry(run), run.state == RunState::Cancelled);
    let said = &words.history;
    let [name, upload, rows, deleted, size, page, why] = said.tables;
    let mut table = Table::new([
        Column::new(name, Left).at_least(12),
        Column::new(upload, Left),
        Column::new(rows, Right),
        Column::new(deleted, Right).optional(3),
        Column::new(size, Right).optional(2),
        Column::new(page, Left).optional(4),
        Column::new(why, Left).at_least(16),
    ]);
    for file in run.files.iter().flatten() {
        let report = &file.report;
        let (upload, tone) = match file.upload {
            Some(UploadState::Failed) if cancelled && report.error.is_none() => {
                (said.stopped, Tone::Doubtful)
            }
            Some(upload) => (words.upload(upload), upload_tone(upload)),
            None if dry && report.error.is_none() => (said.to_send, Tone::Plain),
            None if dry => (said.failed, Tone::Bad),
            None => (said.not_attempted, Tone::Doubtful),
        };
        table.row([
            one_line(&report.source).into(),
            Cell::toned(tone, upload),
            report.rows.written.to_string().into(),
            report.rows.deleted.to_string().into(),
            bytes(report.bytes_out).into(),
            report.encoding.clone().unwrap_or_default().into(),
            reason(file, dry, words).into(),
        ]);
    }
    table.styled(layout)
}

fn upload_tone(upload: UploadState) -> Tone {
    match upload {
        UploadState::Failed => Tone::Bad,
        _ => Tone::Plain,
    }
}

fn remarks(file: &ExportedFile, values: bool, words: &Words) -> Vec<String> {
    let report = &file.report;
    let mut lines = Vec::new();
    if let Some(error) = &report.error {
        lines.extend(failure(error, &format!("{}: ", one_line(&report.source)), words));
    }
    for warning in report.warnings.iter().take(WARNINGS) {
        lines.push(format!("{} {}", (words.label)(MessageLabel::Warning), sentence(report, warning, words)));
        lines.extend(warning.samples.iter().filter(|_| values).map(|value| sample(value, words)));
    }
    if let Some(more) = more_warnings(report.warnings.len(), words) {
        lines.push(format!("{} {}: {more}", (words.label)(MessageLabel::Warning), one_line(&report.source)));
    }
    let note = |note| format!("{} {}", (words.label)(MessageLabel::Note), sentence(report, note, words));
    lines.extend(report.notes.iter().map(note));
    lines
}

/// An error, every line with its label; `about` stands before the sentence.
fn failure(error: &ErrorBody, about: &str, words: &Words) -> Vec<String> {
    let mut lines = errors::labelled(error, words);
    if let Some(first) = lines.first_mut() {
        *first = format!("{} {about}{first}", (words.label)(MessageLabel::Error));
    }
    lines
}

/// How many kinds of warnings of a table are shown one by one.
pub const WARNINGS: usize = 10;

/// How many warnings of a table are not shown, where there are too many.
pub fn more_warnings(count: usize, words: &Words) -> Option<String> {
    let left = count.checked_sub(WARNINGS).filter(|left| *left > 0)?;
    Some((words.history.more)(left as u64))
}

/// A finding with its table and column before it.
pub fn sentence(report: &FileReport, found: &Finding, words: &Words) -> String {
    let table = one_line(&report.source);
    let place = match &found.column {
        Some(column) => (words.history.column)(&table, &one_line(column)),
        None => table,
    };
    format!("{place}: {}", finding(found, words))
}

/// A finding: the engine's message, or its translation with what the message names and the first row.
pub fn finding(found: &Finding, words: &Words) -> String {
    let Some(sentence) = words.finding(&found.code, found.count) else { return found.message.clone() };
    let row = found.row.map(|row| (words.history.first_in)(row));
    let facts: Vec<String> = named(&found.message).chain(row).collect();
    if facts.is_empty() { sentence } else { format!("{sentence} ({})", facts.join(", ")) }
}

/// What a message names in backticks, such as the spelling of a code page; not the kinds of files.
fn named(message: &str) -> impl Iterator<Item = String> {
    let quoted = message.split('`').skip(1).step_by(2);
    quoted.filter(|name| !name.starts_with('.') && *name != "***").map(|name| format!("`{}`", one_line(name)))
}

/// A value that could not be exported, below its finding.
pub fn sample(value: &Sample, words: &Words) -> String {
    format!("         {}: {}", (words.history.row)(value.row), value.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::settings::Language;
    use crate::text::words;

    #[test]
    fn every_reason_has_a_translation() {
        for reason in [
            "sent: `--full`",
            "sent: `skip_unchanged` is off",
            "sent: never delivered before",
            "sent: could not be checked",
            "sent: everything is sent every 7 days",
            "sent: the last delivery is in the future by this computer's clock",
            "sent: the settings have changed",
            "sent: 12 rows, 8 when last delivered",
            "sent: 120 bytes, 80 when last delivered",
            "sent: the delivered content is unknown",
            "skipped: unchanged since 2026-11-30",
            "sent: the content has changed",
        ] {
            let shown = [Language::En, Language::Ru, Language::He].map(|one| decision(reason, words(one)));
            assert!(reason.ends_with(&shown[0]) && !shown[0].starts_with("sent"), "{shown:?}");
            assert!(shown[1] != shown[0] && shown[2] != shown[0], "{shown:?}");
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
            assert!(shown.iter().all(|text| digits(text) == digits(reason)), "{shown:?}");
        }
    }
}
