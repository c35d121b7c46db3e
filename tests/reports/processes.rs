//! Error reports of real processes that are killed or run out of memory or disk space.

use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

use data_exporter::models::export::RunState;
use local_data_forge::{Endpoint, Fault, LocalServer, Options, Rule};
use serde_json::json;
use test_support::TestHome;
use test_tables::{Dialect, Field, Table, Value};

use crate::{detail, history, reported};
use test_support::{Installation, SKIP_UNCHANGED, Service};

#[test]
fn the_next_export_reports_one_that_was_killed() {
    let installation = Installation::with_a_table().paired(SKIP_UNCHANGED);
    installation.server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let mut command = installation.home.command(&["export"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    installation.until_requested(Endpoint::Upload);
    child.kill().unwrap();
    child.wait().unwrap();
    installation.server.clear_faults();
    assert_eq!(installation.home.run(&["export"]).code, 0);
    let report = &reported(&installation.server, "SHUTDOWN_ERROR")[0];
    assert_eq!(report.severity, "ERROR");
    assert_eq!(report.metadata.as_ref().unwrap()["runId"], json!(1));
    installation.until_run(RunState::Interrupted);
}

#[test]
fn the_next_start_reports_a_service_that_was_killed_while_idle() {
    let installation = Installation::with_a_table().paired(SKIP_UNCHANGED);
    let service = Service::start(&installation);
    reported(&installation.server, "STARTUP_SUCCESS");
    assert_eq!(service.end("KILL"), None);
    let service = Service::start(&installation);
    let report = &reported(&installation.server, "SHUTDOWN_ERROR")[0];
    assert_eq!(report.severity, "WARNING");
    assert!(!detail(report, "startedAt").is_empty());
    assert_eq!(service.end("TERM"), Some(0));
    assert_eq!(reported(&installation.server, "SHUTDOWN_SUCCESS").len(), 1);
    let _service = Service::start(&installation);
    assert_eq!(
        reported(&installation.server, "SHUTDOWN_ERROR").len(),
        1,
        "a service that ended by a signal is not reported"
    );
}

/// Creates a paired installation with an empty source folder.
fn home(server: &LocalServer) -> TestHome {
    let home = TestHome::new();
    std::fs::create_dir(home.path().join("tables")).unwrap();
    let text = format!(
        "[src]\nsource_dir = '{}'\n[credential]\nsecret_store = \"file\"\n[credential.device]\n\
         domain = \"warehouse.example.com\"\nclient_secret = \"cs_secret123\"\n[api]\nbase_url = \"{}\"\n\
         https_only = false\n",
        home.path().join("tables").display(),
        server.base_url()
    );
    home.write("config.toml", &text);
    home
}

#[test]
fn a_memo_over_the_limit_is_cut_and_reported_within_bounded_memory() {
    let server = LocalServer::start(Options::default()).unwrap();
    let home = home(&server);
    let tables = home.path().join("tables");
    let good = Table::new(Dialect::DBase3).field(Field::character("NAME", 9)).row([Value::from("bolt")]);
    good.build().write(&tables, "good.dbf").unwrap();
    let huge =
        Table::new(Dialect::FoxPro2).field(Field::memo("NOTE", Dialect::FoxPro2)).row([Value::from("note")]);
    let written = huge.build().write(&tables, "huge.dbf");
    written.unwrap();
    // The memo claims three gigabytes, and the sparse file has that size.
    let memo = tables.join("huge.fpt");
    let mut bytes = std::fs::read(&memo).unwrap();
    let length = 3_u32 << 30;
    bytes[516..520].copy_from_slice(&length.to_be_bytes());
    std::fs::write(&memo, bytes).unwrap();
    File::options().write(true).open(&memo).unwrap().set_len(u64::from(length) + 520).unwrap();

    let starved = format!("ulimit -v 2000000; exec '{}' export --json", env!("CARGO_BIN_EXE_data_exporter"));
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &starved]).env_clear().env("DATA_EXPORTER_HOME", home.path()).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let report = &reported(&server, "FILE_ERROR")[0];
    assert_eq!((report.severity.as_str(), detail(report, "code")), ("WARNING", "VALUES_DROPPED"));
    assert_eq!(detail(report, "fileName"), "huge.dbf");
}

#[test]
fn an_export_reports_a_database_that_cannot_be_opened() {
    let server = LocalServer::start(Options::default()).unwrap();
    let home = home(&server);
    std::fs::create_dir(home.path().join("state.db")).unwrap();
    assert_eq!(home.run(&["export"]).code, 1);
    let report = &reported(&server, "STARTUP_ERROR")[0];
    assert_eq!((report.severity.as_str(), detail(report, "code")), ("CRITICAL", "STORE_ERROR"));
}

/// Needs root, to mount a small disk in a private namespace.
#[test]
fn a_full_disk_is_reported_and_the_history_stays_readable() {
    let server = LocalServer::start(Options::default()).unwrap();
    let installation = home(&server);
    std::fs::rename(installation.path().join("tables"), installation.path().join("moved")).unwrap();
    assert_eq!(installation.run(&["export"]).code, 7, "the history needs an error");
    let disk = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=1m none $0 || exit 77; cp -r $1/. $0; dd if=/dev/zero of=$0/movie bs=4k; \
                  for asked in export errors status; do DATA_EXPORTER_HOME=$0 $2 $asked --json; echo $?; done";
    let mut command = std::process::Command::new("unshare");
    command.args(["--mount", "sh", "-c", script]).arg(disk.path()).arg(installation.path());
    command.arg(env!("CARGO_BIN_EXE_data_exporter")).stdin(Stdio::null());
    let output = command.output().unwrap();
    if matches!(output.status.code(), Some(1 | 77)) {
        println!("skipped: only root can mount a small disk");
        return;
    }
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let mut next = || (serde_json::from_str(lines.next().unwrap()).unwrap(), lines.next().unwrap());
    let (export, code): (serde_json::Value, _) = next();
    assert_eq!((&export["error"]["code"], code), (&json!("DISK_FULL"), "1"), "{text}");
    let (errors, code) = next();
    assert_eq!((&errors["errors"][0]["type"], code), (&json!("SOURCE_MISSING"), "0"), "{text}");
    let (status, code) = next();
    assert_eq!((&status["last_run"]["run_id"], code), (&json!(1), "0"), "{text}");
    let report = &reported(&server, "DISK_FULL")[0];
    assert_eq!((report.severity.as_str(), detail(report, "code")), ("CRITICAL", "DISK_FULL"));
}

#[test]
fn unattended_commands_record_an_invalid_configuration() {
    for command in ["export", "run"] {
        let home = TestHome::with_config("[export]\ngzip_level = 77\n");
        assert_eq!(home.run(&[command]).code, 7);
        let lines = history(&home.store());
        assert_eq!((lines[0].kind.as_str(), lines[0].reported), ("CONFIG_ERROR", false), "{command}");
    }
    let home = TestHome::with_config("[export]\ngzip_level = 77\n");
    assert_eq!(home.run(&["status"]).code, 7);
    assert!(!home.path().join("state.db").exists(), "a read-only command writes nothing");
}

#[test]
fn a_server_that_never_answers_reports_delays_the_end_by_seconds() {
    let server = LocalServer::start(Options::default()).unwrap();
    let home = home(&server);
    std::fs::write(home.path().join("tables/bad.dbf"), b"this is no table").unwrap();
    let started = Instant::now();
    assert_eq!(home.run(&["export"]).code, 1);
    let usual = started.elapsed();
    server.fault(Rule::always(Fault::Silence).on(Endpoint::Error));
    // Another error, since a repeat within the hour would not be sent.
    std::fs::rename(home.path().join("tables/bad.dbf"), home.path().join("tables/worse.dbf")).unwrap();
    let started = Instant::now();
    assert_eq!(home.run(&["export"]).code, 1, "the exit code is the same");
    assert!(started.elapsed() < usual + Duration::from_secs(8), "{:?}", started.elapsed());
    let lines = home.json(&["errors"]).1;
    let reported: Vec<bool> =
        lines["errors"].as_array().unwrap().iter().map(|line| line["reported"].as_bool().unwrap()).collect();
    assert!(reported.contains(&true) && reported.contains(&false), "{lines}");
}

#[test]
fn a_failed_pairing_is_recorded() {
    let installation = Installation::with_a_table().unpaired(SKIP_UNCHANGED);
    let answer = std::thread::scope(|scope| {
        let pairing = scope.spawn(|| installation.home.run(&["authorize-device", "--no-browser", "--json"]));
        installation.until_requested(Endpoint::Poll);
        let code = installation.server.pending()[0].user_code.clone();
        installation.server.deny(&code).unwrap();
        pairing.join().unwrap()
    });
    assert_eq!(answer.code, 4);
    let lines = history(&installation.home.store());
    assert_eq!((lines[0].kind.as_str(), lines[0].reported), ("NOT_PAIRED", false), "{lines:?}");
}
