//! [`Timestamp`]: single moments that outlive the process. Methods of [`Store`]; the engine decides what follows from
//! them.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use serde::Serialize;

use super::{Store, StoreError, time, word};

/// Meaning of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Timestamp {
    /// The last due time of the schedule that was handled.
    LastDue,
    /// Start of a due run that has not ended yet; cleared at its end. The database keeps the former word `owed`.
    #[serde(rename = "owed")]
    CatchUpPending,
    /// The end of the pause; [`FOREVER`] until a person resumes the schedule.
    PausedUntil,
    /// The start of a long-running program; cleared when it ends normally.
    Working,
}

/// The last moment that the database can store, in milliseconds.
pub const FOREVER: DateTime<Utc> =
    match DateTime::from_timestamp_millis(DateTime::<Utc>::MAX_UTC.timestamp_millis()) {
        Some(moment) => moment,
        None => DateTime::<Utc>::MAX_UTC,
    };

impl Store {
    /// Returns the moment, where one is stored.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn timestamp(&self, timestamp: Timestamp) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(|sql| {
            let mut select = sql.prepare_cached("SELECT value FROM marks WHERE name = ?")?;
            Ok(select.query_row([word(&timestamp)], |row| row.get(0)).optional()?.map(time))
        })
    }

    /// Stores the moment to the millisecond, durable when the call returns; `None` deletes it.
    ///
    /// # Errors
    /// When the database cannot be written; then the former moment remains.
    pub fn set_timestamp(
        &self,
        timestamp: Timestamp,
        moment: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        self.write(|sql| {
            match moment {
                Some(moment) => sql
                    .prepare_cached("REPLACE INTO marks (name, value) VALUES (?, ?)")?
                    .execute(params![word(&timestamp), moment.timestamp_millis()])?,
                None => {
                    sql.prepare_cached("DELETE FROM marks WHERE name = ?")?.execute([word(&timestamp)])?
                }
            };
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_survives_a_restart_until_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let moment: DateTime<Utc> = "2026-03-01T10:00:00.123456Z".parse().unwrap();
        let rounded: DateTime<Utc> = "2026-03-01T10:00:00.123Z".parse().unwrap();
        {
            let store = Store::open(folder.path()).unwrap();
            assert_eq!(store.timestamp(Timestamp::LastDue).unwrap(), None);
            store.set_timestamp(Timestamp::LastDue, Some(FOREVER)).unwrap();
            store.set_timestamp(Timestamp::LastDue, Some(moment)).unwrap();
            store.set_timestamp(Timestamp::PausedUntil, Some(FOREVER)).unwrap();
        }
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.timestamp(Timestamp::LastDue).unwrap(), Some(rounded));
        assert_eq!(store.timestamp(Timestamp::PausedUntil).unwrap(), Some(FOREVER));
        store.set_timestamp(Timestamp::PausedUntil, None).unwrap();
        store.set_timestamp(Timestamp::PausedUntil, None).unwrap();
        assert_eq!(store.timestamp(Timestamp::PausedUntil).unwrap(), None);
        assert_eq!(store.timestamp(Timestamp::LastDue).unwrap(), Some(rounded), "the other stays");
    }
}
