//! The newest part of the log: whole lines of its last files.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use chrono::Local;

use crate::error::{Error, Result};
use crate::logging;
use crate::platform;

/// The most that is taken of all files, in bytes.
const MOST: u64 = 4_000_000;

/// The last files, the newest first, each by its name; one that cannot be read says why.
pub(super) fn recent(data: &Path) -> Result<Vec<(String, Result<String>)>> {
    let folder = data.join(logging::FOLDER);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    std::fs::read_dir(&folder).map_err(|error| Error::io("cannot look into", &folder, &error))?;
    let mut room = MOST;
    let today = platform::now().with_timezone(&Local).date_naive();
    let mut taken = Vec::new();
    for path in logging::listed(&folder, today).iter().rev() {
        if room == 0 {
            break;
        }
        let text = end_of(path, room).map_err(|error| Error::io("cannot read", path, &error));
        room = room.saturating_sub(path.metadata().map_or(0, |about| about.len()));
        taken.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text));
    }
    Ok(taken)
}

/// The last bytes of a file from the beginning of a line on.
fn end_of(path: &Path, most: u64) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let skipped = length.saturating_sub(most);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
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
    fn the_newest_lines_are_taken_and_no_half_of_one() {
        let data = tempfile::tempdir().unwrap();
        assert_eq!(recent(data.path()).unwrap().len(), 0);
        let folder = data.path().join(logging::FOLDER);
        std::fs::create_dir(&folder).unwrap();
        let line = format!("{}\n", "я".repeat(49));
        for day in 1..=3 {
            let name = format!("data_exporter-2026-01-0{day}.log");
            std::fs::write(folder.join(name), line.repeat(MOST as usize / line.len() * 2 / 3)).unwrap();
        }
        let taken = recent(data.path()).unwrap();
        let names: Vec<&str> = taken.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["data_exporter-2026-01-03.log", "data_exporter-2026-01-02.log"]);
        let texts: Vec<&String> = taken.iter().map(|(_, text)| text.as_ref().unwrap()).collect();
        assert!(texts.iter().all(|text| text.len() % line.len() == 0 && text.starts_with('я')));
        let total: usize = texts.iter().map(|text| text.len()).sum();
        assert!(total <= MOST as usize && total > MOST as usize - 2 * line.len(), "{total}");
    }
}
