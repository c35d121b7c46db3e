//! A stand-in server that decides automatically, and the command that pairs with it.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use local_data_forge::{Announced, Dialect, LocalServer, Options, Pairing};
use serde_json::Value;
use test_support::{Answer, TestHome};

/// Codes are polled about every second and approved at the first poll.
pub fn server(change: impl FnOnce(&mut Pairing)) -> LocalServer {
    let mut options = Options::default();
    let pairing = &mut options.switches.pairing;
    pairing.announced_interval = Announced::Seconds(1);
    pairing.interval = std::time::Duration::from_millis(500);
    pairing.auto_approve = Some(0);
    change(pairing);
    LocalServer::start(options).unwrap()
}

pub fn speaking(dialect: Dialect) -> LocalServer {
    server(|pairing| pairing.dialect = dialect)
}

/// The flags of every test, before the ones given.
pub fn flags<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut flags = vec!["authorize-device", "--api-url", url, "--no-https", "--secret-store", "file"];
    flags.extend(["--device-name", "Warehouse Scanner #1"]);
    flags.extend(more);
    flags
}

pub fn pair(home: &TestHome, server: &LocalServer, more: &[&str]) -> Answer {
    home.run(&flags(&server.base_url(), more))
}

/// Returns the events of a pairing, and its exit code.
pub fn events(home: &TestHome, server: &LocalServer, more: &[&str]) -> (i32, Vec<Value>) {
    let answer = pair(home, server, &[&["--json"], more].concat());
    let events = answer.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (answer.code, events)
}

/// Starts a pairing and leaves it running.
pub fn start(home: &TestHome, server: &LocalServer, more: &[&str]) -> Child {
    let mut command = home.command(&flags(&server.base_url(), more));
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Returns all bytes below a folder.
pub fn everything_in(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(everything_in(&path));
        } else {
            all.extend(fs::read(&path).unwrap_or_default());
        }
    }
    all
}

pub fn config(home: &TestHome) -> String {
    fs::read_to_string(home.path().join("config.toml")).unwrap_or_default()
}

pub fn secret(home: &TestHome) -> Option<String> {
    fs::read_to_string(home.path().join("secrets/client_secret")).ok()
}
