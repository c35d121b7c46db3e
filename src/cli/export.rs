//! `export`: runs one export now; `--dry-run` shows what it would do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap_complete::ArgValueCandidates;
use tokio::sync::broadcast::Receiver;
use tokio_util::sync::CancellationToken;

use super::render::Running;
use super::session::with_engine;
use super::{CliContext, Exit, arguments, completions, interrupt};
use crate::engine::{Engine, ExportOptions, Mode};
use crate::error::{Code, Result};
use crate::export::{self, RunOutcome, RunRequest};
use crate::models::command::{EngineEvent, ExportAdmission, ExportTicket};
use crate::models::export::RunReport;
use crate::text::history;

#[derive(Debug, Default, Args)]
pub struct Arguments {
    /// Show what would be sent and why, without writing anything or contacting the server
    #[arg(long)]
    dry_run: bool,
    /// Also send unchanged tables
    #[arg(long)]
    full: bool,
    /// Only tables matching GLOB (against the path if it has a `/`); can be repeated
    #[arg(long = "file", value_name = "GLOB", value_parser = glob, add = ArgValueCandidates::new(completions::tables))]
    files: Vec<String>,
    /// Confirm that tables delivered before and not in the folder any more are gone
    #[arg(long)]
    accept_missing: bool,
    /// Read the secret from this file instead of the secret store
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// Keep retrying for this long (90s, 15m, 2h), instead of 5 attempts
    #[arg(long, value_name = "DURATION", value_parser = arguments::duration)]
    retry_for: Option<Duration>,
    /// Show every column in full, whatever the width of the terminal
    #[arg(long)]
    wide: bool,
}

impl Arguments {
    /// Those of `export --dry-run`.
    pub fn dry_run() -> Self {
        Self { dry_run: true, ..Self::default() }
    }
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let progress = Arc::new(Running::new(context.screen.clone()));
    let (listener, stopping) = (Arc::clone(&progress), context.words().progress.stopping);
    let stop = interrupt::token_with_notice(move || listener.print(stopping));
    let outcome = if arguments.dry_run {
        dry_run(arguments, context, &progress, &stop)
    } else {
        deliver(arguments, context, &progress, &stop)
    };
    progress.end();
    Ok(show(context, outcome?, arguments.wide))
}

fn deliver(
    arguments: &Arguments,
    context: &CliContext,
    progress: &Running,
    stop: &CancellationToken,
) -> Result<RunOutcome> {
    context.config_unattended("export")?;
    let options = ExportOptions {
        full: arguments.full,
        only: arguments.files.clone(),
        accept_missing: arguments.accept_missing,
        retry_for: arguments.retry_for,
        secret_file: arguments.client_secret_file.clone(),
    };
    let words = &context.words().progress;
    with_engine(context, "export", Mode::Work, async |engine| {
        let mut events = engine.subscribe();
        let report = loop {
            let ExportTicket { ticket, admission } = engine.export(options.clone()).await?;
            match admission {
                ExportAdmission::Started => {}
                ExportAdmission::Joined => progress.print(words.joined),
                ExportAdmission::Queued => progress.print(words.queued),
            }
            match result(engine, ticket, &mut events, progress, stop).await {
                // The process that ran it has ended, so that this one exports itself, or uses the next one.
                Err(error) if error.code == Code::FolderHeld && !stop.is_cancelled() => {}
                result => break result?,
            }
        };
        let exit_code = export::exit_code(&report);
        Ok(RunOutcome { report, exit_code })
    })
}

/// Shows an export until it ends and returns its result.
async fn result(
    engine: &Engine,
    ticket: u64,
    events: &mut Receiver<EngineEvent>,
    progress: &Running,
    stop: &CancellationToken,
) -> Result<RunReport> {
    let result = engine.export_result(ticket);
    tokio::pin!(result);
    let mut stopped = false;
    let report = loop {
        tokio::select! {
            report = &mut result => break report,
            () = stop.cancelled(), if !stopped => {
                stopped = true;
                engine.cancel_export(ticket).await?;
            }
            Ok(event) = events.recv() => progress.engine_event(&event),
        }
    };
    // The events of the run precede its result.
    while let Ok(event) = events.try_recv() {
        progress.engine_event(&event);
    }
    report
}

fn dry_run(
    arguments: &Arguments,
    context: &CliContext,
    progress: &Running,
    stop: &CancellationToken,
) -> Result<RunOutcome> {
    let config = context.config()?.config;
    let request = RunRequest {
        full: arguments.full,
        only: arguments.files.clone(),
        accept_missing: arguments.accept_missing,
        ..RunRequest::default()
    };
    let store = context.view()?;
    let destination = export::destination(&config).unwrap_or_default();
    export::dry_run(&config, &store, &destination, &request, progress, stop)
}

fn show(context: &CliContext, outcome: RunOutcome, wide: bool) -> Exit {
    let RunOutcome { mut report, exit_code } = outcome;
    if context.json() {
        context.screen.json(&report);
    }
    let words = context.words();
    let error = report.error.take();
    let unlisted = history::leave_out_the_good(&mut report);
    if let Some(line) = history::nothing_sent(&report, words) {
        context.screen.result(&line);
    } else {
        let (values, layout) = (context.screen.shows_values(), context.screen.layout(wide));
        context.screen.styled(&history::one(&report, values, layout, words));
        if unlisted > 0 {
            context.screen.result(&(words.history.unlisted)(unlisted, report.run_id));
        }
    }
    if let Some(error) = error {
        context.screen.error_body(&error);
    }
    Exit(exit_code)
}

fn glob(text: &str) -> Result<String, String> {
    globset::Glob::new(text).map(|_| text.to_owned()).map_err(|error| error.kind().to_string())
}
