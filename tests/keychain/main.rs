//! The keychain on a real gnome-keyring in a private session bus, and on faulty stand-ins; each fault with its message.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod command;
mod session;
mod stand_in;
mod store;
