//! Background tasks spawned by the actor: a run ([`RunTask`]), a pairing ([`PairingTask`]), blocking work ([`blocking`]).
//! Each ends with an input for the actor, even after a panic.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use super::actor::Input;
use super::pairing::{PairingOutcome, PairingSession};
use super::run_tracker::{PROGRESS_INTERVAL, RunTracker};
use super::{Shared, configuration, migration, qr};
use crate::api::probe::probe;
use crate::api::{ApiError, Limits};
use crate::auth::device_flow::{DeviceAuthorization, GrantError, GrantEvent, PollEvent};
use crate::auth::migrate::migrate_plaintext;
use crate::config::Config;
use crate::error::{Code, Error, Result, fault};
use crate::export::{self, RunOutcome, RunRequest};
use crate::models::errors::ErrorQuery;
use crate::models::pairing::PairingRequest;
use crate::models::pairing::{PairingCode, PairingFault, PairingState};
use crate::platform::{self, FolderLock, Folders};
use crate::reports::Reports;
use crate::store::Store;
use crate::store::errors::NewError;

/// Runs blocking work on a thread of the blocking pool.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(move || fault::caught(work)).await {
        Ok(done) => done.unwrap_or_else(|fault| Err(fault.error("a background task"))),
        Err(_) => Err(Error::new(Code::Cancelled, "the program is ending")),
    }
}

/// Runs work with a time limit.
pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
        let message = format!("no answer within {} s", limit.as_secs());
        Err(Error::new(Code::TimeoutError, message).hint(
            "the disk, share or service that was checked does not respond; an export would wait for it too",
        ))
    })
}

/// Checks for a configuration of the former program: returns a warning about it once, and moves a plain-text secret to the
/// store; a secret that cannot be moved is warned about daily.
pub(super) fn check_former_configuration(config: &Path, data: &Path, store: &Store) -> Result<Vec<NewError>> {
    let Ok(loaded) = configuration::read(config, false) else { return Ok(Vec::new()) };
    let mut warnings = Vec::new();
    let query =
        ErrorQuery { kind: Some(Code::FormerConfiguration.as_str().to_owned()), ..ErrorQuery::default() };
    if config.exists() && migration::is_former(config)? && store.error_page(&query, None, 1)?.total == 0 {
        warnings.push(NewError::from(&former(config, &loaded.config)));
    }
    warnings.extend(migrate_plaintext(&loaded, config, data)?.warning_of_the_day(config, store)?);
    Ok(warnings)
}

fn former(path: &Path, config: &Config) -> Error {
    let mut message =
        format!("`{}` is a configuration of the former program; it is used unchanged", path.display());
    if let Some(runs) = migration::runs(config, platform::now()) {
        let times = |times: &[chrono::DateTime<chrono::Utc>]| {
            times
                .iter()
                .map(|time| time.format("%Y-%m-%d %H:%M UTC").to_string())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (former, now) = (times(&runs.former), times(&runs.now));
        message =
            format!("{message}; the former program would export at {former}, this one exports at {now}");
    }
    Error::new(Code::FormerConfiguration, message)
        .hint("run `data_exporter config migrate` to see every difference, including code pages; `[scheduler] timezone = \"UTC\"` keeps the former times")
}

/// Tests whether the server answers; any answer counts, since the run reports other problems.
pub(super) async fn probe_server(config: Arc<Config>, inbox: UnboundedSender<Input>) {
    let probe = fault::caught_in(async {
        let Some(base_url) = &config.api.base_url else { return true };
        let answer = probe(base_url, config.api.https_only, Limits::default()).await.answer;
        !matches!(
            answer,
            Err(ApiError::Unreachable { .. } | ApiError::TimedOut { .. } | ApiError::Broken { .. })
        )
    });
    let _ = inbox.send(Input::Answers(probe.await.unwrap_or(true)));
}

/// An export run.
pub(super) struct RunTask {
    pub config: Arc<Config>,
    pub reports: Reports,
    pub data: PathBuf,
    pub progress: Arc<RunTracker>,
    pub stop: CancellationToken,
    pub request: RunRequest,
    /// Keeps the folder locked until the run has ended, even if the actor ends first.
    pub lock: Option<Arc<FolderLock>>,
}

impl RunTask {
    /// Runs the export and publishes its progress.
    pub async fn run(mut self, shared: Arc<Shared>, inbox: UnboundedSender<Input>) {
        let lock = self.lock.take();
        let progress = Arc::clone(&self.progress);
        let run = fault::caught_in(self.export());
        tokio::pin!(run);
        let ended = loop {
            tokio::select! {
                biased;
                ended = &mut run => break ended,
                () = tokio::time::sleep(PROGRESS_INTERVAL) => {
                    if let Some(event) = progress.take_changed() {
                        shared.send(event);
                    }
                }
            }
        };
        if let Some(event) = progress.take_changed() {
            shared.send(event);
        }
        let ended = ended.unwrap_or_else(|fault| Err(fault.error("the export")));
        drop(lock);
        let _ = inbox.send(Input::RunEnded(ended));
    }

    async fn export(self) -> Result<RunOutcome> {
        let Self { config, reports, data, progress, stop, request, .. } = self;
        let context =
            blocking(move || export::RunContext::new(config, reports, data, progress, stop)).await?;
        export::export(&context, &request).await
    }
}

/// A pairing.
pub(super) struct PairingTask {
    pub request: PairingRequest,
    pub folders: Folders,
    pub reports: Reports,
    pub number: u64,
    pub stop: CancellationToken,
}

/// The steps of a pairing.
pub(super) enum PairingStep {
    /// The server issued a code.
    Code(PairingCode),
    /// The reason of a delay; none when it is over.
    Problem(Option<String>),
    /// The server asked for this longer time between two polls.
    SlowDown(Duration),
    /// The person approved; the credential is being stored.
    Keeping,
}

/// The failure of a pairing, in the device flow or outside it.
pub(super) enum PairingFailure {
    Grant(GrantError),
    Other(Error),
}

impl From<Error> for PairingFailure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl PairingFailure {
    /// Returns the failure as the snapshot shows it.
    pub fn view(self) -> PairingState {
        let (fault, error) = match self {
            Self::Grant(error) => (error.fault(), Error::from(error)),
            Self::Other(error) => (PairingFault::from(error.code), error),
        };
        PairingState::Failed { fault, code: error.code, message: error.message, hint: error.hint }
    }
}

impl PairingTask {
    /// Runs the pairing.
    pub async fn run(self, inbox: UnboundedSender<Input>) {
        let number = self.number;
        let steps = inbox.clone();
        let reports = self.reports.clone();
        let ended = fault::caught_in(self.pair(steps)).await.unwrap_or_else(|fault| {
            let error = fault.error("the pairing");
            reports.report(&error);
            Err(error.into())
        });
        let _ = inbox.send(Input::PairingEnded(number, Box::new(ended)));
    }

    async fn pair(self, inbox: UnboundedSender<Input>) -> Result<PairingOutcome, PairingFailure> {
        let Self { request, folders, reports, number, stop } = self;
        let pairing = blocking(move || PairingSession::prepare(request, &folders, &reports)).await?;
        let send = |step| {
            let _ = inbox.send(Input::Paired(number, step));
        };
        let grant = pairing
            .attempt(&stop, &mut |event| match event {
                GrantEvent::Requesting => send(PairingStep::Problem(None)),
                GrantEvent::Poll(PollEvent::SlowDown { interval }) => send(PairingStep::SlowDown(interval)),
                GrantEvent::Retrying { why } | GrantEvent::Poll(PollEvent::Failure { why }) => {
                    send(PairingStep::Problem(Some(why)));
                }
                GrantEvent::Code(authorization) => send(PairingStep::Code(code(authorization))),
            })
            .await
            .map_err(PairingFailure::Grant)?;
        send(PairingStep::Keeping);
        Ok(pairing.save(grant).await?)
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
        expires_in: authorization.expires_in,
        interval: authorization.interval,
    }
}
