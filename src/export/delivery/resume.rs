//! Batches that an earlier run left open: closes them, or resumes one when every table in it is unchanged since it was
//! sent (docs/reliability.md#rule-2-resume).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use super::batch::end_of;
use super::parts::{ActiveBatch, UploadPart};
use super::state::Delivery;
use crate::api::{BatchStatus, Ending};
use crate::error::{Error, Result};
use crate::export::calls::Calls;
use crate::export::context::RunContext;
use crate::export::job::Job;
use crate::export::progress::ExportEvent;
use crate::export::spool::Spool;
use crate::platform;
use crate::source::observe::Observation;
use crate::store::FileId;
use crate::store::journal::{BatchEnd, Finish};
use crate::store::recovery::{HeldPart, OpenBatch, PartState};

/// A batch of an earlier run that is still open on the server.
pub struct LeftoverBatch {
    batch: OpenBatch,
    id: String,
    files: Option<u64>,
}

/// Records how the batches ended that an earlier run left open; returns those that are still open. Runs before the
/// decisions of a run, since tables in a completed batch need not be sent again.
///
/// # Errors
/// A server that cannot be asked, or the journal.
pub async fn reconcile_open_batches(ctx: &RunContext, calls: &Calls<'_>) -> Result<Vec<LeftoverBatch>> {
    let mut open = Vec::new();
    for batch in ctx.store.open_batches()? {
        let id = match &batch.server_id {
            Some(id) if batch.destination == ctx.destination => id.clone(),
            // Belongs to another site, or was never known: it cannot be closed from here, and the server closes it
            // after its time limit.
            Some(_) => {
                ctx.store.batch_finished(batch.id, BatchEnd::NotCompleted)?;
                continue;
            }
            None => {
                ctx.store.batch_finished(batch.id, BatchEnd::NotStarted)?;
                continue;
            }
        };
        match calls.fetch_batch(&id, true).await? {
            Some(on_server) if on_server.is_open() => {
                open.push(LeftoverBatch { batch, id, files: on_server.files });
            }
            not_open => {
                let status = not_open.and_then(|batch| batch.status).unwrap_or(BatchStatus::NotCompleted);
                ctx.store.batch_finished(batch.id, end_of(&status))?;
            }
        }
    }
    Ok(open)
}

impl Delivery<'_> {
    /// Resumes at most one of the open batches and closes the others.
    ///
    /// # Errors
    /// A server that cannot be asked, or the journal.
    pub async fn resume(&mut self, still_open: Vec<LeftoverBatch>) -> Result<()> {
        for LeftoverBatch { batch, id, files } in still_open {
            let given_up = matches!(batch.finish, Some(Finish::Fail | Finish::Cancel));
            let fitting = if given_up || self.open.is_some() { None } else { self.fit(&batch, &id, files)? };
            let Some((open, left)) = fitting else {
                close(self, &batch, &id).await?;
                continue;
            };
            tracing::info!(
                batch = id,
                tables = open.tables.len(),
                "going on with the batch of an earlier run"
            );
            self.ctx.progress.on(ExportEvent::BatchOpened { id: &id });
            self.ctx.store.resume_batch(batch.id, self.run)?;
            self.open = Some(open);
            self.left = left;
            let adopted = self.ctx.store.run(self.run)?.files.unwrap_or_default();
            self.warned |= adopted.iter().any(|file| !file.report.warnings.is_empty());
        }
        self.spool.delete_left();
        Ok(())
    }

    /// Returns the batch for resumption, or `None` when it has to be abandoned: its time is nearly over, its contents
    /// are in doubt, or a table in it is not to be sent unchanged in this run.
    fn fit(
        &self,
        batch: &OpenBatch,
        id: &str,
        count: Option<u64>,
    ) -> Result<Option<(ActiveBatch, Vec<UploadPart>)>> {
        let age = (platform::now() - batch.opened_at).to_std().unwrap_or(Duration::MAX);
        let Some(since) = self.ctx.backoff.instant().checked_sub(age) else { return Ok(None) };
        if age >= self.ctx.limits.age {
            return Ok(None);
        }
        let (known, unknown): (Vec<&HeldPart>, Vec<&HeldPart>) =
            batch.parts.iter().partition(|part| part.state == PartState::Uploaded);
        let all_stored = match count {
            Some(count) if count == known.len() as u64 => false,
            Some(count) if count == batch.parts.len() as u64 => true,
            _ => return Ok(None),
        };
        let Some(tables) = self.same_tables(batch) else { return Ok(None) };
        let mut left = Vec::new();
        let mut adopted = BTreeMap::new();
        for part in &batch.parts {
            let Some(to) = tables.get(&part.file) else { return Ok(None) };
            adopted.insert(part.file, *to);
        }
        if !all_stored {
            for part in &unknown {
                let Some(part) = left_part(&self.spool, part, adopted[&part.file], self)? else {
                    return Ok(None);
                };
                left.push(part);
            }
        }
        for (from, to) in &adopted {
            self.ctx.store.adopt_file(*from, *to)?;
        }
        if all_stored {
            for part in &unknown {
                self.ctx.store.part_uploaded(part.id, None)?;
            }
        }
        let unfinished: BTreeSet<FileId> = left.iter().map(|part| part.file).collect();
        Ok(Some((
            ActiveBatch {
                row: batch.id,
                id: id.to_owned(),
                since,
                stored: if all_stored { batch.parts.len() } else { known.len() } as u64,
                sent: batch.parts.iter().map(|part| part.id).collect(),
                tables: adopted.values().filter(|file| !unfinished.contains(file)).copied().collect(),
            },
            left,
        )))
    }

    /// Returns this run's rows for the tables of the batch, when each is complete in it and unchanged.
    fn same_tables(&self, batch: &OpenBatch) -> Option<HashMap<FileId, FileId>> {
        let mut parts: HashMap<FileId, u32> = HashMap::new();
        for part in &batch.parts {
            *parts.entry(part.file).or_default() += 1;
        }
        let jobs: HashMap<&str, &Job> =
            self.todo.values().map(|job| (job.table.source.as_str(), job)).collect();
        let mut tables = HashMap::new();
        for part in &batch.parts {
            let job = *jobs.get(part.source.as_str())?;
            let then = part.fingerprint.as_ref()?;
            let now = Observation::measure(&job.table.paths)
                .ok()?
                .fingerprint(then.content.clone(), &job.settings_digest);
            if *then != now || parts.get(&part.file) != Some(&part.of) || !job.name.owns(&part.part.wire_name)
            {
                return None;
            }
            tables.insert(part.file, job.file);
        }
        Some(tables)
    }
}

fn left_part(spool: &Spool, part: &HeldPart, file: FileId, run: &Delivery<'_>) -> Result<Option<UploadPart>> {
    let held = &part.part;
    let spooled = spool
        .left(&held.spool, held.bytes, &held.sha256)
        .map_err(|error| Error::io("cannot read the spooled", &held.spool, &error))?;
    Ok(spooled.map(|spooled| UploadPart {
        file,
        of: part.of as usize,
        id: part.id,
        spooled,
        name: held.wire_name.clone(),
        tries: run.calls.tries(),
        wait: Duration::ZERO,
    }))
}

async fn close(run: &Delivery<'_>, batch: &OpenBatch, id: &str) -> Result<()> {
    let (ending, finish) = match batch.finish {
        Some(Finish::Fail) => (Ending::Fail, Finish::Fail),
        _ => (Ending::Cancel, Finish::Cancel),
    };
    run.ctx.store.batch_finishing(batch.id, finish)?;
    let closed = run.calls.close(id, ending).await?;
    run.ctx.store.batch_finished(batch.id, end_of(&closed.status))?;
    tracing::info!(batch = id, "closed the batch that an earlier run left open");
    Ok(())
}
