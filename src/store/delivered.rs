//! [`Fingerprint`]: the state in which each table was last delivered, used to skip unchanged tables.
//!
//! Stored by destination, a text that names server and site, so that a change of either sends everything again. Only
//! [`Store::batch_finished`] writes rows.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, from_json, time};
use crate::platform;

/// State of a table and of the settings that it was read with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Size of the table and its memo file, in bytes.
    pub size: u64,
    /// The later modification time of the two, in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Rows that the header counts.
    pub header_rows: u64,
    /// SHA-256 of table and memo, where it was computed.
    pub content: Option<String>,
    /// Digest of every setting that changes the output.
    pub settings: String,
}

/// The last delivery of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// State of the table.
    pub fingerprint: Fingerprint,
    /// Completion time of its batch, by our clock.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Returns the last delivery of a table, named relative to the source folder with `/`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn delivered(&self, destination: &str, source: &str) -> Result<Option<Delivered>, StoreError> {
        self.read(|sql| {
            let row = sql
                .prepare_cached(
                    "SELECT fingerprint, delivered_at FROM delivered WHERE destination = ? AND source = ?",
                )?
                .query_row(params![destination, source], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
                .optional()?;
            row.map(|(fingerprint, at)| {
                Ok(Delivered { fingerprint: from_json("fingerprint", &fingerprint)?, at: time(at) })
            })
            .transpose()
        })
    }

    /// Returns the tables that were delivered to a destination, in the order of their names.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn delivered_tables(&self, destination: &str) -> Result<Vec<String>, StoreError> {
        self.read(|sql| {
            sql.prepare_cached("SELECT source FROM delivered WHERE destination = ? ORDER BY source")?
                .query_map([destination], |row| row.get(0))?
                .collect::<Result<_, _>>()
                .map_err(StoreError::from)
        })
    }

    /// Remembers which delivered tables are not in the source folder any more, and forgets it of all others. Returns
    /// those that were not remembered before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn tables_gone(&self, destination: &str, gone: &[String]) -> Result<Vec<String>, StoreError> {
        let gone: BTreeSet<&str> = gone.iter().map(String::as_str).collect();
        self.write(|sql| {
            let known: BTreeSet<String> = sql
                .prepare_cached("SELECT source FROM delivered WHERE destination = ? AND gone_at IS NOT NULL")?
                .query_map([destination], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut change =
                sql.prepare_cached("UPDATE delivered SET gone_at = ? WHERE destination = ? AND source = ?")?;
            for back in known.iter().filter(|source| !gone.contains(source.as_str())) {
                change.execute(params![None::<i64>, destination, back])?;
            }
            let new: Vec<String> =
                gone.iter().filter(|source| !known.contains(**source)).map(ToString::to_string).collect();
            for source in &new {
                change.execute(params![platform::now().timestamp_millis(), destination, source])?;
            }
            Ok(new)
        })
    }

    /// Forgets that tables were delivered, because a person confirmed that they are gone.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn forget_delivered(&self, destination: &str, sources: &[String]) -> Result<(), StoreError> {
        self.write(|sql| {
            let mut delete =
                sql.prepare_cached("DELETE FROM delivered WHERE destination = ? AND source = ?")?;
            for source in sources {
                delete.execute(params![destination, source])?;
            }
            Ok(())
        })
    }

    /// Updates the time of a table whose content is unchanged, so that the next check need not read it whole.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delivered_unchanged(
        &self,
        destination: &str,
        source: &str,
        fingerprint: &Fingerprint,
    ) -> Result<(), StoreError> {
        let fingerprint = super::json("fingerprint", fingerprint)?;
        self.write_soon(|sql| {
            sql.prepare_cached("UPDATE delivered SET fingerprint = ? WHERE destination = ? AND source = ?")?
                .execute(params![fingerprint, destination, source])?;
            Ok(())
        })
    }
}
