//! The service on a machine whose services belong to nobody: the service control manager of wine starts and stops the
//! program.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use test_support::wait::{wait_for, wait_until};
use test_support::{Answer, bare};
use windows_service::service::{ServiceAccess, ServiceExitCode};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};

use super::under_wine;

/// The common folder of services in this wine.
const COMMON: &str = "C:\\users\\Public";

const CRONTAB: &str = "0 3 * * *";

/// The installed command, in a folder with a blank in its name.
fn run(arguments: &[&str]) -> Answer {
    let built = bare(arguments);
    let folder = Path::new("C:\\Program Files\\Data Exporter");
    let program = folder.join("data_exporter.exe");
    if !program.exists() {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::copy(built.get_program(), &program).unwrap();
    }
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).env("ProgramData", COMMON);
    Answer::from_command(command)
}

/// The binary that the service control manager starts.
fn line() -> String {
    let key = "SYSTEM\\CurrentControlSet\\Services\\data-exporter";
    windows_registry::LOCAL_MACHINE.open(key).unwrap().get_string("ImagePath").unwrap()
}

fn status() -> Value {
    run(&["service", "status", "--json"]).json()["service"].clone()
}

fn until(wanted: &Value) {
    wait_until(&format!("the service is {wanted}"), || status() == *wanted);
}

#[test]
fn a_dry_run_shows_what_would_be_granted() {
    let home = test_support::TestHome::new();
    let answer = home.run(&["install", "--dry-run"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.contains("data_exporter.exe\" run --service"), "{}", answer.out);
    assert!(answer.out.contains("NT SERVICE\\data-exporter:(OI)(CI)M"), "{}", answer.out);
    assert_eq!(home.run(&["install", "--user"]).code, 2);
}

/// Removes the service.
fn fresh() {
    if status() != json!("not_installed") {
        run(&["uninstall"]); // A failed test left it behind.
    }
    let _ = std::fs::remove_file("C:\\Program Files\\Data Exporter\\data_exporter.exe");
}

fn configure(crontab: &str) {
    let folder = Path::new(COMMON).join("data_exporter");
    std::fs::create_dir_all(&folder).unwrap();
    let text = format!("[src]\nsource_dir = '{COMMON}'\n[scheduler]\ncrontab = \"{crontab}\"\n");
    std::fs::write(folder.join("config.toml"), text).unwrap();
}

#[test]
fn the_service_is_installed_runs_holds_its_folder_and_is_removed() {
    if !under_wine() {
        return;
    }
    fresh();
    configure(CRONTAB);
    let installed = run(&["install"]);
    assert_eq!(installed.code, 0, "{}", installed.err);
    assert_eq!(line(), "\"C:\\Program Files\\Data Exporter\\data_exporter.exe\" run --service");
    until(&json!("running"));
    let holder = wait_for("the service holds its folder", || {
        let status = run(&["status", "--json"]).json();
        (!status["lock_holder"].is_null()).then(|| status["lock_holder"].clone())
    });
    assert_eq!(holder["program"], "data_exporter run");
    assert_eq!(run(&["install"]).code, 0, "a running service can be installed again");
    until(&json!("running"));

    // A configuration that became invalid ends the service at once; the manager gets the exit code.
    let manager = ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CONNECT).unwrap();
    let access = ServiceAccess::START | ServiceAccess::STOP | ServiceAccess::QUERY_STATUS;
    let service = manager.open_service("data-exporter", access).unwrap();
    service.stop().unwrap();
    until(&json!("stopped"));
    assert_eq!(service.query_status().unwrap().exit_code, ServiceExitCode::NO_ERROR);
    configure("99 * * * *");
    service.start::<&str>(&[]).unwrap();
    until(&json!("stopped"));
    assert_eq!(service.query_status().unwrap().exit_code, ServiceExitCode::ServiceSpecific(7));
    configure(CRONTAB);
    service.start::<&str>(&[]).unwrap();
    until(&json!("running"));
    drop(service);

    let removed = run(&["uninstall"]);
    assert_eq!(removed.code, 0, "{}", removed.err);
    assert!(run(&["status", "--json"]).json()["lock_holder"].is_null(), "the service was stopped first");
    assert_eq!(status(), json!("not_installed"));
}
