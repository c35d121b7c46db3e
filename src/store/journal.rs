//! The journal: runs, their files, the batches on the server and the parts sent in them, each row durable before the
//! request that it describes. Its words are methods of [`Store`]; the rows are numbered [`RunId`], [`FileId`],
//! [`BatchId`] and [`PartId`].
//!
//! A batch goes planned -> started (the server's id is known) -> finishing -> an end of [`BatchEnd`].
//! A part goes spooled -> uploading -> uploaded | unknown -> delivered, or back to undelivered when its batch ends
//! in any other way. A table counts as sent, and its fingerprint as delivered, in the same transaction in which the
//! batch that holds its last part ends as completed.
//!
//! Must not ask the server or decide what follows.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};

use super::delivered::Fingerprint;
use super::{Store, StoreError, count, json, word};
use crate::error::Error;
use crate::models::export::{ErrorBody, FileReport, RunState, Totals, Trigger, UploadState};
use crate::platform;

macro_rules! row_number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub i64);
    };
}

row_number! {
    /// A run in this data folder, counted from 1: `run_id` of the JSON.
    RunId
}
row_number! {
    /// A table in a run.
    FileId
}
row_number! {
    /// A batch, also before the server gave it an id.
    BatchId
}
row_number! {
    /// One file on the wire: a table or a piece of one.
    PartId
}

/// A table that the scan found, before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFile {
    /// Relative to the source folder, with `/`.
    pub source: String,
    /// The table's name as the server derives it.
    pub table: String,
    /// Why it is sent or skipped, in a sentence.
    pub decision: Option<String>,
}

/// One file on the wire, compressed and waiting in the spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpooledPart {
    /// Its name on the wire.
    pub wire_name: String,
    /// The file's name in the spool folder.
    pub spool: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes in lower-case hex.
    pub sha256: String,
}

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

/// How a batch ended; what it held counts as delivered only in the first two.
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
    /// `NOT_COMPLETED`: the server's sweep closed it.
    NotCompleted,
    /// The start was refused, or it is not known whether it succeeded; the server's sweep closes what may be there.
    NotStarted,
}

impl BatchEnd {
    /// Whether what the batch held is delivered.
    pub fn delivers(self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithWarnings)
    }
}

impl Store {
    /// Begins a run.
    ///
    /// # Errors
    /// When the database cannot be written, as with every call here.
    pub fn begin_run(&self, trigger: Trigger) -> Result<RunId, StoreError> {
        self.write(|sql| {
            sql.prepare_cached("INSERT INTO runs (trigger, state, started_at) VALUES (?, ?, ?)")?
                .execute(params![word(&trigger), word(&RunState::Running), now()])?;
            Ok(RunId(sql.last_insert_rowid()))
        })
    }

    /// Writes down what the scan found, in its order; answers the number of each.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn plan_files(&self, run: RunId, files: &[PlannedFile]) -> Result<Vec<FileId>, StoreError> {
        self.write(|sql| {
            let mut insert = sql.prepare_cached(
                "INSERT INTO files (run_id, source, table_name, decision) VALUES (?, ?, ?, ?)",
            )?;
            files
                .iter()
                .map(|file| {
                    insert.execute(params![run.0, file.source, file.table, file.decision])?;
                    Ok(FileId(sql.last_insert_rowid()))
                })
                .collect()
        })
    }

    /// A table is left out because it has not changed since it was last delivered.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn file_skipped(&self, file: FileId, decision: &str) -> Result<(), StoreError> {
        self.write_soon(|sql| {
            sql.prepare_cached("UPDATE files SET upload = ?, decision = ? WHERE id = ?")?
                .execute(params![word(&UploadState::SkippedUnchanged), decision, file.0])?;
            Ok(())
        })
    }

    /// A table was converted into the spool: its report, what it was read as, and its parts, numbered from 1 in
    /// their order. Parts of an earlier conversion in the same run are forgotten.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn file_converted(
        &self,
        file: FileId,
        report: &FileReport,
        fingerprint: &Fingerprint,
        parts: &[SpooledPart],
    ) -> Result<Vec<PartId>, StoreError> {
        self.write_soon(|sql| {
            write_report(sql, file, report)?;
            sql.prepare_cached("UPDATE files SET fingerprint = ?, parts = ?, upload = NULL WHERE id = ?")?
                .execute(params![json("fingerprint", fingerprint)?, count(parts.len() as u64), file.0])?;
            sql.prepare_cached("DELETE FROM parts WHERE file_id = ?")?.execute([file.0])?;
            let mut insert = sql.prepare_cached(
                "INSERT INTO parts (file_id, number, wire_name, spool, bytes, sha256, state)
                 VALUES (?, ?, ?, ?, ?, ?, 'spooled')",
            )?;
            let mut ids = Vec::with_capacity(parts.len());
            for (number, part) in (1_i64..).zip(parts) {
                insert.execute(params![
                    file.0,
                    number,
                    part.wire_name,
                    part.spool,
                    count(part.bytes),
                    part.sha256
                ])?;
                ids.push(PartId(sql.last_insert_rowid()));
            }
            Ok(ids)
        })
    }

    /// A table was refused or could not be delivered. The report, when there is one, replaces an earlier one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn file_failed(
        &self,
        file: FileId,
        report: Option<&FileReport>,
        error: &Error,
    ) -> Result<(), StoreError> {
        self.write_soon(|sql| {
            if let Some(report) = report {
                write_report(sql, file, report)?;
            }
            sql.prepare_cached("UPDATE files SET upload = ?, error = ? WHERE id = ?")?.execute(params![
                word(&UploadState::Failed),
                json("error", &error.body())?,
                file.0
            ])?;
            Ok(())
        })
    }

    /// A batch is about to be asked for. `destination` names server and site: see [`super::delivered`].
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

    /// The server opened the batch; `started_at` is the time it gave, on its own clock.
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

    /// A part is about to be sent in this batch; also when it was sent before, in this batch or an ended one.
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

    /// The server has the part; `checksum_verified` is none where it gave no checksum.
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

    /// Nobody knows whether the server has the part: its answer was lost or unreadable.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn part_unknown(&self, part: PartId) -> Result<(), StoreError> {
        self.part_state(part, "unknown")
    }

    /// The server refused the part, and it is certain that it does not hold it.
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

    /// The batch is about to be closed in this way.
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

    /// The batch has ended, as the server said it. Settles every table whose parts were in it: sent, with its
    /// fingerprint remembered as delivered, when all its parts are delivered; else failed.
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
            sql.prepare_cached(SETTLE_FILES)?.execute(params![
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

    /// The run has ended; `error` is why it failed.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn finish_run(&self, run: RunId, state: RunState, error: Option<&Error>) -> Result<(), StoreError> {
        self.write(|sql| end_run(sql, run, state, error.map(Error::body).as_ref()))
    }
}

const SETTLE_FILES: &str = "
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

fn write_report(sql: &Transaction<'_>, file: FileId, report: &FileReport) -> Result<(), StoreError> {
    sql.prepare_cached(
        "UPDATE files SET report = ?, error = ?, rows_written = ?, bytes_in = ?, bytes_out = ?, warnings = ?
         WHERE id = ?",
    )?
    .execute(params![
        json("report", report)?,
        report.error.as_ref().map(|error| json("error", error)).transpose()?,
        count(report.rows.written),
        count(report.bytes_in),
        count(report.bytes_out),
        count(report.warnings.iter().map(|warning| warning.count).sum()),
        file.0
    ])?;
    Ok(())
}

/// Ends a run and fixes its totals, so that a list of runs needs no look at the files.
pub(super) fn end_run(
    sql: &Transaction<'_>,
    run: RunId,
    state: RunState,
    error: Option<&ErrorBody>,
) -> Result<(), StoreError> {
    let totals: Totals = super::history::count_totals(sql, run)?;
    sql.prepare_cached("UPDATE runs SET state = ?, finished_at = ?, totals = ?, error = ? WHERE id = ?")?
        .execute(params![
            word(&state),
            now(),
            json("totals", &totals)?,
            error.map(|error| json("error", error)).transpose()?,
            run.0
        ])?;
    Ok(())
}

/// A batch may outlive its run, when a process dies: the run's totals then follow.
fn recount_ended_runs(sql: &Transaction<'_>, batch: BatchId) -> Result<(), StoreError> {
    let runs: Vec<RunId> = sql
        .prepare_cached(
            "SELECT DISTINCT r.id FROM parts p JOIN files f ON f.id = p.file_id JOIN runs r ON r.id = f.run_id
             WHERE p.batch_id = ? AND r.finished_at IS NOT NULL",
        )?
        .query_map([batch.0], |row| row.get(0).map(RunId))?
        .collect::<Result<_, _>>()?;
    for run in runs {
        let totals = json("totals", &super::history::count_totals(sql, run)?)?;
        sql.prepare_cached("UPDATE runs SET totals = ? WHERE id = ?")?.execute(params![totals, run.0])?;
    }
    Ok(())
}

fn now() -> i64 {
    platform::now().timestamp_millis()
}
