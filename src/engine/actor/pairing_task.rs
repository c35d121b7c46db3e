//! [`PairingTask`]: a pairing beside the actor. It ends with an input, even after a panic.

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use super::input::Input;
use crate::auth::device_flow::{GrantEvent, PollEvent};
use crate::engine::blocking::blocking;
use crate::engine::pairing::progress::{PairingFailure, PairingStep, code};
use crate::engine::pairing::{PairingOutcome, PairingSession};
use crate::error::fault;
use crate::models::pairing::PairingRequest;
use crate::platform::Folders;
use crate::reports::Reports;

/// A pairing.
pub(super) struct PairingTask {
    pub request: PairingRequest,
    pub folders: Folders,
    pub reports: Reports,
    pub number: u64,
    pub stop: CancellationToken,
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
