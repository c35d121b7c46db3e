//! The history as text: a list of runs, and one run with its tables.

use super::{MessageLabel, Side, Table, Words, bytes, errors, local, lower_first, one_line};
use crate::models::export::{ErrorBody, ExportedFile, FileReport, Finding, RunReport, Sample};

/// Reports of runs with more tables than this list only the tables with problems.
const LISTED: usize = 40;

/// Runs, one per line.
pub fn list(runs: &[RunReport], words: &Words) -> String {
    use Side::{Left, Right};
    let sides = [Right, Left, Left, Right, Right, Right, Right, Right, Right, Left];
    let mut table = Table::new(words.history.list.into_iter().zip(sides));
    for run in runs {
        let totals = run.totals;
        table.row(&[
            run.run_id.to_string(),
            local(run.started_at),
            words.run_state(run.state).to_owned(),
            totals.files.to_string(),
            totals.sent.to_string(),
            totals.skipped_unchanged.to_string(),
            totals.failed.to_string(),
            totals.rows_written.to_string(),
            bytes(totals.bytes_out),
            run.batch_id.clone().unwrap_or_default(),
        ]);
    }
    table.to_string()
}

/// One run with its tables. `export` ends with it too; a run with number 0 is a dry run. With `values`, the first
/// values that could not be exported are listed where the report has them.
pub fn one(run: &RunReport, values: bool, words: &Words) -> String {
    let said = &words.history;
    let totals = run.totals;
    let to_send = totals.files - (totals.skipped_unchanged + totals.failed).min(totals.files);
    let mut lines = vec![if is_dry(run) {
        (said.dry_run)(to_send)
    } else {
        let state = lower_first(words.run_state(run.state));
        let finished = run.finished_at.map(local);
        (said.run)(run.run_id, &state, &local(run.started_at), finished.as_deref())
    }];
    lines.extend(run.batch_ids.iter().map(|batch| (said.batch)(batch)));
    lines.push(if is_dry(run) {
        (said.dry_totals)(&totals, to_send, &bytes(totals.bytes_out))
    } else {
        (said.totals)(&totals, &bytes(totals.bytes_out))
    });
    if let Some(error) = &run.error {
        lines.extend(failure(error, "", words));
    }
    let files = run.files.as_deref().unwrap_or_default();
    if !files.is_empty() {
        lines.push(String::new());
        lines.push(tables(files, is_dry(run), words));
        lines.extend(files.iter().flat_map(|file| remarks(file, values, words)));
    }
    lines.join("\n")
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

/// Why a table was sent or left out; of a failed one, why it failed.
fn reason(file: &ExportedFile, words: &Words) -> String {
    match &file.report.error {
        Some(error) => lower_first(&errors::lines(error, words).0),
        None => file.decision.clone().unwrap_or_default(),
    }
}

fn tables(files: &[ExportedFile], dry: bool, words: &Words) -> String {
    use Side::{Left, Right};
    let said = &words.history;
    let mut table = Table::new(said.tables.into_iter().zip([Left, Left, Right, Right, Right, Left, Left]));
    for file in files {
        let report = &file.report;
        let upload = match file.upload {
            Some(upload) => words.upload(upload),
            None if dry && report.error.is_none() => said.to_send,
            None if dry => said.failed,
            None => said.not_attempted,
        };
        table.row(&[
            one_line(&report.source),
            upload.to_owned(),
            report.rows.written.to_string(),
            report.rows.deleted.to_string(),
            bytes(report.bytes_out),
            report.encoding.clone().unwrap_or_default(),
            reason(file, words),
        ]);
    }
    table.to_string()
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
