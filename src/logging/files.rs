//! [`Files`]: the log files, one a day or more on a busy day, private to the account and within [`Bounds`]. When the
//! disk refuses a write, lines are dropped and counted; the program continues.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Local, NaiveDate, Utc};

use crate::platform;

/// Prefix and suffix of a log file's name.
const NAME: (&str, &str) = ("data_exporter-", ".log");

/// Limits of the log files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Maximum size of a file, in bytes; only a single longer line exceeds it.
    pub file: u64,
    /// Maximum size of all files, in bytes.
    pub total: u64,
    /// Maximum number of files.
    pub count: usize,
}

impl Default for Bounds {
    /// A month, and no more than a small computer can spare.
    fn default() -> Self {
        Self { file: 5_000_000, total: 50_000_000, count: 31 }
    }
}

/// The log files of a folder.
#[derive(Debug)]
pub struct Files {
    folder: PathBuf,
    bounds: Bounds,
    clock: fn() -> DateTime<Utc>,
    open: Option<(NaiveDate, File)>,
    lost: u64,
}

impl Files {
    /// Creates the log of a folder; the first line creates the folder.
    pub fn new(folder: impl Into<PathBuf>, bounds: Bounds, clock: fn() -> DateTime<Utc>) -> Self {
        Self { folder: folder.into(), bounds, clock, open: None, lost: 0 }
    }

    /// Appends lines that end with a line break.
    pub fn append(&mut self, lines: &[u8]) {
        let today = (self.clock)().with_timezone(&Local).date_naive();
        match self.try_append(lines, today) {
            Ok(()) => self.lost = 0,
            Err(_) => {
                // Makes the next line check the folder and its size again.
                self.open = None;
                self.lost += 1;
            }
        }
    }

    fn try_append(&mut self, lines: &[u8], today: NaiveDate) -> io::Result<()> {
        if let Some((day, file)) = &self.open
            && (*day != today || file.metadata()?.len() + lines.len() as u64 > self.bounds.file)
        {
            self.open = None;
        }
        let file = match &mut self.open {
            Some((_, file)) => file,
            none => &mut none.insert((today, next(&self.folder, today, lines.len() as u64, self.bounds)?)).1,
        };
        if self.lost > 0 {
            // A file of an earlier start may end within a line.
            writeln!(file, "\n{} lines before this one could not be written", self.lost)?;
        }
        file.write_all(lines)
    }
}

/// Returns the files of a folder, oldest first. A future date comes from a wrong clock and counts as oldest.
pub fn listed(folder: &Path, today: NaiveDate) -> Vec<PathBuf> {
    list_files(folder, today).into_iter().map(|entry| entry.path).collect()
}

struct LogFile {
    path: PathBuf,
    day: NaiveDate,
    number: u32,
    bytes: u64,
}

fn list_files(folder: &Path, today: NaiveDate) -> Vec<LogFile> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut list_files: Vec<LogFile> = entries
        .flatten()
        .filter_map(|entry| {
            let (day, number) = parse(entry.file_name().to_str()?)?;
            let bytes = entry.metadata().ok()?.len();
            Some(LogFile { path: entry.path(), day, number, bytes })
        })
        .collect();
    list_files.sort_by_key(|entry| (entry.day <= today, entry.day, entry.number));
    list_files
}

/// `data_exporter-2026-11-21.log`, `data_exporter-2026-11-21.1.log`, ...
fn name(day: NaiveDate, number: u32) -> String {
    let (start, end) = NAME;
    if number == 0 { format!("{start}{day}{end}") } else { format!("{start}{day}.{number}{end}") }
}

fn parse(name: &str) -> Option<(NaiveDate, u32)> {
    let name = name.strip_prefix(NAME.0)?.strip_suffix(NAME.1)?;
    let (day, number) = match name.split_once('.') {
        Some((day, number)) => (day, number.parse().ok()?),
        None => (name, 0),
    };
    Some((day.parse().ok()?, number))
}

/// Returns the file for the next line of a day, and deletes old files until it may grow to its full size.
fn next(folder: &Path, today: NaiveDate, wanted: u64, bounds: Bounds) -> io::Result<File> {
    platform::make_private_folder(folder).map_err(io::Error::other)?;
    let mut others = list_files(folder, today);
    let last = others.iter().rposition(|entry| entry.day == today);
    let number = match last.map(|last| &others[last]) {
        None => 0,
        Some(last) if last.bytes + wanted <= bounds.file => last.number,
        Some(last) => last.number + 1,
    };
    others.retain(|entry| (entry.day, entry.number) != (today, number));
    let mut bytes: u64 = others.iter().map(|entry| entry.bytes).sum();
    for (removed, entry) in others.iter().enumerate() {
        let fits = bytes + bounds.file <= bounds.total && others.len() - removed < bounds.count;
        if fits {
            break;
        }
        // A file that another program has open is deleted the next time.
        let _ = fs::remove_file(&entry.path);
        bytes -= entry.bytes;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    platform::open_private(&mut options, &folder.join(name(today, number)))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use chrono::TimeDelta;

    use super::*;

    thread_local! { static NOW: Cell<i64> = const { Cell::new(1_795_262_400) } }

    fn clock() -> DateTime<Utc> {
        DateTime::from_timestamp(NOW.get(), 0).unwrap()
    }

    fn pass(time: TimeDelta) {
        NOW.set(NOW.get() + time.num_seconds());
    }

    fn today() -> NaiveDate {
        clock().with_timezone(&Local).date_naive()
    }

    fn files(folder: &Path, file: u64, total: u64, count: usize) -> Files {
        Files::new(folder.join("logs"), Bounds { file, total, count }, clock)
    }

    fn names(folder: &Path) -> Vec<String> {
        let listed = listed(&folder.join("logs"), today());
        listed.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_day_has_a_log_file_and_a_large_day_several() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path(), 30, 1000, 100);
        let first = today();
        for _ in 0..7 {
            files.append(b"ten bytes\n");
        }
        pass(TimeDelta::days(1));
        files.append(b"ten bytes\n");
        let expected = [name(first, 0), name(first, 1), name(first, 2), name(today(), 0)];
        assert_eq!(names(folder.path()), expected);
        let middle = fs::read_to_string(folder.path().join("logs").join(&expected[1])).unwrap();
        assert_eq!(middle, "ten bytes\n".repeat(3));
    }

    #[test]
    fn a_restart_appends_to_the_last_file() {
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..5 {
            files(folder.path(), 30, 1000, 100).append(b"ten bytes\n");
        }
        assert_eq!(names(folder.path()), [name(today(), 0), name(today(), 1)]);
    }

    #[test]
    fn the_size_limits_hold_for_a_year_at_any_volume() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path(), 100, 450, 4);
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..365 {
            for _ in 0..random.usize(0..60) {
                files.append(format!("{}\n", "x".repeat(random.usize(0..99))).as_bytes());
                let files = list_files(&folder.path().join("logs"), today());
                let total: u64 = files.iter().map(|entry| entry.bytes).sum();
                assert!(files.len() <= 4 && total <= 450, "{} files, {total} bytes", files.len());
                assert!(files.iter().all(|entry| entry.bytes <= 100));
            }
            pass(TimeDelta::hours(24));
        }
        assert!(names(folder.path()).len() > 2);
    }

    #[test]
    fn files_with_dates_of_a_wrong_clock_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path(), 100, 10_000, 3);
        pass(TimeDelta::days(4000));
        files.append(b"from 2037\n");
        pass(TimeDelta::days(-4000));
        let first = today();
        for _ in 0..3 {
            files.append(b"now\n");
            pass(TimeDelta::days(1));
        }
        assert_eq!(names(folder.path())[0], name(first, 0));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_log_files() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        files(folder.path(), 100, 1000, 9).append(b"x\n");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let logs = folder.path().join("logs");
        assert_eq!((mode(&logs), mode(&logs.join(name(today(), 0)))), (0o700, 0o600));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_drops_lines_and_reports_how_many() {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs");
        fs::create_dir(&logs).unwrap();
        let file = logs.join(name(today(), 0));
        // This device reports a full disk for every write.
        std::os::unix::fs::symlink("/dev/full", &file).unwrap();
        let mut files = files(folder.path(), 100, 1000, 9);
        files.append(b"lost\n");
        files.append(b"lost too\n");
        fs::remove_file(&file).unwrap();
        files.append(b"kept\n");
        files.append(b"kept too\n");
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text, "\n2 lines before this one could not be written\nkept\nkept too\n");
    }

    #[test]
    fn other_files_in_the_log_folder_are_not_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let logs = folder.path().join("logs");
        fs::create_dir(&logs).unwrap();
        for other in ["notes.txt", "data_exporter-x.log", "data_exporter-2026-11-21.x.log"] {
            fs::write(logs.join(other), "x").unwrap();
        }
        let mut files = files(folder.path(), 10, 20, 1);
        for _ in 0..5 {
            files.append(b"ten bytes\n");
            pass(TimeDelta::days(1));
        }
        assert_eq!(fs::read_dir(&logs).unwrap().count(), 4);
    }
}
