//! `config`: shows, checks, changes and migrates the settings.

mod edit;
mod migrate;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use serde_json::{Map, Value, json};

use super::session::with_engine;
use super::{CliContext, Exit, completions};
use crate::config::{Config, Invalid, KEYS, Problem, shown};
use crate::engine::{Mode, key_change};
use crate::error::{Error, Result};
use crate::models::command::Command;

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
    /// Print the value of one key
    Get(Key),
    /// Change one key; the file keeps its comments
    Set(Assignment),
    /// Remove one key, so that its default applies
    Unset(Key),
    /// Open the file in your editor and check it before it is saved
    Edit,
    /// Print the path of the configuration file
    Path,
    /// Convert an old configuration file; without `--yes`, only show the changes
    Migrate(migrate::Migrate),
}

#[derive(Debug, Args)]
struct Key {
    /// Key, such as `scheduler.crontab`
    #[arg(value_name = "KEY", add = ArgValueCandidates::new(completions::keys))]
    key: String,
}

#[derive(Debug, Args)]
struct Assignment {
    #[command(flatten)]
    key: Key,
    /// New value; a list is separated by commas
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    value: String,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    match &arguments.command {
        ConfigCommand::Show => show(context),
        ConfigCommand::Validate => Ok(validate(context)),
        ConfigCommand::Get(Key { key }) => get(key, context),
        ConfigCommand::Set(Assignment { key: Key { key }, value }) => change(key, Some(value), context),
        ConfigCommand::Unset(Key { key }) => change(key, None, context),
        ConfigCommand::Edit => edit::edit(context),
        ConfigCommand::Path => Ok(path(context)),
        ConfigCommand::Migrate(arguments) => migrate::migrate(arguments, context),
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

fn path(context: &CliContext) -> Exit {
    if context.json() {
        context.screen.json(&json!({ "path": context.folders.config, "data": context.folders.data }));
    }
    context.screen.result(&context.folders.config.display().to_string());
    Exit::DONE
}

fn get(name: &str, context: &CliContext) -> Result<Exit> {
    let key = key_change::find(name)?;
    let loaded = context.config()?;
    let value = key.value(&loaded.config);
    if context.json() {
        let name = format!("{}.{}", key.section, key.name);
        let origin = shown::origin(&loaded, &key.label());
        context.screen.json(&json!({ "key": name, "value": value, "origin": origin }));
    }
    match &value {
        Value::Null => context.screen.remark(&(context.words().config.unset)(name)),
        Value::String(text) => context.screen.result(text),
        value => context.screen.result(&value.to_string()),
    }
    Ok(Exit::DONE)
}

fn change(name: &str, value: Option<&String>, context: &CliContext) -> Result<Exit> {
    let key = key_change::find(name)?;
    let name = format!("{}.{}", key.section, key.name);
    let command = Command::ChangeKey { key: name.clone(), value: value.cloned() };
    with_engine(context, "config", Mode::Work, async |engine| engine.send(command).await)?;
    // Other keys may still be wrong.
    let now = context.try_config().ok().map(|loaded| key.value(&loaded.config));
    if context.json() {
        context.screen.json(&json!({ "key": name, "value": now }));
    }
    let words = &context.words().config;
    context.screen.result(&match now {
        Some(Value::Null) => (words.unset)(&name),
        Some(now) => (words.changed)(&name, &now.to_string()),
        None => (words.changed)(&name, value.map_or("", String::as_str)),
    });
    Ok(Exit::DONE)
}

fn validate(context: &CliContext) -> Exit {
    let (problems, warnings, error) = match context.try_config() {
        Err(mut invalid) => {
            let wrong: Vec<String> = invalid.problems.iter().map(|problem| problem.key.clone()).collect();
            let missing = invalid.partial.as_deref().map(missing).unwrap_or_default();
            invalid.problems.extend(missing.into_iter().filter(|problem| !wrong.contains(&problem.key)));
            (invalid.problems.clone(), invalid.warnings.clone(), Some(Error::from(invalid)))
        }
        Ok(loaded) => {
            let problems = missing(&loaded.config);
            let invalid = Invalid {
                path: Some(context.folders.config.clone()),
                problems: problems.clone(),
                warnings: Vec::new(),
                http_refused: false,
                partial: None,
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

/// Checks that a configuration is complete enough for an export.
fn missing(config: &Config) -> Vec<Problem> {
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
    match &config.src.source_dir {
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
    if config.api.base_url.is_none() {
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
