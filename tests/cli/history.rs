//! `history` and `history RUN`, on a journal that the store wrote.

use data_exporter::error::{Code, Error};
use data_exporter::models::export::{EncodingSource, FileReport, Finding, RowCounts, RunState, Trigger};
use data_exporter::store::delivered::Fingerprint;
use data_exporter::store::journal::{BatchEnd, PlannedFile, SpooledPart};
use test_support::{TestHome, fields};

/// Records two runs: one with a sent, a skipped and a rejected table, one that failed.
pub fn home() -> TestHome {
    let home = TestHome::new();
    let store = home.store();
    let run = store.begin_run(Trigger::Manual).unwrap();
    let planned = ["Склад/товары.dbf", "same.dbf", "bad.dbf"].map(|source| PlannedFile {
        source: source.to_owned(),
        table: "t".to_owned(),
        decision: Some("not sent before".to_owned()),
    });
    let files = store.plan_files(run, &planned).unwrap();
    let report = FileReport {
        source: planned[0].source.clone(),
        output: None,
        table: "t".to_owned(),
        dialect: Some("FoxPro".to_owned()),
        encoding: Some("CP866".to_owned()),
        encoding_source: Some(EncodingSource::Ldid),
        rows: RowCounts { header: 12, live: 10, deleted: 2, written: 10, ..RowCounts::default() },
        bytes_in: 5000,
        bytes_out: 1234,
        sha256: Some("00".repeat(32)),
        warnings: vec![Finding {
            code: "NUMBER_INVALID".to_owned(),
            row: Some(3),
            column: Some("PRICE".to_owned()),
            count: 2,
            message: "2 values of PRICE are no numbers, first in row 3".to_owned(),
            samples: Vec::new(),
        }],
        notes: Vec::new(),
        error: None,
    };
    let print = Fingerprint { size: 1, mtime_ns: 1, header_rows: 1, content: None, settings: String::new() };
    let part = SpooledPart {
        wire_name: "t.csv.gz".to_owned(),
        spool: "1".to_owned(),
        bytes: 1234,
        sha256: "00".repeat(32),
    };
    let parts = store.file_converted(files[0], &report, &print, &[part]).unwrap();
    let batch = store.begin_batch(run, "here").unwrap();
    store.batch_started(batch, "b-1", None).unwrap();
    store.part_uploading(parts[0], batch).unwrap();
    store.part_uploaded(parts[0], Some(true)).unwrap();
    store.file_skipped(files[1], "unchanged since it was last sent").unwrap();
    let error = Error::new(Code::FileDamaged, "`bad.dbf` is shorter than its header").hint("restore it");
    store.file_failed(files[2], None, &error).unwrap();
    store.batch_finished(batch, BatchEnd::CompletedWithWarnings).unwrap();
    store.finish_run(run, RunState::CompleteWithWarnings, None).unwrap();
    let second = store.begin_run(Trigger::Schedule).unwrap();
    let error = Error::new(Code::ConnectionFailed, "the server did not answer").hint("check the network");
    store.finish_run(second, RunState::Failed, Some(&error)).unwrap();
    home
}

#[test]
fn the_list_has_the_documented_fields_without_files() {
    let home = home();
    let (code, value) = home.json(&["history"]);
    assert_eq!(code, 0);
    let runs = value["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!((&runs[0]["run_id"], &runs[1]["run_id"]), (&2.into(), &1.into()), "newest first");
    assert_eq!(
        fields(&runs[1]),
        ["batch_id", "batch_ids", "finished_at", "run_id", "started_at", "state", "totals", "trigger"]
    );
    assert_eq!(runs[1]["state"], "complete_with_warnings");
    assert_eq!(runs[1]["batch_ids"], serde_json::json!(["b-1"]));
    assert_eq!((&runs[0]["trigger"], &runs[0]["batch_id"]), (&"schedule".into(), &serde_json::Value::Null));
    assert_eq!(runs[0]["error"]["code"], "CONNECTION_FAILED");
    assert!(runs[0]["started_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(home.json(&["history", "--limit", "1"]).1["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn a_single_run_includes_its_tables() {
    let (code, value) = home().json(&["history", "1"]);
    assert_eq!(code, 0);
    let files = value["files"].as_array().unwrap();
    assert_eq!(files.len(), 3);
    let mut expected = vec![
        "source",
        "output",
        "table",
        "dialect",
        "encoding",
        "encoding_source",
        "rows",
        "bytes_in",
        "bytes_out",
        "sha256",
        "warnings",
        "notes",
        "error",
        "wire_name",
        "parts",
        "upload",
        "checksum_verified",
        "decision",
    ];
    expected.sort_unstable();
    assert_eq!(fields(&files[0]), expected);
    assert_eq!(fields(&files[2]), expected, "null rather than absent");
    assert_eq!(
        fields(&files[0]["rows"]),
        ["bad", "beyond_header", "deleted", "header", "live", "missing", "written"]
    );
    assert_eq!(fields(&files[0]["warnings"][0]), ["code", "column", "count", "message", "row"]);
    assert_eq!((&files[0]["upload"], &files[0]["checksum_verified"]), (&"sent".into(), &true.into()));
    assert_eq!((&files[1]["upload"], &files[2]["upload"]), (&"skipped_unchanged".into(), &"failed".into()));
    assert_eq!(fields(&files[2]["error"]), ["code", "hint", "message", "path"]);
}

#[test]
fn the_text_output_is_a_table() {
    let home = home();
    insta::assert_snapshot!("list", home.masked(&home.run(&["history"]).out));
    insta::assert_snapshot!("one", home.masked(&home.run(&["history", "1"]).out));
    insta::assert_snapshot!("failed", home.masked(&home.run(&["history", "2"]).out));
    insta::assert_snapshot!("none", TestHome::new().run(&["history"]).out);
}

#[test]
fn an_unknown_run_is_a_usage_error() {
    let (code, value) = home().json(&["history", "99"]);
    assert_eq!((code, value["error"]["code"].as_str()), (2, Some("USAGE")));
    assert_eq!(value["error"]["message"], "there is no run 99");
}

#[test]
fn a_damaged_or_newer_database_is_reported_and_not_changed() {
    let home = TestHome::new();
    home.write("state.db", &"x".repeat(4096));
    let (code, value) = home.json(&["history"]);
    assert_eq!((code, value["error"]["code"].as_str()), (1, Some("STORE_ERROR")));
    assert!(value["error"]["message"].as_str().unwrap().contains("is damaged"));
    assert!(home.path().join("state.db").exists());
}

#[test]
fn a_run_whose_process_died_is_interrupted() {
    let home = TestHome::new();
    home.store().begin_run(Trigger::Manual).unwrap();
    assert_eq!(home.json(&["history"]).1["runs"][0]["state"], "interrupted");
    assert_eq!(home.json(&["history", "1"]).1["state"], "interrupted");
}

#[test]
fn a_person_is_shown_the_newest_twenty_and_a_script_all() {
    let home = TestHome::new();
    let store = home.store();
    for _ in 0..23 {
        let run = store.begin_run(Trigger::Schedule).unwrap();
        store.finish_run(run, RunState::Complete, None).unwrap();
    }
    let shown = home.run(&["history"]).out;
    assert_eq!(shown.lines().count(), 22, "{shown}");
    assert!(shown.ends_with("and 3 older: --all\n"), "{shown}");
    assert_eq!(home.run(&["history", "--all"]).out.lines().count(), 24);
    assert_eq!(home.run(&["history", "--limit", "2"]).out.lines().count(), 3);
    assert_eq!(home.json(&["history"]).1["runs"].as_array().unwrap().len(), 23);
}

#[test]
fn neighbours_in_which_there_was_nothing_to_send_stand_in_one_line() {
    let home = TestHome::new();
    let store = home.store();
    let (same, other) = (RunState::NothingToDo, RunState::Complete);
    for state in [same, other, same, same, same] {
        let run = store.begin_run(Trigger::Schedule).unwrap();
        store.finish_run(run, state, None).unwrap();
    }
    let shown = home.run(&["history"]).out;
    let lines: Vec<&str> = shown.lines().skip(1).collect();
    assert_eq!(lines.len(), 3, "{shown}");
    assert!(lines[0].contains("3–5") && lines[0].contains("Nothing to send ×3"), "{shown}");
    assert!(!lines[2].contains('×'), "{shown}");
    assert_eq!(home.json(&["history"]).1["runs"].as_array().unwrap().len(), 5);
}
