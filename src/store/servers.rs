//! What was learnt of a server, by its base URL: the path family that worked, and when it last refused our credential.
//!
//! Methods of [`Store`]; what to make of it is decided in `api` and `auth`.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError, time};

impl Store {
    /// The path family that worked, as its word.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn family(&self, base_url: &str) -> Result<Option<String>, StoreError> {
        self.of_server(base_url, "SELECT family FROM servers WHERE base_url = ?")
    }

    /// Remembers the path family that worked; none forgets it.
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

    /// When the server last refused our credential, unless it has accepted one since.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn refused_at(&self, base_url: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at: Option<i64> =
            self.of_server(base_url, "SELECT refused_at FROM servers WHERE base_url = ?")?;
        Ok(at.map(time))
    }

    /// Remembers when the server refused our credential; none: it accepted it.
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
