//! `unpair`: removes the secret from everywhere it may be, and says from where.

use clap::Args;
use serde_json::json;

use super::{Context, Exit};
use crate::api::client::base_of;
use crate::auth::credential;
use crate::auth::secrets::{self, SecretError};
use crate::auth::sources;
use crate::error::Result;
use crate::models::Config;
use crate::models::config::{KEYS, Key, SecretStore as Kind};
use crate::store::config_file::ConfigFile;

#[derive(Debug, Args)]
pub struct Arguments {}

pub fn run(_arguments: &Arguments, context: &Context) -> Result<Exit> {
    let config = context.config()?.config;
    let (_lock, store) = context.hold("unpair")?;
    let user = credential::user(&config);
    // The stores first: what cannot be removed there can be tried again as long as the configuration names it.
    let mut removed = from_stores(context, &config, user.as_deref())?;
    if from_config(context)? {
        removed.push(format!("`{}`", context.folders.config.display()));
    }
    if let (Some(user), Some(server)) = (&user, config.api.base_url.as_deref().and_then(base_of)) {
        store.unpaired(user, &server)?;
    }
    tell(context, user.as_deref(), &removed);
    Ok(Exit::DONE)
}

/// Both stores: the other one may hold what an earlier pairing left.
fn from_stores(context: &Context, config: &Config, user: Option<&str>) -> Result<Vec<String>> {
    let mut removed = Vec::new();
    for kind in [Kind::Keychain, Kind::File] {
        let chosen = config.credential.secret_store == kind;
        let Some(user) = user.or((kind == Kind::File).then_some("")) else { continue };
        let place = secrets::open(kind, user, config.api.base_url.as_deref(), context.data());
        match place.remove() {
            Ok(true) => removed.push(place.place()),
            // Where there is no keychain, there is nothing in it.
            Ok(false) | Err(SecretError::Keychain(secrets::KeychainError::Absent { .. })) => {}
            Err(error) if chosen && !is_plain(config, &error) => return Err(error.into()),
            Err(error) => context
                .screen
                .warning(&format!("{error}; whether it holds a secret of this pairing is not known")),
        }
    }
    Ok(removed)
}

/// Whether the secret is in config.toml, so that an unusable keychain is no reason to leave it there.
fn is_plain(config: &Config, error: &SecretError) -> bool {
    matches!(error, SecretError::Keychain(_)) && credential::plain(config).is_some()
}

/// Removes every key of the pairing and of the account; everything else stays.
fn from_config(context: &Context) -> Result<bool> {
    let mut file = ConfigFile::open(&context.folders.config)?;
    let ours = |key: &&Key| {
        key.section == "credential.device"
            || (key.section == "credential" && ["account", "username", "password"].contains(&key.name))
    };
    let removed = KEYS.iter().filter(ours).filter(|key| file.remove(key)).count();
    file.save()?;
    Ok(removed > 0)
}

fn tell(context: &Context, user: Option<&str>, removed: &[String]) {
    if context.json() {
        context.screen.json(&json!({ "unpaired": user, "removed": removed }));
    }
    context.screen.result(&match (user, removed) {
        (_, []) => "This computer was not paired; there was nothing to remove.".to_owned(),
        (Some(user), removed) => {
            format!("The pairing with {user} was removed from {}.", removed.join(" and "))
        }
        (None, removed) => format!("A secret was removed from {}.", removed.join(" and ")),
    });
    for variable in [sources::SECRET_FILE_VARIABLE, sources::SECRET_VARIABLE] {
        if crate::platform::variable(variable).is_some() {
            context.screen.warning(&format!(
                "{variable} still hands in a secret, which is not this program's to remove"
            ));
        }
    }
}
