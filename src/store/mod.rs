//! state.db, the database of the data folder: what was planned, sent and delivered, and what failed. [`Store`] is its
//! handle.
//!
//! The only module that uses SQL. Every call is one short transaction. Rows that precede a request are durable when the
//! call returns (write-ahead log, `synchronous = FULL`); facts that a later look at the server or the folder would find
//! again become durable with them. Contains no secret and no row value, and never decides the next step: `export` does.
//!
//! - [`journal`]: runs, files, batches and parts, written before the request they describe
//! - [`recovery`]: what a dead process left behind
//! - [`history`]: the same rows for people
//! - [`delivered`]: the state in which each table was last delivered
//! - [`errors`]: the error history, repeats folded
//! - [`servers`]: what is known of a server
//! - [`pairings`]: since when this computer is paired with it
//! - [`timestamps`]: single moments, such as the end of a pause

pub mod delivered;
mod error;
pub mod errors;
pub mod history;
pub mod journal;
mod listing;
mod open;
pub mod pairings;
pub mod recovery;
mod schema;
mod search;
pub mod servers;
pub mod timestamps;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use parking_lot::{Mutex, MutexGuard};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use error::StoreError;
pub use journal::{BatchId, FileId, PartId, RunId};

/// File name of the database in the data folder.
pub const FILE_NAME: &str = "state.db";

/// Handle of state.db; clones share one connection.
#[derive(Debug, Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
    moved_aside: Option<Arc<Path>>,
}

impl Store {
    /// Opens state.db in the data folder for the process that locks the folder; creates missing parts.
    ///
    /// Renames a damaged database to `state.db.damaged-N` and starts a new one: see [`Store::moved_aside`].
    ///
    /// # Errors
    /// When the folder cannot be written, or a newer program wrote the database.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        open::holding(folder)
    }

    /// Opens state.db read-only, without the folder's lock; an empty history where there is none yet.
    ///
    /// # Errors
    /// When the database cannot be read, is damaged, or was written by a newer program.
    pub fn view(folder: &Path) -> Result<Self, StoreError> {
        open::viewing(folder)
    }

    /// Creates an empty store in memory.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn nothing() -> Result<Self, StoreError> {
        open::nothing()
    }

    /// Returns the new path of a damaged database that was replaced.
    pub fn moved_aside(&self) -> Option<&Path> {
        self.moved_aside.as_deref()
    }

    fn new(connection: Connection, moved_aside: Option<PathBuf>) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)), moved_aside: moved_aside.map(Arc::from) }
    }

    /// A poisoned lock is taken all the same: the transaction of the panicking caller was rolled back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock()
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // Runs a transaction, so that several statements see one state of the database.
        work(&*self.lock().transaction()?)
    }

    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        transact(&mut self.lock(), work)
    }

    /// Like [`Self::write`], but a power cut may undo it until the next `write`. For facts that follow a request and
    /// are found again when they are lost: syncing each would cost more than sending a small table.
    fn write_soon<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.lock();
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let answer = transact(&mut connection, work);
        connection.pragma_update(None, "synchronous", "FULL")?;
        answer
    }
}

fn transact<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answer = work(&transaction)?;
    transaction.commit()?;
    Ok(answer)
}

/// Returns an enum's word, as in JSON.
fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Parses a word that [`word`] wrote.
fn from_word<T: DeserializeOwned>(what: &'static str, word: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|source| StoreError::Unreadable { what, source })
}

fn json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Unreadable { what, source })
}

fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Unreadable { what, source })
}

fn time(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}

/// Counts are stored as SQLite's signed integers; none comes near the limit.
fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
