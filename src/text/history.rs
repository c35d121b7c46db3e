//! Runs for a person: a list of them, and one with its tables.

use super::{Side, Table, bytes, counted, local, word};
use crate::models::export::{ExportedFile, FileReport, Finding, RunReport};

/// Runs of more tables than this are told without those that went well.
const LISTED: usize = 40;

/// Runs, one a line.
pub fn list(runs: &[RunReport]) -> String {
    let mut table = Table::new(&[
        ("RUN", Side::Right),
        ("STARTED", Side::Left),
        ("STATE", Side::Left),
        ("TABLES", Side::Right),
        ("SENT", Side::Right),
        ("UNCHANGED", Side::Right),
        ("FAILED", Side::Right),
        ("ROWS", Side::Right),
        ("BYTES SENT", Side::Right),
        ("BATCH", Side::Left),
    ]);
    for run in runs {
        let totals = run.totals;
        table.row(&[
            run.run_id.to_string(),
            local(run.started_at),
            word(&run.state),
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

/// One run; also what `export` says at its end, and with run number 0 what a dry run says. `values` shows
/// the first values that could not be carried, where the report has them.
pub fn one(run: &RunReport, values: bool) -> String {
    let totals = run.totals;
    let mut lines = vec![if is_dry(run) {
        format!("Dry run: a run would be {}", word(&run.state))
    } else {
        let finished = run.finished_at.map_or_else(String::new, |at| format!(", finished {}", local(at)));
        format!("Run {}: {}, started {}{finished}", run.run_id, word(&run.state), local(run.started_at))
    }];
    for batch in &run.batch_ids {
        lines.push(format!("Batch {batch}"));
    }
    let delivered = totals.files - (totals.skipped_unchanged + totals.failed).min(totals.files);
    let (sent, failed) = if is_dry(run) {
        (format!("{delivered} would be sent"), format!("{} refused", totals.failed))
    } else {
        (format!("{} sent", totals.sent), format!("{} failed", totals.failed))
    };
    lines.push(format!(
        "{}: {sent}, {} unchanged, {failed}; {} in {}",
        counted(totals.files, "table"),
        totals.skipped_unchanged,
        counted(totals.rows_written, "row"),
        bytes(totals.bytes_out)
    ));
    if let Some(error) = &run.error {
        lines.push(format!("error: {}", error.message));
        lines.extend(error.hint.as_ref().map(|hint| format!("hint: {hint}")));
    }
    let files = run.files.as_deref().unwrap_or_default();
    if !files.is_empty() {
        lines.push(String::new());
        lines.push(tables(files, is_dry(run)));
        lines.extend(files.iter().flat_map(|file| remarks(file, values)));
    }
    lines.join("\n")
}

/// Shortens a long list to what somebody has to look at; answers how many tables were left out. A dry run stays whole:
/// nothing else tells of it.
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

fn tables(files: &[ExportedFile], dry: bool) -> String {
    let mut table = Table::new(&[
        ("TABLE", Side::Left),
        ("UPLOAD", Side::Left),
        ("ROWS", Side::Right),
        ("DELETED", Side::Right),
        ("BYTES SENT", Side::Right),
        ("PAGE", Side::Left),
        ("DECISION", Side::Left),
    ]);
    for file in files {
        let report = &file.report;
        table.row(&[
            report.source.clone(),
            match file.upload {
                Some(upload) => word(&upload),
                None if dry && report.error.is_none() => "would be sent".to_owned(),
                None if dry => "refused".to_owned(),
                None => "not tried".to_owned(),
            },
            report.rows.written.to_string(),
            report.rows.deleted.to_string(),
            bytes(report.bytes_out),
            report.encoding.clone().unwrap_or_default(),
            file.decision.clone().unwrap_or_default(),
        ]);
    }
    table.to_string()
}

fn remarks(file: &ExportedFile, values: bool) -> Vec<String> {
    let report = &file.report;
    let mut lines = Vec::new();
    if let Some(error) = &report.error {
        lines.push(format!("error: {}: {}", report.source, error.message));
        lines.extend(error.hint.as_ref().map(|hint| format!("hint: {hint}")));
    }
    for finding in &report.warnings {
        lines.push(format!("warning: {}", sentence(report, finding)));
        let samples = finding.samples.iter().filter(|_| values);
        lines.extend(samples.map(|sample| format!("         row {}: {}", sample.row, sample.text)));
    }
    lines.extend(report.notes.iter().map(|finding| format!("note: {}", sentence(report, finding))));
    lines
}

/// A finding with its table and column before it.
pub fn sentence(report: &FileReport, finding: &Finding) -> String {
    match &finding.column {
        Some(column) => format!("{}, column {column}: {}", report.source, finding.message),
        None => format!("{}: {}", report.source, finding.message),
    }
}
