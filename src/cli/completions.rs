//! `completions SHELL`: prints a shell's completion script. The script asks this program, so that it completes what is
//! here: tables, exports, keys. [`complete`] answers.

use clap::{Args, CommandFactory as _, ValueEnum};
use clap_complete::CompleteEnv;
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::Shells;

use super::{Cli, CliContext, Exit};
use crate::config::{Config, KEYS};
use crate::engine::configuration;
use crate::error::{Code, Error, Result};
use crate::models::ErrorSeverity;
use crate::models::history::HistoryQuery;
use crate::platform;
use crate::store::Store;

/// The variable by which a script asks for completions.
const VARIABLE: &str = "COMPLETE_DATA_EXPORTER";
const PROGRAM: &str = "data_exporter";
/// Code pages of the languages whose programs wrote most tables.
const PAGES: [&str; 12] = [
    "CP437",
    "CP850",
    "CP852",
    "CP862",
    "CP866",
    "CP1250",
    "CP1251",
    "CP1252",
    "CP1255",
    "KOI8-R",
    "ISO-8859-8",
    "UTF-8",
];
/// The most candidates of one kind.
const MOST: usize = 200;

const INSTALLATION: &str = "\
Installation:
  bash        data_exporter completions bash > ~/.local/share/bash-completion/completions/data_exporter
  zsh         data_exporter completions zsh > ~/.zfunc/_data_exporter    (with `fpath+=~/.zfunc` before compinit)
  fish        data_exporter completions fish > ~/.config/fish/completions/data_exporter.fish
  powershell  data_exporter completions powershell >> $PROFILE
  elvish      data_exporter completions elvish >> ~/.config/elvish/rc.elv";

#[derive(Debug, Args)]
#[command(after_help = INSTALLATION)]
pub struct Arguments {
    /// Shell to generate the script for
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let name = match arguments.shell {
        Shell::Bash => "bash",
        Shell::Elvish => "elvish",
        Shell::Fish => "fish",
        Shell::Powershell => "powershell",
        Shell::Zsh => "zsh",
    };
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let written = shells
        .completer(name)
        .map(|shell| shell.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script));
    if written.is_none_or(|written| written.is_err()) {
        return Err(Error::new(Code::UnknownError, format!("cannot make a completion script for {name}")));
    }
    context.screen.bytes(&script).map_err(|error| Error::io("cannot write", "standard output", &error))?;
    Ok(Exit::DONE)
}

/// Answers a completion script and ends the process, when one asks.
pub fn complete() {
    if platform::variable(VARIABLE).is_some() {
        CompleteEnv::with_factory(Cli::command).var(VARIABLE).complete();
    }
}

/// The keys of the configuration.
pub fn keys() -> Vec<CompletionCandidate> {
    KEYS.iter()
        .filter(|key| !key.section.starts_with("credential"))
        .map(|key| CompletionCandidate::new(format!("{}.{}", key.section, key.name)))
        .collect()
}

/// The severities, alone and with those above.
pub fn severities() -> Vec<CompletionCandidate> {
    let words = ErrorSeverity::ALL.into_iter().map(ErrorSeverity::as_str);
    words.flat_map(|word| [word.to_owned(), format!("{word}+")]).map(CompletionCandidate::new).collect()
}

/// The types of errors.
pub fn types() -> Vec<CompletionCandidate> {
    Code::ALL.iter().map(|code| CompletionCandidate::new(code.as_str())).collect()
}

/// The code pages that are most common.
pub fn pages() -> Vec<CompletionCandidate> {
    PAGES.map(CompletionCandidate::new).into()
}

/// The names of tables in the configured source folder.
pub fn tables() -> Vec<CompletionCandidate> {
    let Some(folder) = config().and_then(|config| config.src.source_dir) else { return Vec::new() };
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let is_table = |name: &std::ffi::OsString| name.to_string_lossy().to_lowercase().ends_with(".dbf");
    names.filter(is_table).take(MOST).map(CompletionCandidate::new).collect()
}

/// The numbers of the newest exports, with their starts.
pub fn runs() -> Vec<CompletionCandidate> {
    let store = platform::folders().ok().and_then(|folders| Store::view(&folders.data).ok());
    let page = store.and_then(|store| store.history_page(&HistoryQuery::default(), None, 20).ok());
    let runs = page.into_iter().flat_map(|page| page.runs);
    runs.map(|run| {
        CompletionCandidate::new(run.run_id.to_string()).help(Some(crate::text::local(run.started_at).into()))
    })
    .collect()
}

fn config() -> Option<Config> {
    let folders = platform::folders().ok()?;
    Some(configuration::read(&folders.config, false).ok()?.config)
}
