//! Creates the support bundle: [`gather`] collects facts about an installation as a [`Bundle`] of text files, which a
//! person reads and then sends.
//!
//! Needs no lock, changes nothing and sends nothing. Files are independent: one that fails contains its error. Secrets and
//! the names of home folders are removed from each text when it is added; no source contains values of rows.

mod logs;
mod pieces;
mod system;

use std::io::{Cursor, Write};
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Local, Utc};
use futures_util::future::join_all;
use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::blocking::{blocking, within};
use super::doctor::{self, DoctorRequest};
use crate::error::{Error, Result};
use crate::models::redact;
use crate::platform::file::{self, Readers};
use crate::platform::{self, Folders};
use crate::text::{bytes, local, printable};

/// The time limit for one file; a share may be unresponsive.
const LIMIT: Duration = Duration::from_secs(30);
/// The file that lists the others.
const CONTENTS: &str = "README.txt";

/// A support bundle: text files.
#[derive(Debug)]
pub struct Bundle {
    made_at: DateTime<Utc>,
    files: Vec<File>,
}

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// The name in the bundle, with `/`.
    pub name: String,
    /// A short description.
    pub about: &'static str,
    /// The error, if the content is missing.
    pub missing: Option<String>,
    #[serde(skip)]
    text: String,
}

/// The installation that the files describe.
#[derive(Clone)]
struct Place {
    folders: Folders,
    named_config: bool,
}

/// Creates the bundle; sends the same network requests as the doctor.
pub async fn gather(request: DoctorRequest) -> Bundle {
    let place = Place { folders: request.folders.clone(), named_config: request.named_config };
    let secrets_of = place.clone();
    // While a `Secret` value exists, redaction removes its text from everything.
    let _secrets = within(LIMIT, blocking(move || Ok(pieces::secrets(&secrets_of)))).await;
    let logs_of = place.clone();
    let (diagnosis, made, logs) = tokio::join!(
        doctor::examine(request),
        join_all(pieces::PIECES.into_iter().map(|(name, about, make)| {
            let place = place.clone();
            async move { (name, about, within(LIMIT, blocking(move || make(&place))).await) }
        })),
        within(LIMIT, blocking(move || logs::recent(&logs_of.folders.data))),
    );
    let own = platform::home();
    let file = |name: &str, about, text: Result<String>| {
        let clear = |text: &str| printable(&redact::home(&redact::secrets(text), own.as_deref()));
        let missing = text.as_ref().err().map(|error| clear(&error.message));
        let text = text.unwrap_or_else(|error| describe_missing(&error));
        File { name: name.to_owned(), about, missing, text: clear(&text) }
    };
    let mut files = vec![file(
        "doctor.txt",
        "the checks of everything that exports depend on",
        Ok(pieces::doctor(&diagnosis)),
    )];
    files.extend(made.into_iter().map(|(name, about, text)| file(name, about, text)));
    const LOG: &str = "the log of `run` or the tray; only the end if it is long";
    match logs {
        Ok(logs) => {
            files.extend(logs.into_iter().map(|(name, text)| file(&format!("logs/{name}"), LOG, text)));
        }
        Err(error) => files.push(file("logs/none.txt", LOG, Err(error))),
    }
    let mut bundle = Bundle { made_at: platform::now(), files };
    let contents = bundle.contents();
    bundle.files.insert(0, file(CONTENTS, "a description of each file", Ok(contents)));
    bundle
}

fn describe_missing(error: &Error) -> String {
    let hint = error.hint.as_ref().map_or_else(String::new, |hint| format!("\nhint: {hint}"));
    format!("Not available: {}{hint}", error.message)
}

impl Bundle {
    /// Returns the files, the table of contents first.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Returns the default file name.
    pub fn name(&self) -> String {
        format!(
            "data_exporter-diagnostics-{}.zip",
            self.made_at.with_timezone(&Local).format("%Y%m%d-%H%M%S")
        )
    }

    /// Writes the bundle as a zip file that only this account can read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let zip = self.zip().map_err(|error| Error::io("cannot pack", path, &error))?;
        file::write(path, Readers::Owner, &zip).map_err(|error| Error::io("cannot write", path, &error))
    }

    fn zip(&self) -> std::io::Result<Vec<u8>> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(0o600)
            .last_modified_time(moment(self.made_at));
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for file in &self.files {
            zip.start_file(&file.name, options)?;
            zip.write_all(file.text.as_bytes())?;
        }
        Ok(zip.finish()?.into_inner())
    }

    fn contents(&self) -> String {
        let mut lines = vec![
            format!("Diagnostics of Data Exporter {}, made {}.", env!("CARGO_PKG_VERSION"), local(self.made_at)),
            String::new(),
            "For the person who helps you with Data Exporter. Nothing was sent: read these files, then send the zip yourself."
                .to_owned(),
            "Secrets, codes and tokens were replaced by `[redacted]`, and home folders by `~`. The files contain names of tables,"
                .to_owned(),
            "folders, columns and servers, but no values of rows.".to_owned(),
            String::new(),
        ];
        for file in &self.files {
            lines.push(format!("{} ({})\n    {}", file.name, bytes(file.text.len() as u64), file.about));
            lines.extend(file.missing.as_ref().map(|why| format!("    not available: {why}")));
        }
        lines.join("\n")
    }
}

/// Converts a time to the local time of a zip entry; the default for a time outside its range.
fn moment(time: DateTime<Utc>) -> zip::DateTime {
    use chrono::{Datelike as _, Timelike as _};
    let time = time.with_timezone(&Local);
    let [month, day, hour, minute, second] =
        [time.month(), time.day(), time.hour(), time.minute(), time.second()].map(|part| part as u8);
    let year = u16::try_from(time.year()).unwrap_or_default();
    zip::DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(files: Vec<File>) -> Bundle {
        Bundle { made_at: "2026-11-21T10:00:00Z".parse().unwrap(), files }
    }

    #[tokio::test]
    async fn an_empty_installation_gives_a_complete_bundle() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("never made");
        let folders = Folders { config: data.join("config.toml"), data: data.clone() };
        let made = gather(DoctorRequest { folders, named_config: false, offline: true }).await;
        assert!(made.files().iter().all(|file| file.missing.is_none() && !file.text.is_empty()), "{made:?}");
        assert!(!data.exists(), "the folder is not created");
    }

    #[test]
    fn the_contents_list_missing_files_with_the_reason() {
        let missing = Some("the database is damaged".to_owned());
        let file =
            File { name: "errors.txt".to_owned(), about: "errors", missing, text: "This...".to_owned() };
        let contents = bundle(vec![file]).contents();
        assert!(
            contents.ends_with("errors.txt (7 B)\n    errors\n    not available: the database is damaged")
        );
    }
}
