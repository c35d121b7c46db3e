//! `unpair`: ends the pairing, and names the places from which the secret was removed.

use clap::Args;
use serde_json::json;

use super::session::with_engine;
use super::{CliContext, Exit};
use crate::auth::{credential, sources};
use crate::engine::Mode;
use crate::engine::unpairing::Unpaired;
use crate::error::Result;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let config = context.config()?.config;
    let words = &context.words().unpair;
    let paired = credential::user(&config);
    if let Some(user) = paired.as_ref().filter(|_| !arguments.yes && context.screen.can_ask())
        && !context.screen.confirmed(&(words.ask)(user), false)
    {
        context.screen.result(words.kept);
        return Ok(Exit::DONE);
    }
    let unpaired = with_engine(context, "unpair", Mode::Work, async |engine| engine.unpair().await)?;
    let Unpaired { user, removed, warnings } = unpaired;
    for warning in &warnings {
        context.screen.warning(warning);
    }
    show(context, user.as_deref(), &removed);
    if let Some(server) = config.api.base_url.filter(|_| user.is_some()) {
        context.screen.remark(&(words.server)(&server));
    }
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
