//! The holder's end of the local channel: [`Control`]. Each connection is told everything that happens, and asks.
//! A line that makes no sense is refused, and the connection goes on.

use std::io;

use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::io::{AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::sync::{broadcast, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::codec::{FramedRead, LinesCodec, LinesCodecError};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::wire::{Ask, LONGEST, Line, Question};
use crate::engine::{Engine, WeakEngine};
use crate::error::{Code, Error, Result};
use crate::models::command::{Command, EngineEvent};
use crate::models::snapshot::LockOwner;
use crate::platform::channel::{Duplex, Guest, Listener};

/// How many connections there may be at once.
const GUESTS: usize = 32;
/// How many questions of a connection may be open at once.
const QUESTIONS: usize = 16;

/// The open channel; it is closed with this.
pub struct Control {
    stop: DropGuard,
    task: JoinHandle<()>,
}

impl Control {
    /// Answers on this channel in the name of `holder`.
    pub fn open(listener: Listener, holder: LockOwner, engine: WeakEngine) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(listen(listener, holder, engine, stop.clone()));
        Self { stop: stop.drop_guard(), task }
    }

    /// Ends all connections; the channel is gone when it returns.
    pub async fn close(self) {
        drop(self.stop);
        let _ = self.task.await;
    }
}

async fn listen(mut listener: Listener, holder: LockOwner, engine: WeakEngine, stop: CancellationToken) {
    let mut guests = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = guests.join_next() => {}
            guest = listener.accept(), if guests.len() < GUESTS => match (guest, engine.upgrade()) {
                (Ok(guest), Some(engine)) => {
                    guests.spawn(Connection::serve(guest, holder.clone(), engine));
                }
                (Ok(_), None) => break,
                (Err(error), _) => {
                    tracing::warn!(%error, "the local channel cannot take a connection");
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
            },
        }
    }
}

/// One connection. It keeps no engine alive.
struct Connection {
    engine: WeakEngine,
    events: broadcast::Receiver<EngineEvent>,
    output: WriteHalf<Box<dyn Duplex>>,
    may_change: bool,
    /// Whether the pairing was asked for here, so that the browser is to be opened here.
    pairs: bool,
}

impl Connection {
    async fn serve(guest: Guest, holder: LockOwner, engine: Engine) {
        let Guest { stream, may_change } = guest;
        let (input, output) = split(stream);
        let events = engine.subscribe();
        let hello = Line::Hello { holder, may_change, snapshot: Box::new(engine.snapshot()) };
        let mut connection = Self { engine: engine.downgrade(), events, output, may_change, pairs: false };
        drop(engine);
        // It ends when the other end does; there is nobody to tell of it.
        if connection.write(&hello).await.is_ok() {
            let _ = connection.talk(input).await;
        }
    }

    async fn talk(&mut self, input: ReadHalf<Box<dyn Duplex>>) -> io::Result<()> {
        let mut lines = FramedRead::new(input, LinesCodec::new_with_max_length(LONGEST));
        let (answers, mut answered) = mpsc::channel(QUESTIONS);
        let mut open = JoinSet::new();
        let mut skips = false;
        loop {
            tokio::select! {
                Some(line) = answered.recv() => self.write(&line).await?,
                Some(_) = open.join_next() => {}
                event = self.events.recv() => match event {
                    Ok(event) => self.event(event).await?,
                    Err(broadcast::error::RecvError::Lagged(_)) => self.catch_up().await?,
                    Err(broadcast::error::RecvError::Closed) => return Ok(()),
                },
                line = lines.next(), if open.len() < QUESTIONS => match line {
                    // After a line that is too long the reader stops once, and goes on with the next.
                    None if std::mem::take(&mut skips) => {}
                    None | Some(Err(LinesCodecError::Io(_))) => return Ok(()),
                    Some(Err(LinesCodecError::MaxLineLengthExceeded)) => {
                        skips = true;
                        self.write(&refused(None, &Error::new(Code::Usage, "the line is too long"))).await?;
                    }
                    Some(Ok(line)) => match self.understood(&line) {
                        Ok((question, engine)) => {
                            let answers = answers.clone();
                            open.spawn(async move {
                                let line = answer(question, engine).await;
                                let _ = answers.send(line).await;
                            });
                        }
                        Err(line) => self.write(&line).await?,
                    },
                },
            }
        }
    }

    fn understood(&mut self, line: &str) -> std::result::Result<(Question, Engine), Box<Line>> {
        let question: Question = serde_json::from_str(line).map_err(|error| {
            let kind =
                format!("the line is no question: {:?} at column {}", error.classify(), error.column());
            Box::new(refused(None, &Error::new(Code::Usage, kind)))
        })?;
        let no = |error: Error| Box::new(refused(Some(question.id), &error));
        let engine =
            self.engine.upgrade().ok_or_else(|| no(Error::new(Code::Cancelled, "the program is ending")))?;
        if let Ask::Send(command) = &question.ask {
            if !self.may_change {
                return Err(no(read_only()));
            }
            self.pairs |= matches!(command, Command::StartPairing(_));
        }
        Ok((question, engine))
    }

    async fn event(&mut self, event: EngineEvent) -> io::Result<()> {
        if matches!(event, EngineEvent::OpenAddress { .. }) && !self.pairs {
            return Ok(());
        }
        self.write(&Line::Event(event)).await
    }

    /// After events were missed.
    async fn catch_up(&mut self) -> io::Result<()> {
        let Some(engine) = self.engine.upgrade() else { return Ok(()) };
        self.write(&Line::Event(EngineEvent::Changed { snapshot: Box::new(engine.snapshot()) })).await
    }

    async fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.output.write_all(&text).await?;
        self.output.flush().await
    }
}

/// What somebody is told who may only look.
pub fn read_only() -> Error {
    Error::new(Code::FolderHeld, "this account may look at Data Exporter here, but change nothing")
        .hint("do it from the account that Data Exporter runs in, or as an administrator")
}

fn refused(id: Option<u64>, error: &Error) -> Line {
    Line::Refused { id, error: error.body() }
}

async fn answer(question: Question, engine: Engine) -> Line {
    let Question { id, ask } = question;
    match value(ask, &engine).await {
        Ok(value) => Line::Answer { id, value },
        Err(error) => refused(Some(id), &error),
    }
}

async fn value(ask: Ask, engine: &Engine) -> Result<Value> {
    let json = match ask {
        Ask::Send(command) => serde_json::to_value(engine.send(command).await?),
        Ask::History { query, cursor, limit } => {
            serde_json::to_value(engine.history(query, cursor, limit).await?)
        }
        Ask::Run(id) => serde_json::to_value(engine.run(id).await?),
        Ask::Errors { query, cursor, limit } => {
            serde_json::to_value(engine.errors(query, cursor, limit).await?)
        }
        Ask::Preview(request) => serde_json::to_value(engine.preview(request).await?),
        Ask::Check(settings) => serde_json::to_value(engine.check(settings).await?),
    };
    json.map_err(|error| Error::new(Code::UnknownError, format!("the answer is no JSON: {error}")))
}
