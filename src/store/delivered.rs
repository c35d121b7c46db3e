//! The state in which each table was last delivered: [`Fingerprint`], for leaving out what has not changed.
//!
//! Kept by destination, a text of the caller's that names server and site, so that a change of either sends
//! everything again. Rows are written by [`Store::batch_finished`] alone.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, from_json, time};

/// What a table and the way it was read were like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Bytes of the table and its memo file.
    pub size: u64,
    /// The later modification time of the two, in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// The header's count of rows.
    pub header_rows: u64,
    /// SHA-256 over the bytes of table and memo, where it was taken.
    pub content: Option<String>,
    /// A digest of every setting that changes the output.
    pub settings: String,
}

/// The last delivery of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// What the table was like.
    pub fingerprint: Fingerprint,
    /// When its batch was completed, on our clock.
    pub at: DateTime<Utc>,
}

impl Store {
    /// The last delivery of a table, named relative to the source folder with `/`.
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

    /// A table found unchanged by its content got another time: the next look need not read it whole.
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
