//! [`Job`], one table to be delivered, and [`Job::prepare`], which converts it into the spool from a table that did not
//! change meanwhile (docs/dbf.md, "Stable read"). Blocking; it knows no server.

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
use crate::convert::{self, ConvertError, ConvertSettings, PartSink, TablePaths, TableReport};
use crate::error::{Code, Error, Result};
use crate::models::ErrorSeverity;
use crate::models::export::{FileReport, Finding};
use crate::store::FileId;
use crate::store::delivered::Fingerprint;

/// How often a table is read that keeps changing.
const READINGS: u32 = 3;
/// The pause before the second reading; it doubles.
const PAUSE: Duration = Duration::from_millis(300);

/// A table on its way.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its row in the journal.
    pub file: FileId,
    /// The table.
    pub table: FoundTable,
    /// Its name on the wire.
    pub name: WireName,
    /// How it is converted.
    pub settings: ConvertSettings,
    /// A digest of everything in the settings that changes the output.
    pub settings_digest: String,
    /// The digest of its content is wanted in the fingerprint.
    pub digest: bool,
    /// The server refused a part for its size, and it was converted into smaller ones.
    pub smaller: bool,
    /// How often a batch had to be given up because of it.
    pub spoiled: u32,
}

/// A table in the spool.
#[derive(Debug)]
pub struct Prepared {
    /// What was read.
    pub report: FileReport,
    /// What it was like.
    pub fingerprint: Fingerprint,
    /// The files to be sent, with their names on the wire.
    pub parts: Vec<(String, SpooledFile)>,
}

impl Job {
    /// Converts the table into the spool.
    ///
    /// # Errors
    /// Why the table was refused; severity CRITICAL means that no other table would fare better.
    pub fn prepare(
        &self,
        spool: &Spool,
        shadow_copies: &ShadowCopies,
        run: i64,
        stop: &CancellationToken,
    ) -> Result<Prepared> {
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
        Ok(Prepared { report, fingerprint, parts: self.named(files) })
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

    /// The report of a table that was refused.
    pub fn refused(&self, error: &Error) -> FileReport {
        refused_report(&self.table.source, &self.name, error)
    }
}

/// A conversion as the JSON shows it; bytes and digest of the output are the caller's to add.
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

/// The report of a table that was refused.
pub fn refused_report(source: &str, name: &WireName, error: &Error) -> FileReport {
    FileReport { error: Some(error.body()), ..FileReport::unread(source.to_owned(), name.table()) }
}

/// What went wrong in a reading.
pub enum ReadError {
    /// The table or its memo could not be read outside the converter.
    Table(io::Error),
    /// The converter's error.
    Convert(ConvertError),
    /// The spool could not be written.
    Spool(io::Error),
}

/// A table that was read while it stood still.
#[derive(Debug)]
pub struct Reading<T> {
    /// What came of it.
    pub value: T,
    /// What the table was like.
    pub observed: Observation,
    /// That it was read in a shadow copy of its disk.
    pub note: Option<Finding>,
}

/// Reads a table until it looks the same before and after; where it never does, in a shadow copy of its disk.
///
/// # Errors
/// The reading's own error when the table stood still; [`Code::FileChanging`] when it never did and there is no copy.
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
            // A memo file may have come or gone.
            paths = TablePaths::find(table).unwrap_or(paths);
        }
        if stop.is_cancelled() {
            return Err(SpoolError::Stopped.into());
        }
        if let Some((value, observed)) = once(&paths, &mut read).map_err(|trouble| failed(trouble, table))? {
            return Ok(Reading { value, observed, note: None });
        }
    }
    let mut hint = "export when the shop's program is not writing to it".to_owned();
    match shadow_copies.find(table) {
        Ok(None) => {}
        Ok(Some(still)) => {
            // The table with its memo, as both were in one moment.
            let paths = TablePaths::find(&still).unwrap_or(TablePaths { table: still, ..found.clone() });
            match once(&paths, &mut read) {
                Ok(Some((value, observed))) => {
                    return Ok(Reading { value, observed, note: Some(from_a_still_copy()) });
                }
                // What is not in the copy is no news of the table.
                Ok(None) | Err(ReadError::Table(_) | ReadError::Convert(ConvertError::Read { .. })) => {
                    hint += "; a shadow copy of its disk was taken, and it cannot be read there";
                }
                Err(trouble) => return Err(failed(trouble, table)),
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

/// One reading; none when another program holds the table or it changed meanwhile.
fn once<T>(
    paths: &TablePaths,
    read: &mut impl FnMut(&TablePaths) -> Result<T, ReadError>,
) -> Result<Option<(T, Observation)>, ReadError> {
    let before = match Observation::measure(paths) {
        Ok(before) => before,
        Err(error) if is_locked(&error) => return Ok(None),
        Err(error) => return Err(ReadError::Table(error)),
    };
    let result = read(paths);
    if Observation::measure(paths).is_ok_and(|after| after == before) {
        match result {
            Ok(value) => Ok(Some((value, before))),
            Err(ReadError::Table(error) | ReadError::Convert(ConvertError::Read { error, .. }))
                if is_locked(&error) =>
            {
                Ok(None)
            }
            Err(trouble) => Err(trouble),
        }
    } else {
        match result {
            Err(trouble @ (ReadError::Spool(_) | ReadError::Convert(ConvertError::Write { .. }))) => {
                Err(trouble)
            }
            _ => Ok(None),
        }
    }
}

/// The table is named, not the shadow copy in which it may have been read.
fn failed(trouble: ReadError, table: &Path) -> Error {
    match trouble {
        ReadError::Table(error) => Error::io("cannot read", table, &error).retry_later(),
        ReadError::Spool(error) | ReadError::Convert(ConvertError::Write { error, .. }) => {
            match error.get_ref().and_then(|inner| inner.downcast_ref::<SpoolError>()) {
                Some(cause) => Error::from(cause.clone()),
                None => Error::io("cannot write into the spool the CSV of", table, &error)
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
        message: "another program held the table, so it was read in a shadow copy of its disk".to_owned(),
        samples: Vec::new(),
    }
}

/// Another program holds the file: sharing and lock violations of Windows, and their like.
fn is_locked(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
        || error.kind() == io::ErrorKind::ResourceBusy
        || (cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33)))
}

/// Counts bytes and throws them away, for a look at what an export would do.
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
