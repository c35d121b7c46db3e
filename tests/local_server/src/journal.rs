//! The state of the server, saved beside the uploads as JSON lines: [`Journal`]. The last line of an id counts.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::state::{Batch, State, StoredFile, StoredReport};

/// The file's name in the data folder.
const NAME: &str = "journal.jsonl";

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    Batch(Batch),
    File(StoredFile),
    Error(StoredReport),
}

/// The open file.
#[derive(Debug)]
pub(crate) struct Journal(File);

impl Journal {
    /// Opens or creates the journal of a data folder and reads it. A truncated line is skipped.
    pub(crate) fn open(folder: &Path) -> io::Result<(Self, State)> {
        let path = folder.join(NAME);
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let mut state = State::default();
        for line in text.split(|byte| *byte == b'\n') {
            match serde_json::from_slice(line) {
                Ok(Entry::Batch(batch)) => state.restore_batch(batch),
                Ok(Entry::File(file)) => state.restore_file(file),
                Ok(Entry::Error(report)) => state.restore_report(report),
                Err(_) => {}
            }
        }
        if text.last().is_some_and(|last| *last != b'\n') {
            file.write_all(b"\n")?;
        }
        Ok((Self(file), state))
    }

    /// Adds a line.
    pub(crate) fn add(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.0.write_all(&line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Site, Switches};

    #[test]
    fn written_records_survive_a_restart_with_a_truncated_last_line() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, mut state) = Journal::open(folder.path()).unwrap();
        let now = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let site = Site::new("a", "b");
        let batch = state.start(&site, &Switches::default(), now).unwrap().clone();
        journal.add(&Entry::Batch(batch.clone())).unwrap();
        journal.0.write_all(b"{\"batch\":{\"id\"").unwrap();
        let (mut journal, _) = Journal::open(folder.path()).unwrap();
        journal.add(&Entry::Batch(Batch { has_errors: true, ..batch.clone() })).unwrap();
        let (_, state) = Journal::open(folder.path()).unwrap();
        assert_eq!(state.batches(), [&Batch { has_errors: true, ..batch }]);
    }
}
