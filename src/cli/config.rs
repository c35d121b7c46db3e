//! `config show`, `config validate` and `config migrate`: the settings in effect, their origins and their problems.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{CliContext, Exit};
use crate::config::{Invalid, KEYS, Loaded, Problem, shown};
use crate::engine::migration::{self, MigrationPlan};
use crate::error::{Error, Result};
use crate::text::words::ConfigWords as Words;
use crate::text::{local, one_line};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Show every key with its value and origin; secrets are redacted
    Show,
    /// Check the configuration and list all problems
    Validate,
    /// Convert an old configuration file; without `--yes`, only show the changes
    Migrate(Migrate),
}

#[derive(Debug, Args)]
struct Migrate {
    /// Apply the changes
    #[arg(long)]
    yes: bool,
    /// Keep the export times in UTC, as in the old program
    #[arg(long)]
    keep_times: bool,
    /// Keep the code pages that the old program used
    #[arg(long)]
    keep_pages: bool,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    match &arguments.command {
        ConfigCommand::Show => show(context),
        ConfigCommand::Validate => Ok(validate(context)),
        ConfigCommand::Migrate(migrate) => self::migrate(migrate, context),
    }
}

fn show(context: &CliContext) -> Result<Exit> {
    let loaded = context.config()?;
    if context.json() {
        let mut sections = json!({});
        let mut origins = Map::new();
        for key in KEYS {
            let section = key.section.split('.').fold(&mut sections, |place, part| &mut place[part]);
            section[key.name] = key.value(&loaded.config);
            origins
                .insert(format!("{}.{}", key.section, key.name), json!(shown::origin(&loaded, &key.label())));
        }
        context.screen.json(&json!({
            "path": context.folders.config,
            "data": context.folders.data,
            "config": sections,
            "origins": origins,
            "warnings": listed(&loaded.warnings),
        }));
    } else {
        context.screen.result(&shown::shown(&context.folders, &loaded));
    }
    Ok(Exit::DONE)
}

fn migrate(arguments: &Migrate, context: &CliContext) -> Result<Exit> {
    let words = &context.words().config;
    let plan = migration::plan(&context.folders, true)?;
    let tell = |done: bool| {
        if context.json() {
            context.screen.json(&json!({ "plan": plan, "done": done }));
        }
    };
    context.screen.result(&describe(&plan, context.screen.shows_values(), words));
    if plan.is_empty() {
        tell(false);
        return Ok(Exit::DONE);
    }
    if !arguments.yes {
        tell(false);
        context.screen.result(&format!("\n{}", words.unchanged));
        return Ok(Exit::DONE);
    }
    let secret = migration::apply(&context.folders, arguments.keep_times, arguments.keep_pages)?;
    if let Some(warning) = secret.and_then(|secret| secret.warning(&context.folders.config)) {
        context.screen.warning(&warning);
    }
    tell(true);
    let config = context.folders.config.display().to_string();
    context.screen.result(&format!("\n{}", (words.migrated)(&config)));
    Ok(Exit::DONE)
}

/// Describes a migration.
fn describe(plan: &MigrationPlan, shows_values: bool, words: &Words) -> String {
    if plan.is_empty() {
        return words.nothing.to_owned();
    }
    let mut lines: Vec<String> = plan.moved.iter().map(|(from, to)| (words.becomes)(from, to)).collect();
    lines.extend(plan.retired.iter().map(|key| (words.retired)(key)));
    if plan.secret {
        lines.push(words.secret.to_owned());
    }
    if let Some(runs) = &plan.runs {
        let times = |times: &[_]| times.iter().map(|time| local(*time)).collect::<Vec<_>>().join(", ");
        lines.push((words.clock)(&times(&runs.former), &times(&runs.now)));
    }
    for change in &plan.pages {
        let sample = change.sample.as_ref().filter(|_| shows_values);
        let sample = sample.map(|(former, now)| format!(": {}", (words.becomes)(former, now)));
        let page = (words.page)(&one_line(&change.source), &change.former, &change.now);
        lines.push(format!("{page}{}", sample.unwrap_or_default()));
    }
    if !plan.pages.is_empty() {
        lines.push(words.keep_pages.to_owned());
    }
    lines.join("\n")
}

fn validate(context: &CliContext) -> Exit {
    let (problems, warnings, error) = match context.try_config() {
        Err(invalid) => (invalid.problems.clone(), invalid.warnings.clone(), Some(Error::from(invalid))),
        Ok(loaded) => {
            let problems = missing(&loaded);
            let invalid = Invalid {
                path: Some(context.folders.config.clone()),
                problems: problems.clone(),
                warnings: Vec::new(),
                http_refused: false,
            };
            let error = (!problems.is_empty()).then(|| Error::from(invalid));
            (problems, loaded.warnings, error)
        }
    };
    if context.json() {
        context.screen.json(&json!({
            "valid": error.is_none(),
            "path": context.folders.config,
            "problems": listed(&problems),
            "warnings": listed(&warnings),
            "error": error.as_ref().map(Error::body),
        }));
    }
    for warning in &warnings {
        context.screen.warning(&warning.to_string());
    }
    match error {
        None => {
            let path = context.folders.config.display().to_string();
            context.screen.result(&(context.words().config.usable)(&path));
            Exit::DONE
        }
        Some(error) => {
            context.screen.error(&error);
            Exit(error.code.exit_code())
        }
    }
}

/// Checks that a valid configuration is complete enough for an export.
fn missing(loaded: &Loaded) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |key: &str, value: Option<String>, what: &str, remedy: &str| {
        problems.push(Problem {
            key: key.to_owned(),
            value,
            line: None,
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        });
    };
    match &loaded.config.src.source_dir {
        None => add("[src] source_dir", None, "is missing", "set it to the folder that contains the tables"),
        Some(folder) => {
            if let Err(error) = std::fs::read_dir(folder) {
                let what = format!("cannot be read ({error})");
                add(
                    "[src] source_dir",
                    Some(folder.display().to_string()),
                    &what,
                    "set it to an existing folder",
                );
            }
        }
    }
    if loaded.config.api.base_url.is_none() {
        add("[api] base_url", None, "is missing", "set it to the server address, such as \"https://host\"");
    }
    problems
}

fn listed(problems: &[Problem]) -> Vec<Value> {
    problems
        .iter()
        .map(|problem| {
            json!({
                "key": problem.key,
                "value": problem.value,
                "line": problem.line,
                "message": problem.what,
                "remedy": problem.remedy,
            })
        })
        .collect()
}
