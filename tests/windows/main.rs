//! Features of Windows: exclusively opened files, drive letters and shares, the named pipe, Credential Manager,
//! services. Real processes and a real server; `cargo xtask test-windows` runs it under wine.
#![cfg(windows)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod channel;
mod copy;
mod folder;
mod keychain;
mod other;
mod paths;
mod service;
mod sharing;

use test_support::Installation;

/// Returns whether this Windows is wine, which has no shadow copies of disks and whose services belong to nobody.
fn under_wine() -> bool {
    std::env::var_os("DATA_EXPORTER_TEST_WINE").is_some()
}

/// Returns the file names of the newest batch, sorted.
fn arrived(installation: &Installation) -> Vec<String> {
    let batches = installation.server.batches();
    let files = installation.server.files(&batches.last().unwrap().id);
    let mut names: Vec<String> = files.into_iter().map(|file| file.name).collect();
    names.sort();
    names
}
