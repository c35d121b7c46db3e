//! The local database as `export` and the command line use it: what is durable, what survives a death, what a
//! damaged or foreign file does.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::Path;

use data_exporter::error::{Code, Error};
use data_exporter::models::ErrorSeverity;
use data_exporter::models::export::{FileReport, RowCounts, RunState, Trigger, UploadState};
use data_exporter::models::listing::{ErrorQuery, HistoryQuery};
use data_exporter::reports::Reports;
use data_exporter::store::delivered::Fingerprint;
use data_exporter::store::journal::{BatchEnd, Finish, PlannedFile, SpooledPart};
use data_exporter::store::recovery::PartState;
use data_exporter::store::{BatchId, FileId, PartId, RunId, Store, StoreError};

const SITE: &str = "http://127.0.0.1:1 demo";

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Store {
        Store::open(self.0.path()).unwrap()
    }

    fn database(&self) -> std::path::PathBuf {
        self.0.path().join("state.db")
    }
}

fn planned(source: &str) -> PlannedFile {
    PlannedFile { source: source.to_owned(), table: source.replace(".dbf", ""), decision: None }
}

fn report(source: &str, written: u64) -> FileReport {
    FileReport {
        source: source.to_owned(),
        output: None,
        table: source.replace(".dbf", ""),
        dialect: Some("dBASE III".to_owned()),
        encoding: Some("CP866".to_owned()),
        encoding_source: None,
        rows: RowCounts { header: written, live: written, written, ..RowCounts::default() },
        bytes_in: 1000,
        bytes_out: 100,
        sha256: Some("ab".repeat(32)),
        warnings: Vec::new(),
        notes: Vec::new(),
        error: None,
    }
}

fn part(name: &str) -> SpooledPart {
    SpooledPart {
        wire_name: format!("{name}.csv.gz"),
        spool: format!("{name}.spool"),
        bytes: 100,
        sha256: "ab".repeat(32),
    }
}

fn fingerprint(size: u64) -> Fingerprint {
    Fingerprint { size, mtime_ns: 7, header_rows: 3, content: None, settings: "s".to_owned() }
}

/// A run with one table in one uploaded part of a started batch.
fn upload_one(store: &Store, source: &str) -> (RunId, FileId, PartId, BatchId) {
    let run = store.begin_run(Trigger::Manual).unwrap();
    let file = store.plan_files(run, &[planned(source)]).unwrap()[0];
    let parts = store.file_converted(file, &report(source, 3), &fingerprint(1000), &[part(source)]).unwrap();
    let batch = store.begin_batch(run, SITE).unwrap();
    store.batch_started(batch, "server-1", None).unwrap();
    store.part_uploading(parts[0], batch).unwrap();
    store.part_uploaded(parts[0], Some(true)).unwrap();
    (run, file, parts[0], batch)
}

#[test]
fn a_completed_batch_delivers_what_it_holds() {
    let home = Home::new();
    let store = home.open();
    let (run, _, _, batch) = upload_one(&store, "a.dbf");
    assert_eq!(store.run(run).unwrap().files.unwrap()[0].upload, None, "not yet: the batch is open");
    assert_eq!(store.delivered(SITE, "a.dbf").unwrap(), None);

    store.batch_finishing(batch, Finish::Complete).unwrap();
    store.batch_finished(batch, BatchEnd::Completed).unwrap();
    store.finish_run(run, RunState::Complete, None).unwrap();

    let told = store.run(run).unwrap();
    assert_eq!((told.state, told.batch_id.as_deref()), (RunState::Complete, Some("server-1")));
    assert_eq!((told.totals.files, told.totals.sent, told.totals.rows_written), (1, 1, 3));
    let file = &told.files.unwrap()[0];
    assert_eq!(file.upload, Some(UploadState::Sent));
    assert_eq!((file.wire_name.as_deref(), file.checksum_verified), (Some("a.dbf.csv.gz"), Some(true)));
    assert_eq!(store.delivered(SITE, "a.dbf").unwrap().unwrap().fingerprint, fingerprint(1000));
    assert_eq!(store.delivered("another site", "a.dbf").unwrap(), None);
}

#[test]
fn no_other_end_of_a_batch_delivers() {
    for end in [BatchEnd::Failed, BatchEnd::Cancelled, BatchEnd::NotCompleted, BatchEnd::NotStarted] {
        let home = Home::new();
        let store = home.open();
        let (run, _, _, batch) = upload_one(&store, "a.dbf");
        store.batch_finished(batch, end).unwrap();
        store.finish_run(run, RunState::Failed, Some(&Error::new(Code::DiskFull, "full"))).unwrap();
        let told = store.run(run).unwrap();
        assert_eq!(told.files.unwrap()[0].upload, Some(UploadState::Failed), "{end:?}");
        assert_eq!((told.totals.sent, told.totals.failed), (0, 1), "{end:?}");
        assert_eq!(told.error.unwrap().code, "DISK_FULL");
        assert_eq!(store.delivered(SITE, "a.dbf").unwrap(), None, "{end:?}");
    }
}

#[test]
fn a_table_of_several_parts_is_sent_when_its_last_part_is() {
    let home = Home::new();
    let store = home.open();
    let run = store.begin_run(Trigger::Manual).unwrap();
    let file = store.plan_files(run, &[planned("big.dbf")]).unwrap()[0];
    let parts = store
        .file_converted(file, &report("big.dbf", 3), &fingerprint(1), &[part("big-1"), part("big-2")])
        .unwrap();
    for (index, server_id) in ["first", "second"].into_iter().enumerate() {
        let batch = store.begin_batch(run, SITE).unwrap();
        store.batch_started(batch, server_id, None).unwrap();
        store.part_uploading(parts[index], batch).unwrap();
        store.part_uploaded(parts[index], None).unwrap();
        store.batch_finished(batch, BatchEnd::Completed).unwrap();
        let sent = store.run(run).unwrap().files.unwrap()[0].upload == Some(UploadState::Sent);
        assert_eq!((sent, store.delivered(SITE, "big.dbf").unwrap().is_some()), (index == 1, index == 1));
    }
    assert_eq!(store.run(run).unwrap().batch_ids, ["first", "second"]);
}

#[test]
fn a_part_sent_again_in_a_new_batch_counts_once() {
    let home = Home::new();
    let store = home.open();
    let (run, _, part, swept) = upload_one(&store, "a.dbf");
    store.batch_finished(swept, BatchEnd::NotCompleted).unwrap();
    let batch = store.begin_batch(run, SITE).unwrap();
    store.batch_started(batch, "server-2", None).unwrap();
    store.part_uploading(part, batch).unwrap();
    store.part_uploaded(part, None).unwrap();
    store.batch_finished(batch, BatchEnd::Completed).unwrap();
    store.finish_run(run, RunState::Complete, None).unwrap();
    let told = store.run(run).unwrap();
    assert_eq!((told.totals.files, told.totals.sent, told.totals.failed), (1, 1, 0));
    let names = store.last_batch(SITE).unwrap().unwrap().names;
    assert!(names.contains("a.dbf.csv.gz"));
}

#[test]
fn after_a_death_the_open_batch_is_told_with_what_it_holds() {
    let home = Home::new();
    let (run, batch) = {
        let store = home.open();
        let run = store.begin_run(Trigger::Schedule).unwrap();
        let files = store.plan_files(run, &[planned("a.dbf"), planned("b.dbf"), planned("c.dbf")]).unwrap();
        let batch = store.begin_batch(run, SITE).unwrap();
        store.batch_started(batch, "server-1", None).unwrap();
        for (file, name) in files.iter().zip(["a", "b", "c"]) {
            let ids = store.file_converted(*file, &report(name, 3), &fingerprint(9), &[part(name)]).unwrap();
            if name != "c" {
                store.part_uploading(ids[0], batch).unwrap();
            }
            if name == "a" {
                store.part_uploaded(ids[0], Some(true)).unwrap();
            }
        }
        (run, batch)
    };

    let store = home.open();
    assert_eq!(store.interrupt_stale_runs().unwrap(), [run]);
    assert_eq!(store.run(run).unwrap().state, RunState::Interrupted);
    let open = store.open_batches().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].id, open[0].server_id.as_deref(), open[0].finish), (batch, Some("server-1"), None));
    let held: Vec<_> = open[0].parts.iter().map(|part| (part.source.as_str(), part.state)).collect();
    assert_eq!(held, [("a.dbf", PartState::Uploaded), ("b.dbf", PartState::Uploading)]);
    assert_eq!(open[0].parts[0].fingerprint, Some(fingerprint(9)));
    assert_eq!(store.spool_in_use().unwrap().into_iter().collect::<Vec<_>>(), ["b.spool"]);

    // A second run goes on with it: the table becomes its own.
    let second = store.begin_run(Trigger::Manual).unwrap();
    let file = store.plan_files(second, &[planned("a.dbf")]).unwrap()[0];
    store.resume_batch(batch, second).unwrap();
    store.adopt_file(open[0].parts[0].file, file).unwrap();
    store.batch_finishing(batch, Finish::Complete).unwrap();
    store.batch_finished(batch, BatchEnd::Completed).unwrap();
    store.finish_run(second, RunState::Complete, None).unwrap();
    let told = store.run(second).unwrap();
    assert_eq!((told.totals.sent, told.totals.rows_written), (1, 3));
    assert_eq!(told.batch_ids, ["server-1"]);
    assert_eq!(store.run(run).unwrap().totals.sent, 0);
    assert!(store.open_batches().unwrap().is_empty());
    assert!(store.interrupt_stale_runs().unwrap().is_empty());
}

#[test]
fn a_batch_found_completed_after_a_death_makes_the_old_history_true() {
    let home = Home::new();
    let (run, batch) = {
        let store = home.open();
        let (run, _, _, batch) = upload_one(&store, "a.dbf");
        store.batch_finishing(batch, Finish::Complete).unwrap();
        (run, batch)
    };
    let store = home.open();
    store.interrupt_stale_runs().unwrap();
    assert_eq!(store.open_batches().unwrap()[0].finish, Some(Finish::Complete));
    store.batch_finished(batch, BatchEnd::Completed).unwrap();
    assert_eq!(store.recent_runs(100).unwrap()[0].totals.sent, 1);
    assert_eq!(store.run(run).unwrap().files.unwrap()[0].upload, Some(UploadState::Sent));
}

#[test]
fn a_start_whose_answer_was_lost_is_an_open_batch_without_an_id() {
    let home = Home::new();
    let run = home.open().begin_run(Trigger::Manual).unwrap();
    home.open().begin_batch(run, SITE).unwrap();
    let open = home.open().open_batches().unwrap();
    assert_eq!((open.len(), open[0].server_id.as_deref()), (1, None));
}

#[test]
fn skipped_and_refused_tables_stand_in_the_history() {
    let home = Home::new();
    let store = home.open();
    let run = store.begin_run(Trigger::Manual).unwrap();
    let files = store.plan_files(run, &[planned("same.dbf"), planned("bad.dbf")]).unwrap();
    store.file_skipped(files[0], "unchanged since it was last delivered").unwrap();
    let error = Error::new(Code::FileDamaged, "`bad.dbf` has no columns").hint("open it in its own program");
    store.file_failed(files[1], None, &error).unwrap();
    store.finish_run(run, RunState::CompleteWithWarnings, None).unwrap();
    let told = store.run(run).unwrap();
    assert_eq!((told.totals.skipped_unchanged, told.totals.failed), (1, 1));
    let files = told.files.unwrap();
    assert_eq!(files[0].decision.as_deref(), Some("unchanged since it was last delivered"));
    assert_eq!(files[1].report.error.as_ref().unwrap(), &error.body());
    assert_eq!(files[1].upload, Some(UploadState::Failed));
}

#[test]
fn runs_are_newest_first() {
    let home = Home::new();
    let store = home.open();
    for _ in 0..5 {
        store.begin_run(Trigger::Manual).unwrap();
    }
    let numbers = |page: Vec<data_exporter::models::export::RunReport>| -> Vec<i64> {
        page.into_iter().map(|run| run.run_id).collect()
    };
    assert_eq!(numbers(store.recent_runs(2).unwrap()), [5, 4]);
    assert!(store.last_run().unwrap().unwrap().files.is_none());
    assert!(matches!(store.run(RunId(99)), Err(StoreError::Missing { what: "run", id: 99 })));
}

#[test]
fn what_was_learnt_of_a_server_is_remembered_by_its_address() {
    let home = Home::new();
    let store = home.open();
    assert_eq!(store.family("https://one").unwrap(), None);
    store.remember_family("https://one", Some("dfc")).unwrap();
    let at = "2026-03-01T10:00:00Z".parse().unwrap();
    store.remember_refused("https://one", Some(at)).unwrap();
    let store = home.open();
    assert_eq!(store.family("https://one").unwrap().as_deref(), Some("dfc"));
    assert_eq!(store.refused_at("https://one").unwrap(), Some(at));
    store.remember_refused("https://one", None).unwrap();
    assert_eq!(store.refused_at("https://one").unwrap(), None);
    assert_eq!(store.family("https://two").unwrap(), None);
}

#[test]
fn a_damaged_database_is_moved_aside_and_said() {
    let home = Home::new();
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
        let said = &errors(&store)[0];
        assert!(said.message.contains("damaged") && said.severity == ErrorSeverity::Critical, "{said:?}");
        assert!(store.recent_runs(100).unwrap().is_empty());
    }
}

#[test]
fn damage_inside_the_pages_is_found_when_the_folder_is_taken() {
    let home = Home::new();
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
fn a_newer_schema_is_refused_and_left_alone() {
    let home = Home::new();
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
fn a_deleted_or_empty_database_begins_anew() {
    let home = Home::new();
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
fn a_view_makes_nothing_and_moves_nothing() {
    let home = Home::new();
    assert!(Store::view(home.0.path()).unwrap().recent_runs(100).unwrap().is_empty());
    assert!(!home.database().exists());
    fs::write(home.database(), vec![b'x'; 4096]).unwrap();
    assert!(matches!(Store::view(home.0.path()), Err(StoreError::Damaged { .. })));
    assert!(home.database().exists());
}

#[test]
fn a_view_sees_the_running_run_of_the_holder() {
    let home = Home::new();
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
    let home = Home::new();
    let store = home.open();
    store.begin_run(Trigger::Manual).unwrap();
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        let mode = fs::metadata(home.0.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_view_reads_whole_states_while_another_connection_writes() {
    let home = Home::new();
    let store = home.open();
    let view = Store::view(home.0.path()).unwrap();
    let mut begun = rusqlite::Connection::open(home.database()).unwrap();
    let unfinished = begun.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    unfinished
        .execute("INSERT INTO runs (trigger, state, started_at) VALUES ('manual', 'running', 0)", [])
        .unwrap();
    assert!(view.last_run().unwrap().is_none(), "neither waited for nor seen");
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
fn an_open_view_changes_nothing_and_lets_the_log_be_emptied() {
    let home = Home::new();
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
