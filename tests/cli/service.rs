//! `install` and the other service commands, as far as a test can run them: dry runs and refusals.

use test_support::TestHome;

#[test]
fn a_dry_run_shows_the_unit_and_changes_nothing() {
    let home = TestHome::new().variable("HOME", "/home/anna");
    let (code, plan) = home.json(&["install", "--user", "--dry-run"]);
    assert_eq!(code, 0);
    let write = &plan["writes"][0];
    assert_eq!(write["path"], "/home/anna/.config/systemd/user/data-exporter.service");
    let text = write["text"].as_str().unwrap();
    assert!(text.contains("data_exporter\" run\n"), "{text}");
    assert!(text.contains(&format!("DATA_EXPORTER_HOME={}", home.path().display())), "{text}");
    assert_eq!(plan["after"][1][0], "systemctl");
    assert!(!std::path::Path::new("/home/anna/.config").exists());
    let (code, plan) = home.json(&["uninstall", "--user", "--dry-run"]);
    assert_eq!((code, &plan["removes"][0]), (0, &write["path"]));
}

#[test]
fn command_lines_of_the_former_program_name_their_replacement() {
    let home = TestHome::new();
    for (flags, hint) in [
        (&["--account", "acme", "--username", "till", "--password", "canary"][..], "authorize-device"),
        (&["--source-dir", "C:\\Data", "--crontab", "0 8 * * *", "--encoding", "CP866"], "authorize-device"),
        (&["--use-device-flow", "--site-name", "till"], "authorize-device"),
    ] {
        let answer = home.run(&[&["install"], flags].concat());
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains(hint) && !answer.err.contains("canary"), "{}", answer.err);
    }
}

#[test]
fn a_missing_service_is_not_an_error() {
    let home = TestHome::new().variable("HOME", "/home/nobody-here");
    let (code, status) = home.json(&["service", "status", "--user"]);
    assert_eq!((code, &status["service"]), (0, &serde_json::json!("not_installed")));
}

/// The manager cannot be found, so that the last step fails.
#[test]
#[cfg(target_os = "linux")]
fn a_failed_installation_leaves_nothing_behind() {
    let person = tempfile::tempdir().unwrap();
    let home = TestHome::new().variable("HOME", person.path().to_str().unwrap()).variable("PATH", "");
    let answer = home.run(&["install", "--user"]);
    assert_eq!(answer.code, 1, "{}", answer.err);
    assert!(answer.err.contains("systemctl --user daemon-reload` failed"), "{}", answer.err);
    assert!(answer.err.contains("all changes were undone"), "{}", answer.err);
    assert_eq!(std::fs::read_dir(person.path()).unwrap().count(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn a_system_installation_checks_what_the_account_of_the_service_may_do() {
    let home = TestHome::new();
    let (code, plan) = home.json(&["install", "--dry-run"]);
    assert_eq!(code, 0);
    let checks: Vec<String> = plan["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| {
            check.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert!(checks[0].starts_with("runuser -u data_exporter -- test -x /"), "{checks:?}");
    assert!(checks[1].ends_with(&format!("test -w {}", home.path().display())), "{checks:?}");
}

#[test]
fn a_service_that_is_not_installed_cannot_be_started() {
    let home = TestHome::new().variable("HOME", "/home/nobody-here");
    for action in ["start", "stop", "restart"] {
        let answer = home.run(&["service", action, "--user"]);
        assert_eq!(answer.code, 1, "{action}: {}", answer.err);
        assert!(
            answer.err.contains("not installed") && answer.err.contains("data_exporter install"),
            "{}",
            answer.err
        );
    }
}
