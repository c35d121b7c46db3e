//! The pairing of the actor, [`Pairing`]: start, steps and end.

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use super::input::Input;
use super::pairing_task::PairingTask;
use crate::engine::pairing::PairingOutcome;
use crate::engine::pairing::progress::{PairingFailure, PairingStep};
use crate::models::pairing::{BrowserState, PairingRequest, PairingState};
use crate::platform::Folders;
use crate::reports::Reports;

/// The current pairing and its state.
pub(super) struct Pairing {
    pub state: PairingState,
    active: Option<ActivePairing>,
    count: u64,
}

/// A running pairing; dropping it cancels the pairing.
struct ActivePairing {
    number: u64,
    stop: CancellationToken,
}

impl Drop for ActivePairing {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Pairing {
    pub fn new() -> Self {
        Self { state: PairingState::Idle, active: None, count: 0 }
    }

    /// Starts a pairing; one that is in progress is cancelled.
    pub fn start(
        &mut self,
        request: PairingRequest,
        folders: Folders,
        reports: Reports,
        inbox: UnboundedSender<Input>,
    ) {
        self.count += 1;
        let active = ActivePairing { number: self.count, stop: CancellationToken::new() };
        let (number, stop) = (active.number, active.stop.clone());
        tokio::spawn(PairingTask { request, folders, reports, number, stop }.run(inbox));
        self.active = Some(active);
        self.state = PairingState::Requesting { trouble: None };
    }

    /// Cancels the pairing in progress, or forgets how the last one ended.
    pub fn cancel(&mut self) {
        match &self.active {
            // The person has approved already, so the credential is stored.
            Some(_) if self.state == PairingState::Keeping => {}
            Some(active) => active.stop.cancel(),
            None => self.state = PairingState::Idle,
        }
    }

    /// Ends the pairing in progress at once.
    pub fn abort(&mut self) {
        self.active = None;
    }

    /// Records that the browser did not start.
    pub fn browser_failed(&mut self, why: String) {
        if let PairingState::Waiting { browser, .. } = &mut self.state {
            *browser = BrowserState::Failed { why };
        }
    }

    /// Returns whether this is the number of the pairing in progress.
    pub fn is_current(&self, number: u64) -> bool {
        self.active.as_ref().is_some_and(|active| active.number == number)
    }

    /// Takes a step; returns the address to open in a browser, if there is a new code.
    pub fn step(&mut self, step: PairingStep) -> Option<String> {
        match (step, &mut self.state) {
            (PairingStep::Code(code), state) => {
                let address =
                    code.verification_uri_complete.as_ref().unwrap_or(&code.verification_uri).clone();
                *state = PairingState::Waiting { code, trouble: None, browser: BrowserState::Asked };
                return Some(address);
            }
            (
                PairingStep::Problem(why),
                PairingState::Requesting { trouble } | PairingState::Waiting { trouble, .. },
            ) => *trouble = why,
            (PairingStep::SlowDown(interval), PairingState::Waiting { code, trouble, .. }) => {
                code.interval = interval.as_secs();
                *trouble = None;
            }
            (PairingStep::Problem(_) | PairingStep::SlowDown(_), _) => {}
            (PairingStep::Keeping, state) => *state = PairingState::Keeping,
        }
        None
    }

    /// Takes the end of the pairing.
    pub fn ended(&mut self, ended: Result<PairingOutcome, PairingFailure>) {
        self.active = None;
        self.state = match ended {
            Ok(outcome) => outcome.state(),
            Err(failure) => failure.view(),
        };
    }
}
