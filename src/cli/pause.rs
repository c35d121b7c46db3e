//! `pause` and `resume`: pause the schedule, in the data folder or through the process that locks it.

use clap::Args;
use serde_json::json;

use super::session::with_engine;
use super::{CliContext, Exit, arguments};
use crate::engine::Mode;
use crate::error::Result;
use crate::models::command::{Command, PauseFor};
use crate::text::local;

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
    let paused = with_engine(context, "pause", Mode::Work, async |engine| {
        engine.send(command.clone()).await?;
        Ok(engine.snapshot().paused)
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
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("a pause needs a unit, such as 30m, 8h or 2d".to_owned());
    }
    arguments::duration(text).map(|length| PauseFor::Seconds { seconds: length.as_secs() })
}
