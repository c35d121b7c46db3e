//! `unpair`: ends the pairing, and names the places from which the secret was removed.

use clap::Args;
use serde_json::json;

use super::elsewhere::{Folder, runtime};
use super::{CliContext, Exit};
use crate::auth::sources;
use crate::engine::unpairing::{Unpaired, unpair};
use crate::error::Result;
use crate::models::command::Command;

#[derive(Debug, Args)]
pub struct Arguments {}

pub fn run(_arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let config = context.config()?.config;
    let runtime = runtime()?;
    let (_lock, reports) = match Folder::find(context, "unpair", &runtime)? {
        Folder::Held(lock, reports) => (lock, reports),
        Folder::Elsewhere(owner) => {
            runtime.block_on(owner.send(Command::Unpair))?;
            let user = owner.snapshot.paired.map(|paired| paired.domain);
            show(context, user.as_deref(), &[format!("the secret store of {}", owner.process.program)]);
            return Ok(Exit::DONE);
        }
    };
    let Unpaired { user, removed, warnings } = unpair(&config, &context.folders, reports.store())?;
    for warning in &warnings {
        context.screen.warning(warning);
    }
    show(context, user.as_deref(), &removed);
    Ok(Exit::DONE)
}

fn show(context: &CliContext, user: Option<&str>, removed: &[String]) {
    if context.json() {
        context.screen.json(&json!({ "unpaired": user, "removed": removed }));
    }
    let words = &context.words().unpair;
    context.screen.result(&if removed.is_empty() {
        words.nothing.to_owned()
    } else {
        (words.removed)(user, removed)
    });
    for variable in [sources::SECRET_FILE_VARIABLE, sources::SECRET_VARIABLE] {
        if crate::platform::variable(variable).is_some() {
            context.screen.warning(&(words.handed_in)(variable));
        }
    }
}
