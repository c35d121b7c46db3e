//! The actor's pairing: begun, followed step by step, ended; and the end of a pairing that stands.

use tokio_util::sync::CancellationToken;

use super::{ActivePairing, Actor};
use crate::engine::pairing::PairingOutcome;
use crate::engine::tasks::{self, PairingFailure, PairingStep};
use crate::engine::unpairing;
use crate::error::{Code, Result};
use crate::models::ErrorSeverity;
use crate::models::command::{EngineEvent, PairingRequest};
use crate::models::snapshot::{BrowserState, PairingState};
use crate::store::errors::NewError;

impl Actor {
    pub(super) fn is_current(&self, number: u64) -> bool {
        self.job.as_ref().is_some_and(|job| job.number == number)
    }

    pub(super) fn start_pairing(&mut self, request: PairingRequest) {
        let (Some(reports), Some(inbox)) = (self.data_folder.reports().cloned(), self.inbox()) else {
            return;
        };
        self.pairings += 1;
        let job = ActivePairing { number: self.pairings, stop: CancellationToken::new() };
        let task = tasks::PairingTask {
            request,
            folders: self.folders.clone(),
            reports,
            number: job.number,
            stop: job.stop.clone(),
        };
        tokio::spawn(task.run(inbox));
        self.job = Some(job);
        self.pairing = PairingState::Requesting { trouble: None };
    }

    pub(super) fn cancel_pairing(&mut self) {
        match &self.job {
            // The person has said yes already: what was granted is kept.
            Some(_) if self.pairing == PairingState::Keeping => {}
            Some(job) => job.stop.cancel(),
            None => self.pairing = PairingState::Idle,
        }
    }

    pub(super) fn step(&mut self, step: PairingStep) {
        match (step, &mut self.pairing) {
            (PairingStep::Code(code), pairing) => {
                let address =
                    code.verification_uri_complete.as_ref().unwrap_or(&code.verification_uri).clone();
                *pairing = PairingState::Waiting { code, trouble: None, browser: BrowserState::Asked };
                // The view with the code comes before the browser covers it.
                self.publish();
                self.shared.send(EngineEvent::OpenAddress { address });
            }
            (
                PairingStep::Trouble(why),
                PairingState::Requesting { trouble } | PairingState::Waiting { trouble, .. },
            ) => {
                *trouble = why;
            }
            (PairingStep::Trouble(_), _) => {}
            (PairingStep::Keeping, pairing) => *pairing = PairingState::Keeping,
        }
    }

    pub(super) fn pairing_ended(&mut self, ended: Result<PairingOutcome, PairingFailure>) {
        self.job = None;
        self.pairing = match ended {
            Ok(made) => {
                PairingState::Done { domain: made.whose.unwrap_or(made.domain), notes: made.warnings }
            }
            Err(failure) => failure.view(),
        };
        self.reload();
        // What is kept may be new where the configuration is as it was.
        self.serve();
    }

    pub(super) async fn unpair(&mut self) -> Result<()> {
        let Some(store) = self.data_folder.held().cloned() else { return Ok(()) };
        let (config, folders) = (self.config.clone(), self.folders.clone());
        let ended = tasks::blocking(move || unpairing::unpair(&config, &folders, &store)).await?;
        for warning in ended.warnings {
            self.record(&NewError::new(Code::KeychainError.as_str(), ErrorSeverity::Warning, warning));
        }
        self.pairing = PairingState::Idle;
        self.reload();
        self.serve();
        Ok(())
    }
}
