//! The time at which this computer was paired with a server, for display. Does not contain the credential.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError, time};
use crate::platform;

impl Store {
    /// Records a new pairing and that the server accepts its credential.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn paired(&self, user: &str, base_url: &str) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.prepare_cached("REPLACE INTO pairings (user, base_url, since) VALUES (?, ?, ?)")?
                .execute(params![user, base_url, platform::now().timestamp_millis()])?;
            sql.prepare_cached("UPDATE servers SET refused_at = NULL WHERE base_url = ?")?
                .execute([base_url])?;
            Ok(())
        })
    }

    /// Returns the time of the pairing; `None` where it is older than this record.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn paired_since(&self, user: &str, base_url: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read(|sql| {
            let mut select =
                sql.prepare_cached("SELECT since FROM pairings WHERE user = ? AND base_url = ?")?;
            Ok(select.query_row(params![user, base_url], |row| row.get(0)).optional()?.map(time))
        })
    }

    /// Deletes the record of a pairing.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn unpaired(&self, user: &str, base_url: &str) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.prepare_cached("DELETE FROM pairings WHERE user = ? AND base_url = ?")?
                .execute(params![user, base_url])?;
            sql.prepare_cached("UPDATE servers SET refused_at = NULL WHERE base_url = ?")?
                .execute([base_url])?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://dfm.example.com";

    #[test]
    fn a_new_pairing_clears_earlier_rejections() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.paired_since("shop", BASE).unwrap(), None);
        store.remember_refused(BASE, Some(platform::now())).unwrap();
        store.paired("shop", BASE).unwrap();
        assert!(store.paired_since("shop", BASE).unwrap().is_some());
        assert_eq!(store.refused_at(BASE).unwrap(), None);
        assert_eq!(store.paired_since("other", BASE).unwrap(), None);
        store.unpaired("shop", BASE).unwrap();
        assert_eq!(store.paired_since("shop", BASE).unwrap(), None);
    }
}
