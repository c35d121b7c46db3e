//! [`ExportOptions`]: what a person may ask of an export.

use std::path::PathBuf;
use std::time::Duration;

use crate::api::RetryPolicy;
use crate::export::RunRequest;
use crate::models::export::Trigger;

/// The options of a manual export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// The file with the secret to use instead of the stored one; only for an export in this process.
    pub secret_file: Option<PathBuf>,
    /// Send unchanged tables too.
    pub full: bool,
    /// Only tables that one of these globs matches; empty for all.
    pub only: Vec<String>,
    /// Whether a person confirmed that delivered tables that are not in the folder any more are gone.
    pub accept_missing: bool,
    /// How long to keep trying to reach the server; none for the default number of attempts.
    pub retry_for: Option<Duration>,
}

impl ExportOptions {
    /// Returns the request of a person who waits for the result, or of a window.
    pub(super) fn request(&self, is_attended: bool) -> RunRequest {
        let manual = RunRequest::unattended(Trigger::Manual);
        let retry_policy = self.retry_for.map_or(manual.retry_policy, RetryPolicy::Within);
        RunRequest {
            full: self.full,
            only: self.only.clone(),
            accept_missing: self.accept_missing,
            retry_policy,
            rests: !is_attended,
            ..manual
        }
    }
}
