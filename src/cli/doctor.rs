//! `doctor`: why exports do or do not work on this machine, each thing with its remedy.

use std::time::Duration;

use clap::Args;
use tokio::runtime::Builder;

use super::render::{counted, word};
use super::{Context, Exit};
use crate::engine::doctor::{Check, Diagnosis, Request, examine};
use crate::error::{Code, Error, Result};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Ask nothing of the network
    #[arg(long)]
    offline: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(|error| {
        Error::new(Code::UnknownError, format!("cannot start the program's threads: {error}"))
    })?;
    let found = runtime.block_on(examine(Request {
        folders: context.folders.clone(),
        named_config: context.named_config(),
        offline: arguments.offline,
    }));
    // What hangs is not waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    if context.json() {
        context.screen.json(&found);
    } else {
        context.screen.result(&text(&found));
    }
    Ok(Exit(found.exit_code()))
}

fn text(found: &Diagnosis) -> String {
    let summary = &found.summary;
    let mut parts = vec![format!("{} ok", summary.ok)];
    if summary.warning > 0 {
        parts.push(counted(summary.warning as u64, "warning"));
    }
    for (count, noun) in [(summary.failed, "failed"), (summary.skipped, "skipped")] {
        if count > 0 {
            parts.push(format!("{count} {noun}"));
        }
    }
    let mut lines: Vec<String> = found.checks.iter().map(line).collect();
    lines.push(format!("\n{}", parts.join(", ")));
    lines.join("\n")
}

fn line(check: &Check) -> String {
    let name = check.name.replace('_', " ");
    let mut told = format!("{:<8} {name:<13}  {}", word(&check.status), check.message);
    if let Some(hint) = check.hint.as_ref().filter(|hint| !hint.is_empty()) {
        told.push_str("\n                        hint: ");
        told.push_str(hint);
    }
    told
}
