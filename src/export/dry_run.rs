//! [`dry_run`]: a run without server, spool and journal.

use std::io;

use tokio_util::sync::CancellationToken;

use super::context::RunRequest;
use super::decide::Decision;
use super::plan::{PlannedTable, plan, tables_gone};
use super::progress::{ExportEvent, ProgressListener};
use super::run::RunOutcome;
use crate::config::Config;
use crate::convert::PartSink;
use crate::error::{Code, Error, Result};
use crate::models::export::{ExportedFile, FileReport, RunReport, RunState, Totals, UploadState};
use crate::source::report::{file_report, refused_report};
use crate::source::shadow_copies::ShadowCopies;
use crate::source::stable_read::{ReadError, Reading, stable};
use crate::store::Store;
use crate::{convert, platform};

/// Converts the tables that would be sent and discards the output. Blocking. `destination` is as in
/// [`super::RunContext`]; when it is empty because there is no credential yet, every table counts as never delivered.
/// The report has run number 0 and the state that the run would have if every upload succeeded.
///
/// # Errors
/// A source folder or configuration that cannot be used; a stop.
pub fn dry_run(
    config: &Config,
    store: &Store,
    destination: &str,
    request: &RunRequest,
    progress: &dyn ProgressListener,
    stop: &CancellationToken,
) -> Result<RunOutcome> {
    let started_at = platform::now();
    let plan = plan(config, store, destination, request, stop, None)?;
    for finding in &plan.findings {
        progress.on(ExportEvent::Warning(finding));
    }
    let missing = !plan.gone.is_empty() && !request.accept_missing;
    if missing {
        progress.on(ExportEvent::Warning(&tables_gone(&plan.gone)));
    }
    let to_send = plan.tables.iter().filter(|table| matches!(table.decision, Decision::Send(_))).count();
    progress.on(ExportEvent::Scanned { tables: plan.tables.len(), to_send });
    let shadow_copies = ShadowCopies::here();
    let mut files = Vec::new();
    let mut totals = Totals { files: plan.tables.len() as u64, ..Totals::default() };
    for planned in &plan.tables {
        let file = convert(planned, &shadow_copies, stop, progress)?;
        match (&file.upload, &file.report.error) {
            (Some(UploadState::SkippedUnchanged), _) => totals.skipped_unchanged += 1,
            (_, Some(_)) => totals.failed += 1,
            _ => {
                totals.rows_written += file.report.rows.written;
                totals.bytes_out += file.report.bytes_out;
            }
        }
        totals.bytes_in += file.report.bytes_in;
        totals.warnings += file.report.warnings.iter().map(|warning| warning.count).sum::<u64>();
        files.push(file);
    }
    let delivered = totals.files - totals.failed - totals.skipped_unchanged;
    let state = if totals.failed > 0 && delivered == 0 && totals.skipped_unchanged == 0 {
        RunState::Failed
    } else if plan.partial || missing || totals.failed > 0 || totals.warnings > 0 {
        RunState::CompleteWithWarnings
    } else if delivered == 0 {
        RunState::NothingToDo
    } else {
        RunState::Complete
    };
    let exit_code = match state {
        RunState::Failed => 1,
        RunState::CompleteWithWarnings => Code::ValuesDropped.exit_code(),
        _ => 0,
    };
    let report = RunReport {
        run_id: 0,
        batch_id: None,
        batch_ids: Vec::new(),
        trigger: request.trigger,
        state,
        started_at,
        finished_at: Some(platform::now()),
        files: Some(files),
        totals,
        error: None,
    };
    Ok(RunOutcome { report, exit_code })
}

fn convert(
    planned: &PlannedTable,
    shadow_copies: &ShadowCopies,
    stop: &CancellationToken,
    progress: &dyn ProgressListener,
) -> Result<ExportedFile> {
    let (source, name) = (&planned.table.source, &planned.name);
    let (report, upload) = match &planned.decision {
        Decision::Skip { size, .. } => {
            progress.on(ExportEvent::Skipped { source });
            (unread(planned, *size), Some(UploadState::SkippedUnchanged))
        }
        Decision::Send(_) => {
            let converted = stable(&planned.table.paths, shadow_copies, stop, |paths| {
                let mut discard = CountingSink::default();
                let report =
                    convert::table(paths, &planned.settings, &mut discard).map_err(ReadError::Convert)?;
                Ok((report, discard.0))
            });
            match converted {
                Ok(Reading { value: (report, bytes_out), note, .. }) => {
                    progress.on(ExportEvent::Converted {
                        source,
                        rows: report.rows.written,
                        bytes: bytes_out,
                    });
                    let mut made = FileReport { bytes_out, ..file_report(source, name, report) };
                    made.notes.extend(note);
                    (made, None)
                }
                Err(error) if error.code == Code::Cancelled => return Err(error),
                Err(error) => {
                    progress.on(ExportEvent::Failed { error: &error });
                    (refused_report(source, name, &error), None)
                }
            }
        }
    };
    Ok(ExportedFile {
        report,
        wire_name: None,
        parts: 0,
        upload,
        checksum_verified: None,
        decision: Some(planned.decision.reason().to_owned()),
    })
}

/// The report of a table that was not read.
fn unread(planned: &PlannedTable, size: u64) -> FileReport {
    let nothing = Error::new(Code::UnknownError, String::new());
    FileReport {
        bytes_in: size,
        error: None,
        ..refused_report(&planned.table.source, &planned.name, &nothing)
    }
}

/// Counts bytes and discards them.
#[derive(Debug, Default)]
pub struct CountingSink(pub u64);

impl PartSink for CountingSink {
    fn next_part(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 += bytes.len() as u64;
        Ok(())
    }
}
