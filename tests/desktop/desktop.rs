//! The real tray application on a virtual screen with its own session bus, keychain and the stand-in server, driven
//! like a person does.
//!
//! A test sets up a [`desktop_session::DesktopSession`], starts the program on it, clicks in the tray (`tray`), reads
//! and clicks in the window (`page`), and checks what the server and the desktop received. Every wait has a limit
//! (`wait`).
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
mod first_run;
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
