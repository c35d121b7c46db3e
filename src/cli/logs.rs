//! `logs`: the last lines of the log, and with `--follow` those to come.

use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::{CliContext, Exit, interrupt};
use crate::error::{Code, Error, Result};
use crate::logging::{self, LogReader};

/// How often a followed log is read.
const POLL: Duration = Duration::from_millis(300);

#[derive(Debug, Args)]
pub struct Arguments {
    /// Keep printing new lines (Ctrl-C stops)
    #[arg(long, short)]
    follow: bool,
    /// Number of lines to begin with
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    lines: usize,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let folder = context.data().join(logging::FOLDER);
    let failed = |error: std::io::Error| Error::io("cannot read the log in", &folder, &error);
    let (mut reader, last) = LogReader::open(&folder, arguments.lines).map_err(failed)?;
    if context.json() && !arguments.follow {
        context.screen.json(&json!({ "folder": folder, "lines": last }));
        return Ok(Exit::DONE);
    }
    if last.is_empty() {
        context.screen.remark(context.words().logs.none);
    }
    show(&last, context);
    if !arguments.follow {
        return Ok(Exit::DONE);
    }
    context.screen.remark(context.words().logs.following);
    let stop = interrupt::token();
    super::session::runtime()?.block_on(async {
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(Exit(Code::Cancelled.exit_code())),
                () = tokio::time::sleep(POLL) => show(&reader.new_lines().map_err(failed)?, context),
            }
        }
    })
}

fn show(lines: &[String], context: &CliContext) {
    for line in lines {
        if context.json() {
            context.screen.json(&json!({ "line": line }));
        }
        context.screen.result(line);
    }
}
