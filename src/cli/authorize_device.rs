//! `authorize-device`: the pairing of this computer, shown on a terminal or as JSON events.

mod arguments;
mod elsewhere;
mod output;

use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

pub use arguments::Arguments;

use super::elsewhere::{Folder, runtime};
use super::{CliContext, Exit, interrupt};
use crate::auth::device_flow::GrantError;
use crate::engine::pairing::{PairingGrant, PairingSession};
use crate::error::Error;
use crate::models::snapshot::PairingFault;
use output::PairingOutput;

/// A failed pairing: in the device grant, which has its own words, or around it.
enum AuthorizeError {
    Grant(GrantError),
    Other(Error),
    /// As reported by the process that locks the data folder.
    Reported(PairingFault, Error),
}

impl From<GrantError> for AuthorizeError {
    fn from(error: GrantError) -> Self {
        Self::Grant(error)
    }
}

impl From<Error> for AuthorizeError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

pub fn run(arguments: &Arguments, context: &CliContext) -> crate::error::Result<Exit> {
    let output = PairingOutput::new(&context.screen, arguments.no_browser, arguments.qr);
    match pair(arguments, context, &output) {
        Ok(()) => Ok(Exit::DONE),
        Err(failure) => output.failed(failure),
    }
}

fn pair(
    arguments: &Arguments,
    context: &CliContext,
    output: &PairingOutput<'_>,
) -> Result<(), AuthorizeError> {
    let stop = interrupt::token();
    let request = arguments.request();
    request.apply(&context.folders.config)?;
    let runtime = runtime()?;
    let (_lock, reports) = match Folder::find(context, "authorize-device", &runtime)? {
        Folder::Held(lock, reports) => {
            #[cfg(windows)]
            in_reach_of_the_service(context)?;
            (lock, reports)
        }
        Folder::Elsewhere(owner) => {
            let paired = runtime.block_on(elsewhere::pair(*owner, request, output, &stop))?;
            output.authorized(&paired, arguments, &context.folders.config);
            return Ok(());
        }
    };
    let pairing = PairingSession::prepare(request, &context.folders, &reports)?;
    let answered = flow(&pairing, arguments.restart, context, output, &runtime, &stop)?;
    let made = runtime.block_on(pairing.save(answered))?;
    output.authorized(&made.into(), arguments, &context.folders.config);
    Ok(())
}

/// The service of this folder cannot open a person's keychain; it must pair itself while it runs.
#[cfg(windows)]
fn in_reach_of_the_service(context: &CliContext) -> crate::error::Result<()> {
    use crate::error::Code;
    use crate::models::config::SecretStoreKind;
    use crate::service::{ServiceStatus, windows};

    let keychain = context
        .try_config()
        .is_ok_and(|loaded| loaded.config.credential.secret_store == SecretStoreKind::Keychain);
    let stopped = || windows::status().is_ok_and(|status| status == ServiceStatus::Stopped);
    if keychain && crate::platform::is_system_service(&context.folders) && stopped() {
        return Err(Error::new(
            Code::KeychainError,
            "the service is not running, and only the service can use its keychain",
        )
        .hint("start the service (`sc start data-exporter`) and pair again, or use `--secret-store file`"));
    }
    Ok(())
}

/// Requests codes until a result is final.
fn flow(
    pairing: &PairingSession,
    mut restarts: u32,
    context: &CliContext,
    output: &PairingOutput<'_>,
    runtime: &Runtime,
    stop: &CancellationToken,
) -> Result<PairingGrant, AuthorizeError> {
    loop {
        output.starting();
        let mut shown = output.clone();
        let attempt = async { pairing.attempt(stop, &mut |event| shown.event(event)).await };
        let error = match runtime.block_on(attempt) {
            Ok(answered) => return Ok(answered),
            Err(error) => error,
        };
        if error.may_restart() && restarts > 0 {
            restarts -= 1;
            output.restarting(&error);
        } else if error.may_restart() && context.screen.can_ask() {
            output.offer_restart(error);
            if !runtime.block_on(output::enter(stop)) {
                return Err(GrantError::Cancelled.into());
            }
        } else {
            return Err(error.into());
        }
    }
}
