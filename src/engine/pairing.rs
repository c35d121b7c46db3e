//! A pairing from the request to the saved configuration: [`PairingSession`].
//!
//! Order (docs/pairing.md#steps): the place of the secret is tried, the code asked for and shown, the answer waited
//! for; the credential is kept, read back and tried; only then is the configuration written and success said. Whoever
//! makes one holds the folder's lock and is told of each step; nothing here shows anything.

mod address;
mod dialect;
mod request;
mod save;

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use url::Url;

use super::configuration;
use crate::api::client::base_of;
use crate::auth::device_flow::{DeviceFlowClient, GrantError, GrantEvent};
use crate::auth::dialect::Granted;
use crate::auth::pairing::{self, Proof};
use crate::auth::secrets;
use crate::error::{Code, Error, Result};
use crate::models::Config;
use crate::models::command::PairingRequest;
use crate::models::config::SecretStoreKind;
use crate::platform::Folders;
use crate::reports::Reports;
use crate::store::errors::NewError;
use save::Saving;

/// A pairing about to be made.
pub struct PairingSession {
    request: PairingRequest,
    /// With the request applied.
    config: Config,
    former: Config,
    saving: Saving,
    data: PathBuf,
    reports: Reports,
}

/// A credential that was granted and is not kept yet.
pub struct PairingGrant {
    client: DeviceFlowClient,
    granted: Granted,
}

/// A pairing that was made.
#[derive(Debug)]
pub struct PairingOutcome {
    /// The Basic user: the domain, or what stands for it where the server names none.
    pub domain: String,
    /// Whom it belongs to, as the server says.
    pub whose: Option<String>,
    /// Everything the server gave.
    pub granted: Granted,
    /// Sentences for a person: what was not done, or done besides.
    pub warnings: Vec<String>,
}

impl PairingSession {
    /// Finds out what can be found out before a person is bothered. This and the following steps record what goes wrong.
    ///
    /// # Errors
    /// An address that is not paired with, every problem of the configuration, a configuration that cannot be written,
    /// a place for secrets that cannot be used.
    pub fn prepare(request: PairingRequest, folders: &Folders, reports: &Reports) -> Result<Self> {
        Self::prepare_unseen(request, folders, reports.clone()).inspect_err(|error| report(reports, error))
    }

    fn prepare_unseen(request: PairingRequest, folders: &Folders, reports: Reports) -> Result<Self> {
        let former = configuration::read(&folders.config, false).map(|loaded| loaded.config);
        let config = request.apply(&folders.config)?;
        let saving = Saving::open(&folders.config)?;
        secrets::open(config.credential.secret_store, "", config.api.base_url.as_deref(), &folders.data)
            .probe()
            .map_err(Error::from)?;
        Ok(Self {
            request,
            config,
            former: former.unwrap_or_default(),
            saving,
            data: folders.data.clone(),
            reports,
        })
    }

    /// One code, until a person has decided or `stop` is cancelled.
    ///
    /// # Errors
    /// How it ended without a credential.
    pub async fn attempt(
        &self,
        stop: &CancellationToken,
        tell: &mut (dyn FnMut(GrantEvent<'_>) + Send),
    ) -> Result<PairingGrant, GrantError> {
        let answer = match self.attempt_once(stop, tell).await {
            // A name that the server forgot is registered anew, once.
            Err(error) if dialect::forget_client(&error, &self.request, &self.config, &self.data) => {
                self.attempt_once(stop, tell).await
            }
            answer => answer,
        };
        answer.inspect_err(|error| report(&self.reports, &error.clone().into()))
    }

    async fn attempt_once(
        &self,
        stop: &CancellationToken,
        tell: &mut (dyn FnMut(GrantEvent<'_>) + Send),
    ) -> Result<PairingGrant, GrantError> {
        let dialect = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(GrantError::Cancelled),
            dialect = dialect::prepare(&self.request, &self.config, &self.data) => dialect?,
        };
        let client = DeviceFlowClient::speaking(dialect);
        let (granted, _) = client.run(&self.request.metadata(), stop, tell).await?;
        Ok(PairingGrant { client, granted })
    }

    /// Keeps what was granted, tries it, and writes the configuration.
    ///
    /// # Errors
    /// When it cannot be kept or the server refuses it; then the former pairing stands. When it is kept but could not
    /// be tried, the error says so.
    pub async fn save(self, answered: PairingGrant) -> Result<PairingOutcome> {
        let reports = self.reports.clone();
        self.save_silently(answered).await.inspect_err(|error| report(&reports, error))
    }

    async fn save_silently(mut self, answered: PairingGrant) -> Result<PairingOutcome> {
        let PairingGrant { client, granted } = answered;
        let mut warnings: Vec<String> = self.take_address(&granted).into_iter().collect();
        let base_url = self.config.api.base_url.clone();
        let domain = granted.name.as_ref().map_or_else(|| host_of(&client), |name| name.replace(':', "-"));
        let kind = self.config.credential.secret_store;
        let place = secrets::open(kind, &domain, base_url.as_deref(), &self.data);
        let server_cache = Arc::new(self.reports.store().clone());
        let proof = pairing::commit(&granted, &domain, &*place, &self.config, server_cache).await?;
        let removed_account = self.saving.write(&self.request, &self.config, &domain, &granted)?;
        if let Proof::Unknown(error) = proof {
            let error = Error::from(error);
            let message = format!("the pairing is stored, but could not be tried yet: {}", error.message);
            return Err(Error { message, ..error }
                .hint("nothing is lost: `data_exporter export` uses it as soon as the server answers"));
        }
        warnings.extend(self.drop_former(kind, &domain, base_url.as_deref()));
        if let Some(server) = base_url.as_deref().and_then(base_of) {
            self.reports.store().paired(&domain, &server)?;
        }
        if removed_account {
            warnings.push(
                "account, username and password of the former configuration were removed from it".to_owned(),
            );
        }
        let whose = client.whose(&granted).await;
        Ok(PairingOutcome { domain, whose, granted, warnings })
    }

    /// The address that the server names counts only at the origin that was asked (docs/pairing.md#data-forge).
    fn take_address(&mut self, granted: &Granted) -> Option<String> {
        let (named, asked) = (granted.api_base_url.as_ref()?, self.config.api.base_url.as_ref()?);
        let named = named.trim_end_matches('/');
        match (Url::parse(named), Url::parse(asked)) {
            (Ok(new), Ok(old)) if new.origin() == old.origin() && new.query().is_none() => {
                self.config.api.base_url = Some(named.to_owned());
                None
            }
            _ => Some(format!(
                "the server names `{named}` as its address, which is not the server that was asked; \
                 `{asked}` is kept"
            )),
        }
    }

    /// Removes the former secret where the new one did not take its place.
    fn drop_former(&self, kind: SecretStoreKind, domain: &str, base_url: Option<&str>) -> Option<String> {
        let former = &self.former;
        let device = former.credential.device.as_ref()?;
        let (old_kind, old_base) = (former.credential.secret_store, former.api.base_url.as_deref());
        let same_item = device.domain == domain && old_base == base_url;
        if old_kind == kind && (kind == SecretStoreKind::File || same_item) {
            return None;
        }
        let place = secrets::open(old_kind, &device.domain, old_base, &self.data);
        let error = place.remove().err()?;
        Some(format!("the former secret could not be removed: {error}"))
    }
}

/// A person who changes their mind is no error.
fn report(reports: &Reports, error: &Error) {
    if error.code != Code::Cancelled {
        reports.report(&NewError::from_error(error, None, None));
    }
}

/// What stands for the domain where a server names none.
fn host_of(client: &DeviceFlowClient) -> String {
    client
        .server()
        .split(':')
        .next()
        .filter(|host| !host.is_empty())
        .unwrap_or("server")
        .replace(['[', ']'], "")
}
