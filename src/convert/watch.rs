//! [`Watch`] looks at the reading of a table from outside: another thread sees whether a call does not return, and can end
//! the reading at the next one.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::error::Error;

/// The longest time that one table may take: a share of 1 MB/s delivers 20 GB in it.
const LONGEST: Duration = Duration::from_hours(6);

/// The reading of one table, or of the list of tables.
#[derive(Debug)]
pub struct Watch {
    began: Instant,
    longest: Duration,
    ended: AtomicBool,
    /// The beginning of the call to the file system that has not returned.
    call: Mutex<Option<Instant>>,
}

impl Default for Watch {
    fn default() -> Self {
        Self::lasting(LONGEST)
    }
}

impl Watch {
    /// Creates a watch of a reading that may take this long.
    pub fn lasting(longest: Duration) -> Self {
        Self { began: Instant::now(), longest, ended: AtomicBool::new(false), call: Mutex::new(None) }
    }

    /// Ends the reading at its next call.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// Returns how long the reading has been waiting for one call; zero when it does not wait.
    pub fn waits(&self) -> Duration {
        self.call.lock().map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Calls the file system.
    ///
    /// # Errors
    /// Those of the call; the end of the reading or of its time.
    pub fn call<T>(&self, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        if self.ended.load(Ordering::Relaxed) {
            return Err(io::Error::other(Error::stopped()));
        }
        if self.began.elapsed() > self.longest {
            let hours = self.longest.as_secs() / 3600;
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("it was not read within {hours} hours"),
            ));
        }
        *self.call.lock() = Some(Instant::now());
        let result = call();
        *self.call.lock() = None;
        result
    }
}

/// A file whose every call is watched, where there is a watch.
#[derive(Debug)]
pub struct WatchedFile {
    file: File,
    watch: Option<Arc<Watch>>,
}

impl WatchedFile {
    /// Opens a file.
    pub(super) fn open(
        watch: Option<Arc<Watch>>,
        open: impl FnOnce() -> io::Result<File>,
    ) -> io::Result<Self> {
        let file = watched(watch.as_deref(), open)?;
        Ok(Self { file, watch })
    }

    /// Returns what the system knows of the open file.
    ///
    /// # Errors
    /// Those of the system.
    pub fn metadata(&self) -> io::Result<Metadata> {
        watched(self.watch.as_deref(), || self.file.metadata())
    }
}

impl Read for WatchedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }
}

impl Read for &WatchedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        watched(self.watch.as_deref(), || (&self.file).read(buffer))
    }
}

impl Seek for &WatchedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        watched(self.watch.as_deref(), || (&self.file).seek(to))
    }
}

/// Calls the file system, watched where there is a watch.
///
/// # Errors
/// As [`Watch::call`].
pub fn watched<T>(watch: Option<&Watch>, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    match watch {
        Some(watch) => watch.call(call),
        None => call(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn a_call_that_does_not_return_is_seen_from_outside() {
        let (watch, barrier) = (Arc::new(Watch::default()), Arc::new(Barrier::new(2)));
        assert_eq!(watch.waits(), Duration::ZERO);
        let reader = thread::spawn({
            let (watch, barrier) = (Arc::clone(&watch), Arc::clone(&barrier));
            move || {
                let waited = watch.call(|| {
                    barrier.wait();
                    barrier.wait();
                    Ok(())
                });
                (waited.is_ok(), watch.call(|| Ok(())).is_ok())
            }
        });
        barrier.wait();
        while watch.waits().is_zero() {
            thread::yield_now();
        }
        watch.end();
        barrier.wait();
        assert_eq!(reader.join().unwrap(), (true, false), "the call returns, and no other is made");
        assert_eq!(watch.waits(), Duration::ZERO);
    }

    #[test]
    fn a_reading_ends_with_its_time() {
        let watch = Watch::lasting(Duration::ZERO);
        let error = watch.call(|| Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "it was not read within 0 hours");
    }
}
