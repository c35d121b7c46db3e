//! [`Actor`], the task that owns the state of an engine. It handles every [`Input`] in one `match` and then publishes a new
//! snapshot if it differs from the last one.
//!
//! The state has four parts, each with its own file: [`Folder`], [`Scheduling`], [`Pairing`] and [`Runs`]. A part sees only
//! itself and its arguments; the actor connects them. Pairings and runs are separate tasks, which send inputs to the
//! actor. Nothing here prints.

mod exports;
mod folder;
mod input;
mod owner;
mod pairing;
mod pairing_task;
mod reports;
mod run_task;
mod run_tracker;
mod runs;
mod schedule;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;

use super::blocking::blocking;
use super::control::OwnerLine;
use super::control::wire::ControlRequest;
use super::data_folder::{DataFolder, ended_meanwhile};
use super::notices::NoticeFilter;
use super::scheduler::LONGEST_SLEEP;
use super::unpairing::{self, Unpaired};
use super::{ExportOptions, Mode, Options, Shared, WeakEngine, key_change, settings};
use crate::error::{Code, Error, Result};
use crate::export::RunRequest;
use crate::models::ErrorSeverity;
use crate::models::command::{Command, EngineEvent};
use crate::models::export::Trigger;
use crate::models::pairing::PairingState;
use crate::platform;
use crate::store::errors::NewError;
use folder::{Folder, Reload};
pub(super) use input::Input;
use pairing::Pairing;
use runs::{QueuedRun, Runs};
use schedule::Scheduling;

/// The time between attempts to take a lock whose owner has no control channel.
const LOCK_RETRY: Duration = Duration::from_secs(2);
/// The time between looks at a test of the source folder that has not ended.
const SOURCE_RETRY: Duration = Duration::from_secs(1);

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
            actor.reload();
            actor.connect_to_owner().await;
        }
        actor.wait_for_owner().await;
        actor.publish();
        actor
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
                    let answer = self.export(QueuedRun::new(options.request(true), options.secret_file));
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
            Command::Export { full, only, accept_missing, retry_for } => {
                let retry_for = retry_for.map(Duration::from_secs);
                let options = ExportOptions { full, only, accept_missing, retry_for, secret_file: None };
                self.export(QueuedRun::new(options.request(false), None))?;
            }
            Command::CancelExport => {
                self.runs.stop();
                let stopped = Error::new(Code::Cancelled, "the export was stopped before it started");
                self.runs.refuse_queued(&stopped);
            }
            Command::Pause { pause } => Scheduling::pause(pause, &self.folder, platform::now()),
            Command::Resume => self.scheduling.resume(&self.folder, platform::now()),
            Command::ChangeKey { key, value } => {
                let folders = self.folder.options.folders.clone();
                blocking(move || key_change::change(&key, value.as_deref(), &folders)).await?;
                self.reload();
            }
            Command::SaveSettings { settings } => {
                let folders = self.folder.options.folders.clone();
                blocking(move || settings::save(&settings, &folders)).await?;
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
        let Some(store) = self.folder.data.writable_store().cloned() else { return Ok(Unpaired::default()) };
        let (config, folders) = (self.folder.config.clone(), self.folder.options.folders.clone());
        let unpaired = blocking(move || unpairing::unpair(&config, &folders, &store)).await?;
        for warning in &unpaired.warnings {
            let severity = ErrorSeverity::Warning;
            self.folder.record(NewError::new(Code::KeychainError.as_str(), severity, warning.clone()));
        }
        self.pairing.state = PairingState::Idle;
        self.reload();
        self.folder.serve_reports();
        Ok(unpaired)
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
