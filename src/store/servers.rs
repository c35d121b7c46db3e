//! Facts about a server, by its base URL: the path family that worked, and the last refusal of our credential.
//!
//! Methods of [`Store`]; `api` and `auth` decide what follows.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError, time};

impl Store {
    /// Returns the word of the path family that worked.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn family(&self, base_url: &str) -> Result<Option<String>, StoreError> {
        self.of_server(base_url, "SELECT family FROM servers WHERE base_url = ?")
    }

    /// Stores the path family that worked; `None` deletes it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn remember_family(&self, base_url: &str, family: Option<&str>) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.prepare_cached(
                "INSERT INTO servers (base_url, family) VALUES (?, ?)
                 ON CONFLICT (base_url) DO UPDATE SET family = excluded.family",
            )?
            .execute(params![base_url, family])?;
            Ok(())
        })
    }

    /// Returns the time of the last refusal of our credential, unless the server has accepted one since.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn refused_at(&self, base_url: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> =
            self.of_server(base_url, "SELECT refused_at FROM servers WHERE base_url = ?")?;
        Ok(at.map(time))
    }

    /// Stores the time of a refusal of our credential; `None` means that the server accepted it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn remember_refused(&self, base_url: &str, at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.prepare_cached(
                "INSERT INTO servers (base_url, refused_at) VALUES (?, ?)
                 ON CONFLICT (base_url) DO UPDATE SET refused_at = excluded.refused_at",
            )?
            .execute(params![base_url, at.map(|at| at.timestamp_millis())])?;
            Ok(())
        })
    }

    fn of_server<T: rusqlite::types::FromSql>(
        &self,
        base_url: &str,
        query: &str,
    ) -> Result<Option<T>, StoreError> {
        self.read(|sql| {
            let found: Option<Option<T>> =
                sql.prepare_cached(query)?.query_row([base_url], |row| row.get(0)).optional()?;
            Ok(found.flatten())
        })
    }
}
