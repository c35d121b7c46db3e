//! [`Converter`]: the thread that converts tables, one after another. A table whose reading does not return is given up
//! with its thread, and another thread goes on with the next table.

use std::sync::{Arc, mpsc as feed};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use crate::convert::Watch;
use crate::error::{Code, Error, Result, fault};
use crate::export::job::{Job, PreparedTable};
use crate::models::ErrorSeverity;

/// How long the end of a converter waits for its thread.
const LET_GO: Duration = Duration::from_secs(2);

/// Converts one table.
pub(super) type Prepare = Arc<dyn Fn(&Job, &Arc<Watch>) -> Result<PreparedTable> + Send + Sync>;

/// A table and what became of it.
pub(super) type Converted = (Job, Result<PreparedTable>);

/// The table that a thread converts. Whoever takes it out, the thread or the one who gives it up, decides its end.
type Current = Arc<Mutex<Option<(Job, Arc<Watch>)>>>;

/// The thread, and what another one needs to replace it.
pub(super) struct Converter {
    jobs: Arc<Mutex<feed::Receiver<Job>>>,
    ready: mpsc::Sender<Converted>,
    prepare: Prepare,
    current: Current,
    done: oneshot::Receiver<()>,
}

impl Converter {
    /// Starts a thread that converts what comes from `jobs`.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub(super) fn start(
        jobs: feed::Receiver<Job>,
        ready: mpsc::Sender<Converted>,
        prepare: Prepare,
    ) -> Result<Self> {
        let jobs = Arc::new(Mutex::new(jobs));
        let (current, done) = spawn(&jobs, &ready, &prepare)?;
        Ok(Self { jobs, ready, prepare, current, done })
    }

    /// Returns how long the reading of the present table may still wait for one call.
    pub(super) fn patience(&self, most: Duration) -> Duration {
        let waits = self.current.lock().as_ref().map_or(Duration::ZERO, |(_, watch)| watch.waits());
        most.saturating_sub(waits)
    }

    /// Gives the present table up when its reading has waited for so long; returns it with its error.
    ///
    /// # Errors
    /// When the system cannot start another thread.
    pub(super) fn give_up(&mut self, most: Duration) -> Result<Option<(Job, Error)>> {
        let mut current = self.current.lock();
        let Some((job, watch)) = current.take_if(|(_, watch)| watch.waits() >= most) else { return Ok(None) };
        drop(current);
        watch.end();
        (self.current, self.done) = spawn(&self.jobs, &self.ready, &self.prepare)?;
        let error = unresponsive(&job, most);
        Ok(Some((job, error)))
    }

    /// Ends the thread; one that does not return is left behind.
    pub(super) async fn end(self) {
        if let Some((_, watch)) = &*self.current.lock() {
            watch.end();
        }
        drop((self.jobs, self.ready));
        let _ = tokio::time::timeout(LET_GO, self.done).await;
    }
}

fn unresponsive(job: &Job, waited: Duration) -> Error {
    let message = format!(
        "cannot read `{}`: its disk or share did not answer for {} s",
        job.table.paths.table.display(),
        waited.as_secs()
    );
    Error::new(Code::FileUnreadable, message)
        .hint("check the disk, or the connection to the share")
        .path(&job.table.paths.table)
        .retry_later()
}

/// A thread of its own, because the runtime waits for its blocking tasks when it ends.
fn spawn(
    jobs: &Arc<Mutex<feed::Receiver<Job>>>,
    ready: &mpsc::Sender<Converted>,
    prepare: &Prepare,
) -> Result<(Current, oneshot::Receiver<()>)> {
    let current = Current::default();
    let (ended, done) = oneshot::channel();
    let (jobs, ready, prepare) = (Arc::clone(jobs), ready.clone(), Arc::clone(prepare));
    let own = Arc::clone(&current);
    std::thread::Builder::new()
        .name("tables".to_owned())
        .spawn(move || {
            convert_all(&jobs, &ready, &prepare, &own);
            let _ = ended.send(());
        })
        .map_err(|error| Error::new(Code::UnknownError, format!("cannot start a thread: {error}")))?;
    Ok((current, done))
}

fn convert_all(
    jobs: &Mutex<feed::Receiver<Job>>,
    ready: &mpsc::Sender<Converted>,
    prepare: &Prepare,
    current: &Mutex<Option<(Job, Arc<Watch>)>>,
) {
    loop {
        let next = jobs.lock().recv();
        let Ok(job) = next else { return };
        let watch = Arc::new(Watch::default());
        *current.lock() = Some((job.clone(), Arc::clone(&watch)));
        // An internal error of the converter concerns one table only.
        let result = fault::caught(|| prepare(&job, &watch)).unwrap_or_else(|fault| {
            Err(fault
                .error(&format!("the conversion of `{}`", job.table.source))
                .path(&job.table.paths.table)
                .severity(ErrorSeverity::Error))
        });
        // A table that was given up has its error, and this thread its successor.
        if current.lock().take().is_none() || ready.blocking_send((job, result)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Barrier;

    use super::*;
    use crate::config::Config;
    use crate::convert::{Access, Rules, TablePaths};
    use crate::source::names::name_tables;
    use crate::source::scan::FoundTable;
    use crate::store::FileId;

    fn job(number: i64, source: &str) -> Job {
        let access = Access::default();
        let paths = TablePaths { table: PathBuf::from(source), memo: None, cpg: None, access };
        Job {
            file: FileId(number),
            table: FoundTable { source: source.to_owned(), paths },
            name: name_tables([source]).remove(0),
            settings: Rules::new(&Config::default()).unwrap().settings_for(source),
            settings_digest: String::new(),
            digest: false,
            smaller: false,
            spoiled: 0,
        }
    }

    #[tokio::test]
    async fn a_table_whose_reading_does_not_return_is_given_up_and_the_next_is_converted() {
        let (begin, end) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let prepare: Prepare = {
            let (begin, end) = (Arc::clone(&begin), Arc::clone(&end));
            Arc::new(move |job, watch| {
                if job.table.source == "HUNG.DBF" {
                    let read = watch.call(|| {
                        begin.wait();
                        end.wait();
                        Ok(())
                    });
                    assert!(read.is_ok());
                }
                Err(Error::new(Code::FileUnreadable, job.table.source.clone()))
            })
        };
        let (feed, jobs) = feed::channel();
        let (ready, mut converted) = mpsc::channel(1);
        let mut converter = Converter::start(jobs, ready, prepare).unwrap();
        feed.send(job(1, "HUNG.DBF")).unwrap();
        feed.send(job(2, "NEXT.DBF")).unwrap();
        tokio::task::spawn_blocking(move || begin.wait()).await.unwrap();
        assert!(converter.give_up(Duration::from_mins(5)).unwrap().is_none(), "not yet");
        while converter.patience(Duration::from_millis(1)) > Duration::ZERO {
            tokio::task::yield_now().await;
        }
        let (given_up, error) = converter.give_up(Duration::from_millis(1)).unwrap().unwrap();
        assert_eq!((given_up.file, error.code), (FileId(1), Code::FileUnreadable));
        let (next, result) = converted.recv().await.unwrap();
        assert_eq!((next.file, result.unwrap_err().message.as_str()), (FileId(2), "NEXT.DBF"));
        // The first thread returns after all, and its table has ended already.
        tokio::task::spawn_blocking(move || end.wait()).await.unwrap();
        drop(feed);
        converter.end().await;
        assert!(converted.recv().await.is_none());
    }
}
