//! `history [RUN]`: the runs of this data folder, or one of them with its tables.

use clap::Args;
use clap_complete::ArgValueCandidates;
use serde_json::json;

use super::session::with_engine;
use super::{CliContext, Exit, arguments, completions};
use crate::engine::Mode;
use crate::error::Result;
use crate::models::history::HistoryQuery;
use crate::text::history;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Show this export with its tables
    #[arg(value_name = "NUMBER", add = ArgValueCandidates::new(completions::runs))]
    run: Option<i64>,
    /// Show at most this many exports, the newest
    #[arg(long, value_name = "N", conflicts_with = "run", value_parser = arguments::count)]
    limit: Option<u32>,
    /// Show every export instead of the newest 20
    #[arg(long, conflicts_with_all = ["run", "limit"])]
    all: bool,
    /// Show every column in full, whatever the width of the terminal
    #[arg(long)]
    wide: bool,
}

/// How many exports a person is shown.
const SHOWN: u32 = 20;

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let words = context.words();
    if let Some(run) = arguments.run {
        let report = with_engine(context, "history", Mode::Read, async |engine| engine.run(run).await)?;
        if context.json() {
            context.screen.json(&report);
        } else {
            context.screen.styled(&history::one(
                &report,
                false,
                context.screen.layout(arguments.wide),
                words,
            ));
        }
        return Ok(Exit::DONE);
    }
    let everything = arguments.all || context.json();
    let limit = arguments.limit.unwrap_or(if everything { u32::MAX } else { SHOWN });
    let page = with_engine(context, "history", Mode::Read, async |engine| {
        engine.history(HistoryQuery::default(), None, limit).await
    })?;
    let runs = page.runs;
    if context.json() {
        context.screen.json(&json!({ "runs": runs }));
    } else if runs.is_empty() {
        context.screen.result(words.history.none);
    } else {
        context.screen.styled(&history::list(&runs, context.screen.layout(arguments.wide), words));
        let older = page.total - runs.len() as u64;
        if older > 0 && arguments.limit.is_none() {
            context.screen.result(&(words.history.older)(older));
        }
    }
    Ok(Exit::DONE)
}
