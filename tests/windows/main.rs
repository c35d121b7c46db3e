//! Features of Windows: exclusively opened files, drive letters and shares, the named pipe, Credential Manager,
//! services. Real processes and a real server; `cargo xtask test-windows` runs it under wine.
#![cfg(windows)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod channel;
mod copy;
mod folder;
#[path = "../cli/home.rs"]
#[expect(dead_code, reason = "shared with the tests of the command line")]
mod home;
mod installation;
mod keychain;
mod other;
mod paths;
mod service;
mod sharing;
#[path = "../export/export_harness.rs"]
#[expect(dead_code, reason = "shared with the tests of exports")]
mod within;

/// Returns whether this Windows is wine, which has no shadow copies of disks and whose services belong to nobody.
fn under_wine() -> bool {
    std::env::var_os("DATA_EXPORTER_TEST_WINE").is_some()
}
