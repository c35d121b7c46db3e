//! [`SourceCheck`] tests whether the source folder can be read. An unresponsive share can block a call for minutes, so each
//! probe runs on its own thread and the caller waits only briefly.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// How long an engine waits for a probe.
const PATIENCE: Duration = Duration::from_millis(200);
/// A folder that takes longer than this counts as unresponsive; a disk that spins up is faster.
const LATE: Duration = Duration::from_secs(20);

/// None, or the reason why the folder cannot be read.
type Answer = Option<String>;

/// The last result for a folder, with at most one probe in progress.
#[derive(Debug)]
pub struct SourceCheck {
    patience: Duration,
    folder: PathBuf,
    last: Answer,
    /// The start and the receiver of the running probe; the mutex only makes the receiver `Sync`.
    running: Option<(Instant, Mutex<Receiver<Answer>>)>,
}

impl SourceCheck {
    /// Creates a check for an engine, which waits briefly and probes again later.
    pub fn brief() -> Self {
        Self { patience: PATIENCE, folder: PathBuf::new(), last: None, running: None }
    }

    /// Creates a check for a single probe, which waits until the folder counts as unresponsive.
    pub fn patient() -> Self {
        Self { patience: LATE, ..Self::brief() }
    }

    /// Returns why the folder cannot be read, or none if it can; the last result while a probe is in progress.
    pub fn probe(&mut self, folder: &Path) -> Answer {
        self.probe_with(folder, Instant::now(), |folder| {
            fs::read_dir(folder).err().map(|error| error.to_string())
        })
    }

    /// Returns whether a probe is in progress.
    pub fn is_probing(&self) -> bool {
        self.running.is_some()
    }

    fn probe_with(
        &mut self,
        folder: &Path,
        now: Instant,
        read: impl FnOnce(&Path) -> Answer + Send + 'static,
    ) -> Answer {
        if self.folder != folder {
            *self = Self { folder: folder.to_owned(), patience: self.patience, ..Self::brief() };
        }
        match self.running.as_mut().map(|(_, answer)| answer.get_mut().try_recv()) {
            Some(Ok(answer)) => (self.last, self.running) = (answer, None),
            Some(Err(TryRecvError::Disconnected)) => self.running = None,
            Some(Err(TryRecvError::Empty)) | None => {}
        }
        let (since, answer) = self.running.get_or_insert_with(|| {
            let (reply, answer) = channel();
            let folder = folder.to_owned();
            let thread = thread::Builder::new().name("source check".to_owned());
            // A probe whose thread cannot start is treated as unanswered.
            let _ = thread.spawn(move || reply.send(read(&folder)));
            (now, Mutex::new(answer))
        });
        match answer.get_mut().recv_timeout(self.patience) {
            Ok(answer) => {
                self.running = None;
                self.last = answer;
            }
            Err(_) if now.duration_since(*since) + self.patience >= LATE => {
                self.last = Some("it does not respond".to_owned());
            }
            Err(_) => {}
        }
        self.last.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unresponsive_folder_blocks_nobody_and_is_reported_in_time() {
        let mut check = SourceCheck::brief();
        let (share, begin) = (Path::new("/share"), Instant::now());
        let (open, gate) = channel::<()>();
        assert_eq!(
            check.probe_with(share, begin, move |_| gate.recv().err().map(|_| "the gate".to_owned())),
            None
        );
        let never = |_: &Path| panic!("only one probe at a time");
        assert_eq!(check.probe_with(share, begin + LATE / 2, never), None);
        assert_eq!(check.probe_with(share, begin + LATE, never).unwrap(), "it does not respond");
        open.send(()).unwrap();
        while check.probe_with(share, begin + LATE, |_| None).is_some() {}
    }

    #[test]
    fn a_result_for_one_folder_is_not_used_for_another() {
        let mut check = SourceCheck::brief();
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        while check.probe(&gone).is_none() {}
        assert_eq!(check.probe(folder.path()), None);
        let (_open, gate) = channel::<()>();
        let waits = move |_: &Path| gate.recv().err().map(|_| "gone".to_owned());
        assert_eq!(check.probe_with(&gone, Instant::now(), waits), None);
    }
}
