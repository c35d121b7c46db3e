//! `history [RUN]`: the runs of this data folder, or one of them with its tables.

use clap::Args;
use serde_json::json;

use super::{Context, Exit};
use crate::error::Result;
use crate::models::export::RunReport;
use crate::models::listing::HistoryQuery;
use crate::store::RunId;
use crate::text::history;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Show this run with its tables
    #[arg(value_name = "RUN")]
    run: Option<i64>,
    /// Show at most this many runs, the newest
    #[arg(long, value_name = "N", conflicts_with = "run")]
    limit: Option<u32>,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit> {
    let store = context.view()?;
    if let Some(run) = arguments.run {
        let report = context.truthful(store.run(RunId(run))?);
        if context.json() {
            context.screen.json(&report);
        } else {
            context.screen.result(&history::one(&report, false));
        }
        return Ok(Exit::DONE);
    }
    let page = store.history_page(&HistoryQuery::default(), None, arguments.limit.unwrap_or(u32::MAX))?;
    let runs: Vec<RunReport> = page.runs.into_iter().map(|run| context.truthful(run)).collect();
    if context.json() {
        context.screen.json(&json!({ "runs": runs }));
    } else if runs.is_empty() {
        context.screen.result("No run yet. `data_exporter export` starts one.");
    } else {
        context.screen.result(&history::list(&runs));
    }
    Ok(Exit::DONE)
}
