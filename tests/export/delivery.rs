//! Deliveries without faults on the wire.

use std::time::Duration;

use data_exporter::api::RetryPolicy;
use data_exporter::export::{RunLimits, RunRequest};
use data_exporter::models::export::{RunState, UploadState};
use local_data_forge::{BatchStatus, Endpoint, Families};
use test_support::export_harness::{ExportHarness, error_code, file, state};

#[tokio::test]
async fn a_folder_becomes_a_completed_batch() {
    let harness = ExportHarness::new();
    harness.table("GOODS.DBF", &["tea", "salt"]);
    harness.table("old/Stock.dbf", &["rice"]);
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0));
    assert_eq!(harness.statuses(), [BatchStatus::Completed]);
    let arrived = harness.arrived();
    assert_eq!(arrived["GOODS.csv.gz"], ["NAME", "tea", "salt"]);
    assert_eq!(arrived["old_Stock.csv.gz"], ["NAME", "rice"]);
    assert_eq!(outcome.report.batch_id, Some(harness.server.batches()[0].id.clone()));
    let goods = file(&outcome, "GOODS.DBF");
    assert_eq!(goods.upload, Some(UploadState::Sent));
    assert_eq!(goods.wire_name.as_deref(), Some("GOODS.csv.gz"));
    assert_eq!(goods.checksum_verified, Some(true));
    assert_eq!(goods.report.rows.written, 2);
    let batch = &harness.server.batches()[0];
    let stored = batch.files.iter().find(|stored| stored.name == "GOODS.csv.gz").unwrap();
    assert_eq!(goods.report.sha256.as_deref(), Some(stored.sha256.as_str()));
    assert_eq!(stored.content_type, "application/gzip");
    assert!(harness.server.requests().iter().all(|request| request.header("content-encoding").is_none()));
    assert_eq!(harness.spooled(), 0);
    assert_eq!(outcome.report.totals.sent, 2);
}

#[tokio::test]
async fn an_empty_folder_opens_no_batch_and_succeeds() {
    let harness = ExportHarness::new();
    assert_eq!(state(&harness.export().await), (RunState::NothingToDo, 0));
    assert!(harness.server.requests().is_empty());
}

#[tokio::test]
async fn a_missing_folder_is_an_error_instead_of_an_empty_export() {
    let mut harness = ExportHarness::new();
    harness.config.src.source_dir = Some(harness.path("gone"));
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 7));
    assert_eq!(error_code(&outcome), "SOURCE_MISSING");
    assert!(harness.server.batches().is_empty());
    assert_eq!(harness.errors(), ["SOURCE_MISSING"]);
}

#[tokio::test]
async fn an_unreadable_table_is_named_and_the_others_arrive() {
    let harness = ExportHarness::with_tables(2);
    std::fs::write(harness.path("BAD.DBF"), b"this is no table").unwrap();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    assert_eq!(harness.statuses(), [BatchStatus::CompletedWithWarnings]);
    assert_eq!(harness.arrived().len(), 2);
    let bad = file(&outcome, "BAD.DBF");
    assert_eq!(bad.upload, Some(UploadState::Failed));
    assert!(bad.report.error.is_some());
    assert_eq!(harness.errors(), ["FILE_DAMAGED"]);
}

#[tokio::test]
async fn when_every_table_is_unreadable_the_run_fails_without_a_batch() {
    let harness = ExportHarness::new();
    std::fs::write(harness.path("BAD.DBF"), b"this is no table").unwrap();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 1));
    assert!(harness.server.batches().is_empty());
}

#[tokio::test]
async fn a_batch_is_split_at_its_maximum_number_of_files() {
    let mut harness = ExportHarness::with_tables(7);
    harness.limits.files = 3;
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    let sizes: Vec<usize> = harness.server.batches().iter().map(|batch| batch.files.len()).collect();
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(harness.arrived().len(), 7);
    assert_eq!(harness.statuses(), [BatchStatus::Completed; 3]);
}

#[tokio::test]
async fn a_batch_past_its_age_limit_gets_no_more_tables() {
    let mut harness = ExportHarness::with_tables(4);
    harness.limits = RunLimits { age: Duration::ZERO, ..RunLimits::default() };
    harness.config.api.uploads_in_flight = 1;
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    assert!(harness.server.batches().len() > 1);
    assert_eq!(harness.arrived().len(), 4);
}

#[tokio::test]
async fn a_file_name_already_used_in_this_minute_waits_and_is_reported() {
    let harness = ExportHarness::with_tables(1);
    harness.server.switch(|switches| switches.unique_keys = false);
    harness.export().await;
    harness.export().await;
    let reasons = harness.waits.reasons();
    assert!(reasons.iter().any(|why| why.contains("only once a minute")), "{reasons:?}");
    let harness = ExportHarness::with_tables(1);
    harness.export().await;
    harness.next_minute();
    // The offset of the server's clock is known from the batch before, so the client expects to be too early.
    harness.table("T00.DBF", &["four"]);
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
}

#[tokio::test]
async fn only_the_requested_tables_arrive() {
    let harness = ExportHarness::with_tables(3);
    let only = vec!["t01.*".to_owned()];
    let outcome = harness.export_with(RunRequest { only, ..RunRequest::default() }).await;
    assert_eq!(state(&outcome), (RunState::Complete, 0));
    assert_eq!(harness.arrived().into_keys().collect::<Vec<_>>(), ["T01.csv.gz"]);
}

#[tokio::test]
async fn an_export_works_with_the_dfc_family() {
    let harness = ExportHarness::with_tables(3);
    harness.server.switch(|switches| switches.families = Families::F2);
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    assert_eq!(harness.arrived().len(), 3);
    assert_eq!(harness.requests(Endpoint::Token), 2, "one refusal at the newer path, one token");
    harness.next_minute();
    harness.server.forget_requests();
    harness.export().await;
    assert_eq!(harness.requests(Endpoint::Token), 1, "the path is cached");
}

#[tokio::test]
async fn a_server_without_the_batch_api_is_an_error() {
    for unknown_status in [401, 403, 404] {
        let harness = ExportHarness::with_tables(1);
        harness.server.switch(|switches| {
            switches.families = Families::Specification;
            switches.unknown_status = unknown_status;
        });
        let outcome = harness.export().await;
        assert_eq!(outcome.report.state, RunState::Failed);
        let expected = if unknown_status == 404 { "SERVICE_UNAVAILABLE" } else { "AUTHENTICATION_FAILED" };
        assert_eq!(error_code(&outcome), expected);
    }
}

#[tokio::test]
async fn many_small_tables_arrive_exactly_once() {
    let mut harness = ExportHarness::with_tables(60);
    harness.retry_policy = RetryPolicy::default();
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    assert_eq!(harness.arrived().len(), 60);
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_stops_the_run_before_anything_is_sent() {
    let mut harness = ExportHarness::with_tables(2);
    harness.limits.min_free = u64::MAX;
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Failed, 1));
    assert_eq!(error_code(&outcome), "DISK_FULL");
    assert!(harness.server.batches().is_empty());
    assert_eq!(harness.spooled(), 0);
}

#[tokio::test]
async fn a_table_larger_than_the_spool_fails_alone() {
    let mut harness = ExportHarness::with_tables(1);
    let rows: Vec<String> =
        (0..120_000_u64).map(|n| format!("{:040x}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
    harness.table("BIG.DBF", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    harness.config.export.spool_max_mb = 1;
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    assert_eq!(file(&outcome, "BIG.DBF").report.error.as_ref().unwrap().code.as_str(), "FILE_TOO_LARGE");
    assert_eq!(harness.arrived().into_keys().collect::<Vec<_>>(), ["T00.csv.gz"]);
    assert_eq!(harness.spooled(), 0);
}

#[tokio::test]
async fn a_table_that_changes_while_it_is_read_is_skipped_and_reported() {
    let mut harness = ExportHarness::with_tables(1);
    harness.config.api.uploads_in_flight = 1;
    let rows = vec!["row"; 60_000];
    harness.table("BUSY.DBF", &rows);
    let path = harness.path("BUSY.DBF");
    let done = harness.stop.child_token();
    let writer = std::thread::spawn({
        let done = done.clone();
        move || {
            use std::io::Write as _;
            while !done.is_cancelled() {
                let mut file = std::fs::File::options().append(true).open(&path).unwrap();
                file.write_all(b" more").unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    });
    let outcome = harness.export().await;
    done.cancel();
    writer.join().unwrap();
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    let busy = file(&outcome, "BUSY.DBF");
    assert_eq!(busy.report.error.as_ref().unwrap().code.as_str(), "FILE_CHANGING");
    assert_eq!(harness.arrived().into_keys().collect::<Vec<_>>(), ["T00.csv.gz"]);
    assert_eq!(harness.spooled(), 0);
}

#[tokio::test]
async fn dropped_values_are_warnings() {
    let harness = ExportHarness::new();
    harness.table("GOODS.DBF", &["tea", "salt"]);
    let path = harness.path("GOODS.DBF");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4] = 9; // The header counts rows that do not exist.
    std::fs::write(path, bytes).unwrap();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    assert_eq!(harness.statuses(), [BatchStatus::CompletedWithWarnings]);
    assert_eq!(harness.errors(), ["VALUES_DROPPED"]);
    assert_eq!(file(&outcome, "GOODS.DBF").report.rows.missing, 7);
}

#[tokio::test]
async fn names_in_every_script_and_colliding_names_arrive_as_separate_tables() {
    let harness = ExportHarness::new();
    // Windows does not allow quotation marks in names.
    let quoted = if cfg!(windows) { "it's 'x'.dbf" } else { "it's \"x\".dbf" };
    let sources = ["שלום.dbf", "Товар.DBF", "СКЛАД.DBF", "📦.dbf", "a/b.dbf", "a_b.dbf", "A-B.Dbf", quoted];
    for source in sources {
        harness.table(source, &[source]);
    }
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::Complete, 0), "{:?}", outcome.report.error);
    assert_eq!(harness.arrived().len(), sources.len());
    let mut derived: Vec<String> = harness
        .arrived()
        .into_keys()
        .map(|name| {
            let base = name.strip_suffix(".csv.gz").unwrap().to_lowercase();
            base.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
        })
        .collect();
    derived.sort();
    derived.dedup();
    assert_eq!(derived.len(), sources.len(), "{derived:?}");
    for source in sources {
        let file = file(&outcome, source);
        let name = file.wire_name.clone().unwrap();
        assert!(harness.arrived().contains_key(&name), "{source} was sent as {name}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn link_loops_and_broken_links_are_reported_and_the_run_continues() {
    use std::os::unix::fs::symlink;
    let harness = ExportHarness::with_tables(1);
    std::fs::create_dir(harness.path("deep")).unwrap();
    symlink(harness.path(""), harness.path("deep/up")).unwrap();
    symlink("nowhere", harness.path("GONE.DBF")).unwrap();
    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    assert_eq!(outcome.report.totals.files, 2, "no table is sent twice");
    assert_eq!(file(&outcome, "GONE.DBF").report.error.as_ref().unwrap().code.as_str(), "FILE_UNREADABLE");
    assert_eq!(harness.arrived().len(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_outside_the_source_folder_is_sent_through_a_link() {
    use std::os::unix::fs::symlink;

    use data_exporter::config::FollowLinks;
    use test_tables::{Dialect, Field, Table, Value};
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("private"), [&[0; 512], &b"canary:hash\x1A\x1A"[..]].concat())
        .unwrap();
    let mut harness = ExportHarness::new();
    let table = Table::new(Dialect::DBase3Memo).field(Field::memo("TEXT", Dialect::DBase3Memo));
    let table = table.row([Value::Pointer(1)]).build().table;
    std::fs::write(harness.path("MEMO.DBF"), &table).unwrap();
    symlink(outside.path().join("private"), harness.path("MEMO.DBT")).unwrap();
    std::fs::write(outside.path().join("other.dbf"), &table).unwrap();
    symlink(outside.path().join("other.dbf"), harness.path("TABLE.DBF")).unwrap();
    std::fs::create_dir(outside.path().join("folder")).unwrap();
    std::fs::write(outside.path().join("folder/FAR.DBF"), &table).unwrap();
    symlink(outside.path().join("folder"), harness.path("folder")).unwrap();

    let outcome = harness.export().await;
    assert_eq!(state(&outcome), (RunState::CompleteWithWarnings, 3));
    let refused = file(&outcome, "TABLE.DBF").report.error.clone().unwrap();
    assert!(refused.message.contains("leads out of the source folder"), "{}", refused.message);
    assert_eq!(file(&outcome, "MEMO.DBF").report.warnings[0].code, "MEMO_UNREADABLE");
    let arrived = harness.arrived();
    assert_eq!(arrived.keys().collect::<Vec<_>>(), ["MEMO.csv.gz"]);
    assert!(!format!("{arrived:?}").contains("canary"));

    harness.config.src.follow_links = FollowLinks::Anywhere;
    harness.server.switch(|switches| switches.unique_keys = false);
    assert_eq!(harness.export().await.report.totals.sent, 3);
}
