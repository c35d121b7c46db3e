//! The journal: runs, their files, the batches on the server and the parts sent in them. Each row is durable before the
//! request that it describes. Methods of [`Store`]; rows have the numbers [`RunId`], [`FileId`], [`BatchId`] and
//! [`PartId`].
//!
//! A batch goes planned -> started (the server's identifier is known) -> finishing -> an end of [`BatchEnd`]. A part
//! goes spooled -> uploading -> uploaded | unknown -> delivered, or back to undelivered when its batch ends in any
//! other way. The transaction that ends a batch as completed also marks a table as sent, and its fingerprint as
//! delivered, when the batch contains the table's last part.
//!
//! Must not ask the server or decide the next step.

mod batches;

use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};

use super::delivered::Fingerprint;
use super::{Store, StoreError, count, json, word};
use crate::error::Error;
use crate::models::export::{ErrorBody, FileReport, RunState, Totals, Trigger, UploadState};
use crate::platform;
pub use batches::{BatchEnd, Finish};

macro_rules! row_number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub i64);
    };
}

row_number! {
    /// A run in this data folder, counted from 1: `run_id` in JSON.
    RunId
}
row_number! {
    /// A table in a run.
    FileId
}
row_number! {
    /// A batch, even before the server gave it an identifier.
    BatchId
}
row_number! {
    /// An uploaded file: a table or a part of one.
    PartId
}

/// A table that the scan found, before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFile {
    /// Path relative to the source folder, with `/`.
    pub source: String,
    /// The table's name as the server derives it.
    pub table: String,
    /// The reason why it is sent or skipped.
    pub decision: Option<String>,
}

/// A compressed file in the spool, waiting for upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpooledPart {
    /// Its upload name.
    pub wire_name: String,
    /// Its file name in the spool folder.
    pub spool: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes in lower-case hex.
    pub sha256: String,
}

impl Store {
    /// Starts a run.
    ///
    /// # Errors
    /// When the database cannot be written; the same holds for every method here.
    pub fn begin_run(&self, trigger: Trigger) -> Result<RunId, StoreError> {
        self.write(|sql| {
            sql.prepare_cached("INSERT INTO runs (trigger, state, started_at) VALUES (?, ?, ?)")?
                .execute(params![word(&trigger), word(&RunState::Running), now()])?;
            Ok(RunId(sql.last_insert_rowid()))
        })
    }

    /// Records the tables of the scan in order; returns the number of each.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn plan_files(&self, run: RunId, files: &[PlannedFile]) -> Result<Vec<FileId>, StoreError> {
        self.write(|sql| {
            let mut insert = sql.prepare_cached(
                "INSERT INTO files (run_id, source, table_name, decision) VALUES (?, ?, ?, ?)",
            )?;
            let mut ids = Vec::with_capacity(files.len());
            for file in files {
                insert.execute(params![run.0, file.source, file.table, file.decision])?;
                ids.push(FileId(sql.last_insert_rowid()));
            }
            list_tables(sql, run)?;
            Ok(ids)
        })
    }

    /// Records that a table is skipped because it has not changed since its last delivery.
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

    /// Records that a table was converted into the spool: its report, its fingerprint, and its parts, numbered from 1.
    /// Replaces the parts of an earlier conversion in the same run.
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

    /// Records that a table was refused or could not be delivered. The report, when there is one, replaces an earlier
    /// one.
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

    /// Ends a run; `error` is the reason of a failure.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn finish_run(&self, run: RunId, state: RunState, error: Option<&Error>) -> Result<(), StoreError> {
        self.write(|sql| end_run(sql, run, state, error.map(Error::body).as_ref()))
    }
}

/// Stores the names of the run's tables, for the search by name.
fn list_tables(sql: &Transaction<'_>, run: RunId) -> Result<(), StoreError> {
    let names: Option<String> = sql
        .prepare_cached(
            "SELECT group_concat(source || char(10) || table_name, char(10) ORDER BY source)
             FROM files WHERE run_id = ?",
        )?
        .query_row([run.0], |row| row.get(0))?;
    sql.prepare_cached("INSERT OR IGNORE INTO table_lists (names) SELECT ?1 WHERE ?1 IS NOT NULL")?
        .execute([&names])?;
    sql.prepare_cached(
        "UPDATE runs SET table_list_id = (SELECT id FROM table_lists WHERE names = ?) WHERE id = ?",
    )?
    .execute(params![names, run.0])?;
    Ok(())
}

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

/// Ends a run and stores its totals, so that a list of runs need not read the files.
pub(super) fn end_run(
    sql: &Transaction<'_>,
    run: RunId,
    state: RunState,
    error: Option<&ErrorBody>,
) -> Result<(), StoreError> {
    let totals: Totals = super::history::count_totals(sql, run)?;
    let error = error.map(|error| json("error", error)).transpose()?;
    if let Some(error) = &error {
        sql.prepare_cached("INSERT OR IGNORE INTO run_errors (body) VALUES (?)")?.execute([error])?;
    }
    sql.prepare_cached(
        "UPDATE runs SET state = ?, finished_at = ?, totals = ?,
            error_id = (SELECT id FROM run_errors WHERE body = ?)
         WHERE id = ?",
    )?
    .execute(params![word(&state), now(), json("totals", &totals)?, error, run.0])?;
    Ok(())
}

fn now() -> i64 {
    platform::now().timestamp_millis()
}
