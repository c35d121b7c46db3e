//! [`Fingerprint`]: the state in which each table was last delivered, used to skip unchanged tables.
//!
//! Stored by destination, a text that names server and site, so that a change of either sends everything again. Only
//! [`Store::batch_finished`] writes rows.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, from_json, time};

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
