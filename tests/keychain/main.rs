//! The keychain, on a real gnome-keyring in a session bus of its own, and on stand-ins that misbehave; each fault with
//! the sentence that the person sees.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod command;
#[path = "../cli/home.rs"]
#[expect(dead_code, reason = "each test binary uses a part of it")]
mod home;
mod session;
mod stand_in;
mod store;
