//! The journal as a person reads it: [`RunReport`]s, newest first, and one run with its tables.
//!
//! Methods of [`Store`]; a list takes its totals from the run's own row, so it stays quick with 100,000 runs.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{RunId, Store, StoreError, count, from_json, from_word, time, word};
use crate::models::export::{ErrorBody, ExportedFile, FileReport, RunReport, Totals, UploadState};

const COLUMNS: &str = "id, trigger, state, started_at, finished_at, totals, error";

impl Store {
    /// Runs, newest first: at most `limit`, those before run `before` only; without their tables.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn history(&self, limit: Option<u64>, before: Option<RunId>) -> Result<Vec<RunReport>, StoreError> {
        self.read(|sql| {
            let mut select = sql.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM runs WHERE id < ? ORDER BY id DESC LIMIT ?"
            ))?;
            let mut rows =
                select.query(params![before.map_or(i64::MAX, |run| run.0), limit.map_or(-1, count)])?;
            let mut runs = Vec::new();
            while let Some(row) = rows.next()? {
                runs.push(run_report(sql, row)?);
            }
            Ok(runs)
        })
    }

    /// The newest run, without its tables.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_run(&self) -> Result<Option<RunReport>, StoreError> {
        Ok(self.history(Some(1), None)?.pop())
    }

    /// One run with its tables.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such run; when the database cannot be read.
    pub fn run(&self, run: RunId) -> Result<RunReport, StoreError> {
        self.read(|sql| {
            let mut select = sql.prepare_cached(&format!("SELECT {COLUMNS} FROM runs WHERE id = ?"))?;
            let mut rows = select.query([run.0])?;
            let Some(row) = rows.next()? else { return Err(StoreError::Missing { what: "run", id: run.0 }) };
            let mut report = run_report(sql, row)?;
            report.files = Some(files(sql, run)?);
            Ok(report)
        })
    }
}

fn run_report(sql: &Connection, row: &Row<'_>) -> Result<RunReport, StoreError> {
    let id = RunId(row.get(0)?);
    let totals: Option<String> = row.get(5)?;
    let error: Option<String> = row.get(6)?;
    let batch_ids: Vec<String> = sql
        .prepare_cached(
            "SELECT server_id FROM batches WHERE (run_id = ?1 OR resumed_by = ?1) AND server_id IS NOT NULL
             ORDER BY id",
        )?
        .query_map([id.0], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(RunReport {
        run_id: id.0,
        batch_id: batch_ids.last().cloned(),
        batch_ids,
        trigger: from_word("trigger", row.get(1)?)?,
        state: from_word("run state", row.get(2)?)?,
        started_at: time(row.get(3)?),
        finished_at: row.get::<_, Option<i64>>(4)?.map(time),
        files: None,
        totals: match totals {
            Some(totals) => from_json("totals", &totals)?,
            None => count_totals(sql, id)?,
        },
        error: error.map(|error| from_json::<ErrorBody>("error", &error)).transpose()?,
    })
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

/// Adds up the tables of a run.
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
