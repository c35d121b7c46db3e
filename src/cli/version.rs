//! `version`: the program, the source that it was built from, and its folders.

use clap::Args;
use serde_json::json;

use super::{CliContext, Exit};
use crate::logging;

const NUMBER: &str = env!("CARGO_PKG_VERSION");
/// The commit; build.rs sets it for releases that are built from a checkout of git.
const COMMIT: Option<&str> = option_env!("DATA_EXPORTER_BUILD_COMMIT");
/// The date of the commit, `YYYY-MM-DD`.
const DATE: Option<&str> = option_env!("DATA_EXPORTER_BUILD_DATE");
/// The target triple.
const TARGET: &str = env!("DATA_EXPORTER_BUILD_TARGET");
/// The features of the package that are built in.
const FEATURES: &[&str] = &["cli"];

#[derive(Debug, Args)]
pub struct Arguments {}

pub fn run(context: &CliContext) -> Exit {
    let program = std::env::current_exe().ok();
    let logs = context.data().join(logging::FOLDER);
    if context.json() {
        context.screen.json(&json!({
            "version": NUMBER,
            "commit": COMMIT,
            "date": DATE,
            "target": TARGET,
            "features": FEATURES,
            "program": program,
            "config": context.folders.config,
            "data": context.folders.data,
            "logs": logs,
        }));
        return Exit::DONE;
    }
    let words = &context.words().version;
    let built = match (COMMIT, DATE) {
        (Some(commit), Some(date)) => format!("{commit} ({date})"),
        (Some(commit), None) => commit.to_owned(),
        _ => words.unknown.to_owned(),
    };
    let lines = [
        (words.commit, built),
        (words.target, TARGET.to_owned()),
        (words.features, FEATURES.join(", ")),
        (words.program, program.map_or_else(|| words.unknown.to_owned(), |path| path.display().to_string())),
        (words.config, context.folders.config.display().to_string()),
        (words.data, context.folders.data.display().to_string()),
        (words.logs, logs.display().to_string()),
    ];
    let width = lines.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default();
    context.screen.result(&format!("data_exporter {NUMBER}"));
    for (label, value) in lines {
        context.screen.result(&format!("{label:<width$}  {value}"));
    }
    Exit::DONE
}
