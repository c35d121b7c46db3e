//! The journal for people: [`RunReport`]s, newest first, and one run with its tables.
//!
//! Methods of [`Store`]. A run's totals come from its own row instead of its tables, so that lists stay fast.

mod page;
mod retention;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::listing::SortKey;
use super::{RunId, Store, StoreError, count, from_json, from_word, time, word};
use crate::models::export::{ErrorBody, ExportedFile, FileReport, RunReport, RunState, Totals, UploadState};

impl Store {
    /// Returns the newest runs, newest first, without their tables.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn recent_runs(&self, limit: u64) -> Result<Vec<RunReport>, StoreError> {
        self.read(|sql| {
            let newest: Vec<SortKey<1>> = sql
                .prepare_cached("SELECT id FROM runs ORDER BY id DESC LIMIT ?")?
                .query_map([count(limit)], |row| row.get(0).map(|id| [id]))?
                .collect::<Result<_, _>>()?;
            reports(sql, &newest)
        })
    }

    /// Returns the newest run, without its tables.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_run(&self) -> Result<Option<RunReport>, StoreError> {
        Ok(self.recent_runs(1)?.pop())
    }

    /// Returns the time of the last successful run, with or without warnings.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_success(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let good = [RunState::Complete, RunState::CompleteWithWarnings, RunState::NothingToDo];
        self.read(|sql| {
            let mut select = sql.prepare_cached(
                "SELECT finished_at FROM runs WHERE state IN (?, ?, ?) ORDER BY id DESC LIMIT 1",
            )?;
            let at = select.query_row(good.map(|state| word(&state)), |row| row.get::<_, Option<i64>>(0));
            Ok(at.optional()?.flatten().map(time))
        })
    }

    /// Returns a run with its tables.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such run; when the database cannot be read.
    pub fn run(&self, run: RunId) -> Result<RunReport, StoreError> {
        self.read(|sql| {
            let mut report = report(sql, run.0)?.ok_or(StoreError::Missing { what: "run", id: run.0 })?;
            report.files = Some(files(sql, run)?);
            Ok(report)
        })
    }
}

/// Reads runs without their tables.
fn reports(sql: &Connection, keys: &[SortKey<1>]) -> Result<Vec<RunReport>, StoreError> {
    keys.iter().filter_map(|[id]| report(sql, *id).transpose()).collect()
}

/// Returns a run without its tables, where it exists.
fn report(sql: &Connection, id: i64) -> Result<Option<RunReport>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT trigger, state, started_at, finished_at, totals,
            (SELECT body FROM run_errors WHERE run_errors.id = error_id)
         FROM runs WHERE id = ?",
    )?;
    let mut rows = select.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let batch_ids: Vec<String> = sql
        .prepare_cached(
            "SELECT server_id FROM batches WHERE (run_id = ?1 OR resumed_by = ?1) AND server_id IS NOT NULL
             ORDER BY id",
        )?
        .query_map([id], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let totals: Option<String> = row.get(4)?;
    let error: Option<String> = row.get(5)?;
    Ok(Some(RunReport {
        run_id: id,
        batch_id: batch_ids.last().cloned(),
        batch_ids,
        trigger: from_word("trigger", row.get(0)?)?,
        state: from_word("run state", row.get(1)?)?,
        started_at: time(row.get(2)?),
        finished_at: row.get::<_, Option<i64>>(3)?.map(time),
        files: None,
        totals: match totals {
            Some(totals) => from_json("totals", &totals)?,
            None => count_totals(sql, RunId(id))?,
        },
        error: error.map(|error| from_json::<ErrorBody>("error", &error)).transpose()?,
    }))
}

fn files(sql: &Connection, run: RunId) -> Result<Vec<ExportedFile>, StoreError> {
    let mut select = sql.prepare_cached(
        "SELECT source, table_name, decision, report, parts, upload, error,
            (SELECT wire_name FROM parts WHERE file_id = files.id AND number = 1),
            (SELECT min(checksum_verified) FROM parts WHERE file_id = files.id)
         FROM files WHERE run_id = ? ORDER BY id",
    )?;
    let mut rows = select.query([run.0])?;
    let mut files = Vec::new();
    while let Some(row) = rows.next()? {
        let report: Option<String> = row.get(3)?;
        let upload: Option<String> = row.get(5)?;
        let error: Option<String> = row.get(6)?;
        let mut report = match report {
            Some(report) => from_json("report", &report)?,
            None => FileReport::unread(row.get(0)?, row.get(1)?),
        };
        if let Some(error) = error {
            report.error = Some(from_json("error", &error)?);
        }
        files.push(ExportedFile {
            report,
            wire_name: row.get(7)?,
            parts: row.get(4)?,
            upload: upload.map(|upload| from_word("upload", upload)).transpose()?,
            checksum_verified: row.get(8)?,
            decision: row.get(2)?,
        });
    }
    Ok(files)
}

/// Sums up the tables of a run.
pub(super) fn count_totals(sql: &Connection, run: RunId) -> Result<Totals, StoreError> {
    let number = |row: &Row<'_>, index: usize| row.get::<_, i64>(index).map(i64::unsigned_abs);
    let totals = sql
        .prepare_cached(
            "SELECT count(*),
                count(*) FILTER (WHERE upload = ?2),
                count(*) FILTER (WHERE upload = ?3),
                count(*) FILTER (WHERE upload = ?4 OR (error IS NOT NULL AND upload IS NULL)),
                coalesce(sum(rows_written) FILTER (WHERE upload = ?2), 0),
                coalesce(sum(bytes_in), 0),
                coalesce(sum(bytes_out) FILTER (WHERE upload = ?2), 0),
                coalesce(sum(warnings), 0)
             FROM files WHERE run_id = ?1",
        )?
        .query_row(
            params![
                run.0,
                word(&UploadState::Sent),
                word(&UploadState::SkippedUnchanged),
                word(&UploadState::Failed)
            ],
            |row| {
                Ok(Totals {
                    files: number(row, 0)?,
                    sent: number(row, 1)?,
                    skipped_unchanged: number(row, 2)?,
                    failed: number(row, 3)?,
                    rows_written: number(row, 4)?,
                    bytes_in: number(row, 5)?,
                    bytes_out: number(row, 6)?,
                    warnings: number(row, 7)?,
                })
            },
        )
        .optional()?;
    Ok(totals.unwrap_or_default())
}
