//! `doctor`: checks everything that an export depends on, each with its remedy.

use std::time::Duration;

use clap::Args;

use super::session::runtime;
use super::{CliContext, Exit};
use crate::engine::doctor::{DoctorRequest, examine};
use crate::error::Result;
use crate::text;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Skip network checks
    #[arg(long)]
    pub offline: bool,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let runtime = runtime()?;
    let found = runtime.block_on(examine(DoctorRequest {
        folders: context.folders.clone(),
        named_config: context.named_config(),
        offline: arguments.offline,
    }));
    // Hanging checks are not awaited.
    runtime.shutdown_timeout(Duration::ZERO);
    if context.json() {
        context.screen.json(&found);
    } else {
        context.screen.styled(&text::doctor::diagnosis(
            &found,
            context.screen.layout(false),
            context.words(),
        ));
    }
    Ok(Exit(found.exit_code()))
}
