//! The error history: [`NewError`] in, pages of `RecordedError` out.
//!
//! Repeats within an hour are one row with a count. Rows are kept for 90 days and within 100 MB. Must not be given
//! secrets or row values; sends nothing.

mod page;

use std::fmt::Write as _;

use chrono::{DateTime, Duration, Utc};
use rusqlite::{Transaction, params};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{RunId, Store, StoreError, json, time};
use crate::error::Error;
use crate::models::ErrorSeverity;
use crate::platform;

/// How long an error is kept after its last occurrence.
const MAX_AGE_DAYS: i64 = 90;
/// Maximum size of all errors, in bytes of text.
const MAX_BYTES: i64 = 100_000_000;
/// The limits are also enforced after this many new rows.
const PRUNE_EVERY: i64 = 500;

/// A stored error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredError {
    /// Its number; repeats within the hour share it.
    pub id: i64,
    /// Whether the server got a report of it, or of an earlier occurrence.
    pub reported: bool,
}

/// An error to record.
#[derive(Debug, Clone, PartialEq)]
pub struct NewError {
    /// Its type: a word of `error::Code`, or of the server's vocabulary.
    pub kind: String,
    /// The severity.
    pub severity: ErrorSeverity,
    /// The message: what failed, on what and why.
    pub message: String,
    /// Details; keys are in camelCase. `fileName` is the table, relative to the source folder with `/`.
    pub metadata: Map<String, Value>,
    /// The remedy.
    pub hint: Option<String>,
    /// The run in which it occurred.
    pub run: Option<RunId>,
}

impl From<&Error> for NewError {
    fn from(error: &Error) -> Self {
        let mut new = Self::new(error.code.as_str(), error.severity, &error.message);
        new.hint.clone_from(&error.hint);
        match &error.path {
            Some(path) => new.metadata("path", path.to_string_lossy()),
            None => new,
        }
    }
}

impl NewError {
    /// Creates an error without details.
    pub fn new(kind: impl Into<String>, severity: ErrorSeverity, message: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            severity,
            message: message.into(),
            metadata: Map::new(),
            hint: None,
            run: None,
        }
    }

    /// Sets the run in which it occurred.
    #[must_use]
    pub fn in_run(self, run: RunId) -> Self {
        Self { run: Some(run), ..self }
    }

    /// Sets the table that it is about, relative to the source folder with `/`.
    #[must_use]
    pub fn about(self, file_name: Option<&str>) -> Self {
        match file_name {
            Some(name) => self.metadata("fileName", name),
            None => self,
        }
    }

    /// Adds a detail.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Sets the remedy.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns a key that is equal for errors that a person would call the same.
    fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        let file = self.metadata.get("fileName").and_then(Value::as_str).unwrap_or_default();
        for text in [&self.kind, self.severity.as_str(), &self.message, file] {
            digest.update(text);
            digest.update([0]);
        }
        digest.finalize().iter().take(16).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

impl Store {
    /// Returns the time of the last error; `None` when there is none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_error_at(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(|sql| {
            let at: Option<i64> =
                sql.prepare_cached("SELECT max(last_at) FROM errors")?.query_row([], |row| row.get(0))?;
            Ok(at.map(time))
        })
    }

    /// Records an error, or counts a repeat within the hour. Only for `reports`.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn record_error(&self, error: &NewError) -> Result<StoredError, StoreError> {
        self.record_error_at(error, platform::now())
    }

    fn record_error_at(&self, error: &NewError, now: DateTime<Utc>) -> Result<StoredError, StoreError> {
        let metadata = json("metadata", &error.metadata)?;
        let at = now.timestamp_millis();
        self.write(|sql| {
            let stored = sql
                .prepare_cached(
                    "INSERT INTO errors (fingerprint, hour, type, severity, message, metadata, hint, run_id, first_at, last_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)
                     ON CONFLICT (fingerprint, hour) DO UPDATE SET
                        count = count + 1, last_at = excluded.last_at, metadata = excluded.metadata,
                        hint = excluded.hint, run_id = excluded.run_id
                     RETURNING id, reported",
                )?
                .query_row(
                    params![
                        error.fingerprint(),
                        at.div_euclid(3_600_000),
                        error.kind,
                        error.severity.as_str(),
                        error.message,
                        metadata,
                        error.hint,
                        error.run.map(|run| run.0),
                        at
                    ],
                    |row| Ok(StoredError { id: row.get(0)?, reported: row.get(1)? }),
                )?;
            if stored.id % PRUNE_EVERY == 0 {
                prune(sql, now, MAX_BYTES)?;
            }
            Ok(stored)
        })
    }

    /// Marks an error as reported to the server.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn error_reported(&self, id: i64) -> Result<(), StoreError> {
        self.write_soon(|sql| {
            sql.prepare_cached("UPDATE errors SET reported = 1 WHERE id = ?")?.execute([id])?;
            Ok(())
        })
    }

    pub(super) fn prune_errors(&self) -> Result<(), StoreError> {
        self.write(|sql| prune(sql, platform::now(), MAX_BYTES))
    }
}

/// Deletes errors over the age limit, then the oldest over the size limit.
fn prune(sql: &Transaction<'_>, now: DateTime<Utc>, bytes: i64) -> Result<(), StoreError> {
    let oldest = (now - Duration::days(MAX_AGE_DAYS)).timestamp_millis();
    sql.execute("DELETE FROM errors WHERE last_at < ?", [oldest])?;
    sql.execute(
        "DELETE FROM errors WHERE id IN (
            SELECT id FROM (
                SELECT id, sum(length(CAST(message AS BLOB)) + length(CAST(metadata AS BLOB)) + 200)
                    OVER (ORDER BY last_at DESC, id DESC) AS so_far FROM errors
            ) WHERE so_far > ?)",
        [bytes],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::errors::{ErrorQuery, RecordedError};

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        (folder, store)
    }

    fn all(store: &Store) -> Vec<RecordedError> {
        store.error_page(&ErrorQuery::default(), None, u32::MAX).unwrap().errors
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn failure(file: &str) -> NewError {
        NewError::new("FILE_DAMAGED", ErrorSeverity::Error, "the header makes no sense")
            .metadata("fileName", file)
    }

    #[test]
    fn repeats_within_an_hour_are_one_row_with_a_count() {
        let (_folder, store) = store();
        for time in ["2026-03-01T10:00:00Z", "2026-03-01T10:59:59Z", "2026-03-01T11:00:00Z"] {
            store.record_error_at(&failure("a.dbf"), at(time)).unwrap();
        }
        store.record_error_at(&failure("b.dbf"), at("2026-03-01T10:30:00Z")).unwrap();
        let all = all(&store);
        let seen: Vec<_> =
            all.iter().map(|error| (error.metadata["fileName"].as_str().unwrap(), error.count)).collect();
        assert_eq!(seen, [("a.dbf", 1), ("a.dbf", 2), ("b.dbf", 1)]);
        assert_eq!(all[1].first_at, at("2026-03-01T10:00:00Z"));
        assert_eq!(all[1].last_at, at("2026-03-01T10:59:59Z"));
    }

    #[test]
    fn old_errors_and_the_oldest_beyond_the_size_limit_are_deleted() {
        let (_folder, store) = store();
        for (file, time) in [
            ("old.dbf", "2026-01-01T10:00:00Z"),
            ("b.dbf", "2026-05-01T10:00:00Z"),
            ("c.dbf", "2026-05-02T10:00:00Z"),
        ] {
            store.record_error_at(&failure(file), at(time)).unwrap();
        }
        store.write(|sql| prune(sql, at("2026-05-03T00:00:00Z"), MAX_BYTES)).unwrap();
        assert_eq!(all(&store).len(), 2);
        store.write(|sql| prune(sql, at("2026-05-03T00:00:00Z"), 300)).unwrap();
        let left = all(&store);
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].metadata["fileName"], "c.dbf");
    }

    #[test]
    fn a_sent_report_is_recorded() {
        let (_folder, store) = store();
        let id = store.record_error(&failure("a.dbf")).unwrap().id;
        assert!(!all(&store)[0].reported);
        store.error_reported(id).unwrap();
        assert!(all(&store)[0].reported);
        assert_eq!(store.record_error(&failure("a.dbf")).unwrap(), StoredError { id, reported: true });
    }
}
