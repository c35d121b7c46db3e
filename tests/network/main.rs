//! Networks as in real shops: https with a company's authority, and proxies. Real handshakes and tunnels on loopback,
//! the real command, the stand-in server behind them.
//!
//! On Linux `SSL_CERT_FILE` replaces the system's trust store, and only the environment names a proxy.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod authority;
mod certificates;
mod front;
#[path = "../cli/home.rs"]
#[expect(dead_code, reason = "shared with the tests of the command line")]
mod home;
mod installation;
mod proxies;
mod proxy;
