//! The system's log, for a program that the system started as a service: [`log`].
//!
//! Linux: lines on standard error with systemd's priority prefix. This needs neither a socket nor a library, writes no
//! line twice, and works with other supervisors that capture standard error. Windows: the Event Log, through the
//! system's `eventcreate`, warnings and worse.

use std::io::{self, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::line::cleared;

/// Events for the system's log. Administrators of the machine read it, not developers of this program.
#[cfg(not(windows))]
pub const LEVEL: LevelFilter = LevelFilter::INFO;
/// As on other systems, but each event costs a process.
#[cfg(windows)]
pub const LEVEL: LevelFilter = LevelFilter::WARN;

/// Returns the system's log; `None` where this program does not run as a service.
pub fn log() -> Option<SystemLog> {
    inner::open().map(SystemLog)
}

/// Registers this program with the Event Log, which needs an administrator; after that the service's own account may
/// write.
#[cfg(windows)]
pub fn register() {
    inner::create(Level::INFO, "The service was installed.");
}

/// Receives each event with its level.
pub struct SystemLog(inner::Log);

/// An event that is being written.
pub struct LogEntry<'a> {
    log: &'a inner::Log,
    level: Level,
}

impl<'a> MakeWriter<'a> for SystemLog {
    type Writer = LogEntry<'a>;

    fn make_writer(&'a self) -> LogEntry<'a> {
        LogEntry { log: &self.0, level: Level::INFO }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> LogEntry<'a> {
        LogEntry { log: &self.0, level: *event.level() }
    }
}

impl Write for LogEntry<'_> {
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

    /// Standard error, connected to the journal.
    pub struct Log;

    /// Returns whether systemd connected standard error to its journal, and nobody redirected it.
    pub fn open() -> Option<Log> {
        let stream = platform::variable("JOURNAL_STREAM")?;
        let is = File::from(io::stderr().as_fd().try_clone_to_owned().ok()?).metadata().ok()?;
        (stream == format!("{}:{}", is.dev(), is.ino())).then_some(Log)
    }

    impl Log {
        #[expect(clippy::unused_self, reason = "another system's log has something to it")]
        pub fn write(&self, level: Level, text: &str) {
            // The journal's priority prefix, before every line.
            let priority = match level {
                Level::ERROR => 3,
                Level::WARN => 4,
                Level::INFO => 6,
                _ => 7,
            };
            let mut journal = io::stderr().lock();
            for line in text.lines() {
                // When the journal is gone, the log files remain.
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

    /// Maximum number of waiting events; further ones are dropped.
    const WAITING: usize = 32;
    /// Maximum length of an Event Log text, in characters.
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
            // Events are dropped rather than delay the caller.
            let _ = self.0.try_send((level, text.chars().take(LONGEST).collect()));
        }
    }

    pub fn create(level: Level, text: &str) {
        let kind = match level {
            Level::ERROR => "ERROR",
            Level::WARN => "WARNING",
            _ => "INFORMATION",
        };
        // Where the source is not registered and this account may not register it, the log files remain.
        let _ = platform::system_command("eventcreate.exe")
            .args(["/L", "APPLICATION", "/SO", "data-exporter", "/ID", "1", "/T", kind, "/D", text])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}
