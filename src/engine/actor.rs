//! [`Actor`], the one task that owns an engine's state. Every cause of change is an [`Input`], taken in one `match`;
//! after each the view is made anew and told when it differs.
//!
//! Pairing and runs go on in tasks of their own, which only send inputs. Nothing here shows anything.

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

/// How soon a folder is tried again whose holder cannot be heard, such as a command at work.
const TRIED_AGAIN: Duration = Duration::from_secs(2);

/// Every cause of change.
pub(super) enum Input {
    /// Somebody asks for something.
    Request(Command, oneshot::Sender<Result<()>>),
    /// A pairing went further; the number tells a pairing from one before it.
    Paired(u64, PairingStep),
    /// A pairing ended.
    PairingEnded(u64, Box<Result<PairingOutcome, PairingFailure>>),
    /// The list of errors has changed.
    Recorded,
    /// The run ended.
    RunEnded(Result<RunOutcome>),
    /// Whether the server answers that a run waits for.
    Answers(bool),
    /// The holder of the folder, which is another process, tells something; nothing: it has ended.
    OwnerEvent(Option<EngineEvent>),
    /// The engine shall end.
    Stop(oneshot::Sender<()>),
}

/// When a file was changed and how long it is; none where there is no file.
type Stamp = Option<(SystemTime, u64)>;

/// A pairing under way; it ends with this.
struct ActivePairing {
    number: u64,
    stop: CancellationToken,
}

impl Drop for ActivePairing {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A run under way; it ends with this.
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
    /// The view of the holder, where it is another process that tells of itself.
    elsewhere: Option<Snapshot>,
    config: Config,
    /// What is wrong with the configuration as it is now.
    config_trouble: Option<Error>,
    /// What the file was when it was last read; none before that.
    config_stamp: Option<Stamp>,
    scheduler: Option<Scheduler>,
    suspend: SuspendDetector,
    source_check: SourceCheck,
    /// Whether the server is being asked whether it answers.
    asks: bool,
    /// How bad it was said to be that nothing was delivered for so long.
    overdue: Option<ErrorSeverity>,
    pairing: PairingState,
    job: Option<ActivePairing>,
    pairings: u64,
    run: Option<ActiveRun>,
    notices: NoticeFilter,
    /// Who waits for the end.
    ending: Option<oneshot::Sender<()>>,
}

impl Actor {
    /// An actor of these folders, which it holds or looks at; its first view is shown when it returns.
    pub async fn new(options: Options, data_folder: DataFolder, handle: WeakEngine) -> Self {
        let mut actor = Self {
            folders: options.folders,
            shared: Arc::clone(&handle.shared),
            handle,
            keeps_schedule: options.keeps_schedule,
            open_to_group: options.shared,
            data_folder,
            control: None,
            elsewhere: None,
            config: Config::default(),
            config_trouble: None,
            config_stamp: None,
            scheduler: None,
            suspend: SuspendDetector::new(platform::now(), BootClock.now()),
            source_check: SourceCheck::brief(),
            asks: false,
            overdue: None,
            pairing: PairingState::Idle,
            job: None,
            pairings: 0,
            run: None,
            notices: NoticeFilter::default(),
            ending: None,
        };
        match actor.data_folder.held() {
            Some(_) => actor.settle_in().await,
            None => {
                actor.reload();
                actor.connect_to_owner().await;
                actor.report_obstacle();
            }
        }
        actor.publish();
        actor
    }

    /// Runs until it is told to stop or nobody can reach it any more.
    async fn run(mut self, mut inputs: UnboundedReceiver<Input>) {
        loop {
            let sleep = match &self.scheduler {
                Some(scheduler) => scheduler.sleep(platform::now()),
                None if self.is_left_alone() => TRIED_AGAIN,
                None => LONGEST_SLEEP,
            };
            tokio::select! {
                input = inputs.recv() => match input {
                    Some(Input::Request(command, reply)) => self.answer(command, reply).await,
                    Some(Input::OwnerEvent(None)) => {
                        self.shared.set_client(None);
                        self.take_over().await;
                    }
                    Some(input) => self.take(input),
                    None => break,
                },
                // A slot that has to wait for the run before it must not turn this into a busy loop.
                () = tokio::time::sleep(sleep.max(Duration::from_millis(20))) => self.tick().await,
            }
            self.publish();
            if self.run.is_none() && self.ending.is_some() {
                break;
            }
        }
        self.end_reporting().await;
        // The channel goes before the folder, whose next holder opens its own.
        if let Some(control) = self.control.take() {
            control.close().await;
        }
        self.data_folder.release();
        self.shared.send(EngineEvent::Ended);
        if let Some(reply) = self.ending {
            let _ = reply.send(());
        }
    }

    fn take(&mut self, input: Input) {
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
            Input::OwnerEvent(Some(event)) => self.heard(event),
            Input::Stop(reply) => {
                self.ending = Some(reply);
                self.job = None;
                self.stop_run();
            }
        }
    }

    /// The time went on.
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

    /// Does what is asked, or has the holder do it.
    async fn answer(&mut self, command: Command, reply: oneshot::Sender<Result<()>>) {
        self.take_over().await;
        if let Some(client) = self.shared.client() {
            tokio::spawn(async move {
                let _ = reply.send(client.request(ControlRequest::Send(command)).await);
            });
            return;
        }
        let answer = self.request(command).await;
        // Whoever asked finds the view as it is after that.
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
                    if let Some(trouble) = &self.config_trouble {
                        return Err(trouble.clone());
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
                self.rested(platform::now());
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
            ..self.data_folder.view_input(&self.config, self.config_trouble.as_ref(), &mut self.source_check)
        };
        let seen = match &self.elsewhere {
            Some(snapshot) => Ok(snapshot.clone()),
            None => view::snapshot(input, platform::now()),
        };
        match seen {
            Ok(snapshot) => {
                self.shared.show(&snapshot);
                if self.elsewhere.is_none()
                    && let Some(notice) = self.notices.take(&snapshot, self.suspend.awake_for() < GRACE)
                {
                    self.shared.send(EngineEvent::Notice { notice });
                }
            }
            Err(error) => tracing::error!(%error, "cannot look at the data folder"),
        }
    }
}

impl Shared {
    /// Keeps a view and tells of it, unless it is the same as before.
    fn show(&self, snapshot: &Snapshot) {
        let differs = self.snapshot.send_if_modified(|shown| {
            let differs = shown != snapshot;
            if differs {
                shown.clone_from(snapshot);
            }
            differs
        });
        if differs {
            self.send(EngineEvent::Changed { snapshot: Box::new(snapshot.clone()) });
        }
    }

    /// Shows from now on that a fault of this program ended the engine.
    fn end_by(&self, error: Error) {
        let last = self.snapshot.borrow().clone();
        self.show(&Snapshot {
            state: State::NeedsAttention,
            problem: Some(error.body()),
            read_only: true,
            pairing: PairingState::Idle,
            run: None,
            ..last
        });
        let _ = self.fault.set(error);
    }

    /// Tells whoever listens.
    pub(super) fn send(&self, event: EngineEvent) {
        // Nobody may be listening.
        let _ = self.events.send(event);
    }
}
