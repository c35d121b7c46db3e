//! The library's conversion, held to tables of our own writer: every type there and back, damage, what fuzzing found.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

mod cases;
mod damaged;
mod fuzzed;
mod kinds;
mod memos;
mod random_tables;
mod round_trip;
mod rules;

use std::io::{self, Cursor};

use data_exporter::config::{Binary, Deleted, RowsBeyondHeader};
use data_exporter::convert::{ConvertSettings, PartSink, Rules, StreamError, TableReport, stream};
use data_exporter::models::Config;
use test_tables::Files;
use test_tables::second_reader::{Cell, cells};

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
    let mut rows = cells(&String::from_utf8(sink.0).unwrap());
    rows.remove(0);
    Ok(Converted { report, rows })
}

fn convert(files: &Files) -> Converted {
    convert_with(files, &settings(Deleted::Skip, RowsBeyondHeader::Skip)).unwrap()
}

fn warnings(converted: &Converted) -> Vec<(&str, u64)> {
    converted.report.warnings.iter().map(|finding| (finding.code.as_str(), finding.count)).collect()
}

fn notes(converted: &Converted) -> Vec<(&str, u64)> {
    converted.report.notes.iter().map(|finding| (finding.code.as_str(), finding.count)).collect()
}
