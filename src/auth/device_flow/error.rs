//! [`GrantError`]: every way in which a pairing fails, each with its message and next step (docs/pairing.md#faults).

use super::address::BadAddress;
use crate::api::ApiError;
use crate::error::{Code, Error};
use crate::models::ErrorSeverity;
use crate::models::pairing::PairingFault;

/// A failed pairing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The person refused.
    #[error("the pairing was denied")]
    Denied,
    /// Nobody decided in time.
    #[error("the code has expired{}", also(*lost))]
    Expired {
        /// Whether a lost answer may have contained the credential.
        lost: bool,
    },
    /// The server no longer knows the code.
    #[error("the server does not know the code{}", also(*lost))]
    InvalidGrant {
        /// Whether a lost answer may have contained the credential.
        lost: bool,
    },
    /// A refusal in the server's words.
    #[error("the server refused the pairing: {message}")]
    Refused {
        /// The server's words.
        message: String,
    },
    /// The server returned nothing that this program can store, or does not support this grant.
    #[error("cannot pair with this server: {why}")]
    Unsupported {
        /// The missing part.
        why: String,
    },
    /// An address that must not be opened in a browser.
    #[error("the server names an address that is not safe to open: {0}")]
    Address(#[from] BadAddress),
    /// A request other than a poll failed.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The code expired without a single answer of the server.
    #[error("the server could not be reached until the code expired: {why}")]
    NeverReached {
        /// The last failure.
        why: String,
    },
    /// A person or a signal cancelled the pairing.
    #[error("the pairing was cancelled; nothing was changed")]
    Cancelled,
}

fn also(lost: bool) -> &'static str {
    if lost { "; an answer of the server was lost, which may have contained the credential" } else { "" }
}

impl GrantError {
    /// Returns the kind of the failure.
    pub fn fault(&self) -> PairingFault {
        match self {
            Self::Denied => PairingFault::AccessDenied,
            Self::Expired { .. } => PairingFault::ExpiredToken,
            Self::InvalidGrant { .. } => PairingFault::InvalidGrant,
            Self::Api(error) if error.is_transient() => PairingFault::Network,
            Self::Refused { .. } | Self::Unsupported { .. } | Self::Address(_) | Self::Api(_) => {
                PairingFault::Unsupported
            }
            Self::NeverReached { .. } => PairingFault::Network,
            Self::Cancelled => PairingFault::Cancelled,
        }
    }
}

impl From<GrantError> for Error {
    fn from(error: GrantError) -> Self {
        let message = error.to_string();
        let refused = |hint: &str| {
            Self::new(Code::NotPaired, message.clone()).hint(hint).severity(ErrorSeverity::Error)
        };
        match error {
            GrantError::Denied => refused("contact the account owner, then pair again"),
            GrantError::Expired { .. } => {
                refused("restart the flow and act faster: `data_exporter authorize-device`")
            }
            GrantError::InvalidGrant { .. } => refused("restart the flow: `data_exporter authorize-device`"),
            GrantError::Refused { .. } | GrantError::Unsupported { .. } => refused(
                "check the address and `--dialect`; the server's operator can say whether it pairs devices",
            ),
            GrantError::Address(_) => {
                refused("do not open it; check that the address given with `--api-url` is the right server")
            }
            GrantError::NeverReached { .. } => Self::new(Code::ConnectionFailed, message)
                .hint("check the network, then pair again")
                .retry_later(),
            GrantError::Cancelled => Self::new(Code::Cancelled, message),
            GrantError::Api(api) => of_request(api),
        }
    }
}

/// Converts the failure, with a remedy for a person who pairs.
fn of_request(api: ApiError) -> Error {
    let wait = api.retry_after();
    // Faults of certificates and proxies have their own remedies.
    let plain = matches!(
        api,
        ApiError::Unreachable { proxy: None, .. } | ApiError::Broken { .. } | ApiError::TimedOut { .. }
    );
    let redirect = api.status().is_some_and(|status| (300..400).contains(&status));
    let mut error = Error::from(api);
    if redirect {
        error.message.push_str(", a redirect, which is not followed");
    }
    match error.code {
        Code::ConnectionFailed | Code::TimeoutError if plain => {
            error.hint("check the network and the server's address, then pair again")
        }
        Code::ServiceUnavailable if error.retry == crate::error::Retry::Later => match wait {
            Some(wait) => error.hint(format!("pair again in {} s", wait.as_secs().max(1))),
            None => error.hint(
                "the server is busy, or a proxy or sign-in page intercepts the connection; pair again later",
            ),
        },
        Code::ServiceUnavailable | Code::ServerRefused | Code::AuthenticationFailed | Code::FileTooLarge => {
            Error { code: Code::NotPaired, ..error }
                .hint("check the server's address and `--dialect`; the message above comes from the server")
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_has_a_message_a_hint_and_its_exit_code() {
        let all = [
            (GrantError::Denied, 4),
            (GrantError::Expired { lost: false }, 4),
            (GrantError::InvalidGrant { lost: true }, 4),
            (GrantError::Refused { message: "unauthorized_client".to_owned() }, 4),
            (GrantError::Unsupported { why: "it answers without a code".to_owned() }, 4),
            (GrantError::NeverReached { why: "no connection".to_owned() }, 5),
            (GrantError::Cancelled, 130),
        ];
        let lines: Vec<String> = all
            .iter()
            .map(|(error, exit)| {
                let made = Error::from(error.clone());
                assert_eq!(made.code.exit_code(), *exit, "{made}");
                format!(
                    "{}: {made}\n  {}",
                    error.fault().word().unwrap(),
                    made.hint.clone().unwrap_or_default()
                )
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
