//! The tray application as it is, on a screen of its own, with a session bus, a keychain and the stand-in server, driven
//! as by a person.
//!
//! A test sets up a [`desktop::DesktopSession`], starts the program on it, clicks in the tray (`tray`), reads and presses in the window
//! (`page`), and looks at what the server and the desktop got. What is waited for has a limit (`wait`).
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests are tests"
)]

mod desktop_session;
mod export;
mod figures;
mod life;
mod notifications;
mod page;
mod pairing;
mod panel;
mod portal;
mod program;
mod session;
mod states;
mod surroundings;
mod tray;
mod wait;
mod webdriver;
