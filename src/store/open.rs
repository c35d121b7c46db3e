//! Opens state.db: private, checked, and moved aside when it is damaged. Creates [`Store`]s; reads no rows.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::no_room;
use super::{FILE_NAME, Store, StoreError, schema, search};

/// How long a call waits for a reader or writer of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) fn holding(folder: &Path) -> Result<Store, StoreError> {
    let path = folder.join(FILE_NAME);
    let reason = match prepare(&path, FileKind::Holding) {
        Ok(connection) => {
            let store = Store::new(connection, None);
            store.prune_errors()?;
            store.prune_history()?;
            return Ok(store);
        }
        Err(error) if error.is_damage() => error.to_string(),
        Err(error) => return Err(error),
    };
    let aside = move_aside(&path)?;
    tracing::info!(reason, aside = %aside.display(), "the local database was damaged; a new one is begun");
    Ok(Store::new(prepare(&path, FileKind::Holding)?, Some(aside)))
}

pub(super) fn viewing(folder: &Path) -> Result<Store, StoreError> {
    let path = folder.join(FILE_NAME);
    // A folder that this account may not enter is not an empty one.
    let unreadable = |error: &std::io::Error| StoreError::io("cannot read", &path, error);
    if !path.try_exists().map_err(|error| unreadable(&error))? {
        return nothing();
    }
    let opened = match prepare(&path, FileKind::Viewing) {
        // Without disk space for the shared memory of connections, one connection uses the file exclusively.
        Err(StoreError::Sql(error)) if no_room(&error) => prepare(&path, FileKind::ViewingAlone),
        opened => opened,
    };
    match opened {
        Ok(connection) => {
            connection.pragma_update(None, "query_only", true)?;
            Ok(Store::new(connection, None))
        }
        Err(error) if error.is_damage() => Err(StoreError::Damaged { path, reason: error.to_string() }),
        Err(error) => Err(error),
    }
}

pub(super) fn nothing() -> Result<Store, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    search::register(&connection)?;
    schema::migrate(&mut connection, Path::new(FILE_NAME))?;
    Ok(Store::new(connection, None))
}

/// Purpose of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileKind {
    /// Read and write; every page is checked first.
    Holding,
    /// Read only, beside other connections.
    Viewing,
    /// Read only, exclusively.
    ViewingAlone,
}

/// Opens a connection, sets the pragmas and migrates the schema.
fn prepare(path: &Path, kind: FileKind) -> Result<Connection, StoreError> {
    make_private(path)?;
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    if kind == FileKind::ViewingAlone {
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    search::register(&connection)?;
    if kind == FileKind::Holding {
        let result: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if result != "ok" {
            return Err(StoreError::Damaged { path: path.to_path_buf(), reason: result });
        }
    }
    schema::migrate(&mut connection, path)?;
    Ok(connection)
}

/// Creates the file with mode 0600 before SQLite would create it with the umask's mode; its WAL takes the same mode.
fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::io("cannot create the local database", path, &error)),
    }
}

/// Renames the database to the first free `state.db.damaged-N`, its log with it.
fn move_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let with = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let number = (1..u32::MAX).find(|number| !with(&format!(".damaged-{number}")).exists()).unwrap_or(1);
    let aside = with(&format!(".damaged-{number}"));
    for suffix in ["", "-wal", "-shm"] {
        let from = with(suffix);
        let to = with(&format!(".damaged-{number}{suffix}"));
        match fs::rename(&from, &to) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                return Err(StoreError::io("cannot move the damaged local database aside", &from, &error));
            }
        }
    }
    Ok(aside)
}
