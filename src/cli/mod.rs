//! The command line: [`Cli`], one file for each command, and `render`, the only place that prints.
//!
//! A command reads its arguments, calls the engine and hands a value to the [`Screen`]; it decides nothing itself.
//! Streams, JSON and exit codes are pinned by docs/command-line.md#output.

mod arguments;
mod authorize_device;
mod completions;
mod config;
mod context;
mod convert;
mod diagnostics;
mod doctor;
mod errors;
mod examples;
mod export;
mod history;
mod interrupt;
mod language;
mod logs;
mod man;
mod pause;
mod preview;
mod render;
mod run;
mod service;
mod session;
mod status;
mod test;
mod unpair;
mod version;
mod wait;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::error::{Code, Error, Result, fault};
use crate::models::settings::Language;
use crate::platform;
pub use context::CliContext;
pub use render::{ColourChoice, Screen};

/// Uploads dBASE, FoxPro and Clipper tables to a Data Forge server.
#[derive(Debug, Parser)]
#[command(name = "data_exporter", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: CliCommand,
}

/// Flags of every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Global {
    /// Use this configuration file instead of the one in the data folder
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print JSON on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of messages, instead of the configured one
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = language::parser())]
    pub lang: Option<Language>,
    /// Print no progress, notes or next steps; results, warnings and errors stay
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print what is done on standard error; `-vv` prints every step
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Colours: auto (on a terminal), always or never
    #[arg(long, global = true, value_name = "WHEN", value_enum, hide_possible_values = true)]
    pub color: Option<ColourChoice>,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// Pair this computer with a server; you confirm a code in a browser
    #[command(visible_alias = "pair")]
    AuthorizeDevice(Box<authorize_device::Arguments>),
    /// Run in the foreground and export on schedule (Ctrl-C stops)
    Run(run::Arguments),
    /// Export the tables to the server now
    Export(export::Arguments),
    /// Convert tables to CSV files
    Convert(convert::Arguments),
    /// Show the first rows of a table
    Preview(preview::Arguments),
    /// Show the pairing, the schedule and the last export
    Status(status::Arguments),
    /// Pause scheduled exports
    Pause(pause::PauseArguments),
    /// Resume scheduled exports
    Resume(pause::ResumeArguments),
    /// Unpair this computer and delete its stored secret
    Unpair(unpair::Arguments),
    /// List exports, or show one with its tables
    History(history::Arguments),
    /// List errors
    Errors(errors::Arguments),
    /// Diagnose problems and suggest fixes
    Doctor(doctor::Arguments),
    /// Run `doctor`, then show what an export would send
    Test(test::Arguments),
    /// Show the last lines of the log
    Logs(logs::Arguments),
    /// Wait until no export is running, or until one has ended
    Wait(wait::Arguments),
    /// Create a support bundle (zip) without secrets or table data
    Diagnostics(diagnostics::Arguments),
    /// Show, check, change or migrate the configuration
    Config(config::Arguments),
    /// Install as a system service
    Install(Box<service::InstallArguments>),
    /// Remove the service; configuration, data and pairing are kept
    Uninstall(service::UninstallArguments),
    /// Show the service's status, start it or stop it
    Service(service::ServiceArguments),
    /// Print a shell completion script
    Completions(completions::Arguments),
    /// Write the manual pages
    Man(man::Arguments),
    /// Show the version, the source it was built from, and the folders
    Version(version::Arguments),
}

impl CliCommand {
    fn run(self, context: &CliContext) -> Result<Exit> {
        match self {
            Self::AuthorizeDevice(arguments) => authorize_device::run(&arguments, context),
            Self::Run(arguments) => run::run(&arguments, context),
            Self::Export(arguments) => export::run(&arguments, context),
            Self::Convert(arguments) => convert::run(&arguments, context),
            Self::Preview(arguments) => preview::run(&arguments, context),
            Self::Status(arguments) => status::run(&arguments, context),
            Self::Pause(arguments) => pause::pause(&arguments, context),
            Self::Resume(arguments) => pause::resume(&arguments, context),
            Self::Unpair(arguments) => unpair::run(&arguments, context),
            Self::History(arguments) => history::run(&arguments, context),
            Self::Errors(arguments) => errors::run(&arguments, context),
            Self::Doctor(arguments) => doctor::run(&arguments, context),
            Self::Test(arguments) => test::run(&arguments, context),
            Self::Logs(arguments) => logs::run(&arguments, context),
            Self::Wait(arguments) => wait::run(&arguments, context),
            Self::Diagnostics(arguments) => diagnostics::run(&arguments, context),
            Self::Config(arguments) => config::run(&arguments, context),
            Self::Install(arguments) => service::install(&arguments, context),
            Self::Uninstall(arguments) => service::uninstall(&arguments, context),
            Self::Service(arguments) => service::service(&arguments, context),
            Self::Completions(arguments) => completions::run(&arguments, context),
            Self::Man(arguments) => man::run(&arguments, context),
            Self::Version(_) => Ok(version::run(context)),
        }
    }
}

/// The exit code of a command that has printed everything itself: docs/command-line.md#exit-codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit(pub u8);

impl Exit {
    /// All done.
    pub const DONE: Self = Self(0);
    /// Done, but a table was refused, or a value or row could not be carried over.
    pub const WITH_WARNINGS: Self = Self(3);
}

/// Runs the command in the process's arguments.
pub fn main() -> ExitCode {
    completions::complete();
    platform::forbid_dumps();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let words = language::words(language::requested(&arguments), None);
    let parsed = examples::decorate(Cli::command(), &words.help)
        .try_get_matches_from(&arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return usage(&error, &arguments),
    };
    if !matches!(cli.command, CliCommand::Run(_)) {
        render::log::begin(cli.global.verbose);
    }
    let screen = Screen::new(cli.global.json, language::words(cli.global.lang, cli.global.config.as_deref()))
        .with(cli.global.color.unwrap_or_default(), cli.global.quiet);
    let Exit(code) = CliContext::new(cli.global, screen.clone())
        .and_then(|context| {
            fault::caught(|| cli.command.run(&context))
                .unwrap_or_else(|fault| Err(fault.error("the command")))
        })
        .unwrap_or_else(|error| {
            screen.failure(&error);
            Exit(error.code.exit_code())
        });
    ExitCode::from(screen.close(code))
}

/// Help and version are results; everything else is an invalid command line.
fn usage(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let json = arguments.iter().any(|argument| argument == "--json");
    let words = language::words(language::requested(arguments), None);
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let screen = Screen::new(false, words);
        screen.result(error.to_string().trim_end());
        return ExitCode::from(screen.close(0));
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !json {
        let screen = Screen::new(false, words);
        screen.note(error.to_string().trim_end());
        return ExitCode::from(Code::Usage.exit_code());
    }
    let text = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "no command given".to_owned(),
        _ => error.to_string(),
    };
    let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let tip = text.lines().map(str::trim).find_map(|line| line.strip_prefix("tip: "));
    let values = text.lines().map(str::trim).find(|line| line.starts_with("[possible values"));
    let values = values.map(|values| values.trim_matches(['[', ']']));
    let missing: Vec<&str> =
        text.lines().skip(1).take_while(|line| line.starts_with("  ")).map(str::trim).collect();
    let message = match (message.strip_suffix(':'), missing.is_empty()) {
        (Some(message), false) => format!("{message}: {}", missing.join(", ")),
        _ => message.to_owned(),
    };
    let error = Error::new(Code::Usage, message)
        .hint(tip.or(values).map_or_else(|| help_of(arguments), str::to_owned));
    let screen = Screen::new(json, words);
    screen.failure(&error);
    ExitCode::from(screen.close(Code::Usage.exit_code()))
}

/// Names the help of the command in an invalid command line.
fn help_of(arguments: &[OsString]) -> String {
    let cli = Cli::command();
    let (mut command, mut path) = (&cli, String::new());
    for word in arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
        if let Some(inner) = command.find_subcommand(word) {
            path = format!("{path} {}", inner.get_name());
            command = inner;
        }
    }
    match path.as_str() {
        "" => "run `data_exporter --help` for commands and options".to_owned(),
        path => format!("run `data_exporter{path} --help` for its options"),
    }
}
