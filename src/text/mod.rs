//! Texts for a person, in the [`Words`] of a language: the results of commands and the files of a diagnostics bundle.
//! Pure functions of plain values; they print nothing.

pub mod doctor;
pub mod errors;
pub mod history;
pub mod sentences;
pub mod status;
mod styled;
mod table;
pub mod words;

use chrono::{DateTime, Local, Utc};
use serde::Serialize;

pub use crate::error::{one_line, printable, steers};
pub use styled::{Piece, Styled, Tone};
pub use table::{Cell, Column, Layout, Side, Table, wrapped};
pub use words::{ENGLISH, MessageLabel, PairingWords, Words, words};

/// A time in the time zone of this machine.
pub fn local(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A time in the time zone of this machine, to the minute.
pub fn local_minute(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string()
}

/// A number of bytes with its unit.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{count} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// The JSON word of an enum value, with spaces for underscores: `complete with warnings`.
pub fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word.replace('_', " "),
        _ => String::new(),
    }
}

/// A count with its noun: `1 table`, `3 tables`.
pub fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A label with a lower-case first letter, for the middle of a sentence.
pub fn lower_first(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("склад\x1b[2J\r.dbf\u{202e}fbd"), "склад\\u{1b}[2J\\u{d}.dbf\\u{202e}fbd");
        assert_eq!(printable("two\nlines"), "two\nlines");
    }

    #[test]
    fn bytes_are_written_with_their_unit() {
        let told: Vec<_> = [0, 999, 1000, 999_949, 999_999, 2_147_483_648].into_iter().map(bytes).collect();
        assert_eq!(told, ["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "2.1 GB"]);
    }
}
