//! The report of a table: [`file_report`] and [`refused_report`].

use super::names::WireName;
use crate::convert::TableReport;
use crate::error::Error;
use crate::models::export::{FileReport, Finding};

/// Converts a conversion's result to its JSON form; the caller adds bytes and digest of the output.
pub fn file_report(source: &str, name: &WireName, report: TableReport) -> FileReport {
    let mut notes = report.notes;
    if name.hashed {
        notes.push(Finding {
            code: "NAME_HASHED".to_owned(),
            row: None,
            column: None,
            count: 1,
            message: "another table's name would be the same on the server, or the name is too long, so a \
                      short hash of the path was added"
                .to_owned(),
            samples: Vec::new(),
        });
    }
    FileReport {
        source: source.to_owned(),
        output: None,
        table: name.table(),
        dialect: Some(report.format.to_owned()),
        encoding: Some(report.encoding.to_owned()),
        encoding_source: Some(report.encoding_source),
        rows: report.rows,
        bytes_in: report.bytes_in,
        bytes_out: 0,
        sha256: None,
        warnings: report.warnings,
        notes,
        error: None,
    }
}

/// Returns the report of a refused table.
pub fn refused_report(source: &str, name: &WireName, error: &Error) -> FileReport {
    FileReport { error: Some(error.body()), ..FileReport::unread(source.to_owned(), name.table()) }
}
