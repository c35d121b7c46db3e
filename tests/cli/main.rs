//! The command as scripts and people use it: streams, JSON fields, exit codes and folders of docs/command-line.md.
//! Every test has its own data folder, see [`test_support::TestHome`].
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
mod language;
mod log;
mod migrate;
mod service;
mod status;
mod table_text;
mod tools;
mod unpair;
mod usage;
