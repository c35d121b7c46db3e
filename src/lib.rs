//! Data Exporter: uploads dBASE, FoxPro and Clipper tables to a Data Forge server.
//!
//! Layers. Each row uses only the rows below it (`tests/architecture.rs`):
//!
//! 1. `cli`: the command line
//! 2. [`engine`]: one actor that owns pairing, schedule, pause and runs
//! 3. [`export`]: a run: scan, convert, spool, upload, finish
//! 4. [`reports`], [`text`]: recording and reporting of errors; texts for people
//! 5. [`auth`], [`schedule`], [`source`]: credentials and tokens; due times; the tables of a folder
//! 6. [`api`], [`store`], [`convert`], [`service`]: the wire, the database, table conversion, system services
//! 7. [`logging`]: the log of long-running programs
//! 8. [`config`]: config.toml, read, checked, edited and shown
//! 9. [`platform`]: folders, files, lock and clock
//! 10. [`error`]: the one error of every layer
//! 11. [`models`]: plain data
//!
//! # Example
//!
//! Converts a table of one column to CSV. `None` for `gzip_level` keeps the CSV plain; the default compresses it.
//!
//! ```
//! use std::io;
//!
//! use data_exporter::convert::{ConvertSettings, PartSink, Rules, TablePaths, table};
//! use data_exporter::models::Config;
//!
//! /// Collects the CSV in memory.
//! #[derive(Default)]
//! struct Csv(Vec<u8>);
//!
//! impl PartSink for Csv {
//!     fn next_part(&mut self) -> io::Result<()> {
//!         Ok(())
//!     }
//!
//!     fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
//!         self.0.extend_from_slice(bytes);
//!         Ok(())
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A dBASE III table: 2 rows of 1 + 6 bytes after a header of 65 bytes, with the column PRICE of type N(6,2).
//! let mut file = vec![0x03, 124, 1, 1, 2, 0, 0, 0, 65, 0, 7, 0];
//! file.resize(32, 0);
//! file.extend(*b"PRICE\0\0\0\0\0\0N\0\0\0\0\x06\x02");
//! file.resize(64, 0);
//! file.extend(*b"\r  10.50*  0.99\x1a");
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("GOODS.DBF");
//! std::fs::write(&path, file)?;
//!
//! let settings = Rules::new(&Config::default())?.settings_for("GOODS.DBF");
//! let settings = ConvertSettings { gzip_level: None, ..settings };
//! let mut csv = Csv::default();
//! let report = table(&TablePaths::find(&path)?, &settings, &mut csv)?;
//!
//! assert_eq!(csv.0, b"PRICE\n10.50\n");
//! assert_eq!((report.rows.live, report.rows.deleted), (1, 1));
//! # Ok(())
//! # }
//! ```

pub mod api;
pub mod auth;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
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
pub mod source;
pub mod store;
pub mod text;
