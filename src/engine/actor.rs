//! [`Actor`], the task that owns the state of an engine. It handles every [`Input`] in one `match` and then publishes a new
//! snapshot if it differs from the last one.
//!
//! The state has four parts, each with its own file: [`Folder`], [`Scheduling`], [`Pairing`] and [`Runs`]. A part sees only
//! itself and its arguments; the actor connects them. Pairings and runs are separate tasks, which send inputs to the
//! actor. Nothing here prints.

mod folder;
mod pairing;
mod reports;
mod runs;
mod schedule;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;

use super::control::OwnerLine;
use super::control::wire::ControlRequest;
use super::data_folder::DataFolder;
use super::notices::NoticeFilter;
use super::pairing::PairingOutcome;
use super::scheduler::{LONGEST_SLEEP, Obstacle};
use super::tasks::{self, PairingFailure, PairingStep};
use super::unpairing::{self, Unpaired};
use super::{Mode, Options, Shared, WeakEngine, settings};
use crate::api;
use crate::error::{Code, Error, Result};
use crate::export::{RunOutcome, RunRequest};
use crate::models::ErrorSeverity;
use crate::models::command::{Command, EngineEvent, ExportTicket};
use crate::models::export::{RunReport, RunState, Trigger};
use crate::models::snapshot::{PairingState, Snapshot, State};
use crate::platform;
use crate::store::errors::NewError;
use crate::store::timestamps::Timestamp;
use folder::{Folder, Reload};
use pairing::Pairing;
use runs::{QueuedRun, Runs};
use schedule::Scheduling;

/// The time between attempts to take a lock whose owner has no control channel, such as a running command.
const LOCK_RETRY: Duration = Duration::from_secs(2);
/// How often, and at what distance, a command looks for a lock owner that does not answer yet.
const OWNER_ATTEMPTS: u32 = 10;
const OWNER_PAUSE: Duration = Duration::from_millis(200);
/// The time between looks at a test of the source folder that has not ended.
const SOURCE_RETRY: Duration = Duration::from_secs(1);

/// Everything that can change the state.
pub(super) enum Input {
    /// A command with the channel for its answer.
    Request(Command, oneshot::Sender<Result<()>>),
    /// A request for an export whose result is asked for by a ticket.
    Export(ExportOptions, oneshot::Sender<Result<ExportTicket>>),
    /// A request for the result of an export.
    ExportResult(u64, oneshot::Sender<Result<RunReport>>),
    /// A request to cancel the export of a ticket.
    CancelExport(u64, oneshot::Sender<Result<()>>),
    /// A request to unpair.
    Unpair(oneshot::Sender<Result<Unpaired>>),
    /// A step of the pairing with this number; an older pairing has another number.
    Paired(u64, PairingStep),
    /// The end of the pairing with this number.
    PairingEnded(u64, Box<Result<PairingOutcome, PairingFailure>>),
    /// A change of the error list.
    Recorded,
    /// The end of the run.
    RunEnded(Result<RunOutcome>),
    /// Whether the server that a catch-up run waits for answers.
    Answers(bool),
    /// An event or an answer of the lock owner in another process; none when it has ended.
    OwnerLine(Option<OwnerLine>),
    /// A request to end the engine.
    Stop(oneshot::Sender<()>),
}

/// The options of a manual export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// The file with the secret to use instead of the stored one; only for an export in this process.
    pub secret_file: Option<PathBuf>,
    /// Send unchanged tables too.
    pub full: bool,
    /// Only tables that one of these globs matches; empty for all.
    pub only: Vec<String>,
    /// How long to keep trying to reach the server; none for the default number of attempts.
    pub retry_for: Option<Duration>,
}

impl ExportOptions {
    /// Returns the request of a person who waits for the result, or of a window.
    fn request(self, is_attended: bool) -> QueuedRun {
        let Self { full, only, retry_for, secret_file } = self;
        let manual = RunRequest::unattended(Trigger::Manual);
        let retry_policy = retry_for.map_or(manual.retry_policy, api::RetryPolicy::Within);
        let request = RunRequest { full, only, retry_policy, rests: !is_attended, ..manual };
        QueuedRun::new(request, secret_file)
    }
}

/// The state of an engine.
pub(super) struct Actor {
    shared: Arc<Shared>,
    /// Weak, so that an engine whose handles are gone ends.
    handle: WeakEngine,
    folder: Folder,
    scheduling: Scheduling,
    pairing: Pairing,
    runs: Runs,
    notices: NoticeFilter,
    /// Answers the request to end the engine.
    ending: Option<oneshot::Sender<()>>,
}

impl Actor {
    /// Creates the actor of a data folder and publishes its first snapshot.
    pub async fn new(options: Options, data_folder: DataFolder, handle: WeakEngine) -> Self {
        let mut actor = Self {
            shared: Arc::clone(&handle.shared),
            handle,
            scheduling: Scheduling::new(options.mode == Mode::Serve),
            folder: Folder::new(options, data_folder),
            pairing: Pairing::new(),
            runs: Runs::default(),
            notices: NoticeFilter::default(),
            ending: None,
        };
        if actor.folder.data.writable_store().is_some() {
            actor.on_lock_taken().await;
        } else {
            *actor.shared.viewed.lock() = actor.folder.data.viewed_store().cloned();
            actor.reload();
            actor.connect_to_owner().await;
        }
        actor.wait_for_owner().await;
        actor.publish();
        actor
    }

    /// Gives a lock owner that is starting or ending the time to open its channel or to release the lock, so that a command
    /// works here or there.
    async fn wait_for_owner(&mut self) {
        for _ in 0..OWNER_ATTEMPTS {
            let is_undecided = self.has_no_owner() && self.folder.data.problem().is_none();
            if self.folder.options.mode != Mode::Work || !is_undecided {
                return;
            }
            tokio::time::sleep(OWNER_PAUSE).await;
            self.take_over().await;
        }
    }

    /// Runs until [`Input::Stop`], or until every handle is gone.
    async fn run(mut self, mut inputs: UnboundedReceiver<Input>) {
        loop {
            tokio::select! {
                input = inputs.recv() => match input {
                    Some(input) => self.handle(input).await,
                    None => break,
                },
                // The minimum prevents a busy loop while a due slot waits for the previous run.
                () = tokio::time::sleep(self.sleep().max(Duration::from_millis(20))) => self.tick().await,
            }
            self.publish();
            if !self.runs.is_active() && self.ending.is_some() {
                break;
            }
        }
        // Requests that came too late are answered before the channel closes.
        drop(inputs);
        self.folder.end_reporting(self.scheduling.is_enabled).await;
        self.folder.release().await;
        self.shared.send(EngineEvent::Ended);
        if let Some(reply) = self.ending {
            let _ = reply.send(());
        }
    }

    fn sleep(&self) -> Duration {
        let without_schedule = if self.has_no_owner() { LOCK_RETRY } else { LONGEST_SLEEP };
        let sleep = self.scheduling.sleep().unwrap_or(without_schedule);
        if self.folder.is_testing_source() { sleep.min(SOURCE_RETRY) } else { sleep }
    }

    async fn handle(&mut self, input: Input) {
        match input {
            Input::Request(command, reply) => self.answer(command, reply).await,
            Input::Export(options, reply) => {
                let request = ControlRequest::try_from(&options);
                if let Some(reply) = self.forward(request, reply).await {
                    let answer = self.export(options.request(true));
                    // The sender must find the new snapshot when it gets its answer.
                    self.publish();
                    let _ = reply.send(answer);
                }
            }
            Input::ExportResult(ticket, reply) => {
                if let Some(reply) = self.forward(Ok(ControlRequest::ExportResult(ticket)), reply).await {
                    self.runs.wait(ticket, reply);
                }
            }
            Input::CancelExport(ticket, reply) => {
                if let Some(reply) = self.forward(Ok(ControlRequest::CancelExport(ticket)), reply).await {
                    self.runs.cancel(ticket);
                    let _ = reply.send(Ok(()));
                }
            }
            Input::Unpair(reply) => {
                if let Some(reply) = self.forward(Ok(ControlRequest::Unpair), reply).await {
                    let answer = self.unpair().await;
                    self.publish();
                    let _ = reply.send(answer);
                }
            }
            Input::Paired(number, step) if self.pairing.is_current(number) => {
                if let Some(address) = self.pairing.step(step) {
                    // The code must be shown before the browser covers the window.
                    self.publish();
                    self.shared.send(EngineEvent::OpenAddress { address });
                }
            }
            Input::PairingEnded(number, ended) if self.pairing.is_current(number) => {
                self.pairing.ended(*ended);
                self.reload();
                // The credential can be new although the configuration is unchanged.
                self.folder.serve_reports();
            }
            Input::Paired(..) | Input::PairingEnded(..) | Input::Recorded => {}
            Input::RunEnded(ended) => self.run_ended(&ended),
            Input::Answers(answers) => self.server_answers(answers),
            Input::OwnerLine(Some(OwnerLine::Event(event))) => self.on_owner_event(event),
            Input::OwnerLine(Some(OwnerLine::Answer(answer))) => {
                // The caller must find the snapshot that the owner sent before its answer.
                self.publish();
                answer.deliver();
            }
            Input::OwnerLine(None) => {
                self.shared.set_client(None);
                self.take_over().await;
            }
            Input::Stop(reply) => {
                self.ending = Some(reply);
                self.pairing.abort();
                self.runs.stop();
                self.runs.refuse_queued(&ended_meanwhile());
            }
        }
    }

    /// Handles the passing of time.
    async fn tick(&mut self) {
        let now = platform::now();
        self.scheduling.update_clock(now);
        self.take_over().await;
        self.reload();
        self.folder.test_source();
        if self.ending.is_none()
            && let Some(trigger) = self.scheduling.take_due(&self.folder, self.runs.is_active(), now)
        {
            match trigger {
                Trigger::CatchUp => self.start_catch_up(),
                _ => self.start_run(QueuedRun::new(RunRequest::unattended(trigger), None)),
            }
        }
        self.scheduling.report_overdue(&self.folder, now);
    }

    /// Executes a command, or forwards it to the lock owner.
    async fn answer(&mut self, command: Command, reply: oneshot::Sender<Result<()>>) {
        let Some(reply) = self.forward(Ok(ControlRequest::Send(command.clone())), reply).await else {
            return;
        };
        let answer = self.execute(command).await;
        // The sender must find the new snapshot when it gets its answer.
        self.publish();
        let _ = reply.send(answer);
    }

    /// Forwards a request to the lock owner if it is another process; otherwise returns the channel for the answer.
    async fn forward<T: DeserializeOwned + Send + 'static>(
        &mut self,
        request: Result<ControlRequest>,
        reply: oneshot::Sender<Result<T>>,
    ) -> Option<oneshot::Sender<Result<T>>> {
        self.take_over().await;
        if self.shared.client().is_some_and(|client| client.is_closed()) {
            self.shared.set_client(None);
            self.take_over().await;
            self.wait_for_owner().await;
        }
        let Some(client) = self.shared.client() else { return Some(reply) };
        tokio::spawn(async move {
            let answer = match request {
                Ok(request) => client.request(request).await,
                Err(error) => Err(error),
            };
            let _ = reply.send(answer);
        });
        None
    }

    async fn execute(&mut self, command: Command) -> Result<()> {
        self.check_ready()?;
        match command {
            Command::StartPairing(request) => {
                if let (Some(reports), Some(inbox)) = (self.folder.data.reports().cloned(), self.inbox()) {
                    self.pairing.start(*request, self.folder.options.folders.clone(), reports, inbox);
                }
            }
            Command::CancelPairing => self.pairing.cancel(),
            Command::BrowserFailed { why } => self.pairing.browser_failed(why),
            Command::Unpair => self.unpair().await.map(drop)?,
            Command::Export { full, only, retry_for } => {
                let retry_for = retry_for.map(Duration::from_secs);
                let options = ExportOptions { full, only, retry_for, secret_file: None };
                self.export(options.request(false))?;
            }
            Command::CancelExport => {
                self.runs.stop();
                let stopped = Error::new(Code::Cancelled, "the export was stopped before it started");
                self.runs.refuse_queued(&stopped);
            }
            Command::Pause { pause } => Scheduling::pause(pause, &self.folder, platform::now()),
            Command::Resume => self.scheduling.resume(&self.folder, platform::now()),
            Command::SaveSettings { settings } => {
                let folders = self.folder.options.folders.clone();
                tasks::blocking(move || settings::save(&settings, &folders)).await?;
                self.reload();
            }
        }
        Ok(())
    }

    fn check_ready(&self) -> Result<()> {
        if self.ending.is_some() {
            return Err(Error::new(Code::Cancelled, "the program is ending"));
        }
        self.folder.data.check()
    }

    /// Takes the lock if it is free, otherwise connects to its owner.
    async fn take_over(&mut self) {
        if self.folder.data.writable_store().is_some() || self.shared.client().is_some() {
            return;
        }
        if self.folder.data.try_again(&self.folder.options.folders).await {
            self.folder.owner_snapshot = None;
            self.on_lock_taken().await;
        } else {
            *self.shared.viewed.lock() = self.folder.data.viewed_store().cloned();
            self.connect_to_owner().await;
        }
    }

    /// Connects to the lock owner, if there is one with a control channel.
    async fn connect_to_owner(&mut self) {
        let Some(inbox) = self.inbox() else { return };
        if let Some(client) = self.folder.connect_to_owner(inbox).await {
            self.shared.set_client(Some(client));
        }
        if self.scheduling.is_enabled {
            self.folder.report_obstacle();
        }
    }

    /// Does what is needed once after the lock was taken: moves an old plain-text secret, ends dead runs, opens the channel.
    async fn on_lock_taken(&mut self) {
        self.reload();
        let Some(store) = self.folder.data.writable_store().cloned() else { return };
        if let Some(aside) = store.moved_aside() {
            let _ = self.shared.moved_aside.set(aside.to_owned());
        }
        self.folder.start_reporting(self.scheduling.is_enabled, self.handle.inbox.clone());
        if self.scheduling.is_enabled {
            self.folder.check_former_configuration(store).await;
            self.reload();
        }
        if !self.scheduling.has_schedule() {
            self.scheduling.configure(&self.folder);
        }
        self.folder.open_channel(self.handle.clone());
    }

    /// Takes over a snapshot of the lock owner and forwards its other events.
    fn on_owner_event(&mut self, event: EngineEvent) {
        match event {
            EngineEvent::Changed { snapshot } => self.folder.owner_changed(*snapshot),
            // The connection closes next.
            EngineEvent::Ended => {}
            event => self.shared.send(event),
        }
    }

    /// Returns whether this process neither owns the lock nor is connected to its owner, a temporary state.
    fn has_no_owner(&self) -> bool {
        self.folder.data.writable_store().is_none() && self.shared.client().is_none()
    }

    fn inbox(&self) -> Option<UnboundedSender<Input>> {
        self.handle.inbox.upgrade()
    }

    fn reload(&mut self) {
        match self.folder.reload() {
            Reload::Unchanged => return,
            Reload::Changed => {}
            Reload::ScheduleChanged => self.scheduling.configure(&self.folder),
        }
        self.folder.serve_reports();
    }

    async fn unpair(&mut self) -> Result<Unpaired> {
        self.check_ready()?;
        self.reload();
        self.folder.check_configuration()?;
        let Some(store) = self.folder.data.writable_store().cloned() else { return Ok(Unpaired::default()) };
        let (config, folders) = (self.folder.config.clone(), self.folder.options.folders.clone());
        let unpaired = tasks::blocking(move || unpairing::unpair(&config, &folders, &store)).await?;
        for warning in &unpaired.warnings {
            let severity = ErrorSeverity::Warning;
            self.folder.record(NewError::new(Code::KeychainError.as_str(), severity, warning.clone()));
        }
        self.pairing.state = PairingState::Idle;
        self.reload();
        self.folder.serve_reports();
        Ok(unpaired)
    }

    /// Starts a manual export, or lets it join or follow the run in progress.
    fn export(&mut self, wanted: QueuedRun) -> Result<ExportTicket> {
        if let Err(error) = self.check_ready() {
            self.folder.report_obstacle();
            return Err(error);
        }
        self.reload();
        self.folder.check_configuration()?;
        let newest = self.newest_run();
        let (ticket, queued) = self.runs.admit(wanted, newest.as_ref());
        if let Some(queued) = queued {
            self.start_run(queued);
        }
        Ok(ticket)
    }

    fn newest_run(&self) -> Option<RunReport> {
        self.folder.data.writable_store().and_then(|store| store.last_run().ok().flatten())
    }

    fn start_run(&mut self, queued: QueuedRun) {
        let (Some(reports), Some(inbox)) = (self.folder.data.reports().cloned(), self.inbox()) else {
            return;
        };
        let newest = self.newest_run();
        let mut config = self.folder.config.clone();
        config.credential.secret_file.clone_from(&queued.secret_file);
        let request = queued.request.clone();
        let (progress, stop) = self.runs.start(queued, newest.as_ref(), inbox.clone());
        let task = tasks::RunTask {
            config: Arc::new(config),
            reports,
            data: self.folder.options.folders.data.clone(),
            progress,
            stop,
            request,
            lock: self.folder.data.lock(),
        };
        tokio::spawn(task.run(Arc::clone(&self.shared), inbox));
    }

    /// Starts a catch-up run if the folder is there and the server answers, which a task finds out.
    fn start_catch_up(&mut self) {
        if !self.folder.has_source() {
            self.scheduling.retry_later(platform::now(), Obstacle::Folder);
        } else if let Some(inbox) = self.inbox().filter(|_| !self.scheduling.probing_server) {
            self.scheduling.probing_server = true;
            tokio::spawn(tasks::probe_server(Arc::new(self.folder.config.clone()), inbox));
        }
    }

    /// Starts the pending catch-up run if the server answers, otherwise retries later.
    fn server_answers(&mut self, answers: bool) {
        self.scheduling.probing_server = false;
        let is_pending = self.folder.has_timestamp(Timestamp::CatchUpPending);
        // A running export delivers the missed changes too.
        if !is_pending || self.runs.is_active() || self.ending.is_some() {
            return;
        }
        if answers && !self.folder.has_timestamp(Timestamp::PausedUntil) {
            self.start_run(QueuedRun::new(RunRequest::unattended(Trigger::CatchUp), None));
        } else {
            tracing::info!("the catch-up export waits until the server answers");
            self.scheduling.retry_later(platform::now(), Obstacle::Network);
        }
    }

    fn run_ended(&mut self, ended: &Result<RunOutcome>) {
        let report = ended.as_ref().ok().map(|outcome| &outcome.report);
        let state = report.map(|report| report.state);
        let error = report.and_then(|report| report.error.as_ref());
        let interrupted = self.ending.is_some() && state == Some(RunState::Cancelled);
        if error.is_some_and(|error| error.code == Code::SourceMissing) {
            self.scheduling.retry_later(platform::now(), Obstacle::Folder);
        } else if !interrupted {
            self.scheduling.run_finished(&self.folder);
        }
        if let Some(RunState::Complete | RunState::CompleteWithWarnings | RunState::NothingToDo) = state {
            self.folder.source_was_read();
        }
        if let Err(error) = ended {
            if let Some(store) = self.folder.data.writable_store()
                && let Err(error) = store.interrupt_stale_runs()
            {
                tracing::error!(%error, "cannot mark a run in the journal as interrupted");
            }
            self.folder.record(error);
        }
        if let Some(next) = self.runs.ended(ended) {
            self.start_run(next);
        }
    }

    fn publish(&mut self) {
        match self.folder.snapshot(self.pairing.state.clone(), self.runs.progress()) {
            Ok(snapshot) => {
                self.shared.publish(&snapshot);
                if self.folder.owner_snapshot.is_none()
                    && let Some(notice) = self.notices.take(&snapshot, self.scheduling.just_woke())
                {
                    self.shared.send(EngineEvent::Notice { notice });
                }
            }
            Err(error) => tracing::error!(%error, "cannot read the data folder"),
        }
    }
}

/// The answer to an export that cannot start because this process ends.
fn ended_meanwhile() -> Error {
    Error::new(Code::FolderHeld, "the program that has locked the data folder has ended meanwhile")
        .hint("try again")
        .retry_later()
}

impl Shared {
    /// Publishes a snapshot unless it equals the last one.
    fn publish(&self, snapshot: &Snapshot) {
        let differs = self.snapshot.send_if_modified(|last| {
            let differs = last != snapshot;
            if differs {
                last.clone_from(snapshot);
            }
            differs
        });
        if differs {
            self.send(EngineEvent::Changed { snapshot: Box::new(snapshot.clone()) });
        }
    }

    /// Publishes that an internal error ended the engine.
    fn end_with(&self, error: Error) {
        let last = self.snapshot.borrow().clone();
        self.publish(&Snapshot {
            state: State::NeedsAttention,
            problem: Some(error.body()),
            read_only: true,
            pairing: PairingState::Idle,
            run: None,
            ..last
        });
        let _ = self.fault.set(error);
    }

    /// Sends an event to the subscribers.
    pub(super) fn send(&self, event: EngineEvent) {
        // An error means that there are no subscribers.
        let _ = self.events.send(event);
    }
}
