//! How long the history keeps runs (docs/reliability.md#retention): [`Store::prune_history`].

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::platform;
use crate::store::{Store, StoreError};

/// How long a run is kept, in days.
const MAX_AGE_DAYS: i64 = 400;
/// How long the rows of tables are kept that a run left out as unchanged, in days; its totals count them for longer.
const UNCHANGED_DAYS: i64 = 7;
/// How many of those rows are deleted at once: an old database has millions, and others wait meanwhile.
const AT_ONCE: i64 = 100_000;

impl Store {
    /// Deletes what the history need not keep.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn prune_history(&self) -> Result<(), StoreError> {
        self.write(|sql| prune(sql, platform::now()))
    }
}

fn prune(sql: &Transaction<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    let before = |days| (now - TimeDelta::days(days)).timestamp_millis();
    if let Some(last) = last_before(sql, before(UNCHANGED_DAYS))? {
        sql.execute(
            "DELETE FROM files WHERE id IN (
                SELECT id FROM files WHERE run_id <= ? AND upload = 'skipped_unchanged' LIMIT ?)",
            params![last, AT_ONCE],
        )?;
    }
    let Some(last) = last_before(sql, before(MAX_AGE_DAYS))? else { return Ok(()) };
    for statement in [
        "DELETE FROM parts WHERE file_id IN (SELECT id FROM files WHERE run_id <= ?1)",
        "UPDATE parts SET batch_id = NULL WHERE batch_id IN (SELECT id FROM batches WHERE run_id <= ?1)",
        "DELETE FROM files WHERE run_id <= ?1",
        "DELETE FROM batch_names WHERE batch_id IN (SELECT id FROM batches WHERE run_id <= ?1)",
        "DELETE FROM batches WHERE run_id <= ?1",
        "DELETE FROM runs WHERE id <= ?1",
    ] {
        sql.execute(statement, [last])?;
    }
    sql.execute_batch(
        "DELETE FROM table_lists
            WHERE id NOT IN (SELECT table_list_id FROM runs WHERE table_list_id IS NOT NULL);
         DELETE FROM run_errors WHERE id NOT IN (SELECT error_id FROM runs WHERE error_id IS NOT NULL);",
    )?;
    Ok(())
}

/// Returns the last run that ended before a time, and before every run and batch that is still needed.
fn last_before(sql: &Transaction<'_>, time: i64) -> Result<Option<i64>, StoreError> {
    let last = sql
        .query_row(
            "SELECT max(id) FROM runs WHERE started_at < ?1 AND finished_at < ?1
                AND id < (SELECT ifnull(min(id), 9223372036854775807) FROM runs WHERE finished_at IS NULL)
                AND id < (SELECT ifnull(min(run_id), 9223372036854775807) FROM batches
                    WHERE finished_at IS NULL)",
            [time],
            |row| row.get(0),
        )
        .optional()?;
    Ok(last.flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    /// Runs of 600, 500, 300, 8 and 1 days ago, each with a sent table and one that was left out.
    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let now = platform::now();
        store
            .write(|sql| {
                for (run, days) in (1_i64..).zip([600, 500, 300, 8, 1]) {
                    let at = (now - TimeDelta::days(days)).timestamp_millis();
                    sql.execute(
                        "INSERT INTO table_lists (id, names) VALUES (?1, 'names of ' || ?1)",
                        params![run],
                    )?;
                    sql.execute(
                        "INSERT INTO runs (id, trigger, state, started_at, finished_at, table_list_id)
                            VALUES (?1, 'manual', 'complete', ?2, ?2, ?1)",
                        params![run, at],
                    )?;
                    sql.execute(
                        "INSERT INTO batches (id, run_id, destination, state, opened_at, finished_at)
                            VALUES (?1, ?1, 'd', 'completed', ?2, ?2)",
                        params![run, at],
                    )?;
                    sql.execute("INSERT INTO batch_names VALUES (?1, 'a.csv.gz')", params![run])?;
                    for (file, upload) in [(run * 2, "sent"), (run * 2 + 1, "skipped_unchanged")] {
                        sql.execute(
                            "INSERT INTO files (id, run_id, source, table_name, upload)
                                VALUES (?1, ?2, 'a.dbf', 'a', ?3)",
                            params![file, run, upload],
                        )?;
                    }
                    sql.execute(
                        "INSERT INTO parts (file_id, number, batch_id, wire_name, spool, bytes, sha256, state)
                            VALUES (?1 * 2, 1, max(?1 - 1, 1), 'a.csv.gz', 's', 1, 'x', 'stored')",
                        params![run],
                    )?;
                }
                Ok(())
            })
            .unwrap();
        (folder, store)
    }

    fn numbers(store: &Store, select: &str) -> Vec<i64> {
        store
            .read(|sql| {
                let mut rows = sql.prepare(select)?;
                let numbers = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
                Ok(numbers)
            })
            .unwrap()
    }

    #[test]
    fn old_runs_and_the_rows_of_unchanged_tables_are_deleted() {
        let (_folder, store) = store();
        store.prune_history().unwrap();
        for select in [
            "SELECT id FROM runs ORDER BY id",
            "SELECT id FROM batches ORDER BY id",
            "SELECT batch_id FROM batch_names ORDER BY batch_id",
            "SELECT id FROM table_lists ORDER BY id",
            "SELECT file_id / 2 FROM parts ORDER BY id",
        ] {
            assert_eq!(numbers(&store, select), [3, 4, 5], "{select}");
        }
        assert_eq!(numbers(&store, "SELECT id FROM files ORDER BY id"), [6, 8, 10, 11]);
    }

    #[test]
    fn what_an_open_batch_needs_stays() {
        let (_folder, store) = store();
        store
            .write(|sql| {
                sql.execute("UPDATE batches SET finished_at = NULL WHERE id = 2", [])?;
                Ok(())
            })
            .unwrap();
        store.prune_history().unwrap();
        assert_eq!(numbers(&store, "SELECT id FROM runs ORDER BY id"), [2, 3, 4, 5]);
    }
}
