//! Checks the last export: whether it delivered everything.

use super::tables::some;
use super::{Check, DoctorContext};
use crate::engine::view::RECENT;
use crate::error::Result;
use crate::models::export::{RunReport, RunState};
use crate::store::{RunId, Store};
use crate::text::{counted, local};

pub(super) fn check(context: &DoctorContext) -> Check {
    const NAME: &str = "last_run";
    let store = match &context.store {
        Ok(store) => store,
        Err(error) => return Check::failed(NAME, error),
    };
    match newest(store) {
        Ok(Some(run)) => found(NAME, &run),
        Ok(None) => Check::ok(NAME, "no export yet"),
        Err(error) => Check::failed(NAME, &error),
    }
}

/// Returns the newest run that has ended and that nobody cancelled, with its tables.
fn newest(store: &Store) -> Result<Option<RunReport>> {
    let newest = store.recent_runs(RECENT)?.into_iter().find(|run| run.state.is_settled());
    Ok(newest.map(|run| store.run(RunId(run.run_id))).transpose()?)
}

fn found(name: &'static str, run: &RunReport) -> Check {
    let number = run.run_id;
    let which = format!("export {number} of {}", local(run.started_at));
    let hint = format!("`data_exporter history {number}` shows its tables");
    let files = run.files.as_deref().unwrap_or_default();
    let failed: Vec<&str> = files
        .iter()
        .filter(|file| file.report.error.is_some())
        .map(|file| file.report.source.as_str())
        .collect();
    let check = match (&run.error, run.state) {
        (Some(error), _) => Check::warning(
            name,
            format!("{which} failed: {}", error.message),
            error.hint.clone().unwrap_or(hint),
        ),
        (None, RunState::Interrupted) => Check::warning(
            name,
            format!("{which} was interrupted"),
            "export again; the next export delivers the rest",
        ),
        (None, RunState::CompleteWithWarnings) if failed.is_empty() => {
            Check::warning(name, format!("{which} ended with warnings"), hint)
        }
        (None, _) if !failed.is_empty() => Check::warning(
            name,
            format!("{which}: {} failed: {}", counted(failed.len() as u64, "table"), some(&failed)),
            hint,
        ),
        (None, RunState::NothingToDo) => Check::ok(name, format!("{which} had nothing to send")),
        (None, _) => Check::ok(name, format!("{which} delivered everything")),
    };
    check.detail("run_id", number)
}
