//! What the actor has done elsewhere: a run ([`Run`]), a pairing ([`Pair`]), work that blocks ([`blocking`]). Each ends
//! with an input for the actor, also when it panics.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use super::actor::Input;
use super::pairing::{Made, Pairing};
use super::running::{Running, TOLD_EVERY};
use super::{Shared, configuration, migration, qr};
use crate::auth::device_flow::{DeviceAuthorization, Event, GrantError, Progress};
use crate::auth::migrate::migrate_plaintext;
use crate::error::{Code, Error, Result};
use crate::export::{self, Outcome, Request};
use crate::models::command::{self, PairingWish};
use crate::models::listing::ErrorQuery;
use crate::models::snapshot::{self, PairingCode, PairingFault};
use crate::models::{Config, ErrorSeverity};
use crate::platform::{self, Folders};
use crate::store::Store;
use crate::store::errors::NewError;

/// The type of the warning that the configuration is of the former program.
const FORMER: &str = "FORMER_CONFIGURATION";

/// Does work that blocks where it holds nobody up.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(broken("a step", &error)))
}

pub(super) fn broken(what: &str, why: &dyn std::fmt::Display) -> Error {
    Error::new(Code::UnknownError, format!("{what} broke off by a fault of this program: {why}"))
        .hint("the program goes on; send its log to support")
}

/// Says once what changes for a configuration that the former program has left.
pub(super) fn tell_of_former(config: &Path, store: &Store) -> Result<()> {
    let query = ErrorQuery { kind: Some(FORMER.to_owned()), ..ErrorQuery::default() };
    if !config.exists() || !migration::is_former(config)? || store.error_page(&query, None, 1)?.total > 0 {
        return Ok(());
    }
    let Ok(loaded) = configuration::read(config, false) else { return Ok(()) };
    let mut message = format!("`{}` is of the former program, and is used as it is", config.display());
    if let Some(runs) = migration::runs(&loaded.config, platform::now()) {
        let times = |times: &[chrono::DateTime<chrono::Utc>]| {
            times
                .iter()
                .map(|time| time.format("%Y-%m-%d %H:%M UTC").to_string())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (former, now) = (times(&runs.former), times(&runs.now));
        message = format!("{message}; that one would export at {former}, this one does at {now}");
    }
    let told = NewError::new(FORMER, ErrorSeverity::Warning, message)
        .hint("`data_exporter config migrate` shows everything that changes, also code pages; `[scheduler] timezone = \"UTC\"` keeps the former times");
    store.record_error(&told)?;
    Ok(())
}

/// Moves a secret that an old configuration holds in plain text, and warns of it.
pub(super) fn migrate(config: &Path, data: &Path, store: &Store) -> Result<()> {
    let Ok(loaded) = configuration::read(config, false) else { return Ok(()) };
    migrate_plaintext(&loaded, config, data)?.warn_once_a_day(config, store)?;
    Ok(())
}

/// A run.
pub(super) struct Run {
    pub config: Arc<Config>,
    pub store: Store,
    pub data: PathBuf,
    pub progress: Arc<Running>,
    pub stop: CancellationToken,
    pub request: Request,
}

impl Run {
    /// Goes, telling its progress, to its end.
    pub async fn go(self, shared: Arc<Shared>, inbox: UnboundedSender<Input>) {
        let progress = Arc::clone(&self.progress);
        let run = std::panic::AssertUnwindSafe(self.export()).catch_unwind();
        tokio::pin!(run);
        let ended = loop {
            tokio::select! {
                biased;
                ended = &mut run => break ended,
                () = tokio::time::sleep(TOLD_EVERY) => {
                    if let Some(run) = progress.news() {
                        shared.tell(command::Event::Progressed { run });
                    }
                }
            }
        };
        let ended = ended.unwrap_or_else(|panic| Err(broken("the export", &words(panic.as_ref()))));
        let _ = inbox.send(Input::RunEnded(ended));
    }

    async fn export(self) -> Result<Outcome> {
        let Self { config, store, data, progress, stop, request } = self;
        let context = blocking(move || export::Context::new(config, store, data, progress, stop)).await?;
        export::export(&context, &request).await
    }
}

/// What a panic said.
pub(super) fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".to_owned())
}

/// A pairing.
pub(super) struct Pair {
    pub wish: PairingWish,
    pub folders: Folders,
    pub store: Store,
    pub number: u64,
    pub stop: CancellationToken,
}

/// How far a pairing is.
pub(super) enum Step {
    /// The code is there.
    Code(PairingCode),
    /// Something holds it up, or no more.
    Trouble(Option<String>),
    /// The person said yes.
    Keeping,
}

/// How a pairing failed: in the flow itself, or around it.
pub(super) enum Failure {
    Grant(GrantError),
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl Failure {
    /// As the window shows it.
    pub fn view(self) -> snapshot::Pairing {
        let (fault, error) = match self {
            Self::Grant(error) => (fault_of(&error), Error::from(error)),
            Self::Other(error) => (fault_around(error.code), error),
        };
        snapshot::Pairing::Failed { fault, message: error.message, hint: error.hint }
    }
}

fn fault_of(error: &GrantError) -> PairingFault {
    match error.word() {
        "access_denied" => PairingFault::AccessDenied,
        "expired_token" => PairingFault::ExpiredToken,
        "invalid_grant" => PairingFault::InvalidGrant,
        "network" => PairingFault::Network,
        "cancelled" => PairingFault::Cancelled,
        _ => PairingFault::Unsupported,
    }
}

fn fault_around(code: Code) -> PairingFault {
    match code {
        Code::KeychainError => PairingFault::Keychain,
        Code::ConnectionFailed | Code::TimeoutError | Code::ServiceUnavailable => PairingFault::Network,
        Code::AuthenticationFailed | Code::NotPaired => PairingFault::AccessDenied,
        Code::Usage | Code::ConfigError | Code::HttpRefused => PairingFault::Configuration,
        Code::Cancelled => PairingFault::Cancelled,
        _ => PairingFault::Internal,
    }
}

impl Pair {
    /// Goes to its end.
    pub async fn go(self, inbox: UnboundedSender<Input>) {
        let number = self.number;
        let told = inbox.clone();
        let pairing = std::panic::AssertUnwindSafe(self.pair(told)).catch_unwind();
        let ended =
            pairing.await.unwrap_or_else(|panic| Err(broken("the pairing", &words(panic.as_ref())).into()));
        let _ = inbox.send(Input::PairingEnded(number, Box::new(ended)));
    }

    async fn pair(self, inbox: UnboundedSender<Input>) -> Result<Made, Failure> {
        let Self { wish, folders, store, number, stop } = self;
        let pairing = blocking(move || Pairing::prepare(wish, &folders, store)).await?;
        let tell = |step| {
            let _ = inbox.send(Input::Paired(number, step));
        };
        let answered = pairing
            .attempt(&stop, &mut |event| match event {
                Event::Requesting | Event::Progress(Progress::SlowDown { .. }) => tell(Step::Trouble(None)),
                Event::Retrying { why } | Event::Progress(Progress::Trouble { why }) => {
                    tell(Step::Trouble(Some(why)));
                }
                Event::Code(authorization) => tell(Step::Code(code(authorization))),
            })
            .await
            .map_err(Failure::Grant)?;
        tell(Step::Keeping);
        Ok(pairing.keep(answered).await?)
    }
}

fn code(authorization: &DeviceAuthorization) -> PairingCode {
    let lifetime = i64::try_from(authorization.expires_in).ok().and_then(TimeDelta::try_seconds);
    PairingCode {
        user_code: authorization.user_code.clone(),
        verification_uri: authorization.verification_uri.clone(),
        verification_uri_complete: authorization.verification_uri_complete.clone(),
        qr: authorization.verification_uri_complete.as_deref().and_then(qr::draw),
        expires_at: platform::now() + lifetime.unwrap_or(TimeDelta::hours(1)),
    }
}
