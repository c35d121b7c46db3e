//! [`pair`]: a pairing by the process that locks the data folder, shown here. The secret stays in that process.

use tokio_util::sync::CancellationToken;

use super::AuthorizeError;
use super::output::{AuthorizedDevice, PairingOutput};
use crate::auth::device_flow::DeviceAuthorization;
use crate::auth::device_flow::decision::DEFAULT_INTERVAL;
use crate::cli::elsewhere::OwnerClient;
use crate::error::{Code, Error};
use crate::models::Secret;
use crate::models::command::{Command, PairingRequest};
use crate::models::snapshot::{PairingCode, PairingFault, PairingState};
use crate::platform;

/// Asks the lock owner to pair and shows each step.
pub async fn pair(
    mut owner: OwnerClient,
    request: PairingRequest,
    output: &PairingOutput<'_>,
    stop: &CancellationToken,
) -> Result<AuthorizedDevice, AuthorizeError> {
    // A tray opens the browser itself.
    let mut output =
        if owner.process.program.contains("desktop") { output.without_browser() } else { output.clone() };
    output.starting();
    owner.send(Command::StartPairing(Box::new(request))).await?;
    let mut shown = String::new();
    let mut stopped = false;
    loop {
        tokio::select! {
            () = stop.cancelled(), if !stopped => {
                stopped = true;
                owner.send(Command::CancelPairing).await?;
            }
            event = owner.next() => {
                event?;
            }
        }
        match &owner.snapshot.pairing {
            PairingState::Requesting { trouble: Some(why) } => output.trouble(why.clone()),
            PairingState::Waiting { code, trouble, .. } => {
                if shown != code.user_code {
                    shown.clone_from(&code.user_code);
                    output.code(&authorization(code));
                }
                if let Some(why) = trouble {
                    output.trouble(why.clone());
                }
            }
            PairingState::Done { domain, notes } => {
                return Ok(AuthorizedDevice {
                    whose: Some(domain.clone()),
                    named: true,
                    domain: domain.clone(),
                    scopes: Vec::new(),
                    ends: None,
                    warnings: notes.clone(),
                });
            }
            PairingState::Failed { fault, message, hint } => {
                let error = Error::new(code_of(*fault), message.clone());
                return Err(AuthorizeError::Reported(*fault, Error { hint: hint.clone(), ..error }));
            }
            PairingState::Idle | PairingState::Requesting { trouble: None } | PairingState::Keeping => {}
        }
    }
}

fn authorization(code: &PairingCode) -> DeviceAuthorization {
    DeviceAuthorization {
        // The device code stays with the lock owner, which polls.
        device_code: Secret::new(""),
        user_code: code.user_code.clone(),
        verification_uri: code.verification_uri.clone(),
        verification_uri_complete: code.verification_uri_complete.clone(),
        expires_in: (code.expires_at - platform::now()).num_seconds().max(0).unsigned_abs(),
        interval: DEFAULT_INTERVAL.as_secs(),
    }
}

fn code_of(fault: PairingFault) -> Code {
    match fault {
        PairingFault::AccessDenied
        | PairingFault::ExpiredToken
        | PairingFault::InvalidGrant
        | PairingFault::Unsupported => Code::NotPaired,
        PairingFault::Network => Code::ConnectionFailed,
        PairingFault::Keychain => Code::KeychainError,
        PairingFault::Cancelled => Code::Cancelled,
        PairingFault::Configuration => Code::ConfigError,
        PairingFault::Internal => Code::UnknownError,
    }
}
