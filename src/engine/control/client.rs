//! The other end of the local channel: [`Link`], by which a command or a tray works through the process that holds the
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
use super::wire::{Ask, LONGEST, Line, Question};
use crate::error::{Code, Error, Result};
use crate::models::command::EngineEvent;
use crate::models::snapshot::{LockOwner, Snapshot};
use crate::platform::channel::{self, Duplex, Host};

/// How long the holder may take to say its first line.
const PATIENCE: Duration = Duration::from_secs(5);

type Asked = (Ask, oneshot::Sender<Result<Value>>);

/// A connection to the holder; clones are the same connection. It ends with the last of them.
#[derive(Clone)]
pub struct Link {
    asks: mpsc::UnboundedSender<Asked>,
    may_ask: bool,
    may_change: bool,
}

/// A connection that was just made.
pub struct Linked {
    /// For asking.
    pub link: Link,
    /// Who is asked.
    pub holder: LockOwner,
    /// All there is to show at the beginning.
    pub snapshot: Snapshot,
    /// Everything that happens after that; ends with the connection.
    pub events: mpsc::UnboundedReceiver<EngineEvent>,
}

impl Link {
    /// Connects to the holder of this data folder.
    ///
    /// # Errors
    /// When nobody listens there, this account may not connect, or what listens is no Data Exporter of this kind.
    pub async fn connect(data: &Path) -> Result<Linked> {
        let failed = |why: String| {
            Error::new(
                Code::FolderHeld,
                format!("the program that holds the data folder cannot be asked: {why}"),
            )
            .retry_later()
        };
        let Host { stream, may_ask } =
            channel::connect(data).await.map_err(|error| failed(error.to_string()))?;
        let (input, mut output) = split(stream);
        let mut lines = FramedRead::new(input, LinesCodec::new_with_max_length(LONGEST));
        let first = tokio::time::timeout(PATIENCE, lines.next()).await;
        let hello = match first {
            Ok(Some(Ok(line))) => serde_json::from_str(&line).ok(),
            _ => None,
        };
        let Some(Line::Hello { holder, may_change, snapshot }) = hello else {
            return Err(failed("it does not answer as expected".to_owned()));
        };
        let (asks, mut asked) = mpsc::unbounded_channel::<Asked>();
        let (tell, events) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut open: HashMap<u64, oneshot::Sender<Result<Value>>> = HashMap::new();
            for id in 1.. {
                // One question is written, then lines are read until the next comes.
                let question = loop {
                    tokio::select! {
                        question = asked.recv() => break question,
                        line = lines.next() => match line {
                            Some(Ok(line)) => take(&line, &mut open, &tell),
                            _ => return,
                        },
                    }
                };
                let Some((ask, reply)) = question else { return };
                open.insert(id, reply);
                if write(&mut output, &Question { id, ask }).await.is_err() {
                    return;
                }
            }
        });
        let may_change = may_change && may_ask;
        Ok(Linked { link: Self { asks, may_ask, may_change }, holder, snapshot: *snapshot, events })
    }

    /// Whether anything can be asked through it, beside being told what happens.
    pub fn may_ask(&self) -> bool {
        self.may_ask
    }

    /// Whether anything can be changed through it.
    pub fn may_change(&self) -> bool {
        self.may_change
    }

    /// Asks the holder.
    ///
    /// # Errors
    /// The holder's own, and the end of the connection.
    pub async fn ask<T: DeserializeOwned>(&self, ask: Ask) -> Result<T> {
        if !self.may_ask || (matches!(ask, Ask::Send(_)) && !self.may_change) {
            return Err(read_only());
        }
        let gone = || {
            Error::new(Code::FolderHeld, "the program that held the data folder has ended meanwhile")
                .hint("try again")
                .retry_later()
        };
        let (reply, answer) = oneshot::channel();
        self.asks.send((ask, reply)).map_err(|_| gone())?;
        let value = answer.await.map_err(|_| gone())??;
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
    question: &Question,
) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(question)?;
    text.push(b'\n');
    output.write_all(&text).await?;
    output.flush().await
}

/// Lines that are not known here are those of a newer program, and passed over.
fn take(
    line: &str,
    open: &mut HashMap<u64, oneshot::Sender<Result<Value>>>,
    tell: &mpsc::UnboundedSender<EngineEvent>,
) {
    match serde_json::from_str(line) {
        Ok(Line::Event(event)) => {
            let _ = tell.send(event);
        }
        Ok(Line::Answer { id, value }) => {
            if let Some(reply) = open.remove(&id) {
                let _ = reply.send(Ok(value));
            }
        }
        Ok(Line::Refused { id: Some(id), error }) => {
            if let Some(reply) = open.remove(&id) {
                let _ = reply.send(Err(Error::from(error)));
            }
        }
        Ok(Line::Hello { .. } | Line::Refused { id: None, .. }) | Err(_) => {}
    }
}
