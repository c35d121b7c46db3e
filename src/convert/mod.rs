//! Tables to CSV: [`table()`], a synchronous leaf over files and sinks.
//!
//! It streams: memory does not grow with the table. It knows no network, no database and no asynchronous runtime, and
//! it must not decide anything that [`ConvertSettings`] can. What could not be carried is in the [`TableReport`].
//!
//! The way of a row: `dbf::records` reads blocks of whole rows, `rows` writes each into a `csv` block,
//! `gzip` compresses the blocks on all cores and hands them to a [`PartSink`] in order.

pub mod codepage;
mod csv;
pub mod dbf;
mod deflate_tail;
mod finding_code;
mod findings;
mod gzip;
mod regular;
mod rows;
mod settings;
mod source;
mod table;
mod value;
mod watch;

pub use finding_code::FindingCode;
pub use gzip::PartSink;
pub use settings::{ConvertSettings, MEMO_LIMIT, Rules, SettingsError};
pub(crate) use source::is_in_use;
pub use source::{Access, Siblings, TablePaths};
pub use table::{ConvertError, StreamError, TableReport, stream, table};
pub use watch::{Watch, watched};
