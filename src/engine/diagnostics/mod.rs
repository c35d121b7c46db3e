//! What support needs to know of an installation, for a person to read and then to send: [`gather`] makes a [`Bundle`] of
//! text files.
//!
//! No lock is needed and nothing is changed. Every file is made by itself; one that cannot be made says why. Each text
//! is cleared of secrets and of the names of home folders, once, when it goes in; values of rows are in none of what
//! they are made of. Nothing is sent from here.

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

use super::doctor::{self, DoctorRequest};
use super::tasks::{self, within};
use crate::error::{Error, Result};
use crate::models::redact;
use crate::platform::{self, Folders};
use crate::store::replace_private;
use crate::text::{bytes, local, printable};

/// How long one file may take to be made; what is asked may be a share that is gone.
const LIMIT: Duration = Duration::from_secs(30);
/// The file that tells of the others.
const CONTENTS: &str = "README.txt";

/// Text files for support.
#[derive(Debug)]
pub struct Bundle {
    made_at: DateTime<Utc>,
    files: Vec<File>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// Its name in the bundle, with `/`.
    pub name: String,
    /// What it is.
    pub about: &'static str,
    /// Why there is nothing else in it; none where it is as it should be.
    pub missing: Option<String>,
    #[serde(skip)]
    text: String,
}

/// Where all is that files are made of.
#[derive(Clone)]
struct Place {
    folders: Folders,
    named_config: bool,
}

/// Gathers everything; asks what the doctor asks.
pub async fn gather(request: DoctorRequest) -> Bundle {
    let place = Place { folders: request.folders.clone(), named_config: request.named_config };
    let asked = place.clone();
    // As long as a secret exists, every text is cleared of it, whatever it looks like.
    let _secrets = within(LIMIT, tasks::blocking(move || Ok(pieces::secrets(&asked)))).await;
    let looked = place.clone();
    let (diagnosis, made, logs) = tokio::join!(
        doctor::examine(request),
        join_all(pieces::PIECES.into_iter().map(|(name, about, make)| {
            let place = place.clone();
            async move { (name, about, within(LIMIT, tasks::blocking(move || make(&place))).await) }
        })),
        within(LIMIT, tasks::blocking(move || logs::recent(&looked.folders.data))),
    );
    let own = platform::home();
    let file = |name: &str, about, text: Result<String>| {
        let clear = |text: &str| printable(&redact::home(&redact::secrets(text), own.as_deref()));
        let missing = text.as_ref().err().map(|error| clear(&error.message));
        let text = text.unwrap_or_else(|error| why_not(&error));
        File { name: name.to_owned(), about, missing, text: clear(&text) }
    };
    let mut files = vec![file(
        "doctor.txt",
        "what an export depends on, and what was found",
        Ok(pieces::doctor(&diagnosis)),
    )];
    files.extend(made.into_iter().map(|(name, about, text)| file(name, about, text)));
    const LOG: &str = "the log of `run` or the tray; the newest end when it is long";
    match logs {
        Ok(logs) => {
            files.extend(logs.into_iter().map(|(name, text)| file(&format!("logs/{name}"), LOG, text)));
        }
        Err(error) => files.push(file("logs/none.txt", LOG, Err(error))),
    }
    let mut bundle = Bundle { made_at: platform::now(), files };
    let contents = bundle.contents();
    bundle.files.insert(0, file(CONTENTS, "what each file is", Ok(contents)));
    bundle
}

fn why_not(error: &Error) -> String {
    let hint = error.hint.as_ref().map_or_else(String::new, |hint| format!("\nhint: {hint}"));
    format!("This could not be had: {}{hint}", error.message)
}

impl Bundle {
    /// What is in it, the contents first.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The name that a file of it has unless another is given.
    pub fn name(&self) -> String {
        format!(
            "data_exporter-diagnostics-{}.zip",
            self.made_at.with_timezone(&Local).format("%Y%m%d-%H%M%S")
        )
    }

    /// Writes it as a zip that only this account may read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let zip = self.zip().map_err(|error| Error::io("cannot pack", path, &error))?;
        replace_private(path, |out| {
            out.write_all(&zip).map_err(|error| Error::io("cannot write", path, &error))
        })
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
            "For whoever helps you with Data Exporter. Nothing was sent: read these files, then send the zip yourself."
                .to_owned(),
            "Secrets, codes and tokens are taken out (`[redacted]`), and `~` stands for home folders. Values of rows are"
                .to_owned(),
            "in none of them; names of tables, folders, columns and servers are.".to_owned(),
            String::new(),
        ];
        for file in &self.files {
            lines.push(format!("{} ({})\n    {}", file.name, bytes(file.text.len() as u64), file.about));
            lines.extend(file.missing.as_ref().map(|why| format!("    could not be had: {why}")));
        }
        lines.join("\n")
    }
}

/// A time as a zip keeps it: on the clock of this machine. One that no zip can keep is left out.
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
    async fn a_place_with_nothing_in_it_makes_a_whole_bundle() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("never made");
        let folders = Folders { config: data.join("config.toml"), data: data.clone() };
        let made = gather(DoctorRequest { folders, named_config: false, offline: true }).await;
        assert!(made.files().iter().all(|file| file.missing.is_none() && !file.text.is_empty()), "{made:?}");
        assert!(!data.exists(), "a look makes no folder");
    }

    #[test]
    fn what_could_not_be_had_is_said_in_the_contents() {
        let missing = Some("the database is damaged".to_owned());
        let file =
            File { name: "errors.txt".to_owned(), about: "errors", missing, text: "This...".to_owned() };
        let contents = bundle(vec![file]).contents();
        assert!(
            contents.ends_with("errors.txt (7 B)\n    errors\n    could not be had: the database is damaged")
        );
    }
}
