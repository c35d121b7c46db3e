//! The batches of the journal and the parts sent in them: methods of [`Store`]; [`BatchEnd`]: how a batch ended.
//!
//! Only [`Store::batch_finished`] marks a table as sent.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};

use super::{BatchId, PartId, RunId, Store, StoreError, json, now, word};
use crate::models::export::{RunState, UploadState};
use crate::store::recovery::whole_after_all;

/// How a batch is about to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// By `complete`.
    Complete,
    /// By `complete-with-warnings`.
    CompleteWithWarnings,
    /// By `fail`.
    Fail,
    /// By `cancel`.
    Cancel,
}

/// How a batch ended; only the first two count as delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchEnd {
    /// COMPLETED on the server.
    Completed,
    /// `COMPLETED_WITH_WARNINGS` on the server.
    CompletedWithWarnings,
    /// FAILED on the server.
    Failed,
    /// CANCELLED on the server.
    Cancelled,
    /// `NOT_COMPLETED`: the server closed it after its time limit.
    NotCompleted,
    /// The start was refused, or its result is unknown; the server closes such a batch after its time limit.
    NotStarted,
}

impl BatchEnd {
    /// Returns whether the contents of the batch count as delivered.
    pub fn delivers(self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithWarnings)
    }
}

impl Store {
    /// Records that a batch is about to be opened. `destination` names server and site: see
    /// [`crate::store::delivered`].
    ///
    /// # Errors
    /// When the database cannot be written; then the request must not be sent.
    pub fn begin_batch(&self, run: RunId, destination: &str) -> Result<BatchId, StoreError> {
        self.write(|sql| {
            sql.prepare_cached(
                "INSERT INTO batches (run_id, destination, state, opened_at) VALUES (?, ?, 'planned', ?)",
            )?
            .execute(params![run.0, destination, now()])?;
            Ok(BatchId(sql.last_insert_rowid()))
        })
    }

    /// Records that the server opened the batch; `started_at` is the time by the server's clock.
    ///
    /// # Errors
    /// When the database cannot be written; then nothing may be uploaded.
    pub fn batch_started(
        &self,
        batch: BatchId,
        server_id: &str,
        started_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.prepare_cached(
                "UPDATE batches SET state = 'started', server_id = ?, started_at = ? WHERE id = ?",
            )?
            .execute(params![
                server_id,
                started_at.map_or_else(now, |at| at.timestamp_millis()),
                batch.0
            ])?;
            Ok(())
        })
    }

    /// Records that a part is about to be sent in this batch; also when it was sent before, in this batch or an earlier
    /// one.
    ///
    /// # Errors
    /// When the database cannot be written; then the request must not be sent.
    pub fn part_uploading(&self, part: PartId, batch: BatchId) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.prepare_cached("UPDATE parts SET state = 'uploading', batch_id = ? WHERE id = ?")?
                .execute([batch.0, part.0])?;
            sql.prepare_cached(
                "INSERT OR IGNORE INTO batch_names (batch_id, wire_name) SELECT ?, wire_name FROM parts WHERE id = ?",
            )?
            .execute([batch.0, part.0])?;
            sql.prepare_cached(
                "UPDATE files SET upload = NULL, error = NULL WHERE id = (SELECT file_id FROM parts WHERE id = ?)",
            )?
            .execute([part.0])?;
            Ok(())
        })
    }

    /// Records that the server stored the part; `checksum_verified` is `None` where it sent no checksum.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn part_uploaded(&self, part: PartId, checksum_verified: Option<bool>) -> Result<(), StoreError> {
        self.write_soon(|sql| {
            sql.prepare_cached("UPDATE parts SET state = 'uploaded', checksum_verified = ? WHERE id = ?")?
                .execute(params![checksum_verified, part.0])?;
            Ok(())
        })
    }

    /// Records that it is unknown whether the server stored the part: its answer was lost or unreadable.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn part_unknown(&self, part: PartId) -> Result<(), StoreError> {
        self.part_state(part, "unknown")
    }

    /// Records that the server refused the part and certainly does not hold it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn part_refused(&self, part: PartId) -> Result<(), StoreError> {
        self.part_state(part, "undelivered")
    }

    fn part_state(&self, part: PartId, state: &str) -> Result<(), StoreError> {
        self.write_soon(|sql| {
            sql.prepare_cached("UPDATE parts SET state = ? WHERE id = ?")?.execute(params![state, part.0])?;
            Ok(())
        })
    }

    /// Records how the batch is about to be closed.
    ///
    /// # Errors
    /// When the database cannot be written; then the request must not be sent.
    pub fn batch_finishing(&self, batch: BatchId, finish: Finish) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.prepare_cached("UPDATE batches SET state = 'finishing', finish = ? WHERE id = ?")?
                .execute(params![word(&finish), batch.0])?;
            Ok(())
        })
    }

    /// Records how the batch ended by the server's word, and the result of every table whose parts were in it: sent,
    /// with its fingerprint stored as delivered, when all its parts are delivered; else failed.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn batch_finished(&self, batch: BatchId, end: BatchEnd) -> Result<(), StoreError> {
        self.write(|sql| {
            let at = now();
            sql.prepare_cached("UPDATE batches SET state = ?, finished_at = ? WHERE id = ?")?
                .execute(params![word(&end), at, batch.0])?;
            if end.delivers() {
                sql.prepare_cached(
                    "UPDATE parts SET state = 'delivered' WHERE batch_id = ? AND state = 'uploaded'",
                )?
                .execute([batch.0])?;
            }
            sql.prepare_cached(
                "UPDATE parts SET state = 'undelivered' WHERE batch_id = ? AND state <> 'delivered'",
            )?
            .execute([batch.0])?;
            sql.prepare_cached(FINISH_FILES)?.execute(params![
                word(&UploadState::Sent),
                word(&UploadState::Failed),
                batch.0
            ])?;
            sql.prepare_cached(REMEMBER_DELIVERED)?.execute(params![
                at,
                word(&UploadState::Sent),
                batch.0
            ])?;
            recount_ended_runs(sql, batch)
        })
    }
}

const FINISH_FILES: &str = "
UPDATE files SET upload = CASE
    WHEN parts = (SELECT count(*) FROM parts p WHERE p.file_id = files.id AND p.state = 'delivered') THEN ?1
    WHEN EXISTS (SELECT 1 FROM parts p WHERE p.file_id = files.id AND p.state = 'undelivered') THEN ?2
    ELSE upload END
WHERE id IN (SELECT file_id FROM parts WHERE batch_id = ?3)";

const REMEMBER_DELIVERED: &str = "
INSERT INTO delivered (destination, source, fingerprint, delivered_at)
SELECT b.destination, f.source, f.fingerprint, ?1 FROM files f, batches b
WHERE f.id IN (SELECT file_id FROM parts WHERE batch_id = ?3)
    AND f.upload = ?2 AND f.fingerprint IS NOT NULL AND b.id = ?3
ON CONFLICT (destination, source)
DO UPDATE SET fingerprint = excluded.fingerprint, delivered_at = excluded.delivered_at";

/// When a process dies, a batch may outlive its run; the run's totals then follow, and its state when it is whole after
/// all.
fn recount_ended_runs(sql: &Transaction<'_>, batch: BatchId) -> Result<(), StoreError> {
    let runs: Vec<RunId> = sql
        .prepare_cached(
            "SELECT DISTINCT r.id FROM parts p JOIN files f ON f.id = p.file_id JOIN runs r ON r.id = f.run_id
             WHERE p.batch_id = ? AND r.finished_at IS NOT NULL",
        )?
        .query_map([batch.0], |row| row.get(0).map(RunId))?
        .collect::<Result<_, _>>()?;
    for run in runs {
        let totals = json("totals", &crate::store::history::count_totals(sql, run)?)?;
        sql.prepare_cached("UPDATE runs SET totals = ? WHERE id = ?")?.execute(params![totals, run.0])?;
        if let Some(state) = whole_after_all(sql, run)? {
            sql.prepare_cached("UPDATE runs SET state = ? WHERE id = ? AND state = ?")?.execute(params![
                word(&state),
                run.0,
                word(&RunState::Interrupted)
            ])?;
        }
    }
    Ok(())
}
