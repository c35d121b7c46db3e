//! [`Job`]: a table to deliver; [`Job::prepare`] converts it into the spool while it does not change
//! (docs/dbf.md#stable-read). Blocking; knows no server.

use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::names::WireName;
use super::observe::{Observation, content_digest};
use super::scan::FoundTable;
use super::shadow_copies::ShadowCopies;
use super::spool::{Spool, SpoolError, SpooledFile};
use crate::convert::{self, ConvertError, ConvertSettings, PartSink, TablePaths, TableReport, is_in_use};
use crate::error::{Code, Error, Result};
use crate::models::ErrorSeverity;
use crate::models::export::{FileReport, Finding};
use crate::store::FileId;
use crate::store::delivered::Fingerprint;

/// Number of attempts to read a table that keeps changing.
const READINGS: u32 = 3;
/// The pause before the second attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(300);

/// A table to deliver.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its row in the journal.
    pub file: FileId,
    /// The table.
    pub table: FoundTable,
    /// Its upload name.
    pub name: WireName,
    /// Settings of its conversion.
    pub settings: ConvertSettings,
    /// Digest of every setting that changes the output.
    pub settings_digest: String,
    /// Whether the fingerprint needs the digest of its content.
    pub digest: bool,
    /// Whether the server refused a part for its size, so that the table was converted into smaller parts.
    pub smaller: bool,
    /// The number of batches that were abandoned because of this table.
    pub spoiled: u32,
}

/// A table in the spool.
#[derive(Debug)]
pub struct PreparedTable {
    /// The result of the conversion.
    pub report: FileReport,
    /// The table's state when it was read.
    pub fingerprint: Fingerprint,
    /// The files to upload, with their names.
    pub parts: Vec<(String, SpooledFile)>,
}

impl Job {
    /// Converts the table into the spool.
    ///
    /// # Errors
    /// Why the table was refused; severity CRITICAL means that every other table would fail too.
    pub fn prepare(
        &self,
        spool: &Spool,
        shadow_copies: &ShadowCopies,
        run: i64,
        stop: &CancellationToken,
    ) -> Result<PreparedTable> {
        spool.check_disk()?;
        let name = format!("{run}-{}", self.file.0);
        let reading = stable(&self.table.paths, shadow_copies, stop, |paths| {
            let content =
                if self.digest { Some(content_digest(paths).map_err(ReadError::Table)?) } else { None };
            let mut writer = spool.writer(&name, stop.clone());
            let report = convert::table(paths, &self.settings, &mut writer).map_err(ReadError::Convert)?;
            Ok((report, content, writer.finish().map_err(ReadError::Spool)?))
        })?;
        let (report, content, files) = reading.value;
        let fingerprint = reading.observed.fingerprint(content, &self.settings_digest);
        let mut report = self.report(report, &files);
        report.notes.extend(reading.note);
        Ok(PreparedTable { report, fingerprint, parts: self.named(files) })
    }

    fn named(&self, files: Vec<SpooledFile>) -> Vec<(String, SpooledFile)> {
        let whole = files.len() == 1;
        (1..)
            .zip(files)
            .map(|(number, file)| (if whole { self.name.whole() } else { self.name.part(number) }, file))
            .collect()
    }

    fn report(&self, report: TableReport, files: &[SpooledFile]) -> FileReport {
        let mut made = file_report(&self.table.source, &self.name, report);
        made.bytes_out = files.iter().map(|file| file.size).sum();
        made.sha256 = files.first().map(|file| file.sha256.clone());
        made
    }

    /// Returns the report of a refused table.
    pub fn refused(&self, error: &Error) -> FileReport {
        refused_report(&self.table.source, &self.name, error)
    }
}

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

/// Why a table could not be read.
pub enum ReadError {
    /// The table or its memo could not be read outside the converter.
    Table(io::Error),
    /// The converter's error.
    Convert(ConvertError),
    /// The spool could not be written.
    Spool(io::Error),
}

/// The result of reading a table that did not change meanwhile.
#[derive(Debug)]
pub struct Reading<T> {
    /// The result.
    pub value: T,
    /// The table's state.
    pub observed: Observation,
    /// A note that the table was read from a shadow copy.
    pub note: Option<Finding>,
}

/// Reads a table until its state is the same before and after; when that never happens, from a shadow copy of its disk.
///
/// # Errors
/// The reader's own error when the table did not change; [`Code::FileChanging`] when it always changed and there is no
/// copy.
pub fn stable<T>(
    found: &TablePaths,
    shadow_copies: &ShadowCopies,
    stop: &CancellationToken,
    mut read: impl FnMut(&TablePaths) -> Result<T, ReadError>,
) -> Result<Reading<T>> {
    let table = &found.table;
    let mut paths = found.clone();
    for reading in 1..=READINGS {
        if reading > 1 {
            thread::sleep(PAUSE * 2_u32.pow(reading - 2));
            // A memo file may have appeared or disappeared.
            paths = TablePaths::find(table).unwrap_or(paths);
        }
        if stop.is_cancelled() {
            return Err(SpoolError::Stopped.into());
        }
        if let Some((value, observed)) = once(&paths, &mut read).map_err(|error| failed(error, table))? {
            return Ok(Reading { value, observed, note: None });
        }
    }
    let mut hint = "export while no other program writes to it".to_owned();
    match shadow_copies.find(table) {
        Ok(None) => {}
        Ok(Some(still)) => {
            // The table with its memo, both from the same moment.
            let paths = TablePaths::find(&still).unwrap_or(TablePaths { table: still, ..found.clone() });
            match once(&paths, &mut read) {
                Ok(Some((value, observed))) => {
                    return Ok(Reading { value, observed, note: Some(from_a_still_copy()) });
                }
                // A file that is missing in the copy does not mean that the table is gone.
                Ok(None) | Err(ReadError::Table(_) | ReadError::Convert(ConvertError::Read { .. })) => {
                    hint +=
                        "; a shadow copy of its disk was taken, but the table cannot be read there either";
                }
                Err(error) => return Err(failed(error, table)),
            }
        }
        Err(why) => {
            hint += "; ";
            hint += &why;
        }
    }
    Err(Error::new(
        Code::FileChanging,
        format!("`{}` was in use or changed while it was read, {READINGS} times", table.display()),
    )
    .hint(hint)
    .path(table)
    .retry_later())
}

/// Reads once; `None` when another program has the table open exclusively or it changed meanwhile.
fn once<T>(
    paths: &TablePaths,
    read: &mut impl FnMut(&TablePaths) -> Result<T, ReadError>,
) -> Result<Option<(T, Observation)>, ReadError> {
    let before = match Observation::measure(paths) {
        Ok(before) => before,
        Err(error) if is_in_use(&error) => return Ok(None),
        Err(error) => return Err(ReadError::Table(error)),
    };
    let result = read(paths);
    if Observation::measure(paths).is_ok_and(|after| after == before) {
        match result {
            Ok(value) => Ok(Some((value, before))),
            Err(ReadError::Table(error) | ReadError::Convert(ConvertError::Read { error, .. }))
                if is_in_use(&error) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    } else {
        match result {
            Err(error @ (ReadError::Spool(_) | ReadError::Convert(ConvertError::Write { .. }))) => Err(error),
            _ => Ok(None),
        }
    }
}

/// Names the table, not the shadow copy from which it may have been read.
fn failed(error: ReadError, table: &Path) -> Error {
    match error {
        ReadError::Table(error) => Error::io("cannot read", table, &error).retry_later(),
        ReadError::Spool(error) | ReadError::Convert(ConvertError::Write { error, .. }) => {
            match error.get_ref().and_then(|inner| inner.downcast_ref::<SpoolError>()) {
                Some(cause) => Error::from(cause.clone()),
                None => Error::io("cannot write the spooled CSV of", table, &error)
                    .severity(ErrorSeverity::Critical),
            }
        }
        ReadError::Convert(ConvertError::Header { error, .. }) => {
            ConvertError::Header { path: table.to_path_buf(), error }.into()
        }
        ReadError::Convert(error) => error.into(),
    }
}

fn from_a_still_copy() -> Finding {
    Finding {
        code: "READ_IN_COPY".to_owned(),
        row: None,
        column: None,
        count: 1,
        message:
            "another program had the table open exclusively, so it was read from a shadow copy of its disk"
                .to_owned(),
        samples: Vec::new(),
    }
}

/// Counts bytes and discards them, for a dry run.
#[derive(Debug, Default)]
pub struct CountingSink(pub u64);

impl PartSink for CountingSink {
    fn next_part(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 += bytes.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
