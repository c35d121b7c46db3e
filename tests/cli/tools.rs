//! `version`, `logs`, `wait` and `test`.

use std::fs;
use std::process::Stdio;

use serde_json::json;
use test_support::{Installation, Service, TestHome, fields};

#[test]
fn version_names_the_build_and_the_folders() {
    let home = TestHome::new();
    let (code, value) = home.json(&["version"]);
    assert_eq!(code, 0);
    assert_eq!(
        fields(&value),
        ["commit", "config", "data", "date", "features", "logs", "program", "target", "version"]
    );
    assert_eq!(value["config"], home.path().join("config.toml").display().to_string());
    let shown = home.run(&["version"]).out;
    assert!(shown.starts_with(concat!("data_exporter ", env!("CARGO_PKG_VERSION"))), "{shown}");
    assert!(shown.contains(value["target"].as_str().unwrap()), "{shown}");
}

#[test]
fn logs_shows_the_last_lines_of_the_log() {
    let home = TestHome::new();
    let none = home.run(&["logs"]);
    assert_eq!((none.code, none.out.as_str()), (0, ""));
    assert!(none.err.contains("no log yet"), "{}", none.err);
    fs::create_dir(home.path().join("logs")).unwrap();
    home.write("logs/data_exporter-2026-01-01.log", "one\ntwo\nthree\n");
    assert_eq!(home.run(&["logs", "-n", "2"]).out, "two\nthree\n");
    assert_eq!(home.json(&["logs"]).1["lines"], json!(["one", "two", "three"]));
}

#[test]
fn wait_returns_when_nothing_runs_and_refuses_to_wait_for_ever() {
    let home = TestHome::new();
    let idle = home.run(&["wait"]);
    assert_eq!((idle.code, idle.out.as_str()), (0, "No export is running.\n"));
    let never = home.run(&["wait", "--for", "run"]);
    assert_eq!(never.code, 1);
    assert!(never.err.contains("data_exporter run"), "{}", never.err);
}

#[test]
fn wait_ends_with_the_next_export_and_its_exit_code() {
    let installation = Installation::with_a_table().paired("");
    let _service = Service::start(&installation);
    let home = &installation.home;
    assert_eq!(home.json(&["wait", "--for", "run", "--timeout", "1s"]), (1, json!({ "timed_out": true })));
    let waiting = home.command(&["wait", "--for", "run", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    // The export is repeated until the other command has seen the end of one.
    let (sender, receiver) = std::sync::mpsc::channel();
    let waiter = std::thread::spawn(move || {
        let output = waiting.wait_with_output().unwrap();
        sender.send(()).unwrap();
        output
    });
    while receiver.try_recv().is_err() {
        assert_eq!(home.run(&["export", "--full"]).code, 0);
    }
    let output = waiter.join().unwrap();
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &value["run"]["state"]), (Some(0), &json!("complete")));
}

#[test]
fn test_diagnoses_and_shows_what_would_be_sent() {
    let installation = Installation::with_a_table().paired("");
    let answer = installation.home.run(&["test"]);
    assert!(answer.out.contains("Dry run: 1 table would be sent"), "{}", answer.out);
    assert!(answer.out.contains("server"), "{}", answer.out);
    assert_eq!(installation.server.batches().len(), 0);
}
