//! The command itself, as scripts and people meet it: streams, JSON fields, exit codes and folders of
//! docs/command-line.md. Every test has a data folder of its own: see [`home::TestHome`].
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod config;
mod convert;
mod diagnostics;
mod doctor;
mod errors;
mod exits;
mod export;
mod folders;
mod history;
mod home;
mod installation;
mod language;
mod log;
mod migrate;
mod service;
mod status;
mod unpair;
mod usage;
