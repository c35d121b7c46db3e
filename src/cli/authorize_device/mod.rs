//! `authorize-device`: the pairing of this computer, shown on a terminal or as JSON events.

mod arguments;
mod output;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

pub use arguments::Arguments;

use super::session::with_engine;
use super::{CliContext, Exit, interrupt};
use crate::auth::device_flow::GrantError;
use crate::engine::{Engine, Mode};
use crate::error::{Error, Result};
use crate::models::command::{Command, EngineEvent};
use crate::models::pairing::{PairingRequest, PairingState};
use output::PairingOutput;

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let stop = interrupt::token();
    let request = arguments.request();
    request.check(&context.folders.config)?;
    let mut output = PairingOutput::new(&context.screen, arguments.no_browser, arguments.qr);
    let ended = with_engine(context, "authorize-device", Mode::Work, async |engine| {
        pair(engine, &request, arguments.restart, &mut output, &stop).await
    })?;
    output.ended(ended, arguments, &context.folders.config)
}

/// Requests codes until a result is final.
async fn pair(
    engine: &Engine,
    request: &PairingRequest,
    mut restarts: u32,
    output: &mut PairingOutput<'_>,
    stop: &CancellationToken,
) -> Result<PairingState> {
    let mut events = engine.subscribe();
    loop {
        output.starting();
        engine.send(Command::StartPairing(Box::new(request.clone()))).await?;
        // Events before the answer are about an earlier pairing.
        while events.try_recv().is_ok() {}
        let ended = follow(engine, &mut events, output, stop).await?;
        let PairingState::Failed { fault, message, hint, code } = &ended else { return Ok(ended) };
        if !fault.may_restart() {
            return Ok(ended);
        }
        if restarts > 0 {
            restarts -= 1;
            output.restarting(message);
        } else if output.can_ask() {
            output.offer_restart(&Error { hint: hint.clone(), ..Error::new(*code, message.clone()) });
            if !output::enter(stop).await {
                return Err(GrantError::Cancelled.into());
            }
        } else {
            return Ok(ended);
        }
    }
}

/// Shows the steps of a pairing until it ends; it is idle when the process that paired has ended.
async fn follow(
    engine: &Engine,
    events: &mut Receiver<EngineEvent>,
    output: &mut PairingOutput<'_>,
    stop: &CancellationToken,
) -> Result<PairingState> {
    let mut state = engine.snapshot().pairing;
    let mut stopped = false;
    loop {
        if matches!(state, PairingState::Done { .. } | PairingState::Failed { .. } | PairingState::Idle) {
            return Ok(state);
        }
        output.step(&state);
        tokio::select! {
            () = stop.cancelled(), if !stopped => {
                stopped = true;
                engine.send(Command::CancelPairing).await?;
            }
            event = events.recv() => match event {
                Ok(EngineEvent::Changed { snapshot }) => state = snapshot.pairing,
                Ok(EngineEvent::OpenAddress { address }) => output.open(&address),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => state = engine.snapshot().pairing,
                Err(RecvError::Closed) => return Ok(PairingState::Idle),
            },
        }
    }
}
