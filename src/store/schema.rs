//! The tables of state.db, and the migration of an older state.db: [`migrate`].
//!
//! `PRAGMA user_version` counts the migrations of a database. A released migration is never edited, only followed by
//! another. Times are milliseconds since 1970 in UTC; states are the words of the JSON.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, count};

/// Each step migrates the schema from its index to the next.
const MIGRATIONS: [&str; 5] = [FIRST, SECOND, THIRD, FOURTH, FIFTH];

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

/// One index for each list contains everything that the list is filtered by. Values that many runs share and that are
/// searched for a text are stored once: the names of a run's tables, one a line in order, and the run's error.
const FOURTH: &str = "
CREATE TABLE table_lists (
    id INTEGER PRIMARY KEY,
    names TEXT NOT NULL UNIQUE
) STRICT;
ALTER TABLE runs ADD COLUMN table_list_id INTEGER REFERENCES table_lists (id);
CREATE TEMP TABLE found AS
    SELECT run_id, group_concat(source || char(10) || table_name, char(10) ORDER BY source) AS names
    FROM files GROUP BY run_id;
INSERT INTO table_lists (names) SELECT DISTINCT names FROM found;
UPDATE runs SET table_list_id = table_lists.id
    FROM found JOIN table_lists USING (names) WHERE found.run_id = runs.id;
DROP TABLE found;

CREATE TABLE run_errors (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL UNIQUE
) STRICT;
ALTER TABLE runs ADD COLUMN error_id INTEGER REFERENCES run_errors (id);
INSERT INTO run_errors (body) SELECT DISTINCT error FROM runs WHERE error IS NOT NULL;
UPDATE runs SET error_id = (SELECT id FROM run_errors WHERE body = error) WHERE error IS NOT NULL;
ALTER TABLE runs DROP COLUMN error;

CREATE INDEX runs_listed ON runs (id, started_at, state, trigger, table_list_id, error_id);
DROP INDEX batches_by_run;
CREATE INDEX batches_by_run ON batches (run_id, server_id);
DROP INDEX errors_by_time;
CREATE INDEX errors_listed ON errors (last_at, id, first_at, severity, type);
";

/// Since when a delivered table is not in the source folder any more.
const FIFTH: &str = "
ALTER TABLE delivered ADD COLUMN gone_at INTEGER;
";

/// Migrates the schema in one transaction.
///
/// # Errors
/// [`StoreError::NewerSchema`] when a newer program wrote it, or SQLite's error.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::history::HistoryQuery;
    use crate::store::{FILE_NAME, RunId, Store};

    #[test]
    fn runs_of_an_older_database_keep_their_errors_and_can_be_searched_by_table() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join(FILE_NAME)).unwrap();
        for migration in &MIGRATIONS[..3] {
            connection.execute_batch(migration).unwrap();
        }
        connection
            .execute_batch(
                r#"INSERT INTO runs (trigger, state, started_at, error) VALUES
                    ('manual', 'complete', 1, NULL),
                    ('manual', 'failed', 2, '{"code":"DISK_FULL","message":"no room","hint":null,"path":null}'),
                    ('manual', 'failed', 3, '{"code":"DISK_FULL","message":"no room","hint":null,"path":null}'),
                    ('manual', 'nothing_to_do', 4, NULL);
                INSERT INTO files (run_id, source, table_name) VALUES
                    (1, 'b.dbf', 'b'), (1, 'Склад/a.dbf', '_a'), (2, 'b.dbf', 'b'), (3, 'b.dbf', 'b');
                PRAGMA user_version = 3"#,
            )
            .unwrap();
        drop(connection);
        let store = Store::open(folder.path()).unwrap();
        let found = |text: &str| -> Vec<i64> {
            let query = HistoryQuery { text: Some(text.to_owned()), ..HistoryQuery::default() };
            let page = store.history_page(&query, None, 100).unwrap();
            page.runs.into_iter().map(|run| run.run_id).collect()
        };
        assert_eq!(found("склад/A"), [1]);
        assert_eq!(found("B.dbf"), [3, 2, 1]);
        assert_eq!(found("no room"), [3, 2]);
        assert_eq!(store.run(RunId(3)).unwrap().error.unwrap().message, "no room");
        assert_eq!(store.run(RunId(1)).unwrap().error, None);
    }
}
