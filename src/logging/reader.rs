//! [`LogReader`]: the last lines of a log, and the lines that are added to it.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use chrono::Local;

use super::files::listed;
use crate::platform;

/// The most bytes of a file that are searched for its last lines.
const TAIL: u64 = 4_000_000;

/// Reads a log from its end on.
#[derive(Debug)]
pub struct LogReader {
    folder: PathBuf,
    /// The file that is read, and the offset of its next byte.
    place: Option<(PathBuf, u64)>,
    /// The beginning of a line whose end is not written yet.
    begun: Vec<u8>,
}

impl LogReader {
    /// Returns a reader at the end of the log, and the last `count` lines. Without a log there are none.
    ///
    /// # Errors
    /// When the folder or a file cannot be read.
    pub fn open(folder: &Path, count: usize) -> io::Result<(Self, Vec<String>)> {
        let mut reader = Self { folder: folder.to_path_buf(), place: None, begun: Vec::new() };
        let files = reader.files()?;
        let mut last = VecDeque::new();
        for path in files.iter().rev() {
            let (text, end) = tail(path)?;
            if reader.place.is_none() {
                reader.place = Some((path.clone(), end));
            }
            for line in text.lines().rev() {
                if last.len() >= count {
                    break;
                }
                last.push_front(line.to_owned());
            }
            if last.len() >= count {
                break;
            }
        }
        Ok((reader, last.into()))
    }

    /// Returns the lines that were written since the last call.
    ///
    /// # Errors
    /// When the folder or a file cannot be read.
    pub fn new_lines(&mut self) -> io::Result<Vec<String>> {
        let files = self.files()?;
        let from = match &self.place {
            Some((path, _)) => files.iter().position(|file| file == path).unwrap_or_default(),
            None => 0,
        };
        for path in &files[from..] {
            let offset = self.place.as_ref().filter(|(known, _)| known == path).map_or(0, |(_, at)| *at);
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(offset))?;
            let read = file.take(TAIL).read_to_end(&mut self.begun)?;
            self.place = Some((path.clone(), offset + read as u64));
        }
        let whole = self.begun.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines: Vec<u8> = self.begun.drain(..whole).collect();
        Ok(String::from_utf8_lossy(&lines).lines().map(str::to_owned).collect())
    }

    fn files(&self) -> io::Result<Vec<PathBuf>> {
        match fs::read_dir(&self.folder) {
            Ok(_) => Ok(listed(&self.folder, platform::now().with_timezone(&Local).date_naive())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// Returns the whole lines at the end of a file, and its length.
fn tail(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let skipped = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let end = skipped + bytes.len() as u64;
    let whole = match skipped {
        0 => 0,
        _ => bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1),
    };
    Ok((String::from_utf8_lossy(&bytes[whole..]).into_owned(), end))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_last_lines_come_first_and_new_ones_follow_also_in_a_new_file() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("data_exporter-2026-01-01.log"), "a\nb\n").unwrap();
        fs::write(at("data_exporter-2026-01-02.log"), "c\n").unwrap();
        let (mut reader, last) = LogReader::open(folder.path(), 2).unwrap();
        assert_eq!(last, ["b", "c"]);
        assert!(reader.new_lines().unwrap().is_empty());
        let mut file = fs::OpenOptions::new().append(true).open(at("data_exporter-2026-01-02.log")).unwrap();
        file.write_all(b"d\nha").unwrap();
        assert_eq!(reader.new_lines().unwrap(), ["d"]);
        file.write_all(b"lf\n").unwrap();
        fs::write(at("data_exporter-2026-01-03.log"), "e\n").unwrap();
        assert_eq!(reader.new_lines().unwrap(), ["half", "e"]);
    }

    #[test]
    fn a_folder_without_a_log_has_no_lines_until_one_begins() {
        let folder = tempfile::tempdir().unwrap();
        let (mut reader, last) = LogReader::open(&folder.path().join("logs"), 5).unwrap();
        assert!(last.is_empty() && reader.new_lines().unwrap().is_empty());
        fs::create_dir(folder.path().join("logs")).unwrap();
        fs::write(folder.path().join("logs/data_exporter-2026-01-01.log"), "first\n").unwrap();
        assert_eq!(reader.new_lines().unwrap(), ["first"]);
    }
}
