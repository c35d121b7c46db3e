//! `authorize-device`: the pairing of this computer, from the flags to the saved configuration.
//!
//! Order (docs/pairing.md line 14): the place of the secret is tried, the code asked for and shown, the answer waited
//! for; the credential is kept, read back and tried; only then is the configuration written and success said.

mod address;
mod arguments;
mod dialect;
mod save;
mod tell;

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use url::Url;

pub use arguments::Arguments;

use super::{Context, Exit, interrupt};
use crate::api::client::base_of;
use crate::auth::device_flow::{ClientMetadata, DeviceFlowClient, GrantError};
use crate::auth::dialect::Granted;
use crate::auth::pairing::{self, Proof};
use crate::auth::secrets;
use crate::error::{Code, Error};
use crate::models::Config;
use crate::models::config::SecretStore;
use crate::store::Store;
use save::Saving;
use tell::Teller;

/// How a pairing failed: in the flow itself, which has words of its own, or around it.
enum Failure {
    Grant(GrantError),
    Other(Error),
}

impl From<GrantError> for Failure {
    fn from(error: GrantError) -> Self {
        Self::Grant(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// A pairing about to be made.
struct Pairing<'a> {
    arguments: &'a Arguments,
    context: &'a Context,
    /// With the flags of this call applied.
    config: Config,
    store: Store,
    runtime: Runtime,
    stop: CancellationToken,
    teller: Teller<'a>,
}

pub fn run(arguments: &Arguments, context: &Context) -> crate::error::Result<Exit> {
    let teller = Teller::new(&context.screen, arguments.no_browser, arguments.qr);
    match pair(arguments, context, &teller) {
        Ok(()) => Ok(Exit::DONE),
        Err(failure) => teller.failed(failure),
    }
}

fn pair(arguments: &Arguments, context: &Context, teller: &Teller<'_>) -> Result<(), Failure> {
    let stop = interrupt::token();
    let former = context.try_config().map(|loaded| loaded.config).unwrap_or_default();
    let config = arguments.apply(context)?;
    let (_lock, store) = context.hold("authorize-device")?;
    let saving = Saving::open(&context.folders.config)?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(|error| {
        Error::new(Code::UnknownError, format!("cannot start the program's threads: {error}"))
    })?;
    secrets::open(config.credential.secret_store, "", config.api.base_url.as_deref(), context.data())
        .probe()
        .map_err(Error::from)?;
    Pairing { arguments, context, config, store, runtime, stop, teller: teller.clone() }.make(saving, &former)
}

impl Pairing<'_> {
    fn make(mut self, saving: Saving, former: &Config) -> Result<(), Failure> {
        let (client, granted) = self.flow()?;
        self.take_address(&granted);
        let base_url = self.config.api.base_url.clone();
        let domain = granted.name.as_ref().map_or_else(|| host_of(&client), |name| name.replace(':', "-"));
        let kind = self.config.credential.secret_store;
        let place = secrets::open(kind, &domain, base_url.as_deref(), self.context.data());
        let memory = Arc::new(self.store.clone());
        let settled = pairing::settle(&granted, &domain, &*place, &self.config, memory);
        let proof = self.runtime.block_on(settled)?;
        let removed_account = saving.write(self.arguments, &self.config, &domain, &granted)?;
        if let Proof::Unknown(error) = proof {
            let error = Error::from(error);
            let message = format!("the pairing is stored, but could not be tried yet: {}", error.message);
            return Err(Error { message, ..error }
                .hint("nothing is lost: `data_exporter export` uses it as soon as the server answers")
                .into());
        }
        self.drop_former(former, kind, &domain, base_url.as_deref());
        if let Some(server) = base_url.as_deref().and_then(base_of) {
            self.store.paired(&domain, &server).map_err(Error::from)?;
        }
        let whose = self.runtime.block_on(client.whose(&granted));
        self.teller.authorized(
            whose.as_deref(),
            &domain,
            &granted,
            self.arguments,
            &self.context.folders.config,
        );
        if removed_account {
            self.context.screen.note(
                "note: account, username and password of the former configuration were removed from it",
            );
        }
        Ok(())
    }

    /// Codes are asked for until one leads to an end that no other code could change.
    fn flow(&self) -> Result<(DeviceFlowClient, Granted), Failure> {
        let metadata = self.arguments.metadata();
        let mut restarts = self.arguments.restart;
        let mut registered_anew = false;
        loop {
            let result = self.runtime.block_on(self.attempt(&metadata));
            let error = match result {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            if !registered_anew
                && dialect::forget_client(&error, self.arguments, &self.config, self.context.data())
            {
                registered_anew = true;
            } else if error.may_restart() && restarts > 0 {
                restarts -= 1;
                self.teller.restarting(&error);
            } else if error.may_restart() && self.context.screen.can_ask() {
                self.teller.offer_restart(error);
                if !self.runtime.block_on(tell::enter(&self.stop)) {
                    return Err(GrantError::Cancelled.into());
                }
            } else {
                return Err(error.into());
            }
        }
    }

    async fn attempt(&self, metadata: &ClientMetadata) -> Result<(DeviceFlowClient, Granted), GrantError> {
        self.teller.starting();
        let data = self.context.data();
        let dialect = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Err(GrantError::Cancelled),
            dialect = dialect::prepare(self.arguments, &self.config, data) => dialect?,
        };
        let client = DeviceFlowClient::speaking(dialect);
        let mut told = self.teller.clone();
        let (granted, _) = client.run(metadata, &self.stop, &mut |event| told.event(event)).await?;
        Ok((client, granted))
    }

    /// The address that the server names counts only at the origin that was asked (docs/pairing.md line 16).
    fn take_address(&mut self, granted: &Granted) {
        let (Some(named), Some(asked)) = (&granted.api_base_url, &self.config.api.base_url) else { return };
        let named = named.trim_end_matches('/');
        match (Url::parse(named), Url::parse(asked)) {
            (Ok(new), Ok(old)) if new.origin() == old.origin() && new.query().is_none() => {
                self.config.api.base_url = Some(named.to_owned());
            }
            _ => self.context.screen.warning(&format!(
                "the server names `{named}` as its address, which is not the server that was asked; \
                 `{asked}` is kept"
            )),
        }
    }

    /// Removes the former secret where the new one did not take its place.
    fn drop_former(&self, former: &Config, kind: SecretStore, domain: &str, base_url: Option<&str>) {
        let Some(device) = &former.credential.device else { return };
        let (old_kind, old_base) = (former.credential.secret_store, former.api.base_url.as_deref());
        let same_item = device.domain == domain && old_base == base_url;
        if old_kind == kind && (kind == SecretStore::File || same_item) {
            return;
        }
        let place = secrets::open(old_kind, &device.domain, old_base, self.context.data());
        if let Err(error) = place.remove() {
            self.context.screen.warning(&format!("the former secret could not be removed: {error}"));
        }
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
