//! Exports a whole list for a spreadsheet or a script: [`write_list`]; [`save_list`] replaces a file by it.
//!
//! Reads rows in chunks and writes them at once, so that no list is held in memory and the store is free in between.
//! The rows contain the same values as `history --json` and `errors --json`.
//!
//! CSV begins with a byte order mark, without which spreadsheets would read it in the computer's old code page.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::models::listing::{List, ListFormat};
use crate::platform::file::{self, NewFile, Readers};
use crate::store::{Store, StoreError};

/// Number of rows in a chunk.
const PAGE_ROWS: usize = 500;

/// A column of a CSV: its header, and the path of its value in the JSON of a row.
type ListColumn = (&'static str, &'static str);

const RUNS: [ListColumn; 17] = [
    ("run_id", "/run_id"),
    ("trigger", "/trigger"),
    ("state", "/state"),
    ("started_at", "/started_at"),
    ("finished_at", "/finished_at"),
    ("batch_ids", "/batch_ids"),
    ("files", "/totals/files"),
    ("sent", "/totals/sent"),
    ("skipped_unchanged", "/totals/skipped_unchanged"),
    ("failed", "/totals/failed"),
    ("rows_written", "/totals/rows_written"),
    ("bytes_in", "/totals/bytes_in"),
    ("bytes_out", "/totals/bytes_out"),
    ("warnings", "/totals/warnings"),
    ("error_code", "/error/code"),
    ("error_message", "/error/message"),
    ("error_hint", "/error/hint"),
];

const ERRORS: [ListColumn; 11] = [
    ("id", "/id"),
    ("type", "/type"),
    ("severity", "/severity"),
    ("message", "/message"),
    ("hint", "/hint"),
    ("metadata", "/metadata"),
    ("first_at", "/first_at"),
    ("last_at", "/last_at"),
    ("count", "/count"),
    ("reported", "/reported"),
    ("run_id", "/run_id"),
];

/// Why a list was not written completely.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The local database cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The destination cannot be written.
    #[error("the list cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Writes a whole list to a file, which then contains either the old or the new list.
///
/// # Errors
/// When the file cannot be written or the database cannot be read.
pub fn save_list(store: &Store, list: &List, format: ListFormat, path: &Path) -> Result<()> {
    let save = || -> std::result::Result<(), ListError> {
        let mut new = NewFile::begin(file::folder_of(path), Readers::AsBefore)?;
        let mut out = BufWriter::new(new.file());
        write_list(store, list, format, &mut out)?;
        out.flush()?;
        drop(out);
        Ok(new.commit(path)?)
    };
    save().map_err(|error| match error {
        ListError::Store(error) => error.into(),
        ListError::Write(error) => Error::io("cannot write", path, &error),
    })
}

/// Writes a whole list in order. Rows that were deleted meanwhile are omitted.
///
/// # Errors
/// When the output cannot be written, or the database cannot be read.
pub fn write_list(
    store: &Store,
    list: &List,
    format: ListFormat,
    out: &mut dyn Write,
) -> std::result::Result<(), ListError> {
    match list {
        List::History { query } => write_rows(store.runs_by_pages(query, PAGE_ROWS)?, &RUNS, format, out),
        List::Errors { query } => write_rows(store.errors_by_pages(query, PAGE_ROWS)?, &ERRORS, format, out),
    }
}

fn write_rows<T: Serialize>(
    pieces: impl Iterator<Item = std::result::Result<Vec<T>, StoreError>>,
    columns: &[ListColumn],
    format: ListFormat,
    out: &mut dyn Write,
) -> std::result::Result<(), ListError> {
    match format {
        ListFormat::Csv => {
            out.write_all("\u{feff}".as_bytes())?;
            let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
            csv.write_record(columns.iter().map(|(header, _)| header)).map_err(io::Error::from)?;
            for piece in pieces {
                for row in piece? {
                    let row = serde_json::to_value(row).map_err(io::Error::from)?;
                    let cells = columns.iter().map(|(_, place)| cell(row.pointer(place)));
                    csv.write_record(cells).map_err(io::Error::from)?;
                }
            }
            csv.flush()?;
        }
        ListFormat::Json => {
            let mut before = "[\n";
            for piece in pieces {
                for row in piece? {
                    out.write_all(before.as_bytes())?;
                    serde_json::to_writer(&mut *out, &row).map_err(io::Error::from)?;
                    before = ",\n";
                }
            }
            out.write_all(if before == "[\n" { b"[]\n" } else { b"\n]\n" })?;
        }
    }
    Ok(())
}

/// Formats a value as a cell; a value that a spreadsheet would read as a formula gets a leading `'`.
fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => {
            let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            words.join(" ")
        }
        Some(other) => other.to_string(),
    };
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::models::ErrorSeverity;
    use crate::models::errors::ErrorQuery;
    use crate::models::export::{RunState, Trigger};
    use crate::models::history::HistoryQuery;
    use crate::store::errors::NewError;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        (folder, store)
    }

    fn written(store: &Store, list: &List, format: ListFormat) -> String {
        let mut bytes = Vec::new();
        write_list(store, list, format, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// Parses header and rows of a CSV by RFC 4180.
    fn cells(text: &str) -> Vec<Vec<String>> {
        let text = text.strip_prefix('\u{feff}').unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn formulas_are_escaped_as_text_and_other_values_are_kept() {
        let (_folder, store) = store();
        for message in [
            "=1+1",
            "+7 900",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "a=1",
            "'=1",
            "השרת \"דחה\", לא",
            "два\nряда",
        ] {
            store.record_error(&NewError::new("A", ErrorSeverity::Info, message)).unwrap();
        }
        let text = written(&store, &List::Errors { query: ErrorQuery::default() }, ListFormat::Csv);
        assert!(text.lines().next().unwrap().starts_with("\u{feff}id,type,severity,message,hint,metadata,"));
        assert!(text.contains(",\"השרת \"\"דחה\"\", לא\",,{},"), "{text}");
        assert!(text.ends_with("\r\n"));
        let mut messages: Vec<String> =
            cells(&text).into_iter().skip(1).map(|mut row| row.remove(3)).collect();
        messages.reverse();
        assert_eq!(
            messages,
            [
                "'=1+1",
                "'+7 900",
                "'-1",
                "'@SUM(A1)",
                "'\t=1",
                "'\r=1",
                "a=1",
                "'=1",
                "השרת \"דחה\", לא",
                "два\nряда"
            ]
        );
    }

    #[test]
    fn a_list_of_several_pages_is_complete_and_filtered() {
        let (_folder, store) = store();
        for number in 0..PAGE_ROWS * 2 + 7 {
            let severity = if number % 100 == 0 { ErrorSeverity::Critical } else { ErrorSeverity::Info };
            let error = NewError::new("A", severity, format!("товар {number}")).metadata("row", number);
            store.record_error(&error).unwrap();
        }
        let all = ErrorQuery::default();
        let page = store.error_page(&all, None, u32::MAX).unwrap();
        let list = List::Errors { query: all };
        let json: Value = serde_json::from_str(&written(&store, &list, ListFormat::Json)).unwrap();
        assert_eq!(json, json!(page.errors), "the objects of `errors --json`");
        let rows = cells(&written(&store, &list, ListFormat::Csv));
        assert_eq!(rows.len(), page.errors.len() + 1);
        let worst = ErrorQuery { severities: vec![ErrorSeverity::Critical], ..ErrorQuery::default() };
        let rows = cells(&written(&store, &List::Errors { query: worst }, ListFormat::Csv));
        assert_eq!(rows.len(), 12);
        assert_eq!(rows[1][3..6], ["товар 1000", "", "{\"row\":1000}"]);
    }

    #[test]
    fn a_run_has_one_cell_per_total_and_one_for_its_batches() {
        let (folder, store) = store();
        let run = store.begin_run(Trigger::Schedule).unwrap();
        for id in ["b-1", "b-2"] {
            let batch = store.begin_batch(run, "here").unwrap();
            store.batch_started(batch, id, None).unwrap();
        }
        let error = Error::new(crate::error::Code::ConnectionFailed, "the server did not answer");
        store.finish_run(run, RunState::Failed, Some(&error)).unwrap();
        let list = List::History { query: HistoryQuery::default() };
        let path = folder.path().join("runs.csv");
        save_list(&store, &list, ListFormat::Csv, &path).unwrap();
        let rows = cells(&std::fs::read_to_string(&path).unwrap());
        assert_eq!(rows[0], RUNS.map(|(header, _)| header));
        assert_eq!(rows[1][..3], ["1", "schedule", "failed"]);
        assert_eq!(rows[1][5..8], ["b-1 b-2", "0", "0"]);
        assert_eq!(rows[1][14..], ["CONNECTION_FAILED", "the server did not answer", ""]);
        let runs = store.recent_runs(9).unwrap();
        assert_eq!(
            rows[1][3..5],
            [json!(runs[0].started_at), json!(runs[0].finished_at)].map(|at| cell(Some(&at)))
        );
        let json: Value = serde_json::from_str(&written(&store, &list, ListFormat::Json)).unwrap();
        assert_eq!(json, json!(runs));
    }

    #[test]
    fn an_empty_list_is_a_csv_header_or_an_empty_json_array() {
        let (_folder, store) = store();
        let list = List::History { query: HistoryQuery::default() };
        assert_eq!(cells(&written(&store, &list, ListFormat::Csv)).len(), 1);
        assert_eq!(written(&store, &list, ListFormat::Json), "[]\n");
    }

    #[test]
    fn a_failed_write_is_reported() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (_folder, store) = store();
        for format in [ListFormat::Csv, ListFormat::Json] {
            let list = List::Errors { query: ErrorQuery::default() };
            assert!(matches!(write_list(&store, &list, format, &mut Full), Err(ListError::Write(_))));
            let error = save_list(&store, &list, format, Path::new("/not/there/list")).unwrap_err();
            assert_eq!(error.path.as_deref(), Some(Path::new("/not/there/list")));
        }
    }
}
