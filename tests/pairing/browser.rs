//! The browser, recorded (docs/pairing.md#browser): the address it gets, and when it is not opened.

use std::fs;
use std::path::{Path, PathBuf};

use test_support::TestHome;
use test_support::wait::wait_for;

use super::site::{pair, server};

/// A home with a program that records its arguments, one per line.
fn recorder(home: &TestHome) -> (PathBuf, PathBuf) {
    let record = home.path().join("opened");
    let program =
        home.write("browser", &format!("#!/bin/sh\nfor a; do echo \"$a\" >> '{}'; done\n", record.display()));
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    (program, record)
}

/// Pairs, with a browser at `program`.
fn pair_with_browser(home: &TestHome, program: &Path, more: &[&str], variables: &[(&str, &str)]) {
    let server = server(|pairing| pairing.auto_approve = Some(1));
    let url = server.base_url();
    let mut command = home.command(&super::site::flags(&url, more));
    command.env("BROWSER", program).env("PATH", "/usr/bin:/bin").envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Returns the arguments that the browser got, once it was started.
fn opened(record: &Path) -> String {
    wait_for("the browser is started", || fs::read_to_string(record).ok().filter(|text| text.ends_with('\n')))
}

#[test]
fn the_browser_gets_the_link_with_the_code_as_one_argument() {
    let home = TestHome::new();
    let (program, record) = recorder(&home);
    pair_with_browser(&home, &program, &[], &[]);
    let opened = opened(&record);
    assert_eq!(opened.lines().count(), 1, "{opened}");
    assert!(opened.contains("/device-verify?code="), "{opened}");
}

/// A secret may be given in a variable, which a browser and all of its pages' helpers would inherit.
#[test]
fn the_browser_gets_none_of_this_programs_variables() {
    let home = TestHome::new();
    let record = home.path().join("opened");
    let text = format!("#!/bin/sh\nenv > '{0}.tmp'\nmv '{0}.tmp' '{0}'\n", record.display());
    let program = home.write("browser", &text);
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    pair_with_browser(&home, &program, &[], &[("DATA_EXPORTER_CREDENTIAL_PASSWORD", "canary")]);
    let inherited = opened(&record);
    assert!(inherited.contains("BROWSER="), "{inherited}");
    assert!(!inherited.contains("DATA_EXPORTER_") && !inherited.contains("canary"), "{inherited}");
}

#[test]
fn the_browser_is_not_opened_with_no_browser_or_over_ssh() {
    let home = TestHome::new();
    let (program, record) = recorder(&home);
    pair_with_browser(&home, &program, &["--no-browser"], &[]);
    pair_with_browser(&home, &program, &[], &[("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")]);
    // A pairing that does open the browser comes last; by then an earlier browser would have written its line.
    pair_with_browser(&home, &program, &[], &[]);
    let opened = opened(&record);
    assert_eq!(opened.lines().count(), 1, "{opened}");
}

#[test]
fn a_browser_that_fails_to_start_is_a_note() {
    let home = TestHome::new().variable("BROWSER", "/nowhere/browser");
    let answer = pair(&home, &server(|_| {}), &[]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.err.contains("note: cannot open a browser"), "{}", answer.err);
}
