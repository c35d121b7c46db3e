//! [`Store::error_page`]: a page of errors for an [`ErrorQuery`], and the number of recent errors.
//!
//! One pass over an index that contains everything but the texts finds the matching errors; only those of the page are
//! read whole.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use crate::models::ErrorSeverity;
use crate::models::errors::{ErrorPage, ErrorQuery, RecordedError};
use crate::store::listing::{Filter, SortKey, page};
use crate::store::{Store, StoreError, from_json, time};

const FROM: &str = "SELECT last_at, id, severity FROM errors INDEXED BY errors_listed";
/// Scans forward: rows are found faster in the order in which they were written.
const ORDER: &str = "last_at, id";
const HAS_TEXT: &str = "(holds(:text, message, hint, type) OR holds_inside(:text, metadata))";

impl Store {
    /// Returns up to `limit` matching errors, most recent first, after the given cursor.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for an invalid cursor; when the database cannot be read.
    pub fn error_page(
        &self,
        query: &ErrorQuery,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<ErrorPage, StoreError> {
        self.read(|sql| {
            let (keys, by_severity) = keys(sql, query)?;
            let (shown, next) = page(&keys, cursor, limit)?;
            Ok(ErrorPage { errors: recorded(sql, shown)?, total: keys.len() as u64, by_severity, next })
        })
    }

    /// Returns the number of errors and warnings seen at or after a time; repeats are folded.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn recent_errors(&self, since: DateTime<Utc>) -> Result<u64, StoreError> {
        self.read(|sql| {
            let mut select = sql.prepare_cached(
                "SELECT count(*) FROM errors INDEXED BY errors_listed WHERE last_at >= ? AND severity <> ?",
            )?;
            let least = (since.timestamp_millis(), ErrorSeverity::Info.as_str());
            Ok(select.query_row(least, |row| row.get::<_, i64>(0))?.unsigned_abs())
        })
    }

    /// Returns the matching errors, in the order of the list, at most `rows` at once, so that no list is held in memory.
    /// Those deleted meanwhile are omitted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn errors_by_pages(
        &self,
        query: &ErrorQuery,
        rows: usize,
    ) -> Result<impl Iterator<Item = Result<Vec<RecordedError>, StoreError>>, StoreError> {
        let keys = self.read(|sql| keys(sql, query))?.0;
        let pages: Vec<_> = keys.chunks(rows).map(<[_]>::to_vec).collect();
        Ok(pages.into_iter().map(|keys| self.read(|sql| recorded(sql, &keys))))
    }
}

/// Returns the keys of the matching errors, most recent first, and the number for each severity without the severity
/// filter.
fn keys(
    sql: &Connection,
    query: &ErrorQuery,
) -> Result<(Vec<SortKey<2>>, BTreeMap<ErrorSeverity, u64>), StoreError> {
    let mut by_severity = BTreeMap::new();
    let mut keys = Vec::new();
    filter(query).each(sql, FROM, ORDER, |row| {
        let severity = severity(row.get_ref(2)?.as_str().unwrap_or_default());
        *by_severity.entry(severity).or_default() += 1;
        if query.severities.is_empty() || query.severities.contains(&severity) {
            keys.push([row.get(0)?, row.get(1)?]);
        }
        Ok(())
    })?;
    keys.reverse();
    Ok((keys, by_severity))
}

fn filter(query: &ErrorQuery) -> Filter {
    let since = query.since.map(|since| since.timestamp_millis());
    let until = query.until.map(|until| until.timestamp_millis());
    let text = query.text.clone().filter(|text| !text.is_empty());
    Filter::default()
        .given(":since", since, "last_at >= :since")
        .given(":until", until, "first_at < :until")
        .given(":kind", query.kind.clone(), "type = :kind COLLATE NOCASE")
        .given(":text", text, HAS_TEXT)
}

/// Reads errors; deleted ones are omitted.
fn recorded(sql: &Connection, keys: &[SortKey<2>]) -> Result<Vec<RecordedError>, StoreError> {
    keys.iter().filter_map(|[_, id]| one(sql, *id).transpose()).collect()
}

/// Whether an error is over: its table was delivered since, or where it has no table, a later run completed. Warnings
/// never are, since a delivery does not say that their cause is gone.
const SOLVED: &str = "severity IN ('ERROR', 'CRITICAL') AND run_id IS NOT NULL AND CASE
    WHEN metadata ->> '$.fileName' IS NULL THEN EXISTS (
        SELECT 1 FROM runs WHERE runs.id > errors.run_id
        AND runs.state IN ('complete', 'complete_with_warnings', 'nothing_to_do'))
    ELSE EXISTS (
        SELECT 1 FROM delivered WHERE delivered.source = metadata ->> '$.fileName'
        AND delivered.delivered_at > errors.last_at)
    END";

fn one(sql: &Connection, id: i64) -> Result<Option<RecordedError>, StoreError> {
    let mut select = sql.prepare_cached(&format!(
        "SELECT type, severity, message, metadata, first_at, last_at, count, reported, run_id, hint, {SOLVED}
         FROM errors WHERE id = ?"
    ))?;
    let mut rows = select.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(RecordedError {
        id,
        kind: row.get(0)?,
        severity: severity(row.get_ref(1)?.as_str().unwrap_or_default()),
        message: row.get(2)?,
        metadata: from_json("metadata", &row.get::<_, String>(3)?)?,
        first_at: time(row.get(4)?),
        last_at: time(row.get(5)?),
        count: row.get::<_, i64>(6)?.unsigned_abs(),
        reported: row.get(7)?,
        solved: row.get(10)?,
        run_id: row.get(8)?,
        hint: row.get(9)?,
    }))
}

fn severity(word: &str) -> ErrorSeverity {
    ErrorSeverity::parse(word).unwrap_or_default()
}

#[cfg(test)]
mod tests;
