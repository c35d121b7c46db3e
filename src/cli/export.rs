//! `export`: runs one export now; `--dry-run` shows what it would do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::elsewhere::{Folder, OwnerClient, runtime};
use super::render::Running;
use super::{CliContext, Exit, arguments, interrupt};
use crate::api::RetryPolicy;
use crate::engine::control::wire::ControlRequest;
use crate::error::{Code, Error, Result};
use crate::export::{self, RunOutcome, RunRequest};
use crate::models::Config;
use crate::models::command::{EngineEvent, ExportAdmission, ExportTicket};
use crate::models::export::RunReport;
use crate::reports::Reports;
use crate::store::Store;
use crate::store::errors::NewError;
use crate::text::history;
use crate::text::words::ProgressWords;

/// Time limit for reporting errors to the server at the end.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Debug, Args)]
pub struct Arguments {
    /// Show what would be sent and why, without writing anything or contacting the server
    #[arg(long)]
    dry_run: bool,
    /// Also send unchanged tables
    #[arg(long)]
    full: bool,
    /// Only tables matching GLOB (against the path if it has a `/`); can be repeated
    #[arg(long = "file", value_name = "GLOB", value_parser = glob)]
    files: Vec<String>,
    /// Read the secret from this file instead of the secret store
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// Keep retrying for this long (90s, 15m, 2h), instead of 5 attempts
    #[arg(long, value_name = "DURATION", value_parser = arguments::duration)]
    retry_for: Option<Duration>,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let request = RunRequest {
        full: arguments.full,
        only: arguments.files.clone(),
        retry_policy: arguments.retry_for.map_or_else(RetryPolicy::default, RetryPolicy::Within),
        ..RunRequest::default()
    };
    let loaded = if arguments.dry_run { context.config() } else { context.config_unattended("export") };
    let mut config = loaded?.config;
    config.credential.secret_file.clone_from(&arguments.client_secret_file);
    let runtime = runtime()?;
    let progress = Arc::new(Running::new(context.screen.clone()));
    let (listener, stopping) = (Arc::clone(&progress), context.words().progress.stopping);
    let stop = interrupt::token_with_notice(move || listener.print(stopping));
    let outcome = if arguments.dry_run {
        dry_run(context, &config, &request, &progress, &stop)
    } else {
        deliver(context, config, &request, &progress, stop, &runtime)
    };
    progress.end();
    Ok(show(context, outcome?))
}

fn deliver(
    context: &CliContext,
    config: Config,
    request: &RunRequest,
    progress: &Arc<Running>,
    stop: CancellationToken,
    runtime: &Runtime,
) -> Result<RunOutcome> {
    let config = Arc::new(config);
    let (_lock, reports) = match Folder::find(context, "export", runtime) {
        Ok(Folder::Held(lock, reports)) => (lock, reports),
        Ok(Folder::Elsewhere(owner)) => {
            return runtime.block_on(elsewhere(
                *owner,
                &config,
                request,
                progress,
                &context.words().progress,
                &stop,
            ));
        }
        Err(error) => {
            runtime.block_on(cannot_start(&error, config, context));
            return Err(error);
        }
    };
    runtime.block_on(async {
        reports.serve(Arc::clone(&config), context.data());
        let (data, listener) = (context.data().to_path_buf(), Arc::clone(progress) as Arc<_>);
        let ended = match export::RunContext::new(config, reports.clone(), data, listener, stop) {
            Ok(ready) => export::export(&ready, request).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &ended {
            reports.report(&NewError::from_error(error, None, None));
        }
        reports.flush(FLUSH_TIMEOUT).await;
        ended
    })
}

/// Reports to the server why this computer cannot write a history.
async fn cannot_start(error: &Error, config: Arc<Config>, context: &CliContext) {
    if error.code == Code::FolderHeld {
        return;
    }
    if let Ok(nothing) = Store::nothing() {
        let reports = Reports::new(nothing);
        reports.serve(config, context.data());
        reports.cannot_start(error);
        reports.flush(FLUSH_TIMEOUT).await;
    }
}

/// Runs the export in the process that locks the folder.
async fn elsewhere(
    mut owner: OwnerClient,
    config: &Config,
    request: &RunRequest,
    progress: &Running,
    words: &ProgressWords,
    stop: &CancellationToken,
) -> Result<RunOutcome> {
    if config.credential.secret_file.is_some() {
        return Err(Error::new(
            Code::Usage,
            "`--client-secret-file` cannot be used while another process uses the data folder",
        )
        .hint("omit `--client-secret-file`, or stop that process"));
    }
    let retry_for = match request.retry_policy {
        RetryPolicy::Within(length) => Some(length.as_secs()),
        RetryPolicy::Attempts(_) => None,
    };
    let export = ControlRequest::Export { full: request.full, only: request.only.clone(), retry_for };
    let client = owner.client.clone();
    let ExportTicket { ticket, admission } = client.request(export).await?;
    match admission {
        ExportAdmission::Started => {}
        ExportAdmission::Joined => progress.print(words.joined),
        ExportAdmission::Queued => progress.print(words.queued),
    }
    let result = client.request::<RunReport>(ControlRequest::ExportResult(ticket));
    tokio::pin!(result);
    let mut stopped = false;
    loop {
        tokio::select! {
            biased;
            report = &mut result => {
                let report = report?;
                let exit_code = export::exit_code(&report);
                return Ok(RunOutcome { report, exit_code });
            }
            () = stop.cancelled(), if !stopped => {
                stopped = true;
                client.request::<()>(ControlRequest::CancelExport(ticket)).await?;
            }
            event = owner.next() => if let EngineEvent::Progressed { run } = event? {
                progress.elsewhere(&run);
            },
        }
    }
}

fn dry_run(
    context: &CliContext,
    config: &Config,
    request: &RunRequest,
    progress: &Running,
    stop: &CancellationToken,
) -> Result<RunOutcome> {
    let store = context.view()?;
    let destination = export::destination(config).unwrap_or_default();
    export::dry_run(config, &store, &destination, request, progress, stop)
}

fn show(context: &CliContext, outcome: RunOutcome) -> Exit {
    let RunOutcome { mut report, exit_code } = outcome;
    if context.json() {
        context.screen.json(&report);
    }
    let words = context.words();
    let error = report.error.take();
    let unlisted = history::leave_out_the_good(&mut report);
    context.screen.result(&history::one(&report, context.screen.shows_values(), words));
    if unlisted > 0 {
        context.screen.result(&(words.history.unlisted)(unlisted, report.run_id));
    }
    if let Some(error) = error {
        context.screen.error_body(&error);
    }
    Exit(exit_code)
}

fn glob(text: &str) -> Result<String, String> {
    globset::Glob::new(text).map(|_| text.to_owned()).map_err(|error| error.kind().to_string())
}
