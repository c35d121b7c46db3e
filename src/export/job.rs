//! [`Job`], one table to be delivered, and [`Job::prepare`], which converts it into the spool from a table that did not
//! change meanwhile (docs/dbf.md, "Stable read"). Blocking; it knows no server.

use std::io;
use std::thread;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::names::WireName;
use super::observe::{Observation, content_digest};
use super::scan::FoundTable;
use super::spool::{Spool, SpoolError, SpooledFile};
use crate::convert::{self, ConvertError, PartSink, Settings, TablePaths, TableReport};
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
    pub settings: Settings,
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
    pub fn prepare(&self, spool: &Spool, run: i64, stop: &CancellationToken) -> Result<Prepared> {
        spool.check_disk()?;
        let name = format!("{run}-{}", self.file.0);
        let (report, observed, content, files) = stable(&self.table.paths, stop, |paths| {
            let content =
                if self.digest { Some(content_digest(paths).map_err(Trouble::Table)?) } else { None };
            let mut writer = spool.writer(&name, stop.clone());
            let report = convert::table(paths, &self.settings, &mut writer).map_err(Trouble::Convert)?;
            Ok((report, content, writer.finish().map_err(Trouble::Spool)?))
        })
        .map(|((report, content, files), observed)| (report, observed, content, files))?;
        let fingerprint = observed.fingerprint(content, &self.settings_digest);
        let report = self.report(report, &files);
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
        dialect: Some(report.dialect.to_owned()),
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
pub enum Trouble {
    /// The table or its memo could not be read outside the converter.
    Table(io::Error),
    /// The converter's error.
    Convert(ConvertError),
    /// The spool could not be written.
    Spool(io::Error),
}

/// Reads a table until it looks the same before and after.
///
/// # Errors
/// The reading's own error when the table stood still; [`Code::FileChanging`] when it never did.
pub fn stable<T>(
    found: &TablePaths,
    stop: &CancellationToken,
    mut read: impl FnMut(&TablePaths) -> Result<T, Trouble>,
) -> Result<(T, Observation)> {
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
        let before = match Observation::of(&paths) {
            Ok(before) => before,
            Err(error) if is_locked(&error) => continue,
            Err(error) => return Err(Error::io("cannot read", table, &error).retry_later()),
        };
        let result = read(&paths);
        if Observation::of(&paths).is_ok_and(|after| after == before) {
            match result {
                Ok(value) => return Ok((value, before)),
                Err(Trouble::Table(error) | Trouble::Convert(ConvertError::Read { error, .. }))
                    if is_locked(&error) => {}
                Err(trouble) => return Err(failed(trouble, &paths)),
            }
        } else if let Err(trouble @ (Trouble::Spool(_) | Trouble::Convert(ConvertError::Write { .. }))) =
            result
        {
            return Err(failed(trouble, &paths));
        }
    }
    Err(Error::new(
        Code::FileChanging,
        format!("`{}` was in use or changed while it was read, {READINGS} times", table.display()),
    )
    .hint("export when the shop's program is not writing to it")
    .path(table)
    .retry_later())
}

fn failed(trouble: Trouble, paths: &TablePaths) -> Error {
    match trouble {
        Trouble::Table(error) => Error::io("cannot read", &paths.table, &error).retry_later(),
        Trouble::Spool(error) | Trouble::Convert(ConvertError::Write { error, .. }) => {
            match error.get_ref().and_then(|inner| inner.downcast_ref::<SpoolError>()) {
                Some(cause) => Error::from(cause.clone()),
                None => Error::io("cannot write into the spool the CSV of", &paths.table, &error)
                    .severity(ErrorSeverity::Critical),
            }
        }
        Trouble::Convert(error) => error.into(),
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
pub struct Nowhere(pub u64);

impl PartSink for Nowhere {
    fn next_part(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 += bytes.len() as u64;
        Ok(())
    }
}
