//! `export` against the stand-in server: delivered files and output.

use std::fs;
use std::process::Command;
use std::time::Duration;

use local_data_forge::{BatchStatus, Endpoint, Fault, Rule};
use serde_json::{Value, json};
use test_support::{Installation, error_code, fields, wait_until};
use test_tables::{Dialect, Field, Table, Value as Cell};

#[test]
fn a_folder_becomes_a_completed_batch() {
    let installation = Installation::new();
    let server = &installation.server;
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 3);
    installation.table("STOCK.DBF", 5);
    let answer = installation.home.run(&["export", "--json"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert_eq!(answer.out.trim().lines().count(), 1, "one object");
    let run = answer.json();
    assert_eq!(
        fields(&run),
        [
            "batch_id",
            "batch_ids",
            "files",
            "finished_at",
            "run_id",
            "started_at",
            "state",
            "totals",
            "trigger"
        ]
    );
    assert_eq!(
        (&run["state"], &run["trigger"], &run["run_id"]),
        (&json!("complete"), &json!("manual"), &json!(1))
    );
    let batch = &server.batches()[0];
    assert_eq!(batch.status, BatchStatus::Completed);
    assert_eq!((&run["batch_id"], &run["batch_ids"]), (&json!(batch.id), &json!([batch.id])));
    for file in run["files"].as_array().unwrap() {
        assert_eq!((&file["upload"], &file["checksum_verified"]), (&json!("sent"), &json!(true)));
        let stored = server.files(&batch.id);
        let stored = stored.iter().find(|stored| file["wire_name"] == stored.name.as_str()).unwrap();
        assert_eq!(file["sha256"], stored.sha256.as_str());
    }
    assert!(answer.err.contains("2 tables found, 2 to send"), "{}", answer.err);
    assert!(!answer.err.contains(Installation::SECRET));

    assert_eq!(installation.home.json(&["history", "1"]).1, run, "the history has the same run");
    assert_eq!(installation.home.json(&["status"]).1["state"], "inactive");
    assert!(installation.home.json(&["errors"]).1["errors"].as_array().unwrap().is_empty());
}

#[test]
fn the_text_output_shows_progress_and_result() {
    for (language, ending) in [("en", ""), ("ru", "_in_ru"), ("he", "_in_he")] {
        let installation = Installation::new();
        let server = &installation.server;
        installation.pair_in_plain_text(&server.base_url(), "");
        installation.table("goods.dbf", 3);
        installation.damaged("bad.dbf");
        let answer = installation.home.run(&["export", "--lang", language]);
        assert_eq!(answer.code, 3);
        let batch = &server.batches()[0].id;
        let masked = |text: &str| installation.home.masked(text).replace(batch.as_str(), "BATCH");
        insta::assert_snapshot!(format!("result{ending}"), masked(&answer.out));
        let mut lines: Vec<&str> = answer.err.lines().collect();
        lines.sort_unstable();
        insta::assert_snapshot!(format!("progress{ending}"), masked(&lines.join("\n")));
    }
}

#[test]
fn a_long_list_is_shortened_to_the_tables_with_problems() {
    let installation = Installation::new();
    let server = &installation.server;
    installation.pair_in_plain_text(&server.base_url(), "");
    for number in 0..41 {
        installation.table(&format!("t{number}.dbf"), 1);
    }
    installation.damaged("bad.dbf");
    let out = installation.home.run(&["export"]).out;
    assert!(out.contains("bad.dbf") && !out.contains("t7.dbf"), "{out}");
    assert!(out.ends_with("41 more tables without problems: `data_exporter history 1`\n"), "{out}");
}

/// docs/reliability.md#p4-secrets and docs/dbf.md#findings: files and output contain neither a secret nor a row's value.
#[test]
fn no_secret_or_table_value_is_written_or_printed() {
    let installation = Installation::new();
    let server = &installation.server;
    installation.pair_in_plain_text(&server.base_url(), "[credential]\nsecret_store = \"keychain\"\n");
    let mut table = Table::new(Dialect::DBase3).field(Field::numeric("PRICE", 12, 2));
    table.push(b' ', [Cell::Number("canary,value".to_owned())]);
    table.build().write(&installation.tables, "goods.dbf").unwrap();
    let mut output = String::new();
    for arguments in [
        &["export", "--json"][..],
        &["export", "--dry-run"],
        &["history", "1"],
        &["errors"],
        &["status"],
        &["config", "show"],
    ] {
        let answer = installation.home.command(arguments).env("DATA_EXPORTER_LOG", "trace").output().unwrap();
        output += &String::from_utf8_lossy(&answer.stdout);
        output += &String::from_utf8_lossy(&answer.stderr);
    }
    assert!(output.contains("NUMBER_INVALID"), "the value was read: {output}");
    assert!(!output.contains("canary"), "{output}");
    assert!(!output.contains(Installation::SECRET), "{output}");
    for entry in fs::read_dir(installation.home.path()).unwrap().flatten() {
        if entry.path().is_file() && entry.file_name() != "config.toml" {
            let bytes = String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
            assert!(!bytes.contains(Installation::SECRET) && !bytes.contains("canary"), "{:?}", entry.path());
        }
    }
}

#[test]
fn an_empty_folder_exits_0_and_opens_no_batch() {
    let installation = Installation::new();
    let server = &installation.server;
    installation.pair_in_plain_text(&server.base_url(), "");
    let (exit, run) = installation.export(&[]);
    assert_eq!((exit, &run["state"], &run["batch_id"]), (0, &json!("nothing_to_do"), &Value::Null));
    assert_eq!(run["batch_ids"], json!([]));
    assert!(server.batches().is_empty());
}

#[test]
fn a_rejected_table_exits_3_and_the_others_are_sent() {
    let installation = Installation::new();
    let server = &installation.server;
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 3);
    installation.damaged("bad.dbf");
    let (exit, run) = installation.export(&[]);
    assert_eq!((exit, &run["state"]), (3, &json!("complete_with_warnings")));
    assert_eq!(server.batches()[0].status, BatchStatus::CompletedWithWarnings);
    let bad = run["files"].as_array().unwrap().iter().find(|file| file["source"] == "bad.dbf").unwrap();
    assert_eq!((&bad["upload"], &bad["error"]["code"]), (&json!("failed"), &json!("FILE_DAMAGED")));
    let errors = installation.home.json(&["errors"]).1;
    assert_eq!(errors["errors"][0]["metadata"]["fileName"], "bad.dbf");
    assert_eq!(errors["errors"][0]["run_id"], 1);
    assert_eq!(installation.home.json(&["status"]).1["state"], "warnings");
}

#[test]
fn a_dry_run_sends_no_request_and_writes_nothing() {
    let installation = Installation::new();
    let server = &installation.server;
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 3);
    let (exit, run) = installation.export(&["--dry-run"]);
    assert_eq!((exit, &run["state"]), (0, &json!("complete")));
    let file = &run["files"][0];
    assert_eq!((&file["upload"], &file["rows"]["written"]), (&Value::Null, &json!(3)));
    assert!(file["decision"].is_string());
    assert!(server.requests().is_empty());
    for name in ["state.db", "spool", "lock"] {
        assert!(!installation.home.path().join(name).exists(), "{name}");
    }
    insta::assert_snapshot!(
        "dry_run",
        installation.home.masked(&installation.home.run(&["export", "--dry-run"]).out)
    );
}

#[test]
fn unchanged_tables_are_skipped_when_configured_and_sent_with_full() {
    let installation = Installation::new();
    let server = &installation.server;
    server.switch(|switches| switches.unique_keys = false);
    installation.pair_in_plain_text(&server.base_url(), "[export]\nskip_unchanged = true\n");
    installation.table("goods.dbf", 3);
    assert_eq!(installation.export(&[]).0, 0);
    let (exit, run) = installation.export(&[]);
    assert_eq!((exit, &run["state"]), (0, &json!("nothing_to_do")));
    assert_eq!(run["files"][0]["upload"], "skipped_unchanged");
    assert_eq!(server.batches().len(), 1);
    assert_eq!(installation.home.json(&["status"]).1["state"], "inactive");
    let (exit, run) = installation.export(&["--dry-run", "--full"]);
    assert_eq!((exit, &run["files"][0]["upload"]), (0, &Value::Null));
}

#[test]
fn only_the_requested_tables_are_sent() {
    let installation = Installation::new();
    let server = &installation.server;
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 1);
    installation.table("stock.dbf", 1);
    let (exit, run) = installation.export(&["--file", "GOO*"]);
    assert_eq!((exit, run["files"].as_array().unwrap().len()), (0, 1));
    assert_eq!(run["files"][0]["source"], "goods.dbf");
    assert_eq!(installation.home.run(&["export", "--file", "["]).code, 2);
    assert_eq!(installation.home.run(&["export", "--retry-for", "soon"]).code, 2);
}

#[cfg(unix)]
#[test]
fn ctrl_c_exits_130_and_cancels_the_batch() {
    let installation = Installation::new();
    let server = &installation.server;
    server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 1);
    let child = installation.start_export();
    wait_until("an upload starts", || {
        server.requests().iter().any(|request| request.path.ends_with("/upload"))
    });
    assert_eq!(installation.home.json(&["status"]).1["state"], "running");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let run: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&run["state"], error_code(&run)), (&json!("cancelled"), "CANCELLED"));
    assert_eq!(server.batches()[0].status, BatchStatus::Cancelled);
}

/// docs/reliability.md#r1-kill: the process is killed during an upload; the next run leaves every table in exactly one completed batch.
#[cfg(unix)]
#[test]
fn after_kill_9_the_next_export_delivers_everything_once() {
    let installation = Installation::new();
    let server = &installation.server;
    server.switch(|switches| switches.unique_keys = false);
    server.fault(Rule::nth(2, Fault::SilenceAfter).on(Endpoint::Upload));
    installation.pair_in_plain_text(&server.base_url(), "uploads_in_flight = 1\n");
    for name in ["a.dbf", "b.dbf", "c.dbf"] {
        installation.table(name, 2);
    }
    let mut child = installation.start_export();
    wait_until("the second upload starts", || {
        server.requests().iter().filter(|request| request.path.ends_with("/upload")).count() == 2
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let (_, value) = installation.home.json(&["status"]);
    assert_eq!((&value["state"], &value["last_run"]["state"]), (&json!("error"), &json!("interrupted")));

    let (exit, run) = installation.export(&[]);
    assert_eq!((exit, &run["state"]), (0, &json!("complete")), "{run}");
    let mut delivered: Vec<String> = Vec::new();
    for batch in server.batches() {
        assert_ne!(batch.status, BatchStatus::InProgress);
        if batch.status == BatchStatus::Completed {
            delivered.extend(server.files(&batch.id).into_iter().map(|file| file.name));
        }
    }
    delivered.sort_unstable();
    assert_eq!(delivered, ["a.csv.gz", "b.csv.gz", "c.csv.gz"]);
}

/// docs/reliability.md#r20-several-instances: several concurrent exports share one run.
#[test]
fn four_concurrent_exports_deliver_each_table_once_and_all_show_the_result() {
    let installation = Installation::new();
    let server = &installation.server;
    // Long enough for the other three to start while the first one delivers.
    server.fault(Rule::always(Fault::Delay(Duration::from_secs(10))).on(Endpoint::Upload));
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 1);
    let children: Vec<_> = (0..4).map(|_| installation.start_export()).collect();
    let outputs: Vec<_> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    let shown: Vec<_> = outputs.iter().map(|output| String::from_utf8_lossy(&output.stderr)).collect();
    let shown = shown.join("---\n");
    let codes: Vec<_> = outputs.iter().map(|output| output.status.code()).collect();
    assert_eq!(codes, [Some(0); 4], "{shown}");
    assert_eq!(server.batches().len(), 1, "{shown}");
}

#[cfg(unix)]
#[test]
fn the_data_folder_and_its_files_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let installation = Installation::new();
    let server = &installation.server;
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 1);
    let data = installation.home.path().join("deep/data");
    let mut command = installation.home.command(&["export", "--config"]);
    command.arg(installation.home.path().join("config.toml")).env("DATA_EXPORTER_HOME", &data);
    assert!(command.output().unwrap().status.success());
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&data).unwrap().flatten() {
        let mode = entry.metadata().unwrap().permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{:?}", entry.path());
    }
}

#[test]
fn a_damaged_database_is_reported_and_the_export_continues() {
    let installation = Installation::new();
    let server = &installation.server;
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 1);
    installation.home.write("state.db", &"x".repeat(4096));
    let answer = installation.home.run(&["export"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.err.contains("warning: the local database was damaged"), "{}", answer.err);
    assert!(installation.home.path().join("state.db.damaged-1").exists());
}
