//! The pairing of the actor: start, steps, end; and unpairing.

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
        self.active_pairing.as_ref().is_some_and(|pairing| pairing.number == number)
    }

    pub(super) fn start_pairing(&mut self, request: PairingRequest) {
        let (Some(reports), Some(inbox)) = (self.data_folder.reports().cloned(), self.inbox()) else {
            return;
        };
        self.pairing_count += 1;
        let pairing = ActivePairing { number: self.pairing_count, stop: CancellationToken::new() };
        let task = tasks::PairingTask {
            request,
            folders: self.folders.clone(),
            reports,
            number: pairing.number,
            stop: pairing.stop.clone(),
        };
        tokio::spawn(task.run(inbox));
        self.active_pairing = Some(pairing);
        self.pairing = PairingState::Requesting { trouble: None };
    }

    pub(super) fn cancel_pairing(&mut self) {
        match &self.active_pairing {
            // The person has approved already, so the credential is stored.
            Some(_) if self.pairing == PairingState::Keeping => {}
            Some(pairing) => pairing.stop.cancel(),
            None => self.pairing = PairingState::Idle,
        }
    }

    pub(super) fn step(&mut self, step: PairingStep) {
        match (step, &mut self.pairing) {
            (PairingStep::Code(code), pairing) => {
                let address =
                    code.verification_uri_complete.as_ref().unwrap_or(&code.verification_uri).clone();
                *pairing = PairingState::Waiting { code, trouble: None, browser: BrowserState::Asked };
                // The code must be shown before the browser covers the window.
                self.publish();
                self.shared.send(EngineEvent::OpenAddress { address });
            }
            (
                PairingStep::Problem(why),
                PairingState::Requesting { trouble } | PairingState::Waiting { trouble, .. },
            ) => {
                *trouble = why;
            }
            (PairingStep::Problem(_), _) => {}
            (PairingStep::Keeping, pairing) => *pairing = PairingState::Keeping,
        }
    }

    pub(super) fn pairing_ended(&mut self, ended: Result<PairingOutcome, PairingFailure>) {
        self.active_pairing = None;
        self.pairing = match ended {
            Ok(outcome) => PairingState::Done {
                domain: outcome.whose.unwrap_or(outcome.domain),
                notes: outcome.warnings,
            },
            Err(failure) => failure.view(),
        };
        self.reload();
        // The credential can be new although the configuration is unchanged.
        self.serve();
    }

    pub(super) async fn unpair(&mut self) -> Result<()> {
        let Some(store) = self.data_folder.writable_store().cloned() else { return Ok(()) };
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
