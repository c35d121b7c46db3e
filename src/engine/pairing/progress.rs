//! What a pairing says while it goes on: a [`PairingStep`], or the [`PairingFailure`] at its end.

use std::time::Duration;

use chrono::TimeDelta;

use crate::auth::device_flow::{DeviceAuthorization, GrantError};
use crate::engine::qr;
use crate::error::Error;
use crate::models::pairing::{PairingCode, PairingFault, PairingState};
use crate::platform;

/// The steps of a pairing.
pub(in crate::engine) enum PairingStep {
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
pub(in crate::engine) enum PairingFailure {
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

/// Returns the code as the snapshot shows it.
pub(in crate::engine) fn code(authorization: &DeviceAuthorization) -> PairingCode {
    let lifetime = i64::try_from(authorization.expires_in).ok().and_then(TimeDelta::try_seconds);
    let now = platform::now();
    PairingCode {
        user_code: authorization.user_code.clone(),
        verification_uri: authorization.verification_uri.clone(),
        verification_uri_complete: authorization.verification_uri_complete.clone(),
        qr: authorization.verification_uri_complete.as_deref().and_then(qr::draw),
        expires_at: lifetime
            .and_then(|lifetime| now.checked_add_signed(lifetime))
            .unwrap_or(now + TimeDelta::hours(1)),
        expires_in: authorization.expires_in,
        interval: authorization.interval,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Secret;

    #[test]
    fn a_code_that_lasts_for_ever_is_shown() {
        for expires_in in [0, 9_000_000_000_000_000, u64::MAX] {
            let shown = code(&DeviceAuthorization {
                device_code: Secret::new("dc_canary"),
                user_code: "ABCD-2345".to_owned(),
                verification_uri: "https://app.example/".to_owned(),
                verification_uri_complete: None,
                expires_in,
                interval: u64::MAX,
            });
            assert!(shown.expires_at > platform::now() - TimeDelta::minutes(1));
        }
    }
}
