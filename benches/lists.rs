//! Speed of a page of runs and errors with 100,000 of each stored: `cargo bench --bench lists`. The target is at most
//! 50 ms.
//!
//! SQL creates the database once, since the store would sync every run to the disk.

#![allow(clippy::unwrap_used, reason = "a bench may stop")]

use std::sync::LazyLock;

use data_exporter::engine::list_file::write_list;
use data_exporter::models::ErrorSeverity;
use data_exporter::models::errors::ErrorQuery;
use data_exporter::models::export::{RunState, Trigger};
use data_exporter::models::history::HistoryQuery;
use data_exporter::models::listing::{List, ListFormat};
use data_exporter::store::{FILE_NAME, Store};
use divan::Bencher;
use rusqlite::Connection;
use tempfile::TempDir;

/// 100,000 runs of ten tables each, every fourth failed, with 50 errors and 100 lists of tables among them; 100,000
/// errors, each of a different table.
const FILL: &str = r#"
PRAGMA synchronous = OFF;
BEGIN;
CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    SELECT i FROM n;
INSERT INTO table_lists (id, names)
    SELECT i, (SELECT group_concat(printf('Склад/товары%d.dbf%s_____%d', t.i, char(10), t.i + n.i), char(10))
        FROM n t WHERE t.i <= 10) FROM n WHERE i <= 100;
INSERT INTO run_errors (id, body)
    SELECT i, json_object('code', 'CONNECTION_FAILED', 'message', printf('`https://shop%d.example.com` cannot be
        reached: connection refused', i), 'hint', 'check the network, then try again', 'path', NULL)
    FROM n WHERE i <= 50;
INSERT INTO runs (trigger, state, started_at, finished_at, totals, error_id, table_list_id)
    SELECT iif(i % 10 = 0, 'manual', 'schedule'), iif(i % 4 = 0, 'failed', 'complete'), i * 300000, i * 300000 + 5000,
        '{"files":10,"sent":10,"skipped_unchanged":0,"failed":0,"rows_written":123456,"bytes_in":12345678,' ||
        '"bytes_out":1234567,"warnings":0}', iif(i % 4 = 0, i % 50 + 1, NULL), i % 100 + 1
    FROM n;
INSERT INTO files (run_id, source, table_name, upload)
    SELECT r.i, printf('Склад/товары%d.dbf', t.i), printf('_____%d', t.i), 'sent' FROM n r JOIN n t ON t.i <= 10;
INSERT INTO batches (run_id, destination, server_id, state, opened_at, finished_at)
    SELECT i, 'here', lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || hex(randomblob(6))),
        'completed', i * 300000, i * 300000 + 4000 FROM n;
INSERT INTO errors (fingerprint, hour, type, severity, message, metadata, hint, run_id, first_at, last_at)
    SELECT hex(randomblob(16)), i / 50, iif(i % 3, 'FILE_DAMAGED', 'VALUES_DROPPED'),
        CASE i % 10 WHEN 0 THEN 'CRITICAL' WHEN 1 THEN 'INFO' WHEN 2 THEN 'WARNING' ELSE 'ERROR' END,
        printf('`Склад/товары%d.dbf` is shorter than its header says: %d of 900 rows are missing', i, i % 900),
        json_object('fileName', printf('Склад/товары%d.dbf', i), 'missing', i % 900),
        'restore the table from a backup, or let the program that owns it mend it', i, i * 60000, i * 60000 + 999
    FROM n;
COMMIT;
"#;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    Connection::open(folder.path().join(FILE_NAME)).unwrap().execute_batch(FILL).unwrap();
    folder
});
static STORE: LazyLock<Store> = LazyLock::new(|| Store::view(FOLDER.path()).unwrap());

fn main() {
    LazyLock::force(&STORE);
    divan::main();
    std::fs::remove_dir_all(FOLDER.path()).unwrap();
}

/// A text that nothing, many rows, few rows and no row contains.
const TEXTS: [&str; 7] = ["", "a", "ТОВАРЫ", "товары99", "9f3", "refused", "nowhere"];

#[divan::bench(args = TEXTS, sample_count = 20)]
fn runs_with_text(bencher: Bencher, text: &str) {
    let query = HistoryQuery { text: Some(text.to_owned()), ..HistoryQuery::default() };
    bencher.bench(|| STORE.history_page(&query, None, 100).unwrap());
}

#[divan::bench(sample_count = 20)]
fn failed_runs_of_a_month(bencher: Bencher) {
    let query = HistoryQuery {
        states: vec![RunState::Failed, RunState::Interrupted],
        triggers: vec![Trigger::Schedule],
        since: Some("1970-03-01T00:00:00Z".parse().unwrap()),
        until: Some("1970-04-01T00:00:00Z".parse().unwrap()),
        text: None,
    };
    bencher.bench(|| STORE.history_page(&query, None, 100).unwrap());
}

#[divan::bench(sample_count = 20)]
fn runs_far_down(bencher: Bencher) {
    bencher.bench(|| STORE.history_page(&HistoryQuery::default(), Some("50"), 100).unwrap());
}

#[divan::bench(sample_count = 20)]
fn a_view_opened_for_one_page(bencher: Bencher) {
    let store = || Store::view(FOLDER.path()).unwrap();
    bencher.bench(|| store().history_page(&HistoryQuery::default(), None, 100).unwrap());
}

#[divan::bench(sample_count = 1)]
fn all_errors_to_csv(bencher: Bencher) {
    let list = List::Errors { query: ErrorQuery::default() };
    bencher.bench(|| write_list(&STORE, &list, ListFormat::Csv, &mut std::io::sink()).unwrap());
}

#[divan::bench(sample_count = 20)]
fn the_newest_run(bencher: Bencher) {
    bencher.bench(|| STORE.last_run().unwrap());
}

#[divan::bench(args = TEXTS, sample_count = 20)]
fn errors_with_text(bencher: Bencher, text: &str) {
    let query = ErrorQuery { text: Some(text.to_owned()), ..ErrorQuery::default() };
    bencher.bench(|| STORE.error_page(&query, None, 100).unwrap());
}

#[divan::bench(sample_count = 20)]
fn critical_errors_of_a_type(bencher: Bencher) {
    let query = ErrorQuery {
        severities: vec![ErrorSeverity::Critical],
        kind: Some("file_damaged".to_owned()),
        ..ErrorQuery::default()
    };
    bencher.bench(|| STORE.error_page(&query, None, 100).unwrap());
}

#[divan::bench(sample_count = 20)]
fn errors_of_a_day(bencher: Bencher) {
    bencher.bench(|| STORE.recent_errors("1970-03-10T00:00:00Z".parse().unwrap()).unwrap());
}
