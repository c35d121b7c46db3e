//! The library's conversion, held to tables of our own writer: every type there and back, damage, what fuzzing found.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

mod cases;
mod damaged;
mod fuzzed;
mod kinds;
mod random_tables;
mod round_trip;
mod rules;
mod second_reader;

use std::io::{self, Cursor};

use data_exporter::config::{Binary, Deleted, RowsBeyondHeader};
use data_exporter::convert::{ConvertSettings, PartSink, Rules, StreamError, TableReport, stream};
use data_exporter::models::Config;
use test_tables::Files;

#[derive(Default)]
struct Text(Vec<u8>);

impl PartSink for Text {
    fn next_part(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

/// A converted table.
struct Converted {
    report: TableReport,
    /// Cells of the rows after the heading.
    rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Cell {
    text: String,
    quoted: bool,
}

impl Converted {
    /// A column's texts, from the first row.
    fn column(&self, column: usize) -> Vec<&str> {
        self.rows.iter().map(|row| row[column].text.as_str()).collect()
    }
}

/// Binary values as base64, everything else as a new installation has it.
fn settings(deleted: Deleted, beyond: RowsBeyondHeader) -> ConvertSettings {
    let mut config = Config::default();
    config.export.deleted = deleted;
    config.export.rows_beyond_header = beyond;
    config.export.binary = Binary::Base64;
    ConvertSettings { gzip_level: None, ..Rules::new(&config).unwrap().settings_for("table.dbf") }
}

fn convert_with(files: &Files, settings: &ConvertSettings) -> Result<Converted, StreamError> {
    let mut sink = Text::default();
    let memo = files.memo.as_ref().map(|memo| (Cursor::new(memo), files.memo_extension));

    let report = stream(Cursor::new(&files.table), memo, files.cpg.as_deref(), settings, &mut sink)?;
    let mut rows = parse_csv(&String::from_utf8(sink.0).unwrap());
    rows.remove(0);
    Ok(Converted { report, rows })
}

fn convert(files: &Files) -> Converted {
    convert_with(files, &settings(Deleted::Skip, RowsBeyondHeader::Skip)).unwrap()
}

/// RFC 4180, keeping whether a cell was quoted.
fn parse_csv(csv: &str) -> Vec<Vec<Cell>> {
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
