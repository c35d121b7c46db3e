//! [`ControlClient`]: the client of the control channel, by which a command or a tray works through the process that
//! locks the data folder.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::{AsyncWriteExt as _, split};
use tokio::sync::{mpsc, oneshot};
use tokio_util::codec::{FramedRead, LinesCodec};

use super::server::read_only;
use super::wire::{ControlRequest, MAX_LINE_BYTES, RequestLine, ResponseLine};
use crate::engine::data_folder::ended_meanwhile;
use crate::error::{Code, Error, Result};
use crate::models::command::EngineEvent;
use crate::models::snapshot::{LockOwner, Snapshot};
use crate::platform::channel::{self, Duplex, OwnerStream};

/// Time limit for the lock owner's first line.
const HELLO_TIMEOUT: Duration = Duration::from_secs(5);

type PendingRequest = (ControlRequest, oneshot::Sender<Result<Value>>);

/// A connection to the lock owner; clones share it. It ends with the last of them.
#[derive(Clone)]
pub struct ControlClient {
    requests: mpsc::UnboundedSender<PendingRequest>,
    may_send: bool,
    may_change: bool,
}

/// A new connection.
pub struct Connection {
    /// Sends requests.
    pub client: ControlClient,
    /// The lock owner.
    pub owner: LockOwner,
    /// The snapshot at the beginning.
    pub snapshot: Snapshot,
    /// The events and answers after that, in their order; they end with the connection.
    pub lines: mpsc::UnboundedReceiver<OwnerLine>,
}

/// A line of the lock owner. Answers come with the events, so that the events before an answer are handled before it.
pub enum OwnerLine {
    /// An event.
    Event(EngineEvent),
    /// The answer to a request.
    Answer(Answer),
}

/// The answer to a request, with the channel to the caller.
pub struct Answer {
    reply: oneshot::Sender<Result<Value>>,
    value: Result<Value>,
}

impl Answer {
    /// Gives the answer to the caller.
    pub fn deliver(self) {
        // A caller that stopped waiting is no error.
        let _ = self.reply.send(self.value);
    }
}

impl ControlClient {
    /// Connects to the lock owner of a data folder.
    ///
    /// # Errors
    /// When nobody listens, this account may not connect, or the listener is not a compatible Data Exporter.
    pub async fn connect(data: &Path) -> Result<Connection> {
        let failed = |why: String| {
            Error::new(
                Code::FolderHeld,
                format!("the program that holds the data folder cannot be asked: {why}"),
            )
            .retry_later()
        };
        let OwnerStream { stream, may_send } =
            channel::connect(data).await.map_err(|error| failed(error.to_string()))?;
        let (input, mut output) = split(stream);
        let mut lines = FramedRead::new(input, LinesCodec::new_with_max_length(MAX_LINE_BYTES));
        let first = tokio::time::timeout(HELLO_TIMEOUT, lines.next()).await;
        let hello = match first {
            Ok(Some(Ok(line))) => serde_json::from_str(&line).ok(),
            _ => None,
        };
        let Some(ResponseLine::Hello { owner, may_change, snapshot }) = hello else {
            return Err(failed("it does not answer as expected".to_owned()));
        };
        let (requests, mut received) = mpsc::unbounded_channel::<PendingRequest>();
        let (owner_lines, handled) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut open: HashMap<u64, oneshot::Sender<Result<Value>>> = HashMap::new();
            for id in 1.. {
                // Writes one request, then reads lines until the next request comes.
                let next = loop {
                    tokio::select! {
                        next = received.recv() => break next,
                        line = lines.next() => match line {
                            Some(Ok(line)) => handle_line(&line, &mut open, &owner_lines),
                            _ => return,
                        },
                    }
                };
                let Some((request, reply)) = next else { return };
                open.insert(id, reply);
                if write(&mut output, &RequestLine { id, request }).await.is_err() {
                    return;
                }
            }
        });
        let may_change = may_change && may_send;
        Ok(Connection {
            client: Self { requests, may_send, may_change },
            owner,
            snapshot: *snapshot,
            lines: handled,
        })
    }

    /// Returns whether the lock owner accepts requests on it, beside sending events.
    pub fn may_send(&self) -> bool {
        self.may_send
    }

    /// Returns whether the connection has ended.
    pub fn is_closed(&self) -> bool {
        self.requests.is_closed()
    }

    /// Returns whether this connection may change anything.
    pub fn may_change(&self) -> bool {
        self.may_change
    }

    /// Sends a request and returns its answer.
    ///
    /// # Errors
    /// The lock owner's error, or the end of the connection.
    pub async fn request<T: DeserializeOwned>(&self, request: ControlRequest) -> Result<T> {
        if !self.may_send || (request.changes() && !self.may_change) {
            return Err(read_only());
        }
        let (reply, answer) = oneshot::channel();
        self.requests.send((request, reply)).map_err(|_| ended_meanwhile())?;
        let value = answer.await.map_err(|_| ended_meanwhile())??;
        serde_json::from_value(value).map_err(|error| {
            Error::new(
                Code::UnknownError,
                format!("the program that holds the data folder is of another version: {error}"),
            )
            .hint("end it and start it again")
        })
    }
}

async fn write(
    output: &mut tokio::io::WriteHalf<Box<dyn Duplex>>,
    line: &RequestLine,
) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    output.write_all(&text).await?;
    output.flush().await
}

/// Handles a line of the lock owner. Unknown lines and events come from a newer program and are ignored.
fn handle_line(
    line: &str,
    open: &mut HashMap<u64, oneshot::Sender<Result<Value>>>,
    lines: &mpsc::UnboundedSender<OwnerLine>,
) {
    let answer = |reply, value| {
        let _ = lines.send(OwnerLine::Answer(Answer { reply, value }));
    };
    match serde_json::from_str(line) {
        Ok(ResponseLine::Event(event)) => {
            let _ = lines.send(OwnerLine::Event(event));
        }
        Ok(ResponseLine::Answer { id, value }) => {
            if let Some(reply) = open.remove(&id) {
                answer(reply, Ok(value));
            }
        }
        Ok(ResponseLine::Refused { id: Some(id), error }) => {
            if let Some(reply) = open.remove(&id) {
                answer(reply, Err(Error::from(error)));
            }
        }
        // An older program refuses an unknown request without its number; none of the open ones can be told apart.
        Ok(ResponseLine::Refused { id: None, error }) => {
            let unknown = Error::from(error)
                .hint("the running program has another version: stop it and start it again");
            for (_, reply) in open.drain() {
                answer(reply, Err(unknown.clone()));
            }
        }
        Ok(ResponseLine::Hello { .. }) | Err(_) => {}
    }
}
