//! `config show` and `config validate`: what holds, where it comes from, and what is wrong with it.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{Context, Exit};
use crate::error::{Error, Result};
use crate::models::config::{Invalid, KEYS, Loaded, Origin, Problem};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show every key with its value and where it comes from; secrets are redacted
    Show,
    /// Check the configuration and name every problem at once
    Validate,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Exit> {
    match arguments.command {
        Command::Show => show(context),
        Command::Validate => Ok(validate(context)),
    }
}

fn show(context: &Context) -> Result<Exit> {
    let loaded = context.config()?;
    if context.json() {
        let mut sections = json!({});
        let mut origins = Map::new();
        for key in KEYS {
            let section = key.section.split('.').fold(&mut sections, |place, part| &mut place[part]);
            section[key.name] = key.value(&loaded.config);
            origins.insert(format!("{}.{}", key.section, key.name), json!(origin(&loaded, &key.label())));
        }
        context.screen.json(&json!({
            "path": context.folders.config,
            "data": context.folders.data,
            "config": sections,
            "origins": origins,
            "warnings": listed(&loaded.warnings),
        }));
    } else {
        context.screen.result(&text(context, &loaded));
    }
    Ok(Exit::DONE)
}

fn text(context: &Context, loaded: &Loaded) -> String {
    let mut lines = vec![
        format!("# configuration: {}", context.folders.config.display()),
        format!("# data folder: {}", context.folders.data.display()),
    ];
    let mut section = "";
    for key in KEYS {
        let value = key.value(&loaded.config);
        if value.is_null() {
            continue;
        }
        if key.section != section {
            section = key.section;
            lines.push(format!("\n[{section}]"));
        }
        let from = match origin(loaded, &key.label()) {
            "default" => "  # default".to_owned(),
            "environment" => format!("  # from {}", key.variable()),
            _ => String::new(),
        };
        lines.push(format!("{} = {value}{from}", key.name));
    }
    lines.join("\n")
}

fn origin(loaded: &Loaded, label: &str) -> &'static str {
    match loaded.origins.get(label) {
        None | Some(Origin::Default) => "default",
        Some(Origin::File) => "file",
        Some(Origin::Environment) => "environment",
    }
}

fn validate(context: &Context) -> Exit {
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
            context.screen.result(&format!("`{}` can be used.", context.folders.config.display()));
            Exit::DONE
        }
        Some(error) => {
            context.screen.error(&error);
            Exit(error.code.exit_code())
        }
    }
}

/// What an export needs besides a file without mistakes.
fn missing(loaded: &Loaded) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |key: &str, value: Option<String>, what: &str, remedy: &str| {
        problems.push(Problem {
            key: key.to_owned(),
            value,
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        });
    };
    match &loaded.config.src.source_dir {
        None => add("[src] source_dir", None, "is missing", "name the folder of tables"),
        Some(folder) => {
            if let Err(error) = std::fs::read_dir(folder) {
                let what = format!("cannot be read ({error})");
                add(
                    "[src] source_dir",
                    Some(folder.display().to_string()),
                    &what,
                    "name a folder that is there",
                );
            }
        }
    }
    if loaded.config.api.base_url.is_none() {
        add("[api] base_url", None, "is missing", "write the server's address as \"https://host\"");
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
                "message": problem.what,
                "remedy": problem.remedy,
            })
        })
        .collect()
}
