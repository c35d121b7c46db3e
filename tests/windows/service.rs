//! The service, where services belong to nobody: the service control manager of wine starts and stops the program.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::home::{Answer, bare};
use super::under_wine;

const PATIENCE: Duration = Duration::from_mins(1);

fn run(arguments: &[&str]) -> Answer {
    Answer::of(bare(arguments))
}

fn status() -> Value {
    run(&["service", "status", "--json"]).json()["service"].clone()
}

fn until(wanted: &Value) {
    let begun = Instant::now();
    while status() != *wanted {
        assert!(begun.elapsed() < PATIENCE, "it never is {wanted}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_dry_run_shows_what_would_be_granted() {
    let home = super::home::Home::new();
    let answer = home.run(&["install", "--dry-run"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.contains("data_exporter.exe\" run --service"), "{}", answer.out);
    assert!(answer.out.contains("NT SERVICE\\data-exporter:(OI)(CI)M"), "{}", answer.out);
    assert_eq!(home.run(&["install", "--user"]).code, 2);
}

#[test]
fn it_is_installed_runs_holds_its_folder_and_is_removed() {
    if !under_wine() {
        return;
    }
    assert_eq!(status(), json!("not_installed"));
    let common = std::path::PathBuf::from(std::env::var_os("ProgramData").unwrap()).join("data_exporter");
    let source = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(&common).unwrap();
    std::fs::write(
        common.join("config.toml"),
        format!("[src]\nsource_dir = '{}'\n[scheduler]\ncrontab = \"0 3 * * *\"\n", source.path().display()),
    )
    .unwrap();
    let installed = run(&["install"]);
    assert_eq!(installed.code, 0, "{}", installed.err);
    until(&json!("running"));
    let begun = Instant::now();
    let holder = loop {
        let told = run(&["status", "--json"]).json();
        if !told["lock_holder"].is_null() {
            break told["lock_holder"].clone();
        }
        assert!(begun.elapsed() < PATIENCE, "it never holds its folder: {told}");
        std::thread::sleep(Duration::from_millis(100));
    };
    assert_eq!(holder["program"], "data_exporter run");
    let removed = run(&["uninstall"]);
    assert_eq!(removed.code, 0, "{}", removed.err);
    assert!(run(&["status", "--json"]).json()["lock_holder"].is_null(), "it was stopped first");
    assert_eq!(status(), json!("not_installed"));
}
