//! [`StoreError`]: why the local database failed.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use crate::error::{Code, Error};

/// A failure of the local database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder or a file in it cannot be created, renamed or opened.
    #[error("{message}")]
    File {
        /// The message, made by [`Error::io`].
        message: String,
        /// The whole error.
        error: Box<Error>,
    },
    /// A newer version of the program wrote the database.
    #[error(
        "the local database `{path}` was written by a newer version (schema {found}, this program knows {known})",
        path = path.display()
    )]
    NewerSchema {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest schema version that this program knows.
        known: i64,
    },
    /// The database is corrupt.
    #[error("the local database `{path}` is damaged: {reason}", path = path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// SQLite's message.
        reason: String,
    },
    /// The requested row does not exist.
    #[error("the local database has no {what} {id}")]
    Missing {
        /// Kind of the row.
        what: &'static str,
        /// Its number.
        id: i64,
    },
    /// An invalid cursor of a list.
    #[error("`{cursor}` is not a valid cursor")]
    Cursor {
        /// Beginning of the cursor.
        cursor: String,
    },
    /// A row contains a value that this program did not write.
    #[error("the local database contains an unreadable {what}: {source}")]
    Unreadable {
        /// Kind of the value.
        what: &'static str,
        /// Why it cannot be read.
        source: serde_json::Error,
    },
    /// Any other error of SQLite.
    #[error("the local database cannot be used: {0}")]
    Sql(#[from] rusqlite::Error),
}

impl StoreError {
    pub(super) fn io(doing: &str, path: impl AsRef<std::path::Path>, error: &std::io::Error) -> Self {
        let error = Box::new(Error::io(doing, path, error));
        Self::File { message: error.message.clone(), error }
    }

    /// Returns whether the file itself is damaged, so that only a new one helps.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } => true,
            Self::Sql(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ),
            _ => false,
        }
    }
}

/// Returns whether the disk is full: SQLite has one code for a database that cannot grow, and another for the shared
/// memory beside it, which every connection needs.
pub(super) fn no_room(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| (error.code, error.extended_code));
    matches!(code, Some((ErrorCode::DiskFull, _) | (_, rusqlite::ffi::SQLITE_IOERR_SHMSIZE)))
}

const DAMAGED: &str = "the next export moves it aside and starts a new one; nothing on the server changes";

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::File { error, .. } => *error,
            StoreError::NewerSchema { path, .. } => Self::new(Code::StoreError, message)
                .hint("install the newer version again, or move the file away to start a new history")
                .path(path),
            StoreError::Damaged { path, .. } => Self::new(Code::StoreError, message).hint(DAMAGED).path(path),
            StoreError::Sql(sql) => match sql.sqlite_error_code() {
                _ if no_room(&sql) => Self::new(
                    Code::DiskFull,
                    "the local database cannot be written: the disk is full",
                )
                .hint("free some space on the disk of the data folder; nothing that was delivered is lost")
                .retry_later(),
                Some(ErrorCode::OutOfMemory) => Self::new(
                    Code::MemoryError,
                    "the local database cannot be used: there is not enough memory",
                )
                .hint("close other programs, or restart the computer")
                .retry_later(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                    Self::new(Code::StoreError, "the local database is in use by another program")
                        .hint("close the program that has state.db open, and try again")
                        .retry_later()
                }
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                    Self::new(Code::StoreError, format!("the local database is damaged: {sql}")).hint(DAMAGED)
                }
                Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                    Self::new(Code::StoreError, message)
                        .hint("give the account that runs Data Exporter write access to its data folder")
                }
                _ => Self::new(Code::StoreError, message)
                    .hint("if it happens again, move state.db away to start a new history"),
            },
            StoreError::Missing { what, id } => Self::new(Code::Usage, format!("there is no {what} {id}"))
                .hint("`data_exporter history` lists the runs"),
            StoreError::Cursor { .. } => {
                Self::new(Code::Usage, message).hint("read the list from its beginning")
            }
            StoreError::Unreadable { .. } => Self::new(Code::StoreError, message)
                .hint("if it happens again, move state.db away to start a new history"),
        }
    }
}
