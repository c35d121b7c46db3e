//! The engine of Data Exporter: tables of dBASE, FoxPro and Clipper programs, carried to a Data Forge server.
//!
//! Layers, each row using only rows below it (held by `tests/architecture.rs`):
//!
//! 1. `cli` · the command line, the only place that prints
//! 2. [`engine`] · one actor that owns pairing, schedule, pause and runs; what the commands do is here
//! 3. [`export`] · a run: scan, convert, spool, upload, finish
//! 4. [`reports`], [`text`] · where errors are recorded, and the server told of them; what a person reads
//! 5. [`auth`], [`schedule`] · credentials and tokens; when an export is due
//! 6. [`api`], [`store`], [`convert`], [`service`] · the wire, the journal, the tables, the system's own services
//! 7. [`logging`] · the log of a program that goes on by itself
//! 8. [`error`], [`platform`] · what went wrong; folders and the clock
//! 9. [`models`] · plain data

pub mod api;
pub mod auth;
#[cfg(feature = "cli")]
pub mod cli;
pub mod convert;
pub mod engine;
pub mod error;
pub mod export;
pub mod logging;
pub mod models;
pub mod platform;
pub mod reports;
pub mod schedule;
pub mod service;
pub mod store;
pub mod text;
