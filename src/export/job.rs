//! [`Job`]: a table to deliver; [`Job::prepare`] converts it into the spool while it does not change
//! (docs/dbf.md#stable-read). Blocking; knows no server.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::spool::{Spool, SpooledFile};
use crate::convert::{self, ConvertSettings, TableReport, Watch};
use crate::error::{Error, Result};
use crate::models::export::FileReport;
use crate::source::names::WireName;
use crate::source::observe::content_digest;
use crate::source::report::{file_report, refused_report};
use crate::source::scan::FoundTable;
use crate::source::shadow_copies::ShadowCopies;
use crate::source::stable_read::{ReadError, stable};
use crate::store::FileId;
use crate::store::delivered::Fingerprint;

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
    /// Converts the table into the spool; `watch` looks at the reading.
    ///
    /// # Errors
    /// Why the table was refused; severity CRITICAL means that every other table would fail too.
    pub fn prepare(
        &self,
        spool: &Spool,
        shadow_copies: &ShadowCopies,
        run: i64,
        stop: &CancellationToken,
        watch: &Arc<Watch>,
    ) -> Result<PreparedTable> {
        spool.check_disk()?;
        let name = format!("{run}-{}", self.file.0);
        let reading = stable(&self.table.paths.watched_by(watch), shadow_copies, stop, |paths| {
            let content =
                if self.digest { Some(content_digest(paths).map_err(ReadError::Table)?) } else { None };
            let mut writer = spool.writer(&name, stop.clone());
            let report = convert::table(paths, &self.settings, &mut writer).map_err(ReadError::Convert)?;
            Ok((report, content, writer.finish().map_err(ReadError::Output)?))
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
