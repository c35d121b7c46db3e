//! `errors`, on errors recorded by the store.

use data_exporter::models::ErrorSeverity;
use data_exporter::store::errors::NewError;
use test_support::{TestHome, fields};

/// Records three kinds of errors: one was reported to the server, one occurred three times.
pub fn home() -> TestHome {
    let home = TestHome::new();
    let store = home.store();
    let unreachable = NewError::new(
        "CONNECTION_FAILED",
        ErrorSeverity::Error,
        "`https://dfm.example.com` cannot be reached: connection refused",
    )
    .hint("check the network, then `data_exporter export`");
    for _ in 0..3 {
        store.record_error(&unreachable).unwrap();
    }
    let damaged = NewError::new("FILE_DAMAGED", ErrorSeverity::Warning, "the header makes no sense")
        .metadata("fileName", "Склад/товары.dbf");
    let recorded = store.record_error(&damaged).unwrap();
    store.error_reported(recorded.id).unwrap();
    store.record_error(&NewError::new("DISK_FULL", ErrorSeverity::Critical, "the disk is full")).unwrap();
    home
}

fn types(home: &TestHome, arguments: &[&str]) -> Vec<String> {
    let (code, value) = home.json(&[&["errors"], arguments].concat());
    assert_eq!(code, 0);
    let errors = value["errors"].as_array().unwrap();
    errors.iter().map(|error| error["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_error_has_the_documented_fields() {
    let (_, value) = home().json(&["errors"]);
    let mut expected = vec![
        "id", "type", "severity", "message", "metadata", "first_at", "last_at", "count", "reported",
        "solved", "run_id", "hint",
    ];
    expected.sort_unstable();
    let errors = value["errors"].as_array().unwrap();
    for error in errors {
        assert_eq!(fields(error), expected);
    }
    assert_eq!(errors[1]["metadata"]["fileName"], "Склад/товары.dbf");
    assert_eq!((&errors[2]["count"], &errors[2]["reported"]), (&3.into(), &false.into()));
    assert!(errors[0]["hint"].is_null());
}

#[test]
fn flags_filter_the_list() {
    let home = home();
    assert_eq!(types(&home, &[]), ["DISK_FULL", "FILE_DAMAGED", "CONNECTION_FAILED"]);
    assert_eq!(types(&home, &["--severity", "WARNING"]), ["FILE_DAMAGED"]);
    assert_eq!(types(&home, &["--severity", "error+"]), ["DISK_FULL", "CONNECTION_FAILED"]);
    assert_eq!(types(&home, &["--type", "CONNECTION_FAILED"]), ["CONNECTION_FAILED"]);
    assert_eq!(types(&home, &["--text", "ТОВАРЫ"]), ["FILE_DAMAGED"]);
    assert_eq!(types(&home, &["--since", "1h"]).len(), 3);
    assert_eq!(types(&home, &["--since", "2100-01-01"]), [""; 0]);
    assert_eq!(types(&home, &["--limit", "2"]), ["DISK_FULL", "FILE_DAMAGED"]);
}

#[test]
fn the_text_output_names_error_place_and_remedy() {
    let home = home();
    insta::assert_snapshot!("all", home.masked(&home.run(&["errors"]).out));
    assert_eq!(TestHome::new().run(&["errors"]).out, "No errors.\n");
}

#[test]
fn follow_prints_each_error_once_and_again_when_its_count_grows() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;
    let home = home();
    let mut command = home.command(&["errors", "--follow", "--json", "--limit", "1"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> (String, u64) {
        let error: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        (error["type"].as_str().unwrap().to_owned(), error["count"].as_u64().unwrap())
    };
    assert_eq!(next(), ("DISK_FULL".to_owned(), 1));
    let new = NewError::new("TIMEOUT_ERROR", ErrorSeverity::Warning, "the server did not answer");
    home.store().record_error(&new).unwrap();
    assert_eq!(next(), ("TIMEOUT_ERROR".to_owned(), 1));
    home.store().record_error(&new).unwrap();
    assert_eq!(next(), ("TIMEOUT_ERROR".to_owned(), 2));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn events_are_left_out_of_the_text_unless_asked_for() {
    let home = TestHome::new();
    for (kind, severity) in [("STARTUP_SUCCESS", ErrorSeverity::Info), ("DISK_FULL", ErrorSeverity::Critical)]
    {
        home.store().record_error(&NewError::new(kind, severity, "what happened")).unwrap();
    }
    let answer = home.run(&["errors"]);
    assert!(answer.out.contains("DISK_FULL") && !answer.out.contains("STARTUP_SUCCESS"), "{}", answer.out);
    assert!(answer.err.contains("1 event not shown: --severity INFO"), "{}", answer.err);
    assert!(home.run(&["errors", "--severity", "INFO"]).out.contains("STARTUP_SUCCESS"));
    assert!(home.run(&["errors", "--type", "STARTUP_SUCCESS"]).out.contains("STARTUP_SUCCESS"));
    assert_eq!(home.json(&["errors"]).1["errors"].as_array().unwrap().len(), 2);
}
