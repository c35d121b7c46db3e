//! [`RedactingWriter`]: turns the text of an event into a line of the log, redacted and of bounded length.

use std::io::{self, Write};
use std::sync::Arc;

use chrono::{Local, SecondsFormat};
use parking_lot::Mutex;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use super::files::Files;
use crate::models::clean::printable;
use crate::models::redact;
use crate::platform;

/// Maximum length of an event's text, in characters.
const LONGEST: usize = 16_000;

/// Local time with its offset from UTC.
pub struct LocalTime;

impl FormatTime for LocalTime {
    fn format_time(&self, to: &mut Writer<'_>) -> std::fmt::Result {
        let now = platform::now().with_timezone(&Local);
        to.write_str(&now.to_rfc3339_opts(SecondsFormat::Millis, false))
    }
}

/// Redacts the text of each event; the subscriber writes one event at a time.
#[derive(Debug)]
pub struct RedactingWriter<W>(pub W);

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = cleared(event).replace('\n', "\n    ");
        self.0.write_all(format!("{text}\n").as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The log files, shared by all threads.
#[derive(Debug, Clone)]
pub struct SharedFiles(Arc<Mutex<Files>>);

impl SharedFiles {
    /// Wraps the log files.
    pub fn new(files: Files) -> Self {
        Self(Arc::new(Mutex::new(files)))
    }
}

impl Write for SharedFiles {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        self.0.lock().append(lines);
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for SharedFiles {
    type Writer = RedactingWriter<Self>;

    fn make_writer(&'a self) -> RedactingWriter<Self> {
        RedactingWriter(self.clone())
    }
}

/// Returns the text of an event without secrets and its last line break, and with control characters visible.
pub fn cleared(event: &[u8]) -> String {
    let text = String::from_utf8_lossy(event);
    let text: String = text.trim_end().chars().take(LONGEST).collect();
    printable(&redact::secrets(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_with_line_breaks_is_one_entry() {
        let mut written = Vec::new();
        let event = b"refused\r\nINFO forged\x1b[2J: Bearer abcdefgh.ijklmnop\xff\n";
        RedactingWriter(&mut written).write_all(event).unwrap();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "refused\\u{d}\n    INFO forged\\u{1b}[2J: Bearer [redacted]\u{fffd}\n"
        );
        let long = cleared("я".repeat(100_000).as_bytes());
        assert_eq!(long.chars().count(), LONGEST);
    }
}
