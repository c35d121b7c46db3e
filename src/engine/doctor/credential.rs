//! Checks the secret store, and whether the server accepts the credential.

use std::sync::Arc;

use super::machine::{ALL_BUT_OWNER, is_open_to};
use super::{Check, DoctorContext, NO_CONFIGURATION};
use crate::api::client::base_of;
use crate::api::{Bearer as _, Client, InMemoryServerCache, ServerCache, ServerPaths};
use crate::auth::credential::{SecretSources, user};
use crate::auth::secrets::{self, FileStore, StoredCredential};
use crate::auth::{AuthClient, Credential, CredentialError, TokenManager, resting};
use crate::config::Config;
use crate::config::Word as _;
use crate::engine::blocking::blocking;
use crate::error::{Code, Error, Result};
use crate::models::pairing::{DialectName, SecretStoreKind};
use crate::platform;
use crate::store::Store;

/// Checks the keychain, or the file that replaces it. Only reads; pairing tests writing.
pub(super) fn keychain(context: &DoctorContext) -> Check {
    const NAME: &str = "keychain";
    let Some(config) = context.config() else { return Check::skipped(NAME, NO_CONFIGURATION) };
    let user = user(config);
    let stored = secrets::open(
        config.credential.secret_store,
        user.as_deref().unwrap_or_default(),
        config.api.base_url.as_deref(),
        &context.folders.data,
    );
    let place = stored.place();
    let found = stored.load().map_err(Error::from);
    let exposed = FileStore::new(context.folders.data.join(secrets::FOLDER)).path();
    let is_exposed =
        config.credential.secret_store == SecretStoreKind::File && is_open_to(&exposed, ALL_BUT_OWNER);
    let check = match (found, user.map(|user| (resolve(context, config), user))) {
        (Ok(Some(_)), _) if is_exposed => Check::warning(
            NAME,
            format!("other accounts of this computer can read the secret in {place}"),
            format!("run `chmod 600 {}`; pair again if another account may have read it", exposed.display()),
        ),
        (Ok(Some(_)), Some((_, user))) => Check::ok(NAME, format!("{place} contains the secret of `{user}`")),
        (Ok(_), None) => Check::ok(NAME, format!("{place} can be read; there is no pairing yet")),
        (Ok(None), Some((Ok(_), user))) => {
            Check::ok(NAME, format!("{place} can be read; the secret of `{user}` comes from another source"))
        }
        (Ok(None), Some((Err(error), _))) => Check::failed(NAME, &error.into()),
        (Err(error), Some((Ok(_), _))) => Check::warning(
            NAME,
            format!("{}; the secret comes from another source", error.message),
            error.hint.unwrap_or_default(),
        ),
        (Err(error), _) => Check::failed(NAME, &error),
    };
    check.detail("secret_store", config.credential.secret_store.word())
}

fn resolve(context: &DoctorContext, config: &Config) -> Result<Credential, CredentialError> {
    let places = SecretSources { env: &|name| std::env::var_os(name), data: Some(&context.folders.data) };
    Credential::resolve(config, &places)
}

/// Checks that the server issues a token, and which paths it has.
pub(super) async fn pairing(context: Arc<DoctorContext>) -> Vec<Check> {
    let server_cache = Arc::new(ReadOnlyServerCache {
        stored: context.store.clone().ok(),
        found: InMemoryServerCache::default(),
    });
    let pairing = match proof(Arc::clone(&context), Arc::clone(&server_cache)).await {
        Ok(check) => check,
        Err(error) => Check::failed("pairing", &error),
    };
    let is_away = pairing.code.is_some_and(|code| {
        matches!(code, Code::ConnectionFailed | Code::TimeoutError | Code::ServiceUnavailable)
    });
    vec![pairing, server(&context, &*server_cache, is_away)]
}

/// The stored facts about servers plus those found by this check, which are not stored.
struct ReadOnlyServerCache {
    stored: Option<Store>,
    found: InMemoryServerCache,
}

impl ServerCache for ReadOnlyServerCache {
    fn recall(&self, base_url: &str) -> Option<ServerPaths> {
        self.found.recall(base_url).or_else(|| self.stored.as_ref()?.recall(base_url))
    }

    fn remember(&self, base_url: &str, known: ServerPaths) {
        self.found.remember(base_url, known);
    }
}

async fn proof(context: Arc<DoctorContext>, server_cache: Arc<ReadOnlyServerCache>) -> Result<Check> {
    const NAME: &str = "pairing";
    let Some(config) = context.config() else { return Ok(Check::skipped(NAME, NO_CONFIGURATION)) };
    let Some(user) = user(config) else { return Err(CredentialError::NotPaired.into()) };
    if context.offline {
        return Ok(Check::skipped(NAME, format!("paired as `{user}`; the server was not asked (--offline)")));
    }
    let client = Client::from_config(config)?;
    let refused =
        server_cache.stored.as_ref().map(|store| store.refused_at(client.base_url())).transpose()?.flatten();
    if let Some(resting) = refused.and_then(|at| resting(at, platform::now())) {
        return Err(resting);
    }
    // A keychain can be slow.
    let installation = Arc::clone(&context);
    let credential = blocking(move || match installation.config() {
        Some(config) => Ok(resolve(&installation, config)?),
        None => Err(CredentialError::NotPaired.into()),
    })
    .await?;
    let untried = match credential.stored() {
        StoredCredential::Basic { .. } => None,
        StoredCredential::Refresh { .. } => {
            return Ok(Check::ok(
                NAME,
                format!("the token of `{user}` is stored; it was not tried, since each use replaces it"),
            ));
        }
        StoredCredential::Bearer { .. } => {
            Some("is stored and has not expired; the next export shows whether the server accepts it")
        }
    };
    let tokens = TokenManager::with_client(AuthClient::new(client, credential, config, server_cache));
    tokens.token().await?;
    Ok(Check::ok(
        NAME,
        match untried {
            Some(untried) => format!("the token of `{user}` {untried}"),
            None => format!("the server issued a token for `{user}`"),
        },
    ))
}

/// Reports which paths the server has, unless it does not answer.
fn server(context: &DoctorContext, server_cache: &dyn ServerCache, is_away: bool) -> Check {
    const NAME: &str = "server";
    let Some(config) = context.config() else { return Check::skipped(NAME, NO_CONFIGURATION) };
    let Some(base_url) = config.api.base_url.as_deref().and_then(base_of) else {
        return Check::skipped(NAME, "no server is configured");
    };
    let check = match server_cache.recall(&base_url) {
        _ if is_away => Check::skipped(NAME, "the server did not answer"),
        Some(known) => {
            let family = family(known);
            Check::ok(NAME, format!("`{base_url}` accepts uploads (`{family}` API)")).detail("family", family)
        }
        None => Check::skipped(NAME, "the API of the server is detected when it first issues a token"),
    };
    check.detail("base_url", base_url).detail("dialect", DialectName::word(config.api.dialect))
}

fn family(known: ServerPaths) -> &'static str {
    known.batch.unwrap_or_else(|| known.token.family()).as_str()
}
