//! The keychain, on a real gnome-keyring in a session bus of its own, and on stand-ins that misbehave; each fault with
//! the sentence that the person sees.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod session;
mod stand_in;
mod store;
