//! `wait`: waits until no export is running, or until the next one has ended.

use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::session::with_engine;
use super::{CliContext, Exit, arguments, interrupt};
use crate::engine::{Engine, Mode, ended_meanwhile};
use crate::error::{Code, Error, Result};
use crate::export;
use crate::models::snapshot::Snapshot;
use crate::text::history;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Wait until no export is running, or until an export has ended
    #[arg(long = "for", value_name = "EVENT", value_enum, default_value_t = WaitFor::Idle)]
    event: WaitFor,
    /// Give up after this long (90s, 15m, 2h)
    #[arg(long, value_name = "DURATION", value_parser = arguments::duration)]
    timeout: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WaitFor {
    /// The export in progress has ended; returns at once when there is none
    Idle,
    /// The export in progress, or else the next one, has ended; exits as that export would
    Run,
}

/// How a wait ended.
enum Ended {
    Reached(Box<Snapshot>),
    TimedOut,
    Stopped,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let stop = interrupt::token();
    let ended = with_engine(context, "wait", Mode::Read, async |engine| {
        let reached = wait(arguments.event, engine, &stop);
        match arguments.timeout {
            None => reached.await,
            Some(limit) => tokio::time::timeout(limit, reached).await.unwrap_or(Ok(Ended::TimedOut)),
        }
    })?;
    let (snapshot, exit) = match ended {
        Ended::Stopped => return Ok(Exit(Code::Cancelled.exit_code())),
        Ended::TimedOut => {
            if context.json() {
                context.screen.json(&json!({ "timed_out": true }));
            }
            context.screen.result(context.words().wait.timed_out);
            return Ok(Exit(1));
        }
        Ended::Reached(snapshot) => {
            let run = snapshot.last_run.as_ref().filter(|_| arguments.event == WaitFor::Run);
            let exit = run.map_or(Exit::DONE, |run| Exit(export::exit_code(run)));
            (snapshot, exit)
        }
    };
    let run = snapshot.last_run.filter(|_| arguments.event == WaitFor::Run);
    if context.json() {
        context.screen.json(&json!({ "timed_out": false, "run": run }));
    }
    match &run {
        Some(run) => {
            context.screen.styled(&history::one(run, false, context.screen.layout(false), context.words()));
        }
        None => context.screen.result(context.words().wait.idle),
    }
    Ok(exit)
}

async fn wait(event: WaitFor, engine: &Engine, stop: &CancellationToken) -> Result<Ended> {
    let mut events = engine.subscribe();
    let first = engine.snapshot();
    if event == WaitFor::Run && first.holder.is_none() {
        return Err(Error::new(Code::StartupError, "nothing runs exports here, so that none would end")
            .hint("start `data_exporter run` or the service first"));
    }
    let number = |snapshot: &Snapshot| snapshot.last_run.as_ref().map(|run| run.run_id);
    let before = number(&first);
    loop {
        let snapshot = engine.snapshot();
        if snapshot.run.is_none() && (event == WaitFor::Idle || number(&snapshot) != before) {
            return Ok(Ended::Reached(Box::new(snapshot)));
        }
        if snapshot.holder.is_none() && event == WaitFor::Run {
            return Err(ended_meanwhile());
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(Ended::Stopped),
            event = events.recv() => if let Err(RecvError::Closed) = event {
                return Err(Error::new(Code::UnknownError, "the engine stopped unexpectedly"));
            }
        }
    }
}
