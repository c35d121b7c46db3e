//! [`record`], the only writer of the error history, and the report for the server: without secrets, and without the
//! names of home folders.

use std::sync::OnceLock;

use serde_json::Value;

use crate::error::Code;
use crate::models::{ErrorSeverity, GlobalErrorReport, redact};
use crate::platform;
use crate::store::errors::{NewError, StoredError};
use crate::store::{Store, StoreError};

/// A recorded error and its report.
#[must_use = "`Reports::send` reports it to the server"]
#[derive(Debug)]
pub struct Recorded {
    /// Its entry; `None` where it could not be recorded at all.
    pub(super) line: Option<HistoryLine>,
    pub(super) report: GlobalErrorReport,
}

/// An entry of the history, or of the one in memory.
#[derive(Debug)]
pub(super) struct HistoryLine {
    pub store: Store,
    pub spare: bool,
    pub stored: StoredError,
}

/// A history, and a second one in memory for errors that it cannot store: the server may be the only one to learn of a
/// full disk.
#[derive(Debug)]
pub struct Recorder {
    store: Store,
    spare: OnceLock<Option<Store>>,
}

impl Recorder {
    /// Creates a recorder over a history.
    pub fn new(store: Store) -> Self {
        Self { spare: OnceLock::new(), store }
    }

    /// Returns the history.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Records an error; an error that cannot be recorded is logged.
    pub fn record(&self, error: &NewError) -> Recorded {
        let attempt = |store: &Store, spare| match record(store, error) {
            Ok(stored) => Some(HistoryLine { store: store.clone(), spare, stored }),
            Err(why) => {
                tracing::error!(%why, "an error cannot be recorded");
                None
            }
        };
        let spare = || self.spare.get_or_init(|| Store::nothing().ok()).as_ref();
        let line = attempt(&self.store, false).or_else(|| attempt(spare()?, true));
        Recorded { line, report: report_of(error) }
    }
}

/// Writes a redacted error into a history.
///
/// # Errors
/// When the history cannot be written.
pub fn record(store: &Store, error: &NewError) -> Result<StoredError, StoreError> {
    let error = without_secrets(error);
    log(&error);
    store.record_error(&error)
}

fn log(error: &NewError) {
    let NewError { kind, message, hint, .. } = error;
    match error.severity {
        ErrorSeverity::Critical | ErrorSeverity::Error => tracing::error!(kind, hint, "{message}"),
        ErrorSeverity::Warning => tracing::warn!(kind, hint, "{message}"),
        ErrorSeverity::Info => tracing::info!(kind, hint, "{message}"),
    }
}

fn without_secrets(error: &NewError) -> NewError {
    NewError {
        message: redact::secrets(&error.message),
        hint: error.hint.as_deref().map(redact::secrets),
        metadata: redact::details(&error.metadata, &redact::secrets),
        ..error.clone()
    }
}

/// Returns the report of an error, in the words of the server's vocabulary.
fn report_of(error: &NewError) -> GlobalErrorReport {
    let mut details = error.metadata.clone();
    let mut add = |key: &str, value: Value| {
        details.entry(key).or_insert(value);
    };
    add("code", error.kind.clone().into());
    add("occurredAt", platform::now().to_rfc3339().into());
    if let Some(hint) = &error.hint {
        add("hint", hint.clone().into());
    }
    if let Some(run) = error.run {
        add("runId", run.0.into());
    }
    let reported_type =
        Code::parse(&error.kind).map_or_else(|| error.kind.clone(), |code| code.wire_type().to_owned());
    cleared(GlobalErrorReport::new(reported_type, &error.message, error.severity, Some(details)))
}

/// Returns a report as it may leave this computer: with the program's version, redacted, and within the server's
/// limits.
pub fn cleared(report: GlobalErrorReport) -> GlobalErrorReport {
    let own = platform::home();
    let clear = |text: &str| redact::home(&redact::secrets(text), own.as_deref());
    let mut details = report.metadata.unwrap_or_default();
    details.entry("clientVersion").or_insert_with(|| env!("CARGO_PKG_VERSION").into());
    details.entry("platform").or_insert_with(|| std::env::consts::OS.into());
    let metadata = Some(redact::details(&details, &clear));
    GlobalErrorReport { message: clear(&report.message), metadata, ..report }.validate_and_truncate()
}
