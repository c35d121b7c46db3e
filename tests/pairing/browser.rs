//! The browser, recorded (docs/pairing.md#browser): the address it gets, and when it is not opened.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::home::TestHome;
use super::site::{pair, server};

/// A home with a program that records its arguments, one per line.
fn recorder(home: &TestHome) -> (PathBuf, PathBuf) {
    let record = home.path().join("opened");
    let program =
        home.write("browser", &format!("#!/bin/sh\nfor a; do echo \"$a\" >> '{}'; done\n", record.display()));
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    (program, record)
}

fn opened(home: &TestHome, more: &[&str], variables: &[(&str, &str)]) -> Option<String> {
    let (program, record) = recorder(home);
    let server = server(|pairing| pairing.auto_approve = Some(1));
    let url = server.base_url();
    let mut command = home.command(&super::site::flags(&url, more));
    command.env("BROWSER", &program).env("PATH", "/usr/bin:/bin").envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let started = Instant::now();
    while !record.exists() && started.elapsed() < Duration::from_secs(2) {
        thread::sleep(Duration::from_millis(20));
    }
    fs::read_to_string(record).ok()
}

#[test]
fn the_browser_gets_the_link_with_the_code_as_one_argument() {
    let opened = opened(&TestHome::new(), &[], &[]).unwrap();
    assert_eq!(opened.lines().count(), 1, "{opened}");
    assert!(opened.contains("/device-verify?code="), "{opened}");
}

#[test]
fn the_browser_is_not_opened_without_a_display_or_over_ssh() {
    assert_eq!(opened(&TestHome::new(), &["--no-browser"], &[]), None);
    assert_eq!(opened(&TestHome::new(), &[], &[("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")]), None);
}

#[test]
fn a_browser_that_fails_to_start_is_a_note() {
    let home = TestHome::new().variable("BROWSER", "/nowhere/browser");
    let answer = pair(&home, &server(|_| {}), &[]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.err.contains("note: no browser could be started"), "{}", answer.err);
}
