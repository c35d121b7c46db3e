//! Whether the folder of tables can be read: [`SourceCheck`]. A share that is gone may keep a question waiting for minutes, so
//! each is put on a thread of its own and waited for only briefly.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long an engine waits for an answer.
const PATIENCE: Duration = Duration::from_millis(200);
/// A folder that took longer than this does not answer; disks that wake up are given the time.
const LATE: Duration = Duration::from_secs(20);

/// None, or why the folder cannot be read.
type Answer = Option<String>;

/// What is known of a folder, with the question under way: never more than one.
#[derive(Debug)]
pub struct SourceCheck {
    patience: Duration,
    folder: PathBuf,
    last: Answer,
    /// Since when; the mutex only makes it something that tasks may share.
    asked: Option<(Instant, Mutex<Receiver<Answer>>)>,
}

impl SourceCheck {
    /// For an engine, which has other things to do and looks again.
    pub fn brief() -> Self {
        Self { patience: PATIENCE, folder: PathBuf::new(), last: None, asked: None }
    }

    /// For one look, which waits for its answer.
    pub fn patient() -> Self {
        Self { patience: LATE, ..Self::brief() }
    }

    /// Why the folder cannot be read; none where it can, and as before while it takes its time to answer.
    pub fn trouble(&mut self, folder: &Path) -> Answer {
        self.ask(folder, Instant::now(), |folder| fs::read_dir(folder).err().map(|error| error.to_string()))
    }

    fn ask(
        &mut self,
        folder: &Path,
        now: Instant,
        look: impl FnOnce(&Path) -> Answer + Send + 'static,
    ) -> Answer {
        if self.folder != folder {
            *self = Self { folder: folder.to_owned(), patience: self.patience, ..Self::brief() };
        }
        match self.asked.as_mut().map(|(_, answer)| receiver(answer).try_recv()) {
            Some(Ok(answer)) => (self.last, self.asked) = (answer, None),
            Some(Err(TryRecvError::Disconnected)) => self.asked = None,
            Some(Err(TryRecvError::Empty)) | None => {}
        }
        let (since, answer) = self.asked.get_or_insert_with(|| {
            let (reply, answer) = channel();
            let folder = folder.to_owned();
            let thread = thread::Builder::new().name("source check".to_owned());
            // Without a thread there is no answer either.
            let _ = thread.spawn(move || reply.send(look(&folder)));
            (now, Mutex::new(answer))
        });
        match receiver(answer).recv_timeout(self.patience) {
            Ok(answer) => {
                self.asked = None;
                self.last = answer;
            }
            Err(_) if now.duration_since(*since) + self.patience >= LATE => {
                self.last = Some("it does not answer".to_owned());
            }
            Err(_) => {}
        }
        self.last.clone()
    }
}

fn receiver(answer: &mut Mutex<Receiver<Answer>>) -> &mut Receiver<Answer> {
    answer.get_mut().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_hangs_holds_nobody_up_and_is_said_in_time() {
        let mut check = SourceCheck::brief();
        let (share, begin) = (Path::new("/share"), Instant::now());
        let (open, gate) = channel::<()>();
        assert_eq!(check.ask(share, begin, move |_| gate.recv().err().map(|_| "the gate".to_owned())), None);
        let never = |_: &Path| panic!("only one question at a time");
        assert_eq!(check.ask(share, begin + LATE / 2, never), None);
        assert_eq!(check.ask(share, begin + LATE, never).unwrap(), "it does not answer");
        open.send(()).unwrap();
        while check.ask(share, begin + LATE, |_| None).is_some() {}
    }

    #[test]
    fn what_was_known_of_one_folder_is_not_told_of_another() {
        let mut check = SourceCheck::brief();
        let folder = tempfile::tempdir().unwrap();
        let gone = folder.path().join("gone");
        while check.trouble(&gone).is_none() {}
        assert_eq!(check.trouble(folder.path()), None);
        let (_open, gate) = channel::<()>();
        let waits = move |_: &Path| gate.recv().err().map(|_| "gone".to_owned());
        assert_eq!(check.ask(&gone, Instant::now(), waits), None);
    }
}
