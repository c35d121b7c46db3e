//! `config migrate`: brings a configuration of the former program or of an older layout to today's.

use clap::Args;
use serde_json::json;

use crate::cli::{CliContext, Exit};
use crate::engine::migration::{self, MigrationPlan};
use crate::error::Result;
use crate::text::words::ConfigWords as Words;
use crate::text::{local, one_line};

#[derive(Debug, Args)]
pub struct Migrate {
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

pub fn migrate(arguments: &Migrate, context: &CliContext) -> Result<Exit> {
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
