//! Reads the end of the log: complete lines of its newest files.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use chrono::Local;

use crate::error::{Error, Result};
use crate::logging;
use crate::platform::{self, file};

/// The largest total size, in bytes.
const LIMIT: u64 = 4_000_000;

/// Returns the newest files, newest first, with their names and text, or the error of reading them.
pub(super) fn recent(data: &Path) -> Result<Vec<(String, Result<String>)>> {
    let folder = data.join(logging::FOLDER);
    if !file::may_exist(&folder) {
        return Ok(Vec::new());
    }
    std::fs::read_dir(&folder).map_err(|error| Error::io("cannot list", &folder, &error))?;
    let mut room = LIMIT;
    let today = platform::now().with_timezone(&Local).date_naive();
    let mut taken = Vec::new();
    for path in logging::listed(&folder, today).iter().rev() {
        if room == 0 {
            break;
        }
        let text = tail(path, room).map_err(|error| Error::io("cannot read", path, &error));
        room = room.saturating_sub(path.metadata().map_or(0, |about| about.len()));
        taken.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text));
    }
    Ok(taken)
}

/// Returns the last bytes of a file, starting at the beginning of a line.
fn tail(path: &Path, limit: u64) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let skipped = length.saturating_sub(limit);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    let whole = match skipped {
        0 => 0,
        _ => bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1),
    };
    Ok(String::from_utf8_lossy(&bytes[whole..]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_complete_lines_are_read() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(recent(data.path()).unwrap().len(), 0);
        let folder = data.path().join(logging::FOLDER);
        std::fs::create_dir(&folder).unwrap();
        let line = format!("{}\n", "я".repeat(49));
        for day in 1..=3 {
            let name = format!("data_exporter-2026-01-0{day}.log");
            std::fs::write(folder.join(name), line.repeat(LIMIT as usize / line.len() * 2 / 3)).unwrap();
        }
        let taken = recent(data.path()).unwrap();
        let names: Vec<&str> = taken.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["data_exporter-2026-01-03.log", "data_exporter-2026-01-02.log"]);
        let texts: Vec<&String> = taken.iter().map(|(_, text)| text.as_ref().unwrap()).collect();
        assert!(texts.iter().all(|text| text.len() % line.len() == 0 && text.starts_with('я')));
        let total: usize = texts.iter().map(|text| text.len()).sum();
        assert!(total <= LIMIT as usize && total > LIMIT as usize - 2 * line.len(), "{total}");
    }
}
