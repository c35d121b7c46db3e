//! [`Store::history_page`]: a page of runs for a [`HistoryQuery`].
//!
//! One pass over an index that contains every filtered value finds the matching runs. Lists of tables and errors, which
//! many runs share, are searched once each. Only the runs of the page are then read.

use rusqlite::Connection;

use super::reports;
use crate::models::export::RunReport;
use crate::models::history::{HistoryPage, HistoryQuery};
use crate::store::listing::{Filter, SortKey, any_of, page};
use crate::store::{Store, StoreError};

const FROM: &str = "SELECT id FROM runs INDEXED BY runs_listed";
const ORDER: &str = "id DESC";

const HAS_TEXT: &str = "(instr(id, :text) > 0
    OR table_list_id IN (SELECT id FROM table_lists WHERE holds(:text, names))
    OR error_id IN (SELECT id FROM run_errors
        WHERE holds(:text, body ->> 'code', body ->> 'message', body ->> 'hint', body ->> 'path'))
    OR id IN (SELECT run_id FROM batches INDEXED BY batches_by_run WHERE holds(:text, server_id)
        UNION ALL SELECT resumed_by FROM batches WHERE resumed_by IS NOT NULL AND holds(:text, server_id)))";

impl Store {
    /// Returns up to `limit` matching runs, newest first, after the given cursor.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for an invalid cursor; when the database cannot be read.
    pub fn history_page(
        &self,
        query: &HistoryQuery,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<HistoryPage, StoreError> {
        self.read(|sql| {
            let keys = keys(sql, query)?;
            let (shown, next) = page(&keys, cursor, limit)?;
            Ok(HistoryPage { runs: reports(sql, shown)?, total: keys.len() as u64, next })
        })
    }

    /// Returns the matching runs without their tables, in the order of the list, at most `rows` at once, so that no list is held in memory.
    /// Those deleted meanwhile are omitted.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn runs_by_pages(
        &self,
        query: &HistoryQuery,
        rows: usize,
    ) -> Result<impl Iterator<Item = Result<Vec<RunReport>, StoreError>>, StoreError> {
        let keys = self.read(|sql| keys(sql, query))?;
        let pages: Vec<_> = keys.chunks(rows).map(<[_]>::to_vec).collect();
        Ok(pages.into_iter().map(|keys| self.read(|sql| reports(sql, &keys))))
    }
}

/// Returns the numbers of the matching runs, newest first.
fn keys(sql: &Connection, query: &HistoryQuery) -> Result<Vec<SortKey<1>>, StoreError> {
    let mut keys = Vec::new();
    filter(query)?.each(sql, FROM, ORDER, |row| {
        keys.push([row.get(0)?]);
        Ok(())
    })?;
    Ok(keys)
}

fn filter(query: &HistoryQuery) -> Result<Filter, StoreError> {
    let since = query.since.map(|since| since.timestamp_millis());
    let until = query.until.map(|until| until.timestamp_millis());
    let text = query.text.clone().filter(|text| !text.is_empty());
    Ok(Filter::default()
        .given(":since", since, "started_at >= :since")
        .given(":until", until, "started_at < :until")
        .given(":states", any_of(&query.states)?, "state IN (SELECT value FROM json_each(:states))")
        .given(":triggers", any_of(&query.triggers)?, "trigger IN (SELECT value FROM json_each(:triggers))")
        .given(":text", text, HAS_TEXT))
}

#[cfg(test)]
mod tests;
