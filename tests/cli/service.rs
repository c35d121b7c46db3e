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
