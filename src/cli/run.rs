//! `run`: exports on schedule in the foreground until a signal. Services and containers run this command.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::session::{end, runtime};
use super::{CliContext, Exit, interrupt};
use crate::engine::{Engine, Options};
use crate::error::{Code, Error, Result};
use crate::models::command::EngineEvent;
use crate::models::export::ErrorBody;
use crate::models::snapshot::{Snapshot, State};
use crate::text::{Words, errors, local, lower_first};
use crate::{logging, platform};

/// Time limit for stopping a run.
const LIMIT: Duration = Duration::from_secs(9);

#[derive(Debug, Args)]
pub struct Arguments {
    /// Answer the service control manager of Windows, which started it
    #[arg(long, hide = true)]
    service: bool,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let level = context.try_config().map(|loaded| loaded.config.logging.level).unwrap_or_default();
    let _log = logging::start(context.data(), "data_exporter run", &level);
    if arguments.service {
        return as_service(context);
    }
    run_logged(context, &interrupt::token())
}

#[cfg(windows)]
fn as_service(context: &CliContext) -> Result<Exit> {
    let context = context.clone();
    crate::service::windows::serve(Box::new(move |stop| match run_logged(&context, &stop) {
        Ok(Exit(code)) => code,
        Err(error) => {
            context.screen.error(&error);
            error.code.exit_code()
        }
    }))?;
    Ok(Exit::DONE)
}

#[cfg(not(windows))]
fn as_service(_context: &CliContext) -> Result<Exit> {
    Err(Error::new(Code::Usage, "`--service` is reserved for the Windows service control manager"))
}

/// Runs until it is stopped; logs the error that ends it earlier, since nobody may see the screen.
fn run_logged(context: &CliContext, stop: &CancellationToken) -> Result<Exit> {
    run_until_stopped(context, stop).inspect_err(|error| {
        tracing::error!(code = error.code.as_str(), hint = error.hint, "{}", error.message);
    })
}

fn run_until_stopped(context: &CliContext, stop: &CancellationToken) -> Result<Exit> {
    // Problems of the configuration are reported at once instead of at the first run.
    context.config_unattended("run")?;
    let options = Options {
        shared: platform::is_system_service(&context.folders),
        ..Options::new(context.folders.clone(), "data_exporter run")
    };
    let runtime = runtime()?;
    let done = runtime.block_on(async {
        let engine = Engine::start(options).await?;
        let mut events = engine.subscribe();
        let first = engine.snapshot();
        if let Some(holder) = first.holder {
            return Err(Error::new(
                Code::FolderHeld,
                format!(
                    "the data folder `{}` is in use by {} (pid {})",
                    context.data().display(),
                    holder.program,
                    holder.pid
                ),
            )
            .hint("stop it, or let it run the exports"));
        }
        let mut printed = Printed::default();
        printed.update(context, &first);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                event = events.recv() => match event {
                    Ok(EngineEvent::Changed { snapshot }) => printed.update(context, &snapshot),
                    Ok(EngineEvent::Ended) | Err(tokio::sync::broadcast::error::RecvError::Closed) => {
                        return Err(Error::new(Code::UnknownError, "the engine stopped unexpectedly")
                            .hint("run `data_exporter errors` to see why"));
                    }
                    Ok(_) | Err(_) => {}
                },
            }
        }
        // A run that ended just before is printed too.
        printed.update(context, &engine.snapshot());
        engine.shutdown(LIMIT).await;
        Ok(Exit::DONE)
    });
    end(runtime);
    done
}

/// The state, run and due time that were printed last.
#[derive(Default)]
struct Printed {
    state: Option<State>,
    run: Option<i64>,
    next: Option<DateTime<Utc>>,
}

impl Printed {
    /// Prints a line for each change of state, for each run, and for the next due time; with `--json` one object a line.
    fn update(&mut self, context: &CliContext, snapshot: &Snapshot) {
        let words = context.words();
        if self.state.replace(snapshot.state) != Some(snapshot.state) {
            if context.json() {
                context.screen.json(&serde_json::json!({
                    "event": "state",
                    "state": snapshot.state,
                    "problem": snapshot.problem,
                    "next": snapshot.schedule.as_ref().and_then(|schedule| schedule.next.first()),
                }));
            }
            let state = words.state(snapshot.state);
            note(
                context,
                &match &snapshot.problem {
                    Some(problem) => format!("{state}: {}", describe(problem, words)),
                    None => state.to_owned(),
                },
            );
        }
        let next = snapshot.schedule.as_ref().and_then(|schedule| schedule.next.first().copied());
        let next = next.filter(|_| snapshot.run.is_none() && snapshot.paused.is_none());
        if self.next != next && snapshot.run.is_none() {
            self.next = next;
            if let Some(next) = next {
                note(context, &(words.progress.next)(&local(next)));
            }
        }
        let Some(run) = &snapshot.last_run else { return };
        if self.run.replace(run.run_id) == Some(run.run_id) {
            return;
        }
        if context.json() {
            context.screen.json(&serde_json::json!({ "event": "run", "run": run }));
        }
        let line = format!(
            "{}: {}",
            (words.run)(run.run_id, &lower_first(words.run_state(run.state))),
            (words.sent_of)(run.totals.sent, run.totals.files)
        );
        note(context, &line);
    }
}

/// Prints a line with its time.
fn note(context: &CliContext, line: &str) {
    context.screen.note(&format!("{}  {line}", local(platform::now())));
}

/// Describes a problem without its hint, which is in the log.
fn describe(problem: &ErrorBody, words: &Words) -> String {
    errors::labelled(&ErrorBody { hint: None, ..problem.clone() }, words).join("\n")
}
