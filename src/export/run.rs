//! [`export`]: one run, from the folder to the history.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::calls::{Calls, cancelled};
use super::context::{RunContext, RunRequest};
use super::decide::Decision;
use super::delivery::{Delivery, reconcile_open_batches};
use super::health;
use super::job::Job;
use super::plan::{ExportPlan, check_request, plan, tables_gone};
use super::progress::ExportEvent;
use super::spool::Spool;
use crate::api::client::base_of;
use crate::convert::Watch;
use crate::error::{Code, Error, Result, fault};
use crate::models::export::{RunReport, RunState, Totals};
use crate::store::RunId;
use crate::store::errors::NewError;
use crate::store::journal::PlannedFile;
use crate::{auth, platform};

/// After how many runs the history is pruned, besides at each start of the program.
const PRUNED_EVERY: i64 = 100;

/// A run that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutcome {
    /// The run as the history shows it.
    pub report: RunReport,
    /// The exit code of docs/command-line.md#exit-codes.
    pub exit_code: u8,
}

/// Runs an export. The caller holds the lock of the data folder.
///
/// # Errors
/// Failures to record the run, and [`Code::Usage`] for a selection that matches no table; a failed run is a
/// [`RunOutcome`] with an error.
pub async fn export(ctx: &RunContext, request: &RunRequest) -> Result<RunOutcome> {
    ctx.reports.end_dead_runs()?;
    check_selection(ctx, request).await?;
    let refused = refused_at(ctx)?;
    let run = ctx.store.begin_run(request.trigger)?;
    let retry_monitor =
        Arc::new(health::RetryMonitor::before(Arc::clone(&ctx.progress), ctx.reports.clone(), run));
    let ctx = &RunContext { progress: retry_monitor.clone(), ..ctx.clone() };
    tracing::info!(run = run.0, trigger = ?request.trigger, "a run begins");
    let resting = refused.filter(|_| request.rests).and_then(|at| auth::resting(at, platform::now()));
    let result = match resting {
        Some(error) => Err(error),
        None => fault::caught_in(deliver(ctx, request, run))
            .await
            .unwrap_or_else(|fault| Err(fault.error(&format!("export {}", run.0)))),
    };
    let (state, error) = match result {
        Ok(ended) => ended,
        Err(error) if error.code == Code::Cancelled => (RunState::Cancelled, Some(error)),
        Err(error) => (RunState::Failed, Some(error)),
    };
    // A person is notified once; later unattended runs find only the same refusal.
    let reported = refused.is_some()
        && request.rests
        && error.as_ref().is_some_and(|error| error.code == Code::AuthenticationFailed);
    if let Some(error) = error.as_ref().filter(|_| !reported) {
        ctx.reports.report(NewError::from(error).in_run(run));
    }
    if error.is_none() {
        retry_monitor.report();
    }
    for finding in health::check(ctx, error.as_ref()) {
        ctx.reports.report(NewError::from(&finding).in_run(run));
        ctx.progress.on(ExportEvent::Warning(&finding));
    }
    ctx.store.finish_run(run, state, error.as_ref())?;
    if run.0 % PRUNED_EVERY == 0 {
        ctx.store.prune_history()?;
    }
    let report = ctx.store.run(run)?;
    let Totals { files, sent, skipped_unchanged, failed, rows_written, bytes_out, .. } = report.totals;
    tracing::info!(
        run = run.0,
        ?state,
        files,
        sent,
        skipped_unchanged,
        failed,
        rows_written,
        bytes_out,
        "the run has ended"
    );
    let exit_code = exit_code(&report);
    Ok(RunOutcome { report, exit_code })
}

/// Returns the exit code of a run that has ended (docs/command-line.md#exit-codes).
pub fn exit_code(report: &RunReport) -> u8 {
    let of_error = report.error.as_ref().map(|error| error.code.exit_code());
    match (report.state, of_error) {
        (RunState::Cancelled, _) => Code::Cancelled.exit_code(),
        // The class of a table's error does not apply to the run, in which nothing was delivered.
        (RunState::Failed, Some(3)) => 1,
        (_, Some(code)) => code,
        (RunState::CompleteWithWarnings, None) => Code::ValuesDropped.exit_code(),
        (_, None) => 0,
    }
}

async fn check_selection(ctx: &RunContext, request: &RunRequest) -> Result<()> {
    if request.only.is_empty() {
        return Ok(());
    }
    let (config, request) = (ctx.config.clone(), request.clone());
    match scanned(ctx, move |watch| check_request(&config, &request, watch)).await {
        // A stop, and a folder that does not answer, are those of the run, which is recorded.
        Err(error) if matches!(error.code, Code::Cancelled | Code::SourceMissing) => Ok(()),
        checked => checked,
    }
}

/// Returns the time of the server's last refusal of the credential, unless it has accepted one since.
fn refused_at(ctx: &RunContext) -> Result<Option<DateTime<Utc>>> {
    let base_url = ctx.config.api.base_url.as_deref().and_then(base_of);
    Ok(base_url.map_or(Ok(None), |base_url| ctx.store.refused_at(&base_url))?)
}

async fn deliver(ctx: &RunContext, request: &RunRequest, run: RunId) -> Result<(RunState, Option<Error>)> {
    let still_open = reconcile_open_batches(ctx, &Calls::new(ctx, request.retry_policy)).await?;
    let plan = make_plan(ctx, request).await?;
    for finding in &plan.findings {
        ctx.reports.report(NewError::from(finding).in_run(run));
        ctx.progress.on(ExportEvent::Warning(finding));
    }
    let missing = settle_missing(ctx, request, run, &plan)?;
    let quota = u64::from(ctx.config.export.spool_max_mb) << 20;
    let spool = Spool::open(&ctx.data, quota, ctx.limits.min_free, &ctx.store.spool_in_use()?)?;
    let mut delivery = Delivery::new(ctx, request, run, spool);
    delivery.warned = plan.partial || missing;
    let skipped = enter(ctx, run, plan, &mut delivery)?;
    let result = async {
        delivery.resume(still_open).await?;
        delivery.deliver().await
    }
    .await;
    delivery.report_pending();
    if let Err(error) = result {
        delivery.abort(&error).await;
        return Err(error);
    }
    Ok(state(&delivery, skipped))
}

/// Forgets the tables that a person confirmed to be gone; reports the others once. Returns whether it reported.
fn settle_missing(ctx: &RunContext, request: &RunRequest, run: RunId, plan: &ExportPlan) -> Result<bool> {
    if request.accept_missing {
        ctx.store.forget_delivered(&ctx.destination, &plan.gone)?;
        return Ok(false);
    }
    if plan.partial {
        return Ok(false);
    }
    let new = ctx.store.tables_gone(&ctx.destination, &plan.gone)?;
    if new.is_empty() {
        return Ok(false);
    }
    let warning = tables_gone(&new);
    ctx.reports.report(NewError::from(&warning).in_run(run));
    ctx.progress.on(ExportEvent::Warning(&warning));
    Ok(true)
}

async fn make_plan(ctx: &RunContext, request: &RunRequest) -> Result<ExportPlan> {
    let (own, request) = (ctx.clone(), request.clone());
    scanned(ctx, move |watch| {
        plan(&own.config, &own.store, &own.destination, &request, &own.stop, Some(watch))
    })
    .await
}

/// Does work that scans the folder, which blocks; leaves it behind at a stop, or when the folder does not answer.
async fn scanned<T: Send + 'static>(
    ctx: &RunContext,
    work: impl FnOnce(Arc<Watch>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let watch = Arc::new(Watch::default());
    let seen = Arc::clone(&watch);
    let mut task = tokio::task::spawn_blocking(move || fault::caught(|| work(seen)));
    let most = ctx.limits.unresponsive;
    loop {
        tokio::select! {
            biased;
            () = ctx.stop.cancelled() => {
                watch.end();
                return Err(cancelled());
            }
            done = &mut task => return match done {
                Ok(done) => done.unwrap_or_else(|fault| Err(fault.error("the scan"))),
                Err(_) => Err(cancelled()),
            },
            () = tokio::time::sleep(most.saturating_sub(watch.waits())) => {
                if watch.waits() >= most {
                    watch.end();
                    return Err(unresponsive(ctx, most));
                }
            }
        }
    }
}

fn unresponsive(ctx: &RunContext, waited: Duration) -> Error {
    let folder = ctx.config.src.source_dir.clone().unwrap_or_default();
    let message =
        format!("the source folder `{}` did not answer for {} s", folder.display(), waited.as_secs());
    Error::new(Code::SourceMissing, message)
        .hint("check the disk, or the connection to the share")
        .path(folder)
        .retry_later()
}

/// Records the plan; returns the number of skipped tables.
fn enter(ctx: &RunContext, run: RunId, plan: ExportPlan, delivery: &mut Delivery<'_>) -> Result<usize> {
    let rows: Vec<PlannedFile> = plan
        .tables
        .iter()
        .map(|planned| PlannedFile {
            source: planned.table.source.clone(),
            table: planned.name.table(),
            decision: Some(planned.decision.reason().to_owned()),
        })
        .collect();
    let files = ctx.store.plan_files(run, &rows)?;
    let total = files.len();
    let mut skipped = 0;
    for (file, planned) in files.into_iter().zip(plan.tables) {
        match planned.decision {
            Decision::Skip { reason, touched, .. } => {
                ctx.store.file_skipped(file, &reason)?;
                if let Some(now) = touched {
                    ctx.store.delivered_unchanged(&ctx.destination, &planned.table.source, &now)?;
                }
                ctx.progress.on(ExportEvent::Skipped { source: &planned.table.source });
                skipped += 1;
            }
            Decision::Send(_) => {
                let job = Job {
                    file,
                    table: planned.table,
                    name: planned.name,
                    settings: planned.settings,
                    settings_digest: planned.settings_digest,
                    digest: ctx.config.export.skip_unchanged,
                    smaller: false,
                    spoiled: 0,
                };
                delivery.todo.insert(file, job);
            }
        }
    }
    ctx.progress.on(ExportEvent::Scanned { tables: total, to_send: total - skipped });
    Ok(skipped)
}

/// Returns the final state of a run that was not stopped (docs/reliability.md#rule-7-outcome-of-a-run).
fn state(delivery: &Delivery<'_>, skipped: usize) -> (RunState, Option<Error>) {
    match &delivery.failed {
        // Tables with known faults beside delivered ones need no batch, and are no failure.
        (failed, Some(first)) if delivery.delivered == 0 && (skipped == 0 || delivery.opened) => {
            let message = match failed {
                1 => format!("the only table was not delivered: {first}"),
                failed => format!("none of the {failed} tables was delivered; the first: {first}"),
            };
            let mut error = first.clone();
            error.message = message;
            (RunState::Failed, Some(error.severity(crate::models::ErrorSeverity::Error)))
        }
        _ if delivery.warned => (RunState::CompleteWithWarnings, None),
        _ if delivery.delivered == 0 => (RunState::NothingToDo, None),
        _ => (RunState::Complete, None),
    }
}
