//! One round of a [`Delivery`]: tables are converted on one thread while their parts are uploaded, several at once,
//! until all are stored or the batch is lost. What an upload's answer means is in `landing`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, mpsc as feed};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;

use super::calls::{Tries, cancelled};
use super::delivery::Delivery;
use super::job::{Job, Prepared};
use super::progress::Event;
use super::spool::SpooledFile;
use crate::api::{ApiError, BatchStatus, Outgoing};
use crate::convert::findings::remedy;
use crate::error::{Code, Error, Result, fault};
use crate::models::ErrorSeverity;
use crate::store::journal::SpooledPart;
use crate::store::{FileId, PartId};

/// Whether the batch goes on.
pub enum Flow {
    /// It does.
    On,
    /// It does not; what is in it has to be sent again.
    Lost {
        /// What happened, as a sentence.
        why: String,
        /// Its state where the server has closed it; none where it has to be cancelled.
        closed: Option<BatchStatus>,
    },
}

/// A part on its way.
#[derive(Debug)]
pub struct Piece {
    /// Its table.
    pub file: FileId,
    /// How many parts that has.
    pub of: usize,
    /// Its row in the journal.
    pub part: PartId,
    /// Its bytes.
    pub spooled: SpooledFile,
    /// Its name on the wire.
    pub name: String,
    /// How often it was tried.
    pub tries: Tries,
    /// How long to wait before it is tried again.
    pub wait: Duration,
}

pub(super) type Landed = (Piece, Result<bool, ApiError>);

/// What a round has in hand.
pub(super) struct Round {
    feed: feed::Sender<Job>,
    converting: usize,
    /// Parts that the batch certainly does not hold.
    pub(super) queue: VecDeque<Piece>,
    flying: FuturesUnordered<BoxFuture<'static, Landed>>,
    /// Parts that the batch may hold, with the error that left it open.
    pub(super) unknown: Vec<(Piece, ApiError)>,
    /// Parts of a table that are not stored yet.
    pub(super) left: HashMap<FileId, usize>,
    /// The open batch takes no more tables.
    full: bool,
}

impl Delivery<'_> {
    /// Runs one round.
    pub(super) async fn round(&mut self) -> Result<Flow> {
        let stop = self.ctx.stop.child_token();
        let (feed, jobs) = feed::channel();
        let (ready, mut converted) = mpsc::channel(1);
        let worker = tokio::task::spawn_blocking({
            let (spool, run, stop) = (self.spool.clone(), self.run.0, stop.clone());
            let stills = Arc::clone(&self.stills);
            let progress = Arc::clone(&self.ctx.progress);
            move || {
                convert_all(&jobs, &ready, &|job: &Job| {
                    progress.on(Event::Converting { source: &job.table.source });
                    job.prepare(&spool, &stills, run, &stop)
                });
            }
        });
        let held = self.open.as_ref().map(|open| open.tables.clone()).unwrap_or_default();
        let mut round = Round {
            feed,
            converting: 0,
            queue: VecDeque::new(),
            flying: FuturesUnordered::new(),
            unknown: Vec::new(),
            left: HashMap::new(),
            full: false,
        };
        let left = std::mem::take(&mut self.left);
        for piece in &left {
            *round.left.entry(piece.file).or_default() += 1;
        }
        round.queue.extend(left);
        for (file, job) in &self.todo {
            if !held.contains(file) && !round.left.contains_key(file) {
                round.convert(job.clone());
            }
        }
        let flow = self.fly(&mut round, &mut converted).await;
        stop.cancel();
        drop((round, converted));
        // The next round writes files of the same names.
        let _ = worker.await;
        flow
    }

    async fn fly(
        &mut self,
        round: &mut Round,
        converted: &mut mpsc::Receiver<(Job, Result<Prepared>)>,
    ) -> Result<Flow> {
        let in_flight = self.ctx.config.api.uploads_in_flight.max(1) as usize;
        loop {
            self.check_stop()?;
            if let lost @ Flow::Lost { .. } = self.launch(round, in_flight).await? {
                return Ok(lost);
            }
            if !round.unknown.is_empty() && round.flying.is_empty() {
                if let lost @ Flow::Lost { .. } = self.reconcile(round).await? {
                    return Ok(lost);
                }
                continue;
            }
            if round.is_over() {
                return self.finish_batch().await;
            }
            let due = self.time_left();
            tokio::select! {
                biased;
                () = self.ctx.stop.cancelled() => return Err(cancelled()),
                Some((piece, result)) = round.flying.next(), if !round.flying.is_empty() => {
                    if let lost @ Flow::Lost { .. } = self.landed(round, piece, result).await? {
                        return Ok(lost);
                    }
                }
                table = converted.recv(), if round.takes_more() => {
                    let (job, result) = table.ok_or_else(broke_off)?;
                    self.accept(round, &job, result)?;
                }
                () = tokio::time::sleep(due), if self.open.is_some() && !round.full => round.full = true,
            }
        }
    }

    /// How long the open batch may still take tables.
    fn time_left(&self) -> Duration {
        let age = self
            .open
            .as_ref()
            .map_or(Duration::ZERO, |open| self.ctx.pace.instant().saturating_duration_since(open.since));
        self.ctx.limits.age.saturating_sub(age)
    }

    /// Sends what can be sent; changes the batch where it is full.
    async fn launch(&mut self, round: &mut Round, in_flight: usize) -> Result<Flow> {
        loop {
            if let Some(open) = &self.open {
                let first = round.queue.front();
                let begins = first.is_some_and(|piece| {
                    !open.sent.contains(&piece.part) && round.waiting(piece.file) == piece.of
                });
                let parts = first.map_or(0, |piece| piece.of);
                let over = !open.sent.is_empty() && open.sent.len() + parts > self.ctx.limits.files;
                if (round.full || over) && (begins || first.is_none()) {
                    if !round.flying.is_empty() || !round.unknown.is_empty() {
                        return Ok(Flow::On);
                    }
                    if let lost @ Flow::Lost { .. } = self.finish_batch().await? {
                        return Ok(lost);
                    }
                    round.full = false;
                    continue;
                }
            }
            if round.flying.len() >= in_flight || !round.unknown.is_empty() || round.queue.is_empty() {
                return Ok(Flow::On);
            }
            if self.open.is_none() {
                self.open_batch().await?;
            }
            if let Some(piece) = round.queue.pop_front() {
                let sending = self.send(piece)?;
                round.flying.push(sending);
            }
        }
    }

    /// One try of one part, its row durable before the request.
    pub(super) fn send(&mut self, piece: Piece) -> Result<BoxFuture<'static, Landed>> {
        let open = self.open.as_mut().ok_or_else(no_batch)?;
        self.ctx.store.part_uploading(piece.part, open.row)?;
        open.sent.insert(piece.part);
        let (sink, id, pace) = (Arc::clone(&self.ctx.sink), open.id.clone(), Arc::clone(&self.ctx.pace));
        let progress = Arc::clone(&self.ctx.progress);
        let outgoing = Outgoing {
            path: piece.spooled.path(),
            name: piece.name.clone(),
            size: piece.spooled.size,
            sha256: piece.spooled.sha256.clone(),
        };
        Ok(async move {
            if !piece.wait.is_zero() {
                pace.sleep(piece.wait).await;
            }
            let on_bytes = Arc::new(move |bytes| progress.on(Event::BytesSent(bytes)));
            let result = sink.send(&id, &outgoing, on_bytes).await;
            (piece, result)
        }
        .boxed())
    }

    /// A table comes from the converter.
    fn accept(&mut self, round: &mut Round, job: &Job, result: Result<Prepared>) -> Result<()> {
        round.converting -= 1;
        let prepared = match result {
            Ok(prepared) => prepared,
            Err(error) if error.code == Code::Cancelled || error.severity == ErrorSeverity::Critical => {
                return Err(error);
            }
            Err(error) => return self.fail_table(job.file, &error, true),
        };
        let Prepared { report, fingerprint, parts } = prepared;
        let rows: Vec<SpooledPart> = parts
            .iter()
            .map(|(name, file)| SpooledPart {
                wire_name: name.clone(),
                spool: file.name.clone(),
                bytes: file.size,
                sha256: file.sha256.clone(),
            })
            .collect();
        let ids = self.ctx.store.file_converted(job.file, &report, &fingerprint, &rows)?;
        self.ctx.progress.on(Event::Converted {
            source: &job.table.source,
            rows: report.rows.written,
            bytes: report.bytes_out,
        });
        if let Some(first) = report.warnings.first() {
            self.warned = true;
            let more = match report.warnings.len() {
                1 => String::new(),
                count => format!(" (and {} more kinds of findings)", count - 1),
            };
            let error =
                Error::new(Code::ValuesDropped, format!("`{}`: {}{more}", job.table.source, first.message))
                    .hint(format!("{}; everything else was carried", remedy(&first.code)))
                    .path(&job.table.paths.table);
            self.tell(&error, Some(&job.table.source));
        }
        let of = ids.len();
        round.left.insert(job.file, of);
        let tries = self.calls.tries();
        for (part, (name, spooled)) in ids.into_iter().zip(parts) {
            round.queue.push_back(Piece {
                file: job.file,
                of,
                part,
                spooled,
                name,
                tries,
                wait: Duration::ZERO,
            });
        }
        Ok(())
    }
}

impl Round {
    pub(super) fn convert(&mut self, job: Job) {
        // The converter is gone only when the round is over.
        if self.feed.send(job).is_ok() {
            self.converting += 1;
        }
    }

    fn takes_more(&self) -> bool {
        self.converting > 0 && self.queue.is_empty() && self.unknown.is_empty()
    }

    fn is_over(&self) -> bool {
        self.converting == 0 && self.queue.is_empty() && self.flying.is_empty() && self.unknown.is_empty()
    }

    /// How many parts of a table wait to be sent; the batch certainly holds none of them.
    pub(super) fn waiting(&self, file: FileId) -> usize {
        self.queue.iter().filter(|piece| piece.file == file).count()
    }

    pub(super) fn forget(&mut self, file: FileId) {
        self.queue.retain(|piece| piece.file != file);
        self.left.remove(&file);
    }
}

fn convert_all(
    jobs: &feed::Receiver<Job>,
    ready: &mpsc::Sender<(Job, Result<Prepared>)>,
    prepare: &dyn Fn(&Job) -> Result<Prepared>,
) {
    while let Ok(job) = jobs.recv() {
        // A fault of the converter is one table's misfortune.
        let result = fault::caught(|| prepare(&job)).unwrap_or_else(|fault| {
            Err(fault
                .error(&format!("the conversion of `{}`", job.table.source))
                .path(&job.table.paths.table)
                .severity(ErrorSeverity::Error))
        });
        if ready.blocking_send((job, result)).is_err() {
            return;
        }
    }
}

fn broke_off() -> Error {
    Error::new(Code::UnknownError, "the conversion broke off")
}

pub(super) fn no_batch() -> Error {
    Error::new(Code::UnknownError, "an upload without a batch")
}
