//! [`Actor`], the task that owns the state of an engine. It handles every [`Input`] in one `match` and then publishes a new
//! snapshot if it differs from the last one.
//!
//! Pairings and runs are separate tasks, which send inputs to the actor. Nothing here prints.

mod folder;
mod pairing;
mod reports;
mod schedule;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::control::Control;
use super::control::wire::ControlRequest;
use super::data_folder::DataFolder;
use super::notices::NoticeFilter;
use super::pairing::PairingOutcome;
use super::run_tracker::RunTracker;
use super::scheduler::{GRACE, LONGEST_SLEEP, Scheduler};
use super::source_check::SourceCheck;
use super::suspend::SuspendDetector;
use super::tasks::{self, PairingFailure, PairingStep};
use super::view::{self, ViewInput};
use super::{Options, Shared, WeakEngine, settings};
use crate::api;
use crate::error::{Code, Error, Result};
use crate::export::{RunOutcome, RunRequest};
use crate::models::command::{Command, EngineEvent};
use crate::models::export::Trigger;
use crate::models::snapshot::{BrowserState, PairingState, Snapshot, State};
use crate::models::{Config, ErrorSeverity};
use crate::platform::{self, BootClock, Clock as _, Folders};
use crate::store::timestamps::Timestamp;

/// The time between attempts to take a lock whose owner has no control channel, such as a running command.
const LOCK_RETRY: Duration = Duration::from_secs(2);

/// Everything that can change the state.
pub(super) enum Input {
    /// A command with the channel for its answer.
    Request(Command, oneshot::Sender<Result<()>>),
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
    /// An event of the lock owner in another process; none when it has ended.
    OwnerEvent(Option<EngineEvent>),
    /// A request to end the engine.
    Stop(oneshot::Sender<()>),
}

/// Modification time and size of a file; none if it does not exist.
type Stamp = Option<(SystemTime, u64)>;

/// A running pairing; dropping it cancels the pairing.
struct ActivePairing {
    number: u64,
    stop: CancellationToken,
}

impl Drop for ActivePairing {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A running export; dropping it cancels the export.
struct ActiveRun {
    progress: Arc<RunTracker>,
    stop: CancellationToken,
}

impl Drop for ActiveRun {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The state of an engine.
pub(super) struct Actor {
    folders: Folders,
    shared: Arc<Shared>,
    /// Weak, so that an engine whose handles are gone ends.
    handle: WeakEngine,
    keeps_schedule: bool,
    open_to_group: bool,
    data_folder: DataFolder,
    control: Option<Control>,
    /// The snapshot of the lock owner, if it is another process with a control channel.
    owner_snapshot: Option<Snapshot>,
    config: Config,
    /// The error of the current configuration file.
    config_error: Option<Error>,
    /// The stamp of the configuration file when it was last read; none before that.
    config_stamp: Option<Stamp>,
    scheduler: Option<Scheduler>,
    suspend: SuspendDetector,
    source_check: SourceCheck,
    /// Whether a probe of the server is running.
    probing_server: bool,
    /// The severity at which the overdue delivery was last reported.
    reported_overdue: Option<ErrorSeverity>,
    pairing: PairingState,
    active_pairing: Option<ActivePairing>,
    pairing_count: u64,
    run: Option<ActiveRun>,
    notices: NoticeFilter,
    /// Answers the request to end the engine.
    ending: Option<oneshot::Sender<()>>,
}

impl Actor {
    /// Creates the actor of a data folder and publishes its first snapshot.
    pub async fn new(options: Options, data_folder: DataFolder, handle: WeakEngine) -> Self {
        let mut actor = Self {
            folders: options.folders,
            shared: Arc::clone(&handle.shared),
            handle,
            keeps_schedule: options.keeps_schedule,
            open_to_group: options.shared,
            data_folder,
            control: None,
            owner_snapshot: None,
            config: Config::default(),
            config_error: None,
            config_stamp: None,
            scheduler: None,
            suspend: SuspendDetector::new(platform::now(), BootClock.now()),
            source_check: SourceCheck::brief(),
            probing_server: false,
            reported_overdue: None,
            pairing: PairingState::Idle,
            active_pairing: None,
            pairing_count: 0,
            run: None,
            notices: NoticeFilter::default(),
            ending: None,
        };
        match actor.data_folder.writable_store() {
            Some(_) => actor.on_lock_taken().await,
            None => {
                actor.reload();
                actor.connect_to_owner().await;
                actor.report_obstacle();
            }
        }
        actor.publish();
        actor
    }

    /// Runs until [`Input::Stop`], or until every handle is gone.
    async fn run(mut self, mut inputs: UnboundedReceiver<Input>) {
        loop {
            let sleep = match &self.scheduler {
                Some(scheduler) => scheduler.sleep(platform::now()),
                None if self.has_no_owner() => LOCK_RETRY,
                None => LONGEST_SLEEP,
            };
            tokio::select! {
                input = inputs.recv() => match input {
                    Some(Input::Request(command, reply)) => self.answer(command, reply).await,
                    Some(Input::OwnerEvent(None)) => {
                        self.shared.set_client(None);
                        self.take_over().await;
                    }
                    Some(input) => self.handle(input),
                    None => break,
                },
                // The minimum prevents a busy loop while a due slot waits for the previous run.
                () = tokio::time::sleep(sleep.max(Duration::from_millis(20))) => self.tick().await,
            }
            self.publish();
            if self.run.is_none() && self.ending.is_some() {
                break;
            }
        }
        self.end_reporting().await;
        // The channel closes before the lock is released, since the next lock owner opens its own.
        if let Some(control) = self.control.take() {
            control.close().await;
        }
        self.data_folder.release();
        self.shared.send(EngineEvent::Ended);
        if let Some(reply) = self.ending {
            let _ = reply.send(());
        }
    }

    fn handle(&mut self, input: Input) {
        match input {
            Input::Paired(number, step) if self.is_current(number) => self.step(step),
            Input::PairingEnded(number, ended) if self.is_current(number) => self.pairing_ended(*ended),
            Input::Request(..)
            | Input::OwnerEvent(None)
            | Input::Paired(..)
            | Input::PairingEnded(..)
            | Input::Recorded => {}
            Input::RunEnded(ended) => self.run_ended(ended),
            Input::Answers(answers) => self.server_answers(answers, platform::now()),
            Input::OwnerEvent(Some(event)) => self.on_owner_event(event),
            Input::Stop(reply) => {
                self.ending = Some(reply);
                self.active_pairing = None;
                self.stop_run();
            }
        }
    }

    /// Handles the passing of time.
    async fn tick(&mut self) {
        let now = platform::now();
        if let Some(gap) = self.suspend.update(now, BootClock.now()) {
            tracing::info!("{gap}");
        }
        self.take_over().await;
        self.reload();
        self.start_due_run(now);
        self.report_overdue(now);
    }

    /// Executes a command, or forwards it to the lock owner.
    async fn answer(&mut self, command: Command, reply: oneshot::Sender<Result<()>>) {
        self.take_over().await;
        if let Some(client) = self.shared.client() {
            tokio::spawn(async move {
                let _ = reply.send(client.request(ControlRequest::Send(command)).await);
            });
            return;
        }
        let answer = self.request(command).await;
        // The sender must find the new snapshot when it gets its answer.
        self.publish();
        let _ = reply.send(answer);
    }

    async fn request(&mut self, command: Command) -> Result<()> {
        if self.ending.is_some() {
            return Err(Error::new(Code::Cancelled, "the program is ending"));
        }
        self.data_folder.check()?;
        match command {
            Command::StartPairing(request) => self.start_pairing(*request),
            Command::CancelPairing => self.cancel_pairing(),
            Command::BrowserFailed { why } => {
                if let PairingState::Waiting { browser, .. } = &mut self.pairing {
                    *browser = BrowserState::Failed { why };
                }
            }
            Command::Unpair => self.unpair().await?,
            Command::Export { full, only, retry_for } => {
                if self.run.is_none() {
                    self.reload();
                    if let Some(error) = &self.config_error {
                        return Err(error.clone());
                    }
                    let unattended = RunRequest::unattended(Trigger::Manual);
                    let retry_policy =
                        retry_for.map(|seconds| api::RetryPolicy::Within(Duration::from_secs(seconds)));
                    let retry_policy = retry_policy.unwrap_or(unattended.retry_policy);
                    self.start_run(RunRequest { full, only, retry_policy, ..unattended });
                }
            }
            Command::CancelExport => self.stop_run(),
            Command::Pause { pause } => {
                let until = self.pause_end(pause, platform::now());
                self.set_timestamp(Timestamp::PausedUntil, Some(until));
            }
            Command::Resume => {
                self.skip_slots_until(platform::now());
                self.set_timestamp(Timestamp::PausedUntil, None);
            }
            Command::SaveSettings { settings } => {
                let folders = self.folders.clone();
                tasks::blocking(move || settings::save(&settings, &folders)).await?;
                self.reload();
            }
        }
        Ok(())
    }

    fn publish(&mut self) {
        let input = ViewInput {
            pairing: self.pairing.clone(),
            run: self.run.as_ref().map(|run| run.progress.progress()),
            ..self.data_folder.view_input(&self.config, self.config_error.as_ref(), &mut self.source_check)
        };
        let snapshot = match &self.owner_snapshot {
            Some(snapshot) => Ok(snapshot.clone()),
            None => view::snapshot(input, platform::now()),
        };
        match snapshot {
            Ok(snapshot) => {
                self.shared.publish(&snapshot);
                if self.owner_snapshot.is_none()
                    && let Some(notice) = self.notices.take(&snapshot, self.suspend.awake_for() < GRACE)
                {
                    self.shared.send(EngineEvent::Notice { notice });
                }
            }
            Err(error) => tracing::error!(%error, "cannot read the data folder"),
        }
    }
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
