//! Durability of the journal, also after a crash.

use data_exporter::error::{Code, Error};
use data_exporter::models::export::{RunState, Trigger, UploadState};
use data_exporter::store::journal::{BatchEnd, Finish};
use data_exporter::store::recovery::PartState;
use data_exporter::store::{RunId, StoreError};

use crate::home::{SITE, TestHome, fingerprint, part, planned, report, upload_one};

#[test]
fn a_completed_batch_delivers_its_tables() {
    let home = TestHome::new();
    let store = home.open();
    let (run, _, _, batch) = upload_one(&store, "a.dbf");
    assert_eq!(store.run(run).unwrap().files.unwrap()[0].upload, None, "not before the batch is completed");
    assert_eq!(store.delivered(SITE, "a.dbf").unwrap(), None);

    store.batch_finishing(batch, Finish::Complete).unwrap();
    store.batch_finished(batch, BatchEnd::Completed).unwrap();
    store.finish_run(run, RunState::Complete, None).unwrap();

    let report = store.run(run).unwrap();
    assert_eq!((report.state, report.batch_id.as_deref()), (RunState::Complete, Some("server-1")));
    assert_eq!((report.totals.files, report.totals.sent, report.totals.rows_written), (1, 1, 3));
    let file = &report.files.unwrap()[0];
    assert_eq!(file.upload, Some(UploadState::Sent));
    assert_eq!((file.wire_name.as_deref(), file.checksum_verified), (Some("a.dbf.csv.gz"), Some(true)));
    assert_eq!(store.delivered(SITE, "a.dbf").unwrap().unwrap().fingerprint, fingerprint(1000));
    assert_eq!(store.delivered("another site", "a.dbf").unwrap(), None);
}

#[test]
fn no_other_end_of_a_batch_delivers_tables() {
    for end in [BatchEnd::Failed, BatchEnd::Cancelled, BatchEnd::NotCompleted, BatchEnd::NotStarted] {
        let home = TestHome::new();
        let store = home.open();
        let (run, _, _, batch) = upload_one(&store, "a.dbf");
        store.batch_finished(batch, end).unwrap();
        store.finish_run(run, RunState::Failed, Some(&Error::new(Code::DiskFull, "full"))).unwrap();
        let told = store.run(run).unwrap();
        assert_eq!(told.files.unwrap()[0].upload, Some(UploadState::Failed), "{end:?}");
        assert_eq!((told.totals.sent, told.totals.failed), (0, 1), "{end:?}");
        assert_eq!(told.error.unwrap().code.as_str(), "DISK_FULL");
        assert_eq!(store.delivered(SITE, "a.dbf").unwrap(), None, "{end:?}");
    }
}

#[test]
fn a_table_of_several_parts_is_sent_with_its_last_part() {
    let home = TestHome::new();
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
    let home = TestHome::new();
    let store = home.open();
    let (run, _, part, swept) = upload_one(&store, "a.dbf");
    store.batch_finished(swept, BatchEnd::NotCompleted).unwrap();
    let batch = store.begin_batch(run, SITE).unwrap();
    store.batch_started(batch, "server-2", None).unwrap();
    store.part_uploading(part, batch).unwrap();
    store.part_uploaded(part, None).unwrap();
    store.batch_finished(batch, BatchEnd::Completed).unwrap();
    store.finish_run(run, RunState::Complete, None).unwrap();
    let report = store.run(run).unwrap();
    assert_eq!((report.totals.files, report.totals.sent, report.totals.failed), (1, 1, 0));
    let names = store.last_batch(SITE).unwrap().unwrap().names;
    assert!(names.contains("a.dbf.csv.gz"));
}

#[test]
fn after_a_crash_the_open_batch_lists_its_tables() {
    let home = TestHome::new();
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

    // A second run continues the batch; the table then belongs to that run.
    let second = store.begin_run(Trigger::Manual).unwrap();
    let file = store.plan_files(second, &[planned("a.dbf")]).unwrap()[0];
    store.resume_batch(batch, second).unwrap();
    store.adopt_file(open[0].parts[0].file, file).unwrap();
    store.batch_finishing(batch, Finish::Complete).unwrap();
    store.batch_finished(batch, BatchEnd::Completed).unwrap();
    store.finish_run(second, RunState::Complete, None).unwrap();
    let report = store.run(second).unwrap();
    assert_eq!((report.totals.sent, report.totals.rows_written), (1, 3));
    assert_eq!(report.batch_ids, ["server-1"]);
    assert_eq!(store.run(run).unwrap().totals.sent, 0);
    assert!(store.open_batches().unwrap().is_empty());
    assert!(store.interrupt_stale_runs().unwrap().is_empty());
}

#[test]
fn a_batch_found_completed_after_a_crash_corrects_the_old_run() {
    let home = TestHome::new();
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
fn a_lost_start_reply_leaves_an_open_batch_without_an_id() {
    let home = TestHome::new();
    let run = home.open().begin_run(Trigger::Manual).unwrap();
    home.open().begin_batch(run, SITE).unwrap();
    let open = home.open().open_batches().unwrap();
    assert_eq!((open.len(), open[0].server_id.as_deref()), (1, None));
}

#[test]
fn skipped_and_rejected_tables_are_in_the_history() {
    let home = TestHome::new();
    let store = home.open();
    let run = store.begin_run(Trigger::Manual).unwrap();
    let files = store.plan_files(run, &[planned("same.dbf"), planned("bad.dbf")]).unwrap();
    store.file_skipped(files[0], "unchanged since it was last delivered").unwrap();
    let error = Error::new(Code::FileDamaged, "`bad.dbf` has no columns").hint("open it in its own program");
    store.file_failed(files[1], None, &error).unwrap();
    store.finish_run(run, RunState::CompleteWithWarnings, None).unwrap();
    let report = store.run(run).unwrap();
    assert_eq!((report.totals.skipped_unchanged, report.totals.failed), (1, 1));
    let files = report.files.unwrap();
    assert_eq!(files[0].decision.as_deref(), Some("unchanged since it was last delivered"));
    assert_eq!(files[1].report.error.as_ref().unwrap(), &error.body());
    assert_eq!(files[1].upload, Some(UploadState::Failed));
}

#[test]
fn runs_are_newest_first() {
    let home = TestHome::new();
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
fn server_facts_are_cached_per_address() {
    let home = TestHome::new();
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

/// The process dies between the record of the batch's end and that of the run's.
#[test]
fn a_run_that_was_delivered_is_not_interrupted() {
    let home = TestHome::new();
    let store = home.open();
    let run = store.begin_run(Trigger::Schedule).unwrap();
    let files = store.plan_files(run, &[planned("a.dbf")]).unwrap();
    let batch = store.begin_batch(run, SITE).unwrap();
    store.batch_started(batch, "server-1", None).unwrap();
    let ids = store.file_converted(files[0], &report("a", 3), &fingerprint(9), &[part("a")]).unwrap();
    store.part_uploading(ids[0], batch).unwrap();
    store.part_uploaded(ids[0], Some(true)).unwrap();
    store.batch_finished(batch, BatchEnd::Completed).unwrap();
    assert!(store.interrupt_stale_runs().unwrap().is_empty());
    assert_eq!(store.run(run).unwrap().state, RunState::Complete);
}
