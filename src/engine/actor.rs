//! [`Actor`], the one task that owns an engine's state. Every cause of change is an [`Input`], taken in one `match`;
//! after each the view is made anew and told when it differs.
//!
//! Pairing and runs go on in tasks of their own, which only send inputs. Nothing here shows anything.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::{UnboundedReceiver, WeakUnboundedSender};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::clockwork::{Clockwork, LONGEST_SLEEP};
use super::errand::{self, Failure, Step};
use super::hold::Hold;
use super::notices::Notices;
use super::pairing::Made;
use super::running::Running;
use super::view::{Sight, look};
use super::{Shared, configuration, settings, unpairing};
use crate::api;
use crate::error::{Code, Error, Result};
use crate::export::{Outcome, Request};
use crate::models::command::{Command, Event, PairingWish, PauseFor};
use crate::models::config::Loaded;
use crate::models::export::Trigger;
use crate::models::snapshot::{BrowserState, Pairing, Snapshot};
use crate::models::{Config, ErrorSeverity};
use crate::platform::{self, Folders};
use crate::schedule::Schedule;
use crate::store::errors::NewError;
use crate::store::marks::{FOREVER, Mark};

/// Every cause of change.
pub(super) enum Input {
    /// Somebody asks for something.
    Wish(Command, oneshot::Sender<Result<()>>),
    /// A pairing went further; the number tells a pairing from one before it.
    Paired(u64, Step),
    /// A pairing ended.
    PairingEnded(u64, Box<Result<Made, Failure>>),
    /// Errors of the run that is going on were recorded.
    Recorded,
    /// The run ended.
    RunEnded(Result<Outcome>),
    /// The engine shall end.
    Stop(oneshot::Sender<()>),
}

/// A pairing under way.
struct PairingJob {
    number: u64,
    stop: CancellationToken,
}

/// A run under way.
struct Run {
    progress: Arc<Running>,
    stop: CancellationToken,
}

/// The state of an engine.
pub(super) struct Actor {
    folders: Folders,
    shared: Arc<Shared>,
    /// Weak, so that an engine whose handles are gone ends.
    inbox: WeakUnboundedSender<Input>,
    hold: Hold,
    config: Config,
    /// What is wrong with the configuration as it is now.
    config_trouble: Option<Error>,
    config_stamp: Option<(SystemTime, u64)>,
    clockwork: Option<Clockwork>,
    pairing: Pairing,
    job: Option<PairingJob>,
    pairings: u64,
    run: Option<Run>,
    notices: Notices,
    /// Who waits for the end.
    ending: Option<oneshot::Sender<()>>,
}

impl Actor {
    /// An actor of these folders, which it holds or looks at; its first view is in `shared` when it returns.
    pub async fn new(
        folders: Folders,
        hold: Hold,
        shared: Arc<Shared>,
        inbox: WeakUnboundedSender<Input>,
    ) -> Self {
        let mut actor = Self {
            folders,
            shared,
            inbox,
            hold,
            config: Config::default(),
            config_trouble: None,
            config_stamp: None,
            clockwork: None,
            pairing: Pairing::Idle,
            job: None,
            pairings: 0,
            run: None,
            notices: Notices::default(),
            ending: None,
        };
        actor.settle_in().await;
        actor.publish();
        actor
    }

    /// Runs until it is told to stop or nobody can reach it any more.
    pub async fn run(mut self, mut inputs: UnboundedReceiver<Input>) {
        loop {
            let sleep = self.clockwork.as_ref().map_or(LONGEST_SLEEP, |clock| clock.sleep(platform::now()));
            tokio::select! {
                input = inputs.recv() => match input {
                    Some(Input::Wish(command, reply)) => {
                        let answer = self.wish(command).await;
                        // Whoever asked finds the view as it is after that.
                        self.publish();
                        let _ = reply.send(answer);
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
        self.hold.release();
        self.shared.tell(Event::Ended);
        if let Some(reply) = self.ending {
            let _ = reply.send(());
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Paired(number, step) if self.is_current(number) => self.step(step),
            Input::PairingEnded(number, ended) if self.is_current(number) => self.pairing_ended(*ended),
            Input::Wish(..) | Input::Paired(..) | Input::PairingEnded(..) | Input::Recorded => {}
            Input::RunEnded(ended) => self.run_ended(ended),
            Input::Stop(reply) => {
                self.ending = Some(reply);
                if let Some(job) = self.job.take() {
                    job.stop.cancel();
                }
                self.stop_run();
            }
        }
    }

    /// The time went on.
    async fn tick(&mut self) {
        if self.hold.try_again(&self.folders).await {
            self.settle_in().await;
        }
        self.reload();
        let now = platform::now();
        if self.end_of_pause(now) {
            self.keep(Mark::PausedUntil, None);
        }
        let Some(store) = self.hold.held().cloned() else { return };
        let paused = store.mark(Mark::PausedUntil).ok().flatten().is_some();
        let Some(clockwork) = &mut self.clockwork else { return };
        if paused || self.ending.is_some() {
            clockwork.skip(now);
            return;
        }
        let Some(trigger) = clockwork.due(now) else { return };
        let seen = clockwork.seen();
        // Durable before the run, so that a slot whose run was killed is not run again.
        self.keep(Mark::LastDue, Some(seen));
        if self.run.is_some() {
            self.record(&NewError::new(
                "RUN_SKIPPED",
                ErrorSeverity::Info,
                "an export was due while the one before it was still going on; it was left out",
            ));
        } else if crate::auth::credential::user(&self.config).is_some() {
            self.start_run(Request::unattended(trigger));
        }
    }

    async fn wish(&mut self, command: Command) -> Result<()> {
        if self.hold.try_again(&self.folders).await {
            self.settle_in().await;
        }
        if self.ending.is_some() {
            return Err(Error::new(Code::Cancelled, "the program is ending"));
        }
        self.hold.check()?;
        match command {
            Command::StartPairing(wish) => self.start_pairing(*wish),
            Command::CancelPairing => self.cancel_pairing(),
            Command::BrowserFailed { why } => {
                if let Pairing::Waiting { browser, .. } = &mut self.pairing {
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
                    let unattended = Request::unattended(Trigger::Manual);
                    let schedule =
                        retry_for.map(|seconds| api::Schedule::Within(Duration::from_secs(seconds)));
                    let schedule = schedule.unwrap_or(unattended.schedule);
                    self.start_run(Request { full, only, schedule, ..unattended });
                }
            }
            Command::CancelExport => self.stop_run(),
            Command::Pause { pause } => {
                let until = self.pause_end(pause, platform::now());
                self.keep(Mark::PausedUntil, Some(until));
            }
            Command::Resume => {
                if let Some(clockwork) = &mut self.clockwork {
                    clockwork.skip(platform::now());
                }
                self.keep(Mark::PausedUntil, None);
            }
            Command::SaveSettings { settings } => {
                let folders = self.folders.clone();
                errand::blocking(move || settings::save(&settings, &folders)).await?;
                self.reload();
            }
        }
        Ok(())
    }

    // The folder and the configuration

    /// What is done once when the folder came to be held: an old plain secret goes, dead runs are ended.
    async fn settle_in(&mut self) {
        self.reload();
        let Some(store) = self.hold.held().cloned() else { return };
        let (config, data) = (self.folders.config.clone(), self.folders.data.clone());
        let settled = errand::blocking(move || {
            store.interrupt_stale_runs()?;
            errand::migrate(&config, &data, &store)
        });
        if let Err(error) = settled.await {
            self.record(&NewError::of(&error, None, None));
        }
        self.reload();
        if self.clockwork.is_none() {
            self.wind();
        }
    }

    /// Reads the configuration when it has changed. One that is wrong is told, and the last good one stays.
    fn reload(&mut self) {
        let stamp = std::fs::metadata(&self.folders.config)
            .ok()
            .and_then(|file| Some((file.modified().ok()?, file.len())));
        if self.config_stamp == stamp {
            return;
        }
        self.config_stamp = stamp;
        match configuration::read(&self.folders.config, false) {
            Ok(Loaded { config, .. }) => {
                self.config_trouble = None;
                let rewind = self.config.scheduler != config.scheduler;
                self.config = config;
                if rewind {
                    self.wind();
                }
            }
            Err(invalid) => {
                let error = Error::from(invalid);
                self.record(&NewError::of(&error, None, None));
                self.config_trouble = Some(error);
            }
        }
    }

    /// Makes the clockwork of the configured schedule.
    fn wind(&mut self) {
        let Some(store) = self.hold.held() else { return };
        let schedule = Schedule::of(&self.config.scheduler).ok().flatten();
        let now = platform::now();
        // A schedule that was just written has missed nothing.
        let seen = match &self.clockwork {
            Some(former) => Some(former.seen().max(now)),
            None => store.mark(Mark::LastDue).ok().flatten(),
        };
        let device = platform::install_id(&self.folders.data).unwrap_or_default();
        let jitter = Duration::from_secs(self.config.scheduler.jitter_seconds.into());
        self.clockwork = schedule.map(|schedule| Clockwork::new(schedule, jitter, &device, seen, now));
        if let (Some(clockwork), None) = (&self.clockwork, seen) {
            let seen = clockwork.seen();
            self.keep(Mark::LastDue, Some(seen));
        }
    }

    fn keep(&self, mark: Mark, moment: Option<DateTime<Utc>>) {
        let Some(store) = self.hold.held() else { return };
        if let Err(error) = store.set_mark(mark, moment) {
            tracing::error!(%error, "cannot keep a time");
        }
    }

    fn record(&self, error: &NewError) {
        let Some(store) = self.hold.held() else { return };
        if let Err(error) = store.record_error(error) {
            tracing::error!(%error, "cannot keep an error");
        }
    }

    // The pause

    fn pause_end(&self, pause: PauseFor, now: DateTime<Utc>) -> DateTime<Utc> {
        match pause {
            PauseFor::Seconds { seconds } => {
                let length = i64::try_from(seconds).ok().and_then(chrono::TimeDelta::try_seconds);
                length.and_then(|length| now.checked_add_signed(length)).unwrap_or(FOREVER)
            }
            PauseFor::UntilTomorrow => {
                let zone = self.config.scheduler.timezone.as_deref();
                let zone = crate::schedule::Zone::parse(zone).unwrap_or(crate::schedule::Zone::Local);
                let midnight = Schedule::parse("@daily", zone).ok();
                midnight.and_then(|midnight| midnight.next_after(now)).unwrap_or(FOREVER)
            }
            PauseFor::UntilResumed => FOREVER,
        }
    }

    fn end_of_pause(&self, now: DateTime<Utc>) -> bool {
        let until = self.hold.held().and_then(|store| store.mark(Mark::PausedUntil).ok().flatten());
        until.is_some_and(|until| until <= now)
    }

    // The run

    fn start_run(&mut self, request: Request) {
        let (Some(store), Some(inbox)) = (self.hold.held().cloned(), self.inbox.upgrade()) else { return };
        let progress = Arc::new(Running::new(request.trigger, inbox.clone()));
        let stop = CancellationToken::new();
        let errand = errand::Run {
            config: Arc::new(self.config.clone()),
            store,
            data: self.folders.data.clone(),
            progress: Arc::clone(&progress),
            stop: stop.clone(),
            request,
        };
        tokio::spawn(errand.go(Arc::clone(&self.shared), inbox));
        self.run = Some(Run { progress, stop });
    }

    fn stop_run(&mut self) {
        if let Some(run) = &self.run {
            run.progress.stopping();
            run.stop.cancel();
        }
    }

    fn run_ended(&mut self, ended: Result<Outcome>) {
        self.run = None;
        if let Err(error) = ended {
            if let Some(store) = self.hold.held()
                && let Err(error) = store.interrupt_stale_runs()
            {
                tracing::error!(%error, "cannot end a run in the journal");
            }
            self.record(&NewError::of(&error, None, None));
        }
    }

    // The pairing

    fn is_current(&self, number: u64) -> bool {
        self.job.as_ref().is_some_and(|job| job.number == number)
    }

    fn start_pairing(&mut self, wish: PairingWish) {
        let (Some(store), Some(inbox)) = (self.hold.held().cloned(), self.inbox.upgrade()) else { return };
        if let Some(former) = self.job.take() {
            former.stop.cancel();
        }
        self.pairings += 1;
        let job = PairingJob { number: self.pairings, stop: CancellationToken::new() };
        let errand = errand::Pair {
            wish,
            folders: self.folders.clone(),
            store,
            number: job.number,
            stop: job.stop.clone(),
        };
        tokio::spawn(errand.go(inbox));
        self.job = Some(job);
        self.pairing = Pairing::Requesting { trouble: None };
    }

    fn cancel_pairing(&mut self) {
        match &self.job {
            // The person has said yes already: what was granted is kept.
            Some(_) if self.pairing == Pairing::Keeping => {}
            Some(job) => job.stop.cancel(),
            None => self.pairing = Pairing::Idle,
        }
    }

    fn step(&mut self, step: Step) {
        match (step, &mut self.pairing) {
            (Step::Code(code), pairing) => {
                let address =
                    code.verification_uri_complete.as_ref().unwrap_or(&code.verification_uri).clone();
                *pairing = Pairing::Waiting { code, trouble: None, browser: BrowserState::Asked };
                // The view with the code comes before the browser covers it.
                self.publish();
                self.shared.tell(Event::OpenAddress { address });
            }
            (Step::Trouble(why), Pairing::Requesting { trouble } | Pairing::Waiting { trouble, .. }) => {
                *trouble = why;
            }
            (Step::Trouble(_), _) => {}
            (Step::Keeping, pairing) => *pairing = Pairing::Keeping,
        }
    }

    fn pairing_ended(&mut self, ended: Result<Made, Failure>) {
        self.job = None;
        self.pairing = match ended {
            Ok(made) => Pairing::Done { domain: made.whose.unwrap_or(made.domain), notes: made.warnings },
            Err(failure) => failure.view(),
        };
        self.reload();
    }

    async fn unpair(&mut self) -> Result<()> {
        let Some(store) = self.hold.held().cloned() else { return Ok(()) };
        let (config, folders) = (self.config.clone(), self.folders.clone());
        let ended = errand::blocking(move || unpairing::unpair(&config, &folders, &store)).await?;
        for warning in ended.warnings {
            self.record(&NewError::new(Code::KeychainError.as_str(), ErrorSeverity::Warning, warning));
        }
        self.pairing = Pairing::Idle;
        self.reload();
        Ok(())
    }

    // The view

    fn publish(&mut self) {
        let sight = Sight {
            pairing: self.pairing.clone(),
            run: self.run.as_ref().map(|run| run.progress.progress()),
            ..self.hold.sight(&self.config, self.config_trouble.as_ref())
        };
        let seen = look(sight, platform::now());
        match seen {
            Ok(snapshot) => {
                if self.shared.show(&snapshot)
                    && let Some(notice) = self.notices.of(&snapshot)
                {
                    self.shared.tell(Event::Notice { notice });
                }
            }
            Err(error) => tracing::error!(%error, "cannot look at the data folder"),
        }
    }
}

impl Shared {
    /// Keeps a view and tells of it; false when it is the same as before.
    fn show(&self, snapshot: &Snapshot) -> bool {
        let differs = self.snapshot.send_if_modified(|shown| {
            let differs = shown != snapshot;
            if differs {
                shown.clone_from(snapshot);
            }
            differs
        });
        if differs {
            self.tell(Event::Changed { snapshot: Box::new(snapshot.clone()) });
        }
        differs
    }

    /// Tells whoever listens.
    pub(super) fn tell(&self, event: Event) {
        // Nobody may be listening.
        let _ = self.events.send(event);
    }
}
