//! A second reader of tables, written from docs/dbf.md alone: whole files in memory, one value at a time, no tricks.
//!
//! It shares no code with the reader of the library, so that a mistake of one shows as a difference between the two.
//! It is told which format the memo file has; the library finds that out by itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, its reader too"
)]

mod layout;
mod memo;
mod text;
mod value;

use crate::{Files, MemoFormat};

use layout::{Column, Table};
use memo::Memos;

/// A cell of the CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its text.
    pub text: String,
    /// Whether it is quoted, which tells an empty text from a null.
    pub quoted: bool,
}

/// Reads a CSV by RFC 4180, keeping whether a cell was quoted; the first row is the heading.
///
/// # Panics
/// When it is no CSV.
pub fn cells(csv: &str) -> Vec<Vec<Cell>> {
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    let mut letters = csv.chars().peekable();
    while letters.peek().is_some() {
        let quoted = letters.next_if_eq(&'"').is_some();
        let mut text = String::new();
        if quoted {
            while let Some(letter) = letters.next() {
                if letter == '"' && letters.next_if_eq(&'"').is_none() {
                    break;
                }
                text.push(letter);
            }
        } else {
            while let Some(letter) = letters.next_if(|letter| !matches!(letter, ',' | '\n')) {
                text.push(letter);
            }
        }
        row.push(Cell { text, quoted });
        match letters.next() {
            Some(',') if letters.peek().is_none() => panic!("the CSV ends in a comma"),
            Some(',') => {}
            Some('\n') => rows.push(std::mem::take(&mut row)),
            other => panic!("{other:?} after a cell"),
        }
    }
    rows
}

/// Returns where two readings of a table differ, if anywhere.
pub fn difference(found: &[Vec<Cell>], expected: &[Vec<Cell>]) -> Option<String> {
    if found.len() != expected.len() {
        return Some(format!("{} rows, expected {}", found.len(), expected.len()));
    }
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        // A row of one empty cell is written `""`, whatever its type.
        let alone = expected.len() == 1;
        for (column, (found, expected)) in found.iter().zip(expected).enumerate() {
            let quotes = alone || !expected.text.is_empty() || found.quoted == expected.quoted;
            if found.text != expected.text || !quotes {
                return Some(format!("row {row}, column {column}: {found:?}, expected {expected:?}"));
            }
        }
    }
    None
}

/// The live rows of a table as cells of the CSV, binary values as base64; none where the table is refused.
pub fn read(files: &Files, format: Option<MemoFormat>) -> Option<Vec<Vec<Cell>>> {
    let table = Table::parse(&files.table)?;
    let page = text::page(files.cpg.as_deref(), table.language, &table.driver);
    let rows = table.rows(&files.table);
    let memos = Memos::new(files.memo.as_deref(), format, &table, &rows);
    let mut cells = Vec::new();
    for row in rows.iter().filter(|row| row[0] != b'*') {
        let of = |column| cell(&table, column, row, &rows, &page, &memos);
        cells.push(table.columns.iter().map(of).collect());
    }
    Some(cells)
}

fn cell(
    table: &Table,
    column: &Column,
    row: &[u8],
    rows: &[Vec<u8>],
    page: &text::Page,
    memos: &Memos,
) -> Cell {
    let bit = |number: usize| {
        let (start, width) = table.null_flags.unwrap_or_default();
        number / 8 < width && row[start + number / 8] >> (number % 8) & 1 == 1
    };
    let empty = Cell { text: String::new(), quoted: false };
    if column.null_bit.is_some_and(bit) {
        return empty;
    }
    let raw = &row[column.start..column.start + column.width];
    let plain = |text: Option<String>| Cell { text: text.unwrap_or_default(), quoted: false };
    let nullable_text = |text: String| {
        let quoted = text.is_empty() && column.null_bit.is_some();
        Cell { text, quoted }
    };
    // Bytes without a code page: ASCII is text all the same.
    let text_or_base64 = |bytes: &[u8], whole: &[u8]| {
        if column.binary && !is_plain(bytes) {
            plain(Some(value::base64(whole)))
        } else {
            nullable_text(page.decode(bytes))
        }
    };
    let binary = match column.kind {
        b'I' | b'+' | b'^' | b'O' | b'Y' | b'T' | b'7' | b'=' | b'@' => true,
        b'B' => !table.has_binary_memos_in_b(),
        b'D' => column.whole < 8,
        _ => false,
    };
    if binary && column.width < column.whole {
        return empty;
    }
    match column.kind {
        b'C' => {
            if column.binary {
                let bytes = value::without_end(raw, b"\0");
                if !is_plain(bytes) {
                    return plain(Some(value::base64(bytes)));
                }
            }
            nullable_text(page.decode(value::without_end(raw, b" \0")))
        }
        b'N' | b'F' => plain(value::number(raw, column.decimals)),
        b'D' if column.width == 3 || column.width == 4 => plain(value::julian_date(raw)),
        b'D' => plain(value::date(raw)),
        b'L' => plain(value::logical(raw)),
        b'I' | b'+' if table.is_seven() && raw.len() == 4 => plain(value::flipped_integer(raw)),
        b'I' | b'+' if !table.is_seven() && [1, 2, 3, 4, 8].contains(&raw.len()) => {
            plain(Some(value::integer(raw)))
        }
        b'^' if raw.len() == 8 => plain(Some(value::integer(raw))),
        b'B' if raw.len() == 8 && !table.has_binary_memos_in_b() => plain(value::double(raw)),
        b'O' if raw.len() == 8 => plain(value::ordered_double(raw, table.is_seven())),
        b'Y' if raw.len() == 8 => plain(Some(value::currency(raw))),
        b'T' | b'7' | b'=' if raw.len() == 8 => plain(value::julian_moment(raw)),
        b'@' if raw.len() == 8 && table.is_seven() => plain(value::double_moment(raw)),
        b'@' if raw.len() == 8 => {
            let values = rows.iter().map(|row| &row[column.start..column.start + column.width]);
            plain(value::either_moment(raw, values))
        }
        b'V' | b'Q' => {
            let exact = column.size_bit.is_some();
            let mut bytes = raw;
            if column.size_bit.is_some_and(bit) {
                let (length, before) = raw.split_last().expect("a column has a width");
                bytes = before.get(..usize::from(*length)).unwrap_or(before);
            }
            let cut = value::without_end(bytes, b"\0");
            match column.kind {
                b'V' => text_or_base64(cut, cut),
                _ => plain(Some(value::base64(if exact { bytes } else { cut }))),
            }
        }
        b'M' => {
            let memo = memos.read(raw);
            match (memos.type_word(raw), memo.len()) {
                (Some(0), _) => return empty,
                (Some(2), 4) => return plain(Some(value::integer(&memo))),
                (Some(3), 8) => return plain(value::double(&memo)),
                (Some(4), 4) => return plain(value::julian_date(&memo)),
                (Some(5), 1) => return plain(Some(if memo == [0] { "false" } else { "true" }.to_owned())),
                (Some(6), _) => return plain(Some(value::base64(&memo))),
                _ => {}
            }
            let cut = value::without_end(&memo, b"\0").to_vec();
            if column.binary && !is_plain(&cut) {
                return plain(Some(value::base64(&memo)));
            }
            nullable_text(page.decode(&memos.without_soft_breaks(cut, page, table)))
        }
        b'B' | b'G' | b'P' | b'W' => plain(Some(value::base64(&memos.read(raw)))),
        _ => plain(Some(value::base64(raw))),
    }
}

/// Returns whether bytes without a code page are text all the same.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.is_ascii() && !bytes.contains(&0)
}
