//! The other end of the local channel: [`ControlClient`], by which a command or a tray works through the process that holds the
//! data folder.

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
use crate::error::{Code, Error, Result};
use crate::models::command::EngineEvent;
use crate::models::snapshot::{LockOwner, Snapshot};
use crate::platform::channel::{self, Duplex, OwnerStream};

/// How long the holder may take to say its first line.
const HELLO_TIMEOUT: Duration = Duration::from_secs(5);

type PendingRequest = (ControlRequest, oneshot::Sender<Result<Value>>);

/// A connection to the holder; clones are the same connection. It ends with the last of them.
#[derive(Clone)]
pub struct ControlClient {
    requests: mpsc::UnboundedSender<PendingRequest>,
    may_send: bool,
    may_change: bool,
}

/// A connection that was just made.
pub struct Connection {
    /// For asking.
    pub client: ControlClient,
    /// Who is asked.
    pub owner: LockOwner,
    /// All there is to show at the beginning.
    pub snapshot: Snapshot,
    /// Everything that happens after that; ends with the connection.
    pub events: mpsc::UnboundedReceiver<EngineEvent>,
}

impl ControlClient {
    /// Connects to the holder of this data folder.
    ///
    /// # Errors
    /// When nobody listens there, this account may not connect, or what listens is no Data Exporter of this kind.
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
        let (event_sender, events) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut open: HashMap<u64, oneshot::Sender<Result<Value>>> = HashMap::new();
            for id in 1.. {
                // One question is written, then lines are read until the next comes.
                let next = loop {
                    tokio::select! {
                        next = received.recv() => break next,
                        line = lines.next() => match line {
                            Some(Ok(line)) => handle_line(&line, &mut open, &event_sender),
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
        Ok(Connection { client: Self { requests, may_send, may_change }, owner, snapshot: *snapshot, events })
    }

    /// Whether anything can be asked through it, beside being told what happens.
    pub fn may_send(&self) -> bool {
        self.may_send
    }

    /// Whether anything can be changed through it.
    pub fn may_change(&self) -> bool {
        self.may_change
    }

    /// Asks the holder.
    ///
    /// # Errors
    /// The holder's own, and the end of the connection.
    pub async fn request<T: DeserializeOwned>(&self, request: ControlRequest) -> Result<T> {
        if !self.may_send || (matches!(request, ControlRequest::Send(_)) && !self.may_change) {
            return Err(read_only());
        }
        let closed = || {
            Error::new(Code::FolderHeld, "the program that held the data folder has ended meanwhile")
                .hint("try again")
                .retry_later()
        };
        let (reply, answer) = oneshot::channel();
        self.requests.send((request, reply)).map_err(|_| closed())?;
        let value = answer.await.map_err(|_| closed())??;
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

/// Lines that are not known here are those of a newer program, and passed over.
fn handle_line(
    line: &str,
    open: &mut HashMap<u64, oneshot::Sender<Result<Value>>>,
    event_sender: &mpsc::UnboundedSender<EngineEvent>,
) {
    match serde_json::from_str(line) {
        Ok(ResponseLine::Event(event)) => {
            let _ = event_sender.send(event);
        }
        Ok(ResponseLine::Answer { id, value }) => {
            if let Some(reply) = open.remove(&id) {
                let _ = reply.send(Ok(value));
            }
        }
        Ok(ResponseLine::Refused { id: Some(id), error }) => {
            if let Some(reply) = open.remove(&id) {
                let _ = reply.send(Err(Error::from(error)));
            }
        }
        Ok(ResponseLine::Hello { .. } | ResponseLine::Refused { id: None, .. }) | Err(_) => {}
    }
}
