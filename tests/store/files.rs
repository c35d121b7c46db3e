//! The database as a file: damaged, foreign, empty, viewed beside its holder, private.

use std::fs;
use std::path::Path;

use data_exporter::error::{Code, Error};
use data_exporter::models::ErrorSeverity;
use data_exporter::models::errors::ErrorQuery;
use data_exporter::models::export::{RunState, Trigger};
use data_exporter::models::history::HistoryQuery;
use data_exporter::reports::Reports;
use data_exporter::store::journal::PlannedFile;
use data_exporter::store::{Store, StoreError};

use crate::home::{TestHome, planned};

#[test]
fn a_damaged_database_is_moved_aside_and_reported() {
    let home = TestHome::new();
    for number in 1..=2 {
        fs::write(
            home.database(),
            b"this is no database, but it is longer than a header of one hundred bytes, \
            so that SQLite has something to look at",
        )
        .unwrap();
        let store = home.open();
        let aside = home.0.path().join(format!("state.db.damaged-{number}"));
        assert_eq!(store.moved_aside(), Some(aside.as_path()));
        assert!(aside.exists());
        let errors = |store: &Store| store.error_page(&ErrorQuery::default(), None, u32::MAX).unwrap().errors;
        assert!(errors(&store).is_empty());
        Reports::new(store.clone());
        let message = &errors(&store)[0];
        assert!(
            message.message.contains("damaged") && message.severity == ErrorSeverity::Critical,
            "{message:?}"
        );
        assert!(store.recent_runs(100).unwrap().is_empty());
    }
}

#[test]
fn page_damage_is_detected_when_the_folder_is_locked() {
    let home = TestHome::new();
    {
        let store = home.open();
        let run = store.begin_run(Trigger::Manual).unwrap();
        let files: Vec<PlannedFile> = (0..4000).map(|number| planned(&format!("{number}.dbf"))).collect();
        store.plan_files(run, &files).unwrap();
    }
    let mut bytes = fs::read(home.database()).unwrap();
    let length = bytes.len();
    assert!(length > 20 * 4096);
    bytes[8 * 4096..].fill(0xA5);
    fs::write(home.database(), bytes).unwrap();
    assert!(home.open().moved_aside().is_some());
}

#[test]
fn a_newer_schema_is_refused_and_not_changed() {
    let home = TestHome::new();
    drop(home.open());
    set_version(&home.database(), 99);
    for result in [Store::open(home.0.path()), Store::view(home.0.path())] {
        let error = Error::from(result.unwrap_err());
        assert_eq!(error.code, Code::StoreError);
        assert!(error.message.contains("newer version (schema 99"), "{}", error.message);
    }
    assert!(!home.0.path().join("state.db.damaged-1").exists());
}

#[test]
fn a_deleted_or_empty_database_is_created_again() {
    let home = TestHome::new();
    home.open().begin_run(Trigger::Manual).unwrap();
    fs::remove_file(home.database()).unwrap();
    assert!(home.open().recent_runs(100).unwrap().is_empty());
    fs::write(home.database(), b"").unwrap();
    for log in ["state.db-wal", "state.db-shm"] {
        let _ = fs::remove_file(home.0.path().join(log));
    }
    assert!(home.open().recent_runs(100).unwrap().is_empty());
}

#[test]
fn a_read_only_view_creates_and_moves_nothing() {
    let home = TestHome::new();
    assert!(Store::view(home.0.path()).unwrap().recent_runs(100).unwrap().is_empty());
    assert!(!home.database().exists());
    fs::write(home.database(), vec![b'x'; 4096]).unwrap();
    assert!(matches!(Store::view(home.0.path()), Err(StoreError::Damaged { .. })));
    assert!(home.database().exists());
}

#[test]
fn a_read_only_view_sees_the_run_of_the_holder() {
    let home = TestHome::new();
    let holder = home.open();
    let run = holder.begin_run(Trigger::Manual).unwrap();
    let files = holder.plan_files(run, &[planned("a.dbf")]).unwrap();
    holder.file_skipped(files[0], "same").unwrap();
    let seen = Store::view(home.0.path()).unwrap().last_run().unwrap().unwrap();
    assert_eq!((seen.state, seen.totals.skipped_unchanged), (RunState::Running, 1));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_database() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = TestHome::new();
    let store = home.open();
    store.begin_run(Trigger::Manual).unwrap();
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        let mode = fs::metadata(home.0.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_read_only_view_reads_consistent_states_during_writes() {
    let home = TestHome::new();
    let store = home.open();
    let view = Store::view(home.0.path()).unwrap();
    let mut begun = rusqlite::Connection::open(home.database()).unwrap();
    let unfinished = begun.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    unfinished
        .execute("INSERT INTO runs (trigger, state, started_at) VALUES ('manual', 'running', 0)", [])
        .unwrap();
    assert!(view.last_run().unwrap().is_none(), "the write is neither awaited nor visible");
    drop(unfinished);
    let writer = std::thread::spawn(move || {
        for _ in 0..100 {
            let run = store.begin_run(Trigger::Manual).unwrap();
            store.finish_run(run, RunState::NothingToDo, None).unwrap();
        }
    });
    let mut total = 0;
    while total < 100 {
        let page = view.history_page(&HistoryQuery::default(), None, u32::MAX).unwrap();
        assert!(page.total >= total);
        total = page.total;
        assert_eq!(page.runs.len() as u64, total);
    }
    writer.join().unwrap();
}

#[test]
fn an_open_view_does_not_block_the_wal_checkpoint() {
    let home = TestHome::new();
    let store = home.open();
    let view = Store::view(home.0.path()).unwrap();
    assert!(view.begin_run(Trigger::Manual).is_err());
    let files: Vec<PlannedFile> = (0..5000).map(|number| planned(&format!("{number}.dbf"))).collect();
    for _ in 0..80 {
        let run = store.begin_run(Trigger::Manual).unwrap();
        assert_eq!(view.last_run().unwrap().unwrap().run_id, run.0);
        store.plan_files(run, &files).unwrap();
    }
    let size = |name: &str| fs::metadata(home.0.path().join(name)).unwrap().len();
    assert!(size("state.db") > 2 * size("state.db-wal"), "{} {}", size("state.db"), size("state.db-wal"));
}

fn set_version(database: &Path, version: i64) {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection.pragma_update(None, "user_version", version).unwrap();
}
