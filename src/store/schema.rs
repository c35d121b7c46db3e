//! The tables of state.db, and how an older state.db is brought forward: [`migrate`].
//!
//! `PRAGMA user_version` counts the migrations that a database has seen. A migration that has shipped is never
//! edited, only followed by another. Times are milliseconds since 1970 in UTC; states are the words of the JSON.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, count};

/// Each step takes the schema from its index to the next.
const MIGRATIONS: [&str; 3] = [FIRST, SECOND, THIRD];

const FIRST: &str = "
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trigger TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    totals TEXT,
    error TEXT
) STRICT;
CREATE INDEX runs_by_state ON runs (state) WHERE state = 'running';

CREATE TABLE batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    resumed_by INTEGER REFERENCES runs (id),
    destination TEXT NOT NULL,
    server_id TEXT,
    state TEXT NOT NULL,
    finish TEXT,
    opened_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER
) STRICT;
CREATE INDEX batches_by_run ON batches (run_id);
CREATE INDEX batches_by_resuming_run ON batches (resumed_by) WHERE resumed_by IS NOT NULL;
CREATE INDEX batches_open ON batches (state) WHERE finished_at IS NULL;
CREATE INDEX batches_by_destination ON batches (destination, id);

CREATE TABLE batch_names (
    batch_id INTEGER NOT NULL REFERENCES batches (id),
    wire_name TEXT NOT NULL,
    PRIMARY KEY (batch_id, wire_name)
) STRICT, WITHOUT ROWID;

CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    source TEXT NOT NULL,
    table_name TEXT NOT NULL,
    decision TEXT,
    report TEXT,
    fingerprint TEXT,
    parts INTEGER NOT NULL DEFAULT 0,
    upload TEXT,
    error TEXT,
    rows_written INTEGER NOT NULL DEFAULT 0,
    bytes_in INTEGER NOT NULL DEFAULT 0,
    bytes_out INTEGER NOT NULL DEFAULT 0,
    warnings INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX files_by_run ON files (run_id);

CREATE TABLE parts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file_id INTEGER NOT NULL REFERENCES files (id),
    number INTEGER NOT NULL,
    batch_id INTEGER REFERENCES batches (id),
    wire_name TEXT NOT NULL,
    spool TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL,
    checksum_verified INTEGER,
    UNIQUE (file_id, number)
) STRICT;
CREATE INDEX parts_by_batch ON parts (batch_id);

CREATE TABLE delivered (
    destination TEXT NOT NULL,
    source TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    delivered_at INTEGER NOT NULL,
    PRIMARY KEY (destination, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE servers (
    base_url TEXT PRIMARY KEY,
    family TEXT,
    refused_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE errors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL,
    hour INTEGER NOT NULL,
    type TEXT NOT NULL,
    severity TEXT NOT NULL,
    message TEXT NOT NULL,
    metadata TEXT NOT NULL,
    hint TEXT,
    run_id INTEGER,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    count INTEGER NOT NULL DEFAULT 1,
    reported INTEGER NOT NULL DEFAULT 0,
    UNIQUE (fingerprint, hour)
) STRICT;
CREATE INDEX errors_by_time ON errors (last_at);
";

const SECOND: &str = "
CREATE TABLE pairings (
    user TEXT NOT NULL,
    base_url TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (user, base_url)
) STRICT, WITHOUT ROWID;
";

const THIRD: &str = "
CREATE TABLE marks (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Brings the schema forward in one transaction.
///
/// # Errors
/// [`StoreError::NewerSchema`] when a newer program wrote it, or what SQLite refuses.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let known = count(MIGRATIONS.len() as u64);
    let version = |sql: &Connection| sql.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
    let found = version(connection)?;
    if found == known {
        return Ok(());
    }
    if found > known {
        return Err(StoreError::NewerSchema { path: path.to_path_buf(), found, known });
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again under the write lock: another process may have migrated in between.
    let found = usize::try_from(version(&transaction)?).unwrap_or_default();
    for migration in MIGRATIONS.iter().skip(found) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}
