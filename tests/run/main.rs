//! `run`, and the commands that use it: real processes, a real server, real signals.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod kills;
mod reload;

use std::time::{Duration, Instant};

use data_exporter::models::export::RunState;
use local_data_forge::{Endpoint, Fault, RetryAfter, Rule};
use serde_json::{Value, json};
use test_support::wait::TIMEOUT;
use test_support::{Installation, SKIP_UNCHANGED, Service, wait_until};

#[test]
fn it_locks_the_folder_until_a_signal_ends_it() {
    let installation = Installation::with_a_table().paired(SKIP_UNCHANGED);
    let service = Service::start(&installation);
    let second = installation.home.run(&["run"]);
    assert_eq!(second.code, 6, "{}", second.err);
    assert!(second.err.contains(&format!("data_exporter run (pid {})", service.pid())), "{}", second.err);
    let (_, status) = installation.home.json(&["status"]);
    assert_eq!(status["lock_holder"]["pid"], service.pid());
    assert_eq!(service.end("TERM"), Some(0));
    assert!(installation.home.json(&["status"]).1["lock_holder"].is_null());
    assert!(!installation.home.path().join("control.sock").exists());
}

/// The reading thread waits for ever: a pipe has the name of the secret's file, and its writer writes nothing.
#[test]
fn a_command_ends_after_a_signal_whatever_a_thread_waits_for() {
    let installation = Installation::with_a_table().paired(SKIP_UNCHANGED);
    let pipe = installation.home.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut command = installation.home.command(&["export"]);
    command.env("DATA_EXPORTER_CLIENT_SECRET_FILE", &pipe).stdout(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    // Opening returns when the other side reads.
    let writer = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    let signal = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(signal.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(writer);
}

#[test]
fn it_runs_exports_for_the_export_command_with_the_same_result() {
    let installation = Installation::with_a_table().paired(SKIP_UNCHANGED);
    installation.damaged("BROKEN.DBF");
    let _service = Service::start(&installation);
    let (code, run) = installation.home.json(&["export"]);
    assert_eq!((code, &run["state"]), (3, &json!("complete_with_warnings")), "{run}");
    assert_eq!(run["files"].as_array().unwrap().len(), 2);
    assert_eq!(run["trigger"], "manual");
    let (_, history) = installation.home.json(&["history"]);
    assert_eq!(history["runs"].as_array().unwrap().len(), 1);
    let second = installation.home.run(&["export"]);
    assert_eq!(second.code, 3);
    assert!(second.err.contains("note: handing this to data_exporter run (pid"), "{}", second.err);
}

#[test]
fn an_export_beside_an_unpaired_service_ends_with_its_error() {
    let installation = Installation::with_a_table().unpaired(SKIP_UNCHANGED);
    let _service = Service::start(&installation);
    let (code, answer) = installation.home.json(&["export"]);
    assert_eq!((code, &answer["error"]["code"]), (4, &json!("NOT_PAIRED")), "{answer}");
}

#[test]
fn it_pairs_and_unpairs_for_the_commands_which_show_the_result() {
    let installation = Installation::with_a_table().unpaired(SKIP_UNCHANGED);
    let _service = Service::start(&installation);
    let url = installation.server.base_url();
    let arguments =
        ["authorize-device", "--api-url", &url, "--no-https", "--no-browser", "--site-name", "till-7"];
    let pairing = std::thread::scope(|scope| {
        let pairing = scope.spawn(|| installation.home.run(&[&arguments[..], &["--json"]].concat()));
        let begun = Instant::now();
        while installation.server.pending().is_empty() && begun.elapsed() < TIMEOUT {
            std::thread::sleep(Duration::from_millis(20));
        }
        let code = installation.server.pending()[0].user_code.clone();
        installation.server.approve(&code).unwrap();
        pairing.join().unwrap()
    });
    let events: Vec<Value> = pairing.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let words: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(words, ["code", "waiting", "authorized"], "{}", pairing.err);
    assert_eq!(pairing.code, 0);
    assert!(events[2]["domain"].as_str().unwrap().contains("till-7"), "{}", events[2]);
    assert!(installation.home.json(&["status"]).1["paired"].is_object());
    assert_eq!(installation.home.run(&["unpair"]).code, 0);
    assert!(installation.home.json(&["status"]).1["paired"].is_null());
}

/// The command then owns the folder itself, where no pairing is in progress.
#[test]
fn a_pairing_ends_with_an_error_when_the_process_that_pairs_is_killed() {
    let installation = Installation::with_a_table().unpaired(SKIP_UNCHANGED);
    let service = Service::start(&installation);
    let pairing = std::thread::scope(|scope| {
        let pairing = scope.spawn(|| installation.home.run(&["authorize-device", "--no-browser"]));
        wait_until("a pairing waits", || !installation.server.pending().is_empty());
        service.end("KILL");
        pairing.join().unwrap()
    });
    assert_eq!(pairing.code, 6, "{}", pairing.err);
    assert!(pairing.err.contains("has ended meanwhile"), "{}", pairing.err);
}

#[test]
fn a_denied_pairing_has_its_own_code_and_exit_code() {
    let installation = Installation::with_a_table().unpaired(SKIP_UNCHANGED);
    let _service = Service::start(&installation);
    let answer = std::thread::scope(|scope| {
        let pairing = scope.spawn(|| installation.home.run(&["authorize-device", "--no-browser", "--json"]));
        let begun = Instant::now();
        while installation.server.pending().is_empty() && begun.elapsed() < TIMEOUT {
            std::thread::sleep(Duration::from_millis(20));
        }
        let code = installation.server.pending()[0].user_code.clone();
        installation.server.deny(&code).unwrap();
        pairing.join().unwrap()
    });
    let last: Value = serde_json::from_str(answer.out.lines().last().unwrap()).unwrap();
    assert_eq!((answer.code, &last["code"]), (4, &json!("access_denied")));
}

#[test]
fn pause_and_resume_work_with_and_without_it() {
    let installation = Installation::with_a_table()
        .paired("[export]\nskip_unchanged = true\n[scheduler]\ncrontab = \"@daily\"\n");
    let (code, paused) = installation.home.json(&["pause"]);
    assert_eq!((code, paused), (0, json!({"paused": true, "until": null})));
    assert_eq!(installation.home.json(&["status"]).1["state"], "paused");
    let service = Service::start(&installation);
    let (code, resumed) = installation.home.json(&["resume"]);
    assert_eq!((code, resumed), (0, json!({"paused": false, "until": null})));
    assert_eq!(installation.home.json(&["pause", "90m"]).1["paused"], true);
    assert_eq!(service.end("TERM"), Some(0));
    assert_eq!(installation.home.json(&["status"]).1["state"], "paused");
    assert_eq!(installation.home.run(&["resume"]).code, 0);
    assert_eq!(installation.home.run(&["pause", "soon"]).code, 2);
}

#[test]
fn a_signal_stops_a_run_quickly() {
    let installation = Installation::with_a_table()
        .paired("[export]\nskip_unchanged = true\n[scheduler]\ncrontab = \"* * * * * *\"\n");
    installation.server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let service = Service::start(&installation);
    installation.until_requested(Endpoint::Upload);
    let started = Instant::now();
    assert_eq!(service.end("INT"), Some(0));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    installation.until_run(RunState::Cancelled);
}

#[test]
fn status_shows_why_a_run_waits() {
    let installation = Installation::with_a_table()
        .paired("[export]\nskip_unchanged = true\n[scheduler]\ncrontab = \"* * * * * *\"\n");
    installation
        .server
        .fault(Rule::always(Fault::RetryAfter(503, RetryAfter::Seconds(90))).on(Endpoint::Start));
    let _service = Service::start(&installation);
    installation.until_requested(Endpoint::Start);
    let begun = Instant::now();
    let text = loop {
        let text = installation.home.run(&["status"]).out;
        if text.contains("waiting until") || begun.elapsed() > TIMEOUT {
            break text;
        }
    };
    let line = text.lines().find(|line| line.starts_with("Now:")).unwrap_or_else(|| panic!("{text}"));
    assert!(line.starts_with("Now:           0 of 1 table sent; waiting until 20"), "{line}");
    assert!(line.contains(": could not start the batch: the server answered 503"), "{line}");
    let (_, value) = installation.home.json(&["status"]);
    assert!(value["run"]["waiting"]["why"].as_str().unwrap().contains("503"), "{value}");
    let errors = installation.home.json(&["errors", "--severity", "WARNING"]).1;
    let message = errors["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("the server is hard to reach: could not start the batch: "), "{message}");
}

#[test]
fn a_kill_loses_nothing() {
    let installation = Installation::with_a_table()
        .paired("[export]\nskip_unchanged = true\n[scheduler]\ncrontab = \"* * * * * *\"\n");
    installation.server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let service = Service::start(&installation);
    installation.until_requested(Endpoint::Upload);
    assert_eq!(service.end("KILL"), None);
    assert!(installation.home.path().join("control.sock").exists());
    installation.server.clear_faults();
    let _service = Service::start(&installation);
    installation.until_run(RunState::Complete);
    installation.until_run(RunState::Interrupted);
}

#[test]
fn json_prints_one_object_per_line_for_states_and_runs() {
    let installation = Installation::with_a_table()
        .paired("[export]\nskip_unchanged = true\n[scheduler]\ncrontab = \"* * * * * *\"\n");
    let service = Service::start_with(&installation, &["--json"]);
    installation.until_run(RunState::Complete);
    installation.until_run(RunState::NothingToDo);
    let lines = service.output();
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0]["event"], "state");
    let run = events.iter().find(|event| event["event"] == "run").unwrap();
    assert_eq!(run["run"]["trigger"], "schedule");
}

#[test]
fn an_invalid_configuration_is_reported_at_once() {
    let installation = Installation::with_a_table()
        .paired("[export]\nskip_unchanged = true\n[scheduler]\ncrontab = \"*/90 * * * *\"\n");
    let answer = installation.home.run(&["run"]);
    assert_eq!(answer.code, 7);
    assert!(answer.err.contains("*/90"), "{}", answer.err);
}

/// Prints the memory of a service after a run; the limit is far above the goal.
#[test]
fn its_memory_is_bounded() {
    let installation = Installation::with_a_table()
        .paired("[export]\nskip_unchanged = true\n[scheduler]\ncrontab = \"* * * * * *\"\n");
    let service = Service::start(&installation);
    installation.until_run(RunState::Complete);
    // Only root may look into the memory of a process that forbids it; the other figure is never smaller.
    let read = |file| std::fs::read_to_string(format!("/proc/{}/{file}", service.pid()));
    let text = read("smaps_rollup").or_else(|_| read("status")).unwrap();
    let used = |line: &str| line.strip_prefix("Pss:").or(line.strip_prefix("VmRSS:")).map(str::to_owned);
    let memory = text.lines().find_map(used).unwrap().trim().to_owned();
    println!("memory {memory}");
    let kib: u64 = memory.split(' ').next().unwrap().parse().unwrap();
    assert!(kib < 120_000, "{kib} KiB");
}

/// Needs root, to use two accounts.
#[test]
fn another_account_can_read_and_change_nothing() {
    use std::os::unix::fs::{PermissionsExt as _, chown};

    if std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) != 0) {
        println!("skipped: only root can use two accounts");
        return;
    }
    let installation = Installation::with_a_table().paired(SKIP_UNCHANGED);
    let service = Service::start(&installation);
    // As the group of a system service has access.
    let open = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    open(installation.home.path(), 0o711);
    open(&installation.home.path().join("control.sock"), 0o666);
    let place = tempfile::tempdir().unwrap();
    let nobody = |arguments: &[&str]| {
        test_support::Answer::from_command(test_support::as_nobody(&installation, &place, arguments))
    };
    for arguments in [
        &["export", "--json"][..],
        &["unpair"],
        &["authorize-device", "--no-browser"],
        &["pause"],
        &["resume"],
    ] {
        let answer = nobody(arguments);
        let text = format!("{}{}", answer.out, answer.err);
        assert!(text.contains("may look at Data Exporter here, but change nothing"), "{arguments:?}: {text}");
        assert_eq!(answer.code, 6, "{arguments:?}");
    }
    assert!(installation.home.store().last_run().unwrap().is_none());
    // It shows the data of the lock owner, although it cannot read folder and configuration.
    assert_eq!(installation.home.run(&["export"]).code, 0);
    open(&installation.home.path().join("config.toml"), 0o600);
    for arguments in [&["status"][..], &["history"], &["history", "1"], &["errors"]] {
        let (own, other) = (
            installation.home.run(&[arguments, &["--json"]].concat()),
            nobody(&[arguments, &["--json"]].concat()),
        );
        assert_eq!((other.code, other.json()), (0, own.json()), "{arguments:?}: {}", other.err);
    }
    assert_eq!(nobody(&["history", "77"]).code, installation.home.run(&["history", "77"]).code);
    drop(service);
    assert_eq!(nobody(&["history"]).code, 1);
    // What it may not enter is not empty.
    open(installation.home.path(), 0o700);
    for arguments in
        [&["status"][..], &["history"], &["errors"], &["config", "show"], &["doctor", "--offline"]]
    {
        let answer = nobody(arguments);
        let text = format!("{}{}", answer.out, answer.err);
        assert!(answer.code != 0 && text.contains("Permission denied"), "{arguments:?}: {text}");
    }

    // The other direction: an administrator controls the service of another account.
    for entry in std::fs::read_dir(installation.home.path()).unwrap() {
        let path = entry.unwrap().path();
        chown(path, Some(65534), Some(65534)).unwrap();
    }
    chown(installation.home.path(), Some(65534), Some(65534)).unwrap();
    chown(installation.home.path().join("secrets/client_secret"), Some(65534), None).unwrap();
    let _service = Service::start_as_nobody(&installation, &place);
    let (code, run) = installation.home.json(&["export"]);
    assert!(run["run_id"].as_i64().is_some(), "{code} {run}");
}
