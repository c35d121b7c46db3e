//! The engine of Data Exporter: tables of dBASE, FoxPro and Clipper programs, carried to a Data Forge server.
//!
//! Layers, each row using only rows below it (held by `tests/architecture.rs`):
//!
//! 1. `cli` · the command line, the only place that prints
//! 2. [`export`] · a run: scan, convert, spool, upload, finish
//! 3. [`auth`], [`schedule`] · credentials and tokens; when an export is due
//! 4. [`api`], [`store`], [`convert`] · the wire, the journal, the tables
//! 5. [`error`], [`platform`] · what went wrong; folders and the clock
//! 6. [`models`] · plain data

pub mod api;
pub mod auth;
#[cfg(feature = "cli")]
pub mod cli;
pub mod convert;
pub mod error;
pub mod export;
pub mod models;
pub mod platform;
pub mod schedule;
pub mod store;
