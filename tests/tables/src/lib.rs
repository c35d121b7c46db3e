//! Writes DBF tables and memo files of every dialect: [`Table`] is a builder that knows the formats and nothing of
//! the reader under test, so that the two check each other.
//!
//! - [`Table`] with [`Field`]s and [`Value`]s becomes [`Files`]: the bytes of the table, its memo file and its
//!   `.cpg`, to be kept in memory or written to a folder.
//! - [`damage`] spoils a written table on purpose.
//! - [`codepage`] encodes demonstration texts; the builder itself takes bytes and knows no code page.
//! - [`mod@bench`] streams large tables that are the same on every machine.
//! - [`demo`] makes the folder of a small shop.
//! - [`random`] makes tables of every dialect from a number.
//! - [`second_reader`] reads tables, slowly and without tricks.
//!
//! It must not use anything of `data_exporter`, and it writes what it is told, wrong things included.

pub mod bench;
pub mod codepage;
pub mod damage;
pub mod demo;
mod dialect;
mod field;
mod memo;
pub mod random;
pub mod second_reader;
mod table;
mod value;

pub use dialect::{Dialect, MemoFormat};
pub use field::{BINARY, Field, NULLABLE, SYSTEM};
pub use memo::{MemoFile, MemoKind};
pub use table::{Files, Table};
pub use value::{Value, days_from_year_one, julian_day};
