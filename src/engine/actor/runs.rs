//! The runs of the actor, [`Runs`]: the one in progress, the exports that wait for its end, and the results of those that
//! ended. Each request gets a ticket and each ticket a result, so that no request is dropped and every wait ends.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::input::Input;
use super::run_tracker::RunTracker;
use crate::error::{Code, Error, Result};
use crate::export::{RunOutcome, RunRequest};
use crate::models::command::{ExportAdmission, ExportTicket};
use crate::models::export::{RunReport, RunState};
use crate::models::snapshot::RunProgress;

/// The number of results that are kept for requests that ask for them later.
const RESULTS: usize = 32;

/// The exports of this process.
#[derive(Default)]
pub(super) struct Runs {
    active: Option<ActiveRun>,
    queue: VecDeque<QueuedRun>,
    waiting: Vec<(u64, oneshot::Sender<Result<RunReport>>)>,
    results: VecDeque<(u64, Result<RunReport>)>,
    last_ticket: u64,
}

/// A running export; dropping it cancels the export.
struct ActiveRun {
    progress: Arc<RunTracker>,
    stop: CancellationToken,
    request: RunRequest,
    /// The number of the newest run in the journal when it started.
    previous: i64,
    tickets: Vec<u64>,
}

impl Drop for ActiveRun {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// An export that is to be started.
pub(super) struct QueuedRun {
    pub request: RunRequest,
    /// The file with the secret to use instead of the stored one.
    pub secret_file: Option<PathBuf>,
    /// The requests that wait for its result.
    tickets: Vec<u64>,
}

impl QueuedRun {
    /// Creates an export that no request waits for yet.
    pub fn new(request: RunRequest, secret_file: Option<PathBuf>) -> Self {
        Self { request, secret_file, tickets: Vec::new() }
    }
}

impl Runs {
    /// Returns the progress of the run in progress.
    pub fn progress(&self) -> Option<RunProgress> {
        self.active.as_ref().map(|run| run.progress.progress())
    }

    /// Returns whether a run is in progress.
    pub fn is_active(&self) -> bool {
        self.active.is_some()
    }

    /// Admits an export: without a run in progress, the caller must start it. A plain request joins a run that still
    /// delivers all tables; any other request starts when the run has ended. `newest` is the newest run of the journal.
    pub fn admit(
        &mut self,
        mut wanted: QueuedRun,
        newest: Option<&RunReport>,
    ) -> (ExportTicket, Option<QueuedRun>) {
        self.last_ticket += 1;
        let ticket = self.last_ticket;
        wanted.tickets.push(ticket);
        let answer = |admission| ExportTicket { ticket, admission };
        let Some(active) = &mut self.active else {
            return (answer(ExportAdmission::Started), Some(wanted));
        };
        if active.can_take(&wanted, newest) {
            active.tickets.push(ticket);
            return (answer(ExportAdmission::Joined), None);
        }
        let is_same = |queued: &&mut QueuedRun| {
            queued.request == wanted.request && queued.secret_file == wanted.secret_file
        };
        match self.queue.iter_mut().find(is_same) {
            Some(queued) => queued.tickets.push(ticket),
            None => self.queue.push_back(wanted),
        }
        (answer(ExportAdmission::Queued), None)
    }

    /// Makes a run the one in progress and returns the objects that its task shares with it.
    pub fn start(
        &mut self,
        queued: QueuedRun,
        newest: Option<&RunReport>,
        inbox: UnboundedSender<Input>,
    ) -> (Arc<RunTracker>, CancellationToken) {
        let QueuedRun { request, tickets, .. } = queued;
        let progress = Arc::new(RunTracker::new(request.trigger, inbox));
        let stop = CancellationToken::new();
        let previous = newest.map_or(0, |run| run.run_id);
        self.active = Some(ActiveRun {
            progress: Arc::clone(&progress),
            stop: stop.clone(),
            request,
            previous,
            tickets,
        });
        (progress, stop)
    }

    /// Stops the run in progress.
    pub fn stop(&mut self) {
        if let Some(run) = &self.active {
            run.progress.stopping();
            run.stop.cancel();
        }
    }

    /// Refuses the exports that have not started.
    pub fn refuse_queued(&mut self, error: &Error) {
        for queued in std::mem::take(&mut self.queue) {
            self.answer(&queued.tickets, &Err(error.clone()));
        }
    }

    /// Cancels the export of a ticket: one that has not started is forgotten, the run in progress is stopped.
    pub fn cancel(&mut self, ticket: u64) {
        if self.active.as_ref().is_some_and(|run| run.tickets.contains(&ticket)) {
            return self.stop();
        }
        for queued in &mut self.queue {
            queued.tickets.retain(|other| *other != ticket);
        }
        self.queue.retain(|queued| !queued.tickets.is_empty());
        self.answer(&[ticket], &Err(Error::new(Code::Cancelled, "the export was stopped before it started")));
    }

    /// Answers with the result of a ticket's export when it has ended.
    pub fn wait(&mut self, ticket: u64, reply: oneshot::Sender<Result<RunReport>>) {
        let is_open =
            self.active.iter().map(|run| &run.tickets).chain(self.queue.iter().map(|run| &run.tickets));
        if is_open.flatten().any(|other| *other == ticket) {
            self.waiting.push((ticket, reply));
            return;
        }
        let result =
            self.results.iter().find(|(other, _)| *other == ticket).map(|(_, result)| result.clone());
        let unknown = || Err(Error::new(Code::Usage, format!("there is no export with the ticket {ticket}")));
        let _ = reply.send(result.unwrap_or_else(unknown));
    }

    /// Answers the requests of the run that ended and returns the next export.
    pub fn ended(&mut self, outcome: &Result<RunOutcome>) -> Option<QueuedRun> {
        if let Some(active) = self.active.take() {
            let result = outcome.as_ref().map(|outcome| outcome.report.clone()).map_err(Error::clone);
            self.answer(&active.tickets, &result);
        }
        self.queue.pop_front()
    }

    fn answer(&mut self, tickets: &[u64], result: &Result<RunReport>) {
        for ticket in tickets {
            self.results.push_back((*ticket, result.clone()));
        }
        while self.results.len() > RESULTS {
            self.results.pop_front();
        }
        for (_, reply) in self.waiting.extract_if(.., |(ticket, _)| tickets.contains(ticket)) {
            let _ = reply.send(result.clone());
        }
    }
}

impl ActiveRun {
    /// Returns whether this run also delivers what a request asks for.
    fn can_take(&self, wanted: &QueuedRun, newest: Option<&RunReport>) -> bool {
        let QueuedRun { request, secret_file, .. } = wanted;
        let is_plain = secret_file.is_none()
            && !request.full
            && !request.accept_missing
            && request.only.is_empty()
            && request.retry_policy == RunRequest::unattended(request.trigger).retry_policy;
        let has_ended =
            newest.is_some_and(|run| run.run_id > self.previous && run.state != RunState::Running);
        is_plain && self.request.only.is_empty() && !has_ended && !self.progress.is_ending()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::api::RetryPolicy;
    use crate::models::export::Trigger;

    fn request(full: bool, only: &[&str]) -> QueuedRun {
        let only = only.iter().map(|glob| (*glob).to_owned()).collect();
        QueuedRun::new(RunRequest { full, only, ..RunRequest::default() }, None)
    }

    fn started(first: QueuedRun) -> (Runs, u64) {
        let mut runs = Runs::default();
        let (ticket, queued) = runs.admit(first, None);
        assert_eq!(ticket.admission, ExportAdmission::Started);
        runs.start(queued.unwrap(), None, tokio::sync::mpsc::unbounded_channel().0);
        (runs, ticket.ticket)
    }

    fn failed() -> Result<RunOutcome> {
        Err(Error::new(Code::NotPaired, "not paired"))
    }

    #[tokio::test]
    async fn a_plain_request_joins_the_run_and_others_start_after_it() {
        let (mut runs, first) = started(request(false, &[]));
        let joined = runs.admit(request(false, &[]), None).0;
        let full = runs.admit(request(true, &[]), None).0;
        let same = runs.admit(request(true, &[]), None).0;
        let retry_policy = RetryPolicy::Within(Duration::from_secs(9));
        let patient = QueuedRun::new(RunRequest { retry_policy, ..RunRequest::default() }, None);
        let patient = runs.admit(patient, None).0;
        let admissions = [joined, full, same, patient].map(|ticket| ticket.admission);
        use ExportAdmission::{Joined, Queued};
        assert_eq!(admissions, [Joined, Queued, Queued, Queued]);

        let (reply, answer) = oneshot::channel();
        runs.wait(joined.ticket, reply);
        let next = runs.ended(&failed()).unwrap();
        assert!(next.request.full && next.tickets == [full.ticket, same.ticket]);
        assert_eq!(answer.await.unwrap().unwrap_err().code, Code::NotPaired);
        let (reply, answer) = oneshot::channel();
        runs.wait(first, reply);
        assert_eq!(answer.await.unwrap().unwrap_err().code, Code::NotPaired, "also for one that asks later");
    }

    #[test]
    fn a_run_that_is_ending_or_sends_some_tables_is_not_joined() {
        let (mut runs, _) = started(request(false, &["A*"]));
        assert_eq!(runs.admit(request(false, &[]), None).0.admission, ExportAdmission::Queued);

        let (mut runs, _) = started(QueuedRun::new(RunRequest::unattended(Trigger::Schedule), None));
        assert_eq!(runs.admit(request(false, &[]), None).0.admission, ExportAdmission::Joined);
        runs.stop();
        assert_eq!(runs.admit(request(false, &[]), None).0.admission, ExportAdmission::Queued);
    }

    #[tokio::test]
    async fn every_wait_ends() {
        let (mut runs, first) = started(request(false, &[]));
        let queued = runs.admit(request(true, &[]), None).0.ticket;
        let cancelled = runs.admit(request(false, &["A*"]), None).0.ticket;
        let mut answers = Vec::new();
        for ticket in [queued, cancelled, 77] {
            let (reply, answer) = oneshot::channel();
            runs.wait(ticket, reply);
            answers.push(answer);
        }
        runs.cancel(cancelled);
        runs.refuse_queued(&Error::new(Code::FolderHeld, "ending"));
        let mut codes = Vec::new();
        for answer in answers {
            codes.push(answer.await.unwrap().unwrap_err().code);
        }
        assert_eq!(codes, [Code::FolderHeld, Code::Cancelled, Code::Usage]);
        runs.cancel(first);
        assert!(runs.progress().unwrap().stopping && runs.ended(&failed()).is_none());
    }
}
