//! [`Input`]: everything that can change the state of an engine.

use tokio::sync::oneshot;

use crate::engine::ExportOptions;
use crate::engine::control::OwnerLine;
use crate::engine::pairing::PairingOutcome;
use crate::engine::pairing::progress::{PairingFailure, PairingStep};
use crate::engine::unpairing::Unpaired;
use crate::error::Result;
use crate::export::RunOutcome;
use crate::models::command::{Command, ExportTicket};
use crate::models::export::RunReport;

/// Everything that can change the state.
pub(in crate::engine) enum Input {
    /// A command with the channel for its answer.
    Request(Command, oneshot::Sender<Result<()>>),
    /// A request for an export whose result is asked for by a ticket.
    Export(ExportOptions, oneshot::Sender<Result<ExportTicket>>),
    /// A request for the result of an export.
    ExportResult(u64, oneshot::Sender<Result<RunReport>>),
    /// A request to cancel the export of a ticket.
    CancelExport(u64, oneshot::Sender<Result<()>>),
    /// A request to unpair.
    Unpair(oneshot::Sender<Result<Unpaired>>),
    /// A step of the pairing with this number; an older pairing has another number.
    Paired(u64, PairingStep),
    /// The end of the pairing with this number.
    PairingEnded(u64, Box<Result<PairingOutcome, PairingFailure>>),
    /// A change of the error list.
    Recorded,
    /// The end of the run.
    RunEnded(Result<RunOutcome>),
    /// Whether the server that a catch-up run waits for answers.
    Answers(bool),
    /// An event or an answer of the lock owner in another process; none when it has ended.
    OwnerLine(Option<OwnerLine>),
    /// A request to end the engine.
    Stop(oneshot::Sender<()>),
}
