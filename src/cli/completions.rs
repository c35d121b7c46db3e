//! `completions SHELL`: prints a shell's completion script for this command line.

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use super::{Cli, CliContext, Exit};
use crate::error::{Error, Result};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Shell to generate the script for
    shell: Shell,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut Cli::command(), "data_exporter", &mut script);
    context.screen.bytes(&script).map_err(|error| Error::io("cannot write", "standard output", &error))?;
    Ok(Exit::DONE)
}
