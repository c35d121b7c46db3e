//! `man`: writes the manual pages of the command line.

use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use serde_json::json;

use super::{Cli, CliContext, Exit, examples};
use crate::error::{Error, Result};
use crate::platform::file::{self, Readers};
use crate::text::ENGLISH;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Folder for the pages, such as /usr/local/share/man/man1
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let folder = &arguments.output;
    fs::create_dir_all(folder).map_err(|error| Error::io("cannot create the folder", folder, &error))?;
    let mut command = examples::decorate(Cli::command(), &ENGLISH.help);
    // A template of our own is for terminals; a manual page has its sections.
    command = command.help_template("{all-args}");
    command.build();
    let mut written = Vec::new();
    write(&command, "data_exporter", folder, &mut written)?;
    if context.json() {
        context.screen.json(&json!({ "written": written }));
    }
    context
        .screen
        .result(&written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n"));
    Ok(Exit::DONE)
}

fn write(
    command: &clap::Command,
    name: &str,
    folder: &std::path::Path,
    written: &mut Vec<PathBuf>,
) -> Result<()> {
    let path = folder.join(format!("{name}.1"));
    let mut page = Vec::new();
    let failed = |error| Error::io("cannot write", &path, &error);
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(failed)?;
    file::write(&path, Readers::Usual, &page).map_err(failed)?;
    written.push(path);
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help")
    {
        write(inner, &format!("{name}-{}", inner.get_name()), folder, written)?;
    }
    Ok(())
}
