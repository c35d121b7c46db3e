//! Converts tables on one thread while their parts are uploaded, several at once, until all are stored or the batch is
//! lost.

use std::sync::{Arc, mpsc as feed};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::mpsc;

use super::converter::{Converted, Converter, Prepare};
use super::parts::{BatchFlow, UploadPart};
use super::queue::UploadPipeline;
use super::state::Delivery;
use crate::convert::FindingCode;
use crate::error::{Code, Error, Result, one_line};
use crate::export::calls::cancelled;
use crate::export::job::{Job, PreparedTable};
use crate::export::progress::ExportEvent;
use crate::models::ErrorSeverity;
use crate::store::journal::SpooledPart;

impl Delivery<'_> {
    /// Runs one pipeline.
    pub(super) async fn pipeline(&mut self) -> Result<BatchFlow> {
        let stop = self.ctx.stop.child_token();
        let (feed, jobs) = feed::channel();
        let (ready, mut converted) = mpsc::channel(1);
        let prepare: Prepare = {
            let (spool, run, stop) = (self.spool.clone(), self.run.0, stop.clone());
            let shadow_copies = Arc::clone(&self.shadow_copies);
            let progress = Arc::clone(&self.ctx.progress);
            Arc::new(move |job, watch| {
                progress.on(ExportEvent::Converting { source: &job.table.source });
                job.prepare(&spool, &shadow_copies, run, &stop, watch)
            })
        };
        let mut converter = Converter::start(jobs, ready, prepare)?;
        let held = self.open.as_ref().map(|open| open.tables.clone()).unwrap_or_default();
        let mut pipeline = UploadPipeline::new(feed);
        let left = std::mem::take(&mut self.left);
        for part in &left {
            *pipeline.left.entry(part.file).or_default() += 1;
        }
        pipeline.queue.extend(left);
        for (file, job) in &self.todo {
            if !held.contains(file) && !pipeline.left.contains_key(file) {
                pipeline.convert(job.clone());
            }
        }
        let flow = self.fly(&mut pipeline, &mut converted, &mut converter).await;
        stop.cancel();
        drop((pipeline, converted));
        converter.end().await;
        flow
    }

    async fn fly(
        &mut self,
        pipeline: &mut UploadPipeline,
        converted: &mut mpsc::Receiver<Converted>,
        converter: &mut Converter,
    ) -> Result<BatchFlow> {
        let in_flight = self.ctx.config.api.uploads_in_flight.max(1) as usize;
        loop {
            self.check_stop()?;
            if let lost @ BatchFlow::Lost { .. } = self.launch(pipeline, in_flight).await? {
                return Ok(lost);
            }
            if !pipeline.unknown.is_empty() && pipeline.flying.is_empty() {
                if let lost @ BatchFlow::Lost { .. } = self.reconcile(pipeline).await? {
                    return Ok(lost);
                }
                continue;
            }
            if pipeline.is_over() {
                return self.finish_batch().await;
            }
            let due = self.time_left();
            let most = self.ctx.limits.unresponsive;
            let patience = converter.patience(most);
            tokio::select! {
                biased;
                () = self.ctx.stop.cancelled() => return Err(cancelled()),
                Some((part, result)) = pipeline.flying.next(), if !pipeline.flying.is_empty() => {
                    if let lost @ BatchFlow::Lost { .. } = self.part_ended(pipeline, part, result).await? {
                        return Ok(lost);
                    }
                }
                table = converted.recv(), if pipeline.takes_more() => {
                    let (job, result) = table.ok_or_else(broke_off)?;
                    self.accept(pipeline, &job, result)?;
                }
                () = tokio::time::sleep(due), if self.open.is_some() && !pipeline.full => pipeline.full = true,
                () = tokio::time::sleep(patience), if pipeline.converting > 0 => {
                    if let Some((job, error)) = converter.give_up(most)? {
                        pipeline.converting -= 1;
                        self.fail_table(job.file, &error, true)?;
                    }
                }
            }
        }
    }

    /// Returns how long the open batch may still accept tables.
    fn time_left(&self) -> Duration {
        let age = self
            .open
            .as_ref()
            .map_or(Duration::ZERO, |open| self.ctx.backoff.instant().saturating_duration_since(open.since));
        self.ctx.limits.age.saturating_sub(age)
    }

    /// Starts every upload that may start; opens a new batch when this one is full.
    async fn launch(&mut self, pipeline: &mut UploadPipeline, in_flight: usize) -> Result<BatchFlow> {
        loop {
            if let Some(open) = &self.open {
                let first = pipeline.queue.front();
                let begins = first.is_some_and(|part| {
                    !open.sent.contains(&part.id) && pipeline.waiting(part.file) == part.of
                });
                let parts = first.map_or(0, |part| part.of);
                let over = !open.sent.is_empty() && open.sent.len() + parts > self.ctx.limits.files;
                if (pipeline.full || over) && (begins || first.is_none()) {
                    if !pipeline.flying.is_empty() || !pipeline.unknown.is_empty() {
                        return Ok(BatchFlow::On);
                    }
                    if let lost @ BatchFlow::Lost { .. } = self.finish_batch().await? {
                        return Ok(lost);
                    }
                    pipeline.full = false;
                    continue;
                }
            }
            if pipeline.flying.len() >= in_flight || !pipeline.unknown.is_empty() || pipeline.queue.is_empty()
            {
                return Ok(BatchFlow::On);
            }
            if self.open.is_none() {
                self.open_batch().await?;
            }
            if let Some(part) = pipeline.queue.pop_front() {
                let sending = self.send(part)?;
                pipeline.flying.push(sending);
            }
        }
    }

    /// Handles a table from the converter.
    fn accept(
        &mut self,
        pipeline: &mut UploadPipeline,
        job: &Job,
        result: Result<PreparedTable>,
    ) -> Result<()> {
        pipeline.converting -= 1;
        let prepared = match result {
            Ok(prepared) => prepared,
            Err(error) if error.code == Code::Cancelled || error.severity == ErrorSeverity::Critical => {
                return Err(error);
            }
            Err(error) => return self.fail_table(job.file, &error, true),
        };
        let PreparedTable { report, fingerprint, parts } = prepared;
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
        self.ctx.progress.on(ExportEvent::Converted {
            source: &job.table.source,
            rows: report.rows.written,
            bytes: report.bytes_out,
        });
        if let Some(first) = report.warnings.first() {
            self.warned = true;
            let more = match report.warnings.len() {
                1 => String::new(),
                2 => " (and 1 other problem)".to_owned(),
                count => format!(" (and {} other problems)", count - 1),
            };
            let error = Error::new(
                Code::ValuesDropped,
                format!("`{}`: {}{more}", one_line(&job.table.source), first.message),
            )
            .hint({
                let remedy = FindingCode::parse(&first.code).map_or("", FindingCode::remedy);
                format!("{remedy}; everything else was delivered")
            })
            .path(&job.table.paths.table);
            self.warn(&error, Some(&job.table.source));
        }
        let of = ids.len();
        pipeline.left.insert(job.file, of);
        let tries = self.calls.tries();
        for (id, (name, spooled)) in ids.into_iter().zip(parts) {
            pipeline.queue.push_back(UploadPart {
                file: job.file,
                of,
                id,
                spooled,
                name,
                tries,
                wait: Duration::ZERO,
            });
        }
        Ok(())
    }
}

fn broke_off() -> Error {
    Error::new(Code::UnknownError, "internal error in the conversion")
}
