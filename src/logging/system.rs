//! The log of the system, when it started this program as a service: [`log`].
//!
//! Linux: lines on standard error, each with its priority in front, as systemd reads them when standard error is the
//! journal. No socket and no library is needed for that, a line is never told twice, and other supervisors that keep
//! standard error show the same. Windows: the Event Log, through the system's own `eventcreate`, warnings and worse.

use std::io::{self, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::line::cleared;

/// What is told to the system. It is read by who keeps the machine, not by who looks for a fault of the program.
#[cfg(not(windows))]
pub const LEVEL: LevelFilter = LevelFilter::INFO;
/// As elsewhere, but each event costs a process.
#[cfg(windows)]
pub const LEVEL: LevelFilter = LevelFilter::WARN;

/// The system's log; none where this program is no service of it.
pub fn log() -> Option<SystemLog> {
    inner::open().map(SystemLog)
}

/// Makes this program known to the Event Log, which only an administrator may; the service's own account then may write.
#[cfg(windows)]
pub fn register() {
    inner::create(Level::INFO, "The service was installed.");
}

/// Takes each event with its level.
pub struct SystemLog(inner::Log);

/// One event on its way.
pub struct Entry<'a> {
    log: &'a inner::Log,
    level: Level,
}

impl<'a> MakeWriter<'a> for SystemLog {
    type Writer = Entry<'a>;

    fn make_writer(&'a self) -> Entry<'a> {
        Entry { log: &self.0, level: Level::INFO }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> Entry<'a> {
        Entry { log: &self.0, level: *event.level() }
    }
}

impl Write for Entry<'_> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.log.write(self.level, cleared(event).trim_start());
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
mod inner {
    use std::fs::File;
    use std::io::{self, Write as _};
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::MetadataExt as _;

    use tracing::Level;

    use crate::platform;

    /// Standard error, which is the journal.
    pub struct Log;

    /// Whether systemd gave this program its journal as standard error, and nobody turned that elsewhere.
    pub fn open() -> Option<Log> {
        let told = platform::variable("JOURNAL_STREAM")?;
        let is = File::from(io::stderr().as_fd().try_clone_to_owned().ok()?).metadata().ok()?;
        (told == format!("{}:{}", is.dev(), is.ino())).then_some(Log)
    }

    impl Log {
        #[expect(clippy::unused_self, reason = "another system's log has something to it")]
        pub fn write(&self, level: Level, text: &str) {
            // The journal's own mark of a priority, before every line.
            let priority = match level {
                Level::ERROR => 3,
                Level::WARN => 4,
                Level::INFO => 6,
                _ => 7,
            };
            let mut journal = io::stderr().lock();
            for line in text.lines() {
                // A journal that is gone leaves the files.
                let _ = writeln!(journal, "<{priority}>{line}");
            }
        }
    }
}

#[cfg(windows)]
mod inner {
    use std::process::Stdio;
    use std::sync::mpsc::{SyncSender, sync_channel};
    use std::thread;

    use tracing::Level;

    use crate::platform;

    /// Events that may wait; more at once say nothing that these do not.
    const WAITING: usize = 32;
    /// The longest text that the Event Log takes, in characters.
    const LONGEST: usize = 15_000;

    /// A thread that writes one event after the other.
    pub struct Log(SyncSender<(Level, String)>);

    pub fn open() -> Option<Log> {
        if !platform::is_service() {
            return None;
        }
        let (log, events) = sync_channel(WAITING);
        let write = move || events.iter().for_each(|(level, text): (Level, String)| create(level, &text));
        thread::Builder::new().name("event log".to_owned()).spawn(write).ok()?;
        Some(Log(log))
    }

    impl Log {
        pub fn write(&self, level: Level, text: &str) {
            // Nobody waits for a log that is behind.
            let _ = self.0.try_send((level, text.chars().take(LONGEST).collect()));
        }
    }

    pub fn create(level: Level, text: &str) {
        let kind = match level {
            Level::ERROR => "ERROR",
            Level::WARN => "WARNING",
            _ => "INFORMATION",
        };
        // Where the source is not known yet and this account may not add it, the files remain.
        let _ = platform::system_command("eventcreate.exe")
            .args(["/L", "APPLICATION", "/SO", "data-exporter", "/ID", "1", "/T", kind, "/D", text])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}
