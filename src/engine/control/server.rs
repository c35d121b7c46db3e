//! [`Control`]: the server of the control channel. Every connection receives all events and may send requests. An
//! invalid line is refused, and the connection stays open.

use std::io;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::io::{AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::sync::{broadcast, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::codec::{FramedRead, LinesCodec, LinesCodecError};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::wire::{ControlRequest, MAX_LINE_BYTES, RequestLine, RequestNumber, ResponseLine};
use crate::engine::data_folder::held_by;
use crate::engine::{Engine, ExportOptions, WeakEngine};
use crate::error::{Code, Error, Result};
use crate::models::command::{Command, EngineEvent};
use crate::models::snapshot::LockOwner;
use crate::platform::channel::{ClientStream, Duplex, Listener};

/// Maximum number of connections.
const MAX_CLIENTS: usize = 32;
/// Maximum number of open requests of a connection.
const MAX_OPEN_REQUESTS: usize = 16;

/// The open channel; dropping it closes the channel.
pub struct Control {
    stop: DropGuard,
    task: JoinHandle<()>,
}

/// The process that serves the channel.
#[derive(Clone)]
pub struct Host {
    /// Its name and number.
    pub owner: LockOwner,
    /// Its engine.
    pub engine: WeakEngine,
    /// Whether it opens verification pages itself, so that no client opens them too.
    pub opens_pages: bool,
    /// Whether it is a command, which ends when it is done and so cannot pair for others.
    pub is_command: bool,
}

impl Control {
    /// Serves a channel.
    pub fn open(listener: Listener, host: Host) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(listen(listener, host, stop.clone()));
        Self { stop: stop.drop_guard(), task }
    }

    /// Ends all connections after the answers to their open requests; the channel is gone when it returns.
    pub async fn close(self) {
        drop(self.stop);
        let _ = self.task.await;
    }
}

async fn listen(mut listener: Listener, host: Host, stop: CancellationToken) {
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = clients.join_next() => {}
            client = listener.accept(), if clients.len() < MAX_CLIENTS => match (client, host.engine.upgrade()) {
                (Ok(client), Some(engine)) => {
                    clients.spawn(ClientSession::serve(client, host.clone(), engine, stop.clone()));
                }
                (Ok(_), None) => break,
                (Err(error), _) => {
                    tracing::warn!(%error, "the local channel cannot take a connection");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            },
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(CLOSE_TIMEOUT, async { while clients.join_next().await.is_some() {} }).await;
}

/// How long the end of the channel waits for clients that do not take their answers.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// One connection. It does not keep the engine alive.
struct ClientSession {
    host: Host,
    events: broadcast::Receiver<EngineEvent>,
    output: WriteHalf<Box<dyn Duplex>>,
    may_change: bool,
    /// Whether this connection started the pairing, so that the browser is opened at its side.
    pairs: bool,
}

impl ClientSession {
    async fn serve(client: ClientStream, host: Host, engine: Engine, stop: CancellationToken) {
        let ClientStream { stream, may_change } = client;
        let (input, output) = split(stream);
        let events = engine.subscribe();
        let owner = host.owner.clone();
        let hello = ResponseLine::Hello { owner, may_change, snapshot: Box::new(engine.snapshot()) };
        let mut connection = Self { host, events, output, may_change, pairs: false };
        drop(engine);
        // A failure means that the other side has closed the connection.
        if connection.write(&hello).await.is_ok() {
            let _ = connection.serve_lines(input, &stop).await;
        }
    }

    async fn serve_lines(
        &mut self,
        input: ReadHalf<Box<dyn Duplex>>,
        stop: &CancellationToken,
    ) -> io::Result<()> {
        let mut lines = FramedRead::new(input, LinesCodec::new_with_max_length(MAX_LINE_BYTES));
        let (answers, mut answered) = mpsc::channel(MAX_OPEN_REQUESTS);
        let mut open = JoinSet::new();
        let mut skips = false;
        loop {
            tokio::select! {
                Some(line) = answered.recv() => self.answer(&line).await?,
                () = stop.cancelled() => {
                    drop(answers);
                    while let Some(line) = answered.recv().await {
                        self.answer(&line).await?;
                    }
                    return Ok(());
                }
                Some(_) = open.join_next() => {}
                event = self.events.recv() => match event {
                    Ok(event) => self.event(event).await?,
                    Err(broadcast::error::RecvError::Lagged(_)) => self.catch_up().await?,
                    Err(broadcast::error::RecvError::Closed) => return Ok(()),
                },
                line = lines.next(), if open.len() < MAX_OPEN_REQUESTS => match line {
                    // After a line that is too long the reader stops once and continues with the next.
                    None if std::mem::take(&mut skips) => {}
                    None | Some(Err(LinesCodecError::Io(_))) => return Ok(()),
                    Some(Err(LinesCodecError::MaxLineLengthExceeded)) => {
                        skips = true;
                        self.write(&refused(None, &Error::new(Code::Usage, "the line is too long"))).await?;
                    }
                    Some(Ok(line)) => match self.parse(&line) {
                        Ok((line, engine)) => {
                            let answers = answers.clone();
                            open.spawn(async move {
                                let line = answer(line, engine).await;
                                let _ = answers.send(line).await;
                            });
                        }
                        Err(line) => self.write(&line).await?,
                    },
                },
            }
        }
    }

    fn parse(&mut self, line: &str) -> std::result::Result<(RequestLine, Engine), Box<ResponseLine>> {
        let line: RequestLine = serde_json::from_str(line).map_err(|error| {
            let kind = format!("not a known request: {:?} at column {}", error.classify(), error.column());
            // The number lets a newer client know which of its requests is unknown here.
            let id = serde_json::from_str(line).ok().map(|RequestNumber { id }| id);
            Box::new(refused(id, &Error::new(Code::Usage, kind)))
        })?;
        let no = |error: Error| Box::new(refused(Some(line.id), &error));
        let engine = self
            .host
            .engine
            .upgrade()
            .ok_or_else(|| no(Error::new(Code::Cancelled, "the program is ending")))?;
        if line.request.changes() && !self.may_change {
            return Err(no(read_only()));
        }
        if let ControlRequest::Send(Command::StartPairing(_)) = line.request {
            if self.host.is_command {
                return Err(no(held_by(Some(&self.host.owner))));
            }
            self.pairs = true;
        }
        Ok((line, engine))
    }

    /// Sends an answer after the events that precede it.
    async fn answer(&mut self, line: &ResponseLine) -> io::Result<()> {
        while let Ok(event) = self.events.try_recv() {
            self.event(event).await?;
        }
        self.write(line).await
    }

    async fn event(&mut self, event: EngineEvent) -> io::Result<()> {
        if matches!(event, EngineEvent::OpenAddress { .. }) && (self.host.opens_pages || !self.pairs) {
            return Ok(());
        }
        self.write(&ResponseLine::Event(event)).await
    }

    /// After missed events.
    async fn catch_up(&mut self) -> io::Result<()> {
        let Some(engine) = self.host.engine.upgrade() else { return Ok(()) };
        self.write(&ResponseLine::Event(EngineEvent::Changed { snapshot: Box::new(engine.snapshot()) })).await
    }

    async fn write(&mut self, line: &ResponseLine) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.output.write_all(&text).await?;
        self.output.flush().await
    }
}

/// Returns the error for a connection that may only look.
pub fn read_only() -> Error {
    Error::new(Code::FolderHeld, "this account may look at Data Exporter here, but change nothing")
        .hint("do it from the account that Data Exporter runs in, or as an administrator")
}

fn refused(id: Option<u64>, error: &Error) -> ResponseLine {
    ResponseLine::Refused { id, error: error.body() }
}

async fn answer(line: RequestLine, engine: Engine) -> ResponseLine {
    let RequestLine { id, request } = line;
    match value(request, &engine).await {
        Ok(value) => ResponseLine::Answer { id, value },
        Err(error) => refused(Some(id), &error),
    }
}

async fn value(request: ControlRequest, engine: &Engine) -> Result<Value> {
    let json = match request {
        ControlRequest::Send(command) => serde_json::to_value(engine.send(command).await?),
        ControlRequest::Export { full, only, accept_missing, retry_for } => {
            let retry_for = retry_for.map(Duration::from_secs);
            serde_json::to_value(
                engine
                    .export(ExportOptions { full, only, accept_missing, retry_for, secret_file: None })
                    .await?,
            )
        }
        ControlRequest::ExportResult(ticket) => serde_json::to_value(engine.export_result(ticket).await?),
        ControlRequest::Unpair => serde_json::to_value(engine.unpair().await?),
        ControlRequest::CancelExport(ticket) => serde_json::to_value(engine.cancel_export(ticket).await?),
        ControlRequest::History { query, cursor, limit } => {
            serde_json::to_value(engine.history(query, cursor, limit).await?)
        }
        ControlRequest::Run(id) => serde_json::to_value(engine.run(id).await?),
        ControlRequest::Errors { query, cursor, limit } => {
            serde_json::to_value(engine.errors(query, cursor, limit).await?)
        }
        ControlRequest::Preview(request) => serde_json::to_value(engine.preview(request).await?),
        ControlRequest::Check(settings) => serde_json::to_value(engine.check(settings).await?),
    };
    json.map_err(|error| Error::new(Code::UnknownError, format!("the answer is not JSON: {error}")))
}
