//! Performs a pairing, from the request to the saved configuration: [`PairingSession`].
//!
//! Order (docs/pairing.md): test the secret store; request and show a code; poll until a person decides; store the
//! credential, read it back and try it; then write the configuration and report success. The caller holds the folder's
//! lock and receives each step as an event; nothing here prints.

mod address;
mod dialect;
pub(in crate::engine) mod progress;
mod request;
mod save;
#[cfg(windows)]
mod service;

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use url::Url;

use super::configuration;
use crate::api::client::{self, base_of};
use crate::auth::device_flow::{DeviceFlowClient, GrantError, GrantEvent};
use crate::auth::dialect::Granted;
use crate::auth::pairing::{self, Proof};
use crate::auth::secrets::{self, StoredCredential};
use crate::config::Config;
use crate::error::{Code, Error, Result, one_line};
use crate::models::pairing::{PairedKind, PairingRequest, PairingState, SecretStoreKind};
use crate::platform::Folders;
use crate::reports::Reports;
use save::Saving;

/// A pairing that is prepared.
pub struct PairingSession {
    request: PairingRequest,
    /// The configuration with the request applied.
    config: Config,
    former: Config,
    saving: Saving,
    data: PathBuf,
    reports: Reports,
}

/// A credential that the server granted and that is not stored yet.
pub struct PairingGrant {
    client: DeviceFlowClient,
    granted: Granted,
}

/// A completed pairing.
#[derive(Debug)]
pub struct PairingOutcome {
    /// The Basic user: the domain, or the host if the server names none.
    pub domain: String,
    /// The name of the site or account, as the server reports it.
    pub whose: Option<String>,
    /// The server's answer.
    pub granted: Granted,
    /// Warnings as sentences: steps that failed without failing the pairing.
    pub warnings: Vec<String>,
}

impl PairingOutcome {
    /// Returns the outcome as the snapshot shows it.
    pub(super) fn state(self) -> PairingState {
        let kind = match (&self.whose, &self.granted.name) {
            (None, _) => PairedKind::Server,
            (Some(_), Some(_)) => PairedKind::Site,
            (Some(_), None) => PairedKind::Account,
        };
        let expires_at = match &self.granted.credential {
            StoredCredential::Bearer { expires_at, .. } => *expires_at,
            StoredCredential::Basic { .. } | StoredCredential::Refresh { .. } => None,
        };
        PairingState::Done {
            domain: self.whose.unwrap_or(self.domain),
            kind,
            scopes: self.granted.scopes,
            expires_at,
            notes: self.warnings,
        }
    }
}

impl PairingSession {
    /// Checks everything that can be checked before a person is asked. This and the following steps record their errors.
    ///
    /// # Errors
    /// An address that is not allowed, every problem of the configuration, a configuration that cannot be written, or a
    /// secret store that cannot be used.
    pub fn prepare(request: PairingRequest, folders: &Folders, reports: &Reports) -> Result<Self> {
        Self::prepare_unreported(request, folders, reports.clone())
            .inspect_err(|error| report(reports, error))
    }

    fn prepare_unreported(request: PairingRequest, folders: &Folders, reports: Reports) -> Result<Self> {
        let former = configuration::read(&folders.config, false).map(|loaded| loaded.config);
        let config = request.apply(&folders.config)?;
        request.check_source_folder()?;
        let saving = Saving::open(&folders.config)?;
        #[cfg(windows)]
        service::check_reach(&config, folders)?;
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

    /// Requests one code and polls until a person has decided or `stop` is cancelled.
    ///
    /// # Errors
    /// The reason why there is no credential.
    pub async fn attempt(
        &self,
        stop: &CancellationToken,
        tell: &mut (dyn FnMut(GrantEvent<'_>) + Send),
    ) -> Result<PairingGrant, GrantError> {
        let answer = match self.attempt_once(stop, tell).await {
            // A client id that the server no longer knows is registered again, once.
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

    /// Stores the granted credential, tries it, and writes the configuration.
    ///
    /// # Errors
    /// When the credential cannot be stored or the server refuses it; then the former pairing stays valid. When it was
    /// stored but could not be tried, the error says so.
    pub async fn save(self, grant: PairingGrant) -> Result<PairingOutcome> {
        let reports = self.reports.clone();
        self.save_unreported(grant).await.inspect_err(|error| report(&reports, error))
    }

    async fn save_unreported(mut self, grant: PairingGrant) -> Result<PairingOutcome> {
        let PairingGrant { client, granted } = grant;
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
                .hint("nothing is lost: `data_exporter export` will use it as soon as the server answers"));
        }
        warnings.extend(self.drop_former(kind, &domain, base_url.as_deref()));
        if let Some(server) = base_url.as_deref().and_then(base_of) {
            self.reports.store().paired(&domain, &server)?;
        }
        if removed_account {
            warnings.push(
                "the account, username and password of the former program were removed from the configuration"
                .to_owned(),
            );
        }
        let whose = client.whose(&granted).await;
        Ok(PairingOutcome { domain, whose, granted, warnings })
    }

    /// Accepts the address that the server names only if it has the origin of the configured one (docs/pairing.md).
    fn take_address(&mut self, granted: &Granted) -> Option<String> {
        let (named, asked) = (granted.api_base_url.as_ref()?, self.config.api.base_url.as_ref()?);
        let named = named.trim_end_matches('/');
        match (Url::parse(named), Url::parse(asked)) {
            (Ok(new), Ok(old)) if new.origin() == old.origin() => {
                // An address that the client refuses would make the configuration unusable.
                if let Err(error) = client::checked(named, self.config.api.https_only) {
                    return Some(format!("keeping `{asked}` as the server's address: {error}"));
                }
                self.config.api.base_url = Some(named.to_owned());
                None
            }
            _ => Some(format!(
                "the server names `{}` as its address, which is another server; keeping `{asked}`",
                one_line(named)
            )),
        }
    }

    /// Removes the former secret unless the new one replaced it.
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

/// Records an error, but not a cancellation by a person.
fn report(reports: &Reports, error: &Error) {
    if error.code != Code::Cancelled {
        reports.report(error);
    }
}

/// Returns the host, the name of a pairing whose server names no domain.
fn host_of(client: &DeviceFlowClient) -> String {
    client
        .server()
        .split(':')
        .next()
        .filter(|host| !host.is_empty())
        .unwrap_or("server")
        .replace(['[', ']'], "")
}
