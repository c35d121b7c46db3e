//! Leftovers of a dead process: [`OpenBatch`]es, interrupted runs, and the names used by the last batch.
//!
//! Methods of [`Store`], for the process that locks the data folder.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::delivered::Fingerprint;
use super::journal::{Finish, SpooledPart, end_run};
use super::{BatchId, FileId, PartId, RunId, Store, StoreError, from_json, from_word, time, word};
use crate::models::export::{RunState, UploadState};

/// A batch that was not closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenBatch {
    /// Its row.
    pub id: BatchId,
    /// The run that opened it.
    pub run: RunId,
    /// Its destination: server and site.
    pub destination: String,
    /// The server's identifier; `None` when the process died between request and answer.
    pub server_id: Option<String>,
    /// How it was about to be closed, if it was.
    pub finish: Option<Finish>,
    /// Time of the request, by our clock.
    pub opened_at: DateTime<Utc>,
    /// Start time by the server's clock, where the server sent it.
    pub started_at: Option<DateTime<Utc>>,
    /// Parts that were sent in it, or may have been.
    pub parts: Vec<HeldPart>,
}

/// A part of an open batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPart {
    /// Its row.
    pub id: PartId,
    /// Its table's row.
    pub file: FileId,
    /// The table, relative to the source folder.
    pub source: String,
    /// The number of the table's parts.
    pub of: u32,
    /// The table's state when it was read.
    pub fingerprint: Option<Fingerprint>,
    /// Name, file in the spool, size and digest.
    pub part: SpooledPart,
    /// Its state.
    pub state: PartState,
}

/// State of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// It waits in the spool.
    Spooled,
    /// The request was being sent.
    Uploading,
    /// The server confirmed it.
    Uploaded,
    /// The answer was lost.
    Unknown,
    /// It is in a completed batch.
    Delivered,
    /// The server does not hold it in any batch that counts.
    Undelivered,
}

/// The newest batch of a destination, for the rule that a stored name must not be repeated within a minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastBatch {
    /// Time of the request, by our clock.
    pub opened_at: DateTime<Utc>,
    /// Start time by the server's clock, where the server sent it.
    pub started_at: DateTime<Utc>,
    /// Every name that was sent in it.
    pub names: HashSet<String>,
}

impl Store {
    /// Ends the runs that a dead process left running: as interrupted, or as what they are when everything was delivered
    /// all the same. Returns the interrupted ones, oldest first.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn interrupt_stale_runs(&self) -> Result<Vec<RunId>, StoreError> {
        self.write(|sql| {
            let runs: Vec<RunId> = sql
                .prepare("SELECT id FROM runs WHERE state = 'running' ORDER BY id")?
                .query_map([], |row| row.get(0).map(RunId))?
                .collect::<Result<_, _>>()?;
            let mut interrupted = Vec::new();
            for run in runs {
                let whole = whole_after_all(sql, run)?;
                end_run(sql, run, whole.unwrap_or(RunState::Interrupted), None)?;
                interrupted.extend(whole.is_none().then_some(run));
            }
            Ok(interrupted)
        })
    }

    /// Returns the batches that were not closed, oldest first, with their parts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn open_batches(&self) -> Result<Vec<OpenBatch>, StoreError> {
        self.read(|sql| {
            let mut batches = Vec::new();
            let mut select = sql.prepare(
                "SELECT id, run_id, destination, server_id, finish, opened_at, started_at FROM batches
                 WHERE finished_at IS NULL ORDER BY id",
            )?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let finish: Option<String> = row.get(4)?;
                batches.push(OpenBatch {
                    id: BatchId(row.get(0)?),
                    run: RunId(row.get(1)?),
                    destination: row.get(2)?,
                    server_id: row.get(3)?,
                    finish: finish.map(|finish| from_word("finish", finish)).transpose()?,
                    opened_at: time(row.get(5)?),
                    started_at: row.get::<_, Option<i64>>(6)?.map(time),
                    parts: Vec::new(),
                });
            }
            for batch in &mut batches {
                let mut select = sql.prepare_cached(
                    "SELECT p.id, p.file_id, f.source, f.parts, f.fingerprint,
                        p.wire_name, p.spool, p.bytes, p.sha256, p.state
                     FROM parts p JOIN files f ON f.id = p.file_id WHERE p.batch_id = ? ORDER BY p.id",
                )?;
                let mut rows = select.query([batch.id.0])?;
                while let Some(row) = rows.next()? {
                    batch.parts.push(held_part(row)?);
                }
            }
            Ok(batches)
        })
    }

    /// Records that a run continues a batch that it found open.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn resume_batch(&self, batch: BatchId, run: RunId) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.prepare_cached("UPDATE batches SET resumed_by = ? WHERE id = ?")?
                .execute([run.0, batch.0])?;
            Ok(())
        })
    }

    /// Moves a table of a resumed batch from the interrupted run to the resuming one: its report, fingerprint and
    /// parts.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn adopt_file(&self, from: FileId, to: FileId) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.prepare_cached(
                "UPDATE files SET (report, fingerprint, parts, rows_written, bytes_in, bytes_out, warnings) =
                    (SELECT report, fingerprint, parts, rows_written, bytes_in, bytes_out, warnings
                     FROM files WHERE id = ?1)
                 WHERE id = ?2",
            )?
            .execute([from.0, to.0])?;
            sql.prepare_cached("DELETE FROM parts WHERE file_id = ?")?.execute([to.0])?;
            sql.prepare_cached("UPDATE parts SET file_id = ? WHERE file_id = ?")?.execute([to.0, from.0])?;
            Ok(())
        })
    }

    /// Returns the newest batch of a destination.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_batch(&self, destination: &str) -> Result<Option<LastBatch>, StoreError> {
        self.read(|sql| {
            let found: Option<(i64, i64, i64)> = sql
                .prepare_cached(
                    "SELECT id, opened_at, started_at FROM batches
                     WHERE destination = ? AND started_at IS NOT NULL ORDER BY id DESC LIMIT 1",
                )?
                .query_row(params![destination], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?;
            let Some((id, opened_at, started_at)) = found else { return Ok(None) };
            let names = sql
                .prepare_cached("SELECT wire_name FROM batch_names WHERE batch_id = ?")?
                .query_map([id], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            Ok(Some(LastBatch { opened_at: time(opened_at), started_at: time(started_at), names }))
        })
    }

    /// Returns the files in the spool that an undelivered part still needs; all others there are leftovers.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn spool_in_use(&self) -> Result<HashSet<String>, StoreError> {
        self.read(|sql| {
            Ok(sql
                .prepare(
                    "SELECT p.spool FROM parts p JOIN batches b ON b.id = p.batch_id
                     WHERE b.finished_at IS NULL AND p.state <> ?",
                )?
                .query_map([word(&PartState::Uploaded)], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
    }
}

/// Returns the state of a run whose process died after everything that it planned was delivered; none where something is
/// open or was not delivered.
pub(super) fn whole_after_all(sql: &Transaction<'_>, run: RunId) -> Result<Option<RunState>, StoreError> {
    let is_open: bool = sql
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM batches
                WHERE (run_id = ?1 OR resumed_by = ?1) AND finished_at IS NULL)",
        )?
        .query_row([run.0], |row| row.get(0))?;
    // A table that failed by itself has an error; one whose parts were lost with their batch has none.
    let (files, left, sent, failed, warnings): (i64, i64, i64, i64, i64) = sql
        .prepare_cached(
            "SELECT count(*),
                coalesce(sum(upload IS NULL OR (upload = ?2 AND error IS NULL)), 0),
                coalesce(sum(upload = ?3), 0), coalesce(sum(upload = ?2), 0), coalesce(sum(warnings), 0)
             FROM files WHERE run_id = ?1",
        )?
        .query_row(params![run.0, word(&UploadState::Failed), word(&UploadState::Sent)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })?;
    if is_open || files == 0 || left > 0 || (failed > 0 && sent == 0) {
        return Ok(None);
    }
    Ok(Some(match (failed + warnings, sent) {
        (1.., _) => RunState::CompleteWithWarnings,
        (_, 0) => RunState::NothingToDo,
        _ => RunState::Complete,
    }))
}

fn held_part(row: &Row<'_>) -> Result<HeldPart, StoreError> {
    let fingerprint: Option<String> = row.get(4)?;
    Ok(HeldPart {
        id: PartId(row.get(0)?),
        file: FileId(row.get(1)?),
        source: row.get(2)?,
        of: row.get(3)?,
        fingerprint: fingerprint.map(|text| from_json("fingerprint", &text)).transpose()?,
        part: SpooledPart {
            wire_name: row.get(5)?,
            spool: row.get(6)?,
            bytes: row.get::<_, i64>(7)?.unsigned_abs(),
            sha256: row.get(8)?,
        },
        state: from_word("part state", row.get(9)?)?,
    })
}
