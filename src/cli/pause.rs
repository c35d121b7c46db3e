//! `pause` and `resume`: pause the schedule, in the data folder or through the process that locks it.

use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::elsewhere::runtime;
use super::{CliContext, Exit, arguments};
use crate::engine::{Engine, Options};
use crate::error::Result;
use crate::models::command::{Command, PauseFor};
use crate::text::local;

/// How long to wait for the folder's lock.
const LIMIT: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub struct PauseArguments {
    /// Duration (30m, 8h, 2d) or `tomorrow` [default: until `resume`]
    #[arg(value_name = "DURATION", value_parser = length)]
    length: Option<PauseFor>,
}

#[derive(Debug, Args)]
pub struct ResumeArguments {}

pub fn pause(arguments: &PauseArguments, context: &CliContext) -> Result<Exit> {
    send(context, &Command::Pause { pause: arguments.length.unwrap_or(PauseFor::UntilResumed) })
}

pub fn resume(_arguments: &ResumeArguments, context: &CliContext) -> Result<Exit> {
    send(context, &Command::Resume)
}

fn send(context: &CliContext, command: &Command) -> Result<Exit> {
    let options =
        Options { keeps_schedule: false, ..Options::new(context.folders.clone(), "data_exporter pause") };
    let paused = runtime()?.block_on(async {
        let engine = Engine::start(options).await?;
        let mut events = engine.subscribe();
        let sent = engine.send(command.clone()).await;
        // Another process publishes its snapshot after the command.
        let work = async {
            while engine.snapshot().paused.is_some() == matches!(command, Command::Resume) {
                if events.recv().await.is_err() {
                    break;
                }
            }
        };
        if sent.is_ok() {
            let _ = tokio::time::timeout(LIMIT, work).await;
        }
        let paused = engine.snapshot().paused;
        engine.shutdown(LIMIT).await;
        sent.map(|()| paused)
    })?;
    if context.json() {
        context
            .screen
            .json(&json!({ "paused": paused.is_some(), "until": paused.and_then(|pause| pause.until) }));
    }
    let words = &context.words().pause;
    context.screen.result(&match paused {
        None => words.over.to_owned(),
        Some(pause) => {
            pause.until.map_or_else(|| words.by_hand.to_owned(), |until| (words.until)(&local(until)))
        }
    });
    Ok(Exit::DONE)
}

fn length(text: &str) -> std::result::Result<PauseFor, String> {
    if text == "tomorrow" {
        return Ok(PauseFor::UntilTomorrow);
    }
    arguments::duration(text).map(|length| PauseFor::Seconds { seconds: length.as_secs() })
}
