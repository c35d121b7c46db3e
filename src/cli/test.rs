//! `test`: `doctor` and `export --dry-run` in one, for a person who has just set up an installation.

use clap::Args;

use super::{CliContext, Exit, doctor, export};
use crate::error::Result;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Skip network checks
    #[arg(long)]
    offline: bool,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let examined = doctor::run(&doctor::Arguments { offline: arguments.offline }, context)?;
    context.screen.result("");
    let tried = export::run(&export::Arguments::dry_run(), context)?;
    Ok(if examined == Exit::DONE { tried } else { examined })
}
