//! Networks as in real shops: https with a company's authority, and proxies. Real handshakes and tunnels on loopback,
//! the real command, the stand-in server behind them.
//!
//! On Linux `SSL_CERT_FILE` replaces the system's trust store, and only the environment names a proxy.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod authority;
mod certificates;
mod checks;
mod front;
mod proxies;
mod proxy;
