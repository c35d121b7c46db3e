//! The schedule of the actor: due runs, the pause, and the run of this process.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::{ActiveRun, Actor};
use crate::auth::credential;
use crate::engine::run_tracker::RunTracker;
use crate::engine::scheduler::{GRACE, Obstacle, Scheduler, SchedulerState};
use crate::engine::{tasks, view};
use crate::error::{Code, Error, Result};
use crate::export::{RunOutcome, RunRequest};
use crate::models::command::PauseFor;
use crate::models::export::{RunState, Trigger};
use crate::platform;
use crate::schedule::{Schedule, Zone};
use crate::store::errors::NewError;
use crate::store::timestamps::{FOREVER, Timestamp};

impl Actor {
    /// Starts the run that is due.
    pub(super) fn start_due_run(&mut self, now: DateTime<Utc>) {
        let Some(store) = self.data_folder.writable_store().cloned() else { return };
        if let Some(until) = store.timestamp(Timestamp::PausedUntil).ok().flatten() {
            if now < until {
                self.scheduler.iter_mut().for_each(|scheduler| scheduler.skip(now));
                return;
            }
            self.skip_slots_until(until);
            self.set_timestamp(Timestamp::PausedUntil, None);
        }
        let Some(scheduler) = self.scheduler.as_mut().filter(|_| self.ending.is_none()) else { return };
        let (before, due) = (scheduler.seen(), scheduler.due(now));
        let (seen, jumped) = (scheduler.seen(), scheduler.has_leapt(before));
        let Some(trigger) = due else {
            if jumped {
                self.set_timestamp(Timestamp::LastDue, Some(seen));
            }
            return;
        };
        let may_run = self.run.is_none() && credential::user(&self.config).is_some();
        // Stored before the run, so that no slot runs twice and an interrupted run is caught up.
        if may_run {
            self.set_timestamp(Timestamp::CatchUpPending, Some(now));
        }
        self.set_timestamp(Timestamp::LastDue, Some(seen));
        if self.run.is_some() {
            let skipped = Error::new(
                Code::RunSkipped,
                "a scheduled export was skipped because the previous one was still running",
            );
            self.record(&NewError::from_error(&skipped, None, None));
        } else if may_run {
            match trigger {
                Trigger::CatchUp => self.start_catch_up(now),
                _ => self.start_run(RunRequest::unattended(trigger)),
            }
        }
    }

    /// Starts a catch-up run if the folder is there and the server answers; the folder is probed at once, the server by a task.
    fn start_catch_up(&mut self, now: DateTime<Utc>) {
        let folder = self.config.src.source_dir.as_deref();
        let readable = folder.is_some_and(|folder| self.source_check.probe(folder).is_none());
        if !readable {
            self.retry_later(now, Obstacle::Folder);
        } else if let Some(inbox) = self.inbox().filter(|_| !self.probing_server) {
            self.probing_server = true;
            tokio::spawn(tasks::probe_server(Arc::new(self.config.clone()), inbox));
        }
    }

    /// Starts the pending catch-up run if the server answers, otherwise retries later.
    pub(super) fn server_answers(&mut self, answers: bool, now: DateTime<Utc>) {
        self.probing_server = false;
        let is_pending = self
            .data_folder
            .writable_store()
            .is_some_and(|store| !matches!(store.timestamp(Timestamp::CatchUpPending), Ok(None)));
        // A running export delivers the missed changes too.
        if !is_pending || self.run.is_some() || self.ending.is_some() {
            return;
        }
        if answers && !self.is_paused() {
            self.start_run(RunRequest::unattended(Trigger::CatchUp));
        } else {
            tracing::info!("the catch-up export waits until the server answers");
            self.retry_later(now, Obstacle::Network);
        }
    }

    fn retry_later(&mut self, now: DateTime<Utc>, obstacle: Obstacle) {
        if let Some(scheduler) = &mut self.scheduler {
            scheduler.retry_later(now, obstacle);
        }
    }

    /// Skips the slots of a pause, also after a restart.
    pub(super) fn skip_slots_until(&mut self, until: DateTime<Utc>) {
        let Some(scheduler) = &mut self.scheduler else { return };
        scheduler.skip(until);
        let seen = scheduler.seen();
        self.set_timestamp(Timestamp::LastDue, Some(seen));
    }

    fn is_paused(&self) -> bool {
        self.data_folder
            .writable_store()
            .is_some_and(|store| !matches!(store.timestamp(Timestamp::PausedUntil), Ok(None)))
    }

    /// Reports a delivery that is overdue by two periods, and again a day later.
    pub(super) fn report_overdue(&mut self, now: DateTime<Utc>) {
        let Some(store) = self.data_folder.writable_store().filter(|_| self.scheduler.is_some()) else {
            return;
        };
        let overdue = view::overdue(&self.config, store).ok().flatten().filter(|_| !self.is_paused());
        let Some((level, overdue)) = overdue.and_then(|overdue| Some((overdue.level(now)?, overdue))) else {
            self.reported_overdue = None;
            return;
        };
        // A machine that was off gets time to catch up first.
        if self.reported_overdue < Some(level) && self.suspend.awake_for() >= GRACE {
            self.reported_overdue = Some(level);
            let error = overdue.error(Code::HealthCheckFailed).severity(level);
            self.record(&NewError::from_error(&error, None, None));
        }
    }

    /// Creates or updates the scheduler from the configuration.
    pub(super) fn set_schedule(&mut self) {
        let Some(store) = self.data_folder.writable_store().cloned().filter(|_| self.keeps_schedule) else {
            return;
        };
        let schedule = Schedule::from_config(&self.config.scheduler).ok().flatten();
        if schedule.is_none() && self.config_error.is_some() {
            return;
        }
        let now = platform::now();
        let device = platform::install_id(&self.folders.data).unwrap_or_default();
        let jitter = Duration::from_secs(self.config.scheduler.jitter_seconds.into());
        let stored = |timestamp| store.timestamp(timestamp).ok().flatten();
        self.scheduler = match (schedule, self.scheduler.take()) {
            (Some(schedule), Some(former)) => Some(former.with_schedule(schedule, jitter, &device, now)),
            (Some(schedule), None) => {
                let state = SchedulerState {
                    seen: stored(Timestamp::LastDue),
                    catch_up_pending: stored(Timestamp::CatchUpPending).is_some(),
                };
                Some(Scheduler::new(schedule, jitter, &device, state, now))
            }
            (None, _) => None,
        };
        // Without a schedule there are no missed slots.
        self.set_timestamp(Timestamp::LastDue, self.scheduler.as_ref().map(Scheduler::seen));
        if self.scheduler.is_none() {
            self.set_timestamp(Timestamp::CatchUpPending, None);
        }
    }

    pub(super) fn pause_end(&self, pause: PauseFor, now: DateTime<Utc>) -> DateTime<Utc> {
        match pause {
            PauseFor::Seconds { seconds } => {
                let length = i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds);
                length.and_then(|length| now.checked_add_signed(length)).unwrap_or(FOREVER)
            }
            PauseFor::UntilTomorrow => {
                let zone = self.config.scheduler.timezone.as_deref();
                let zone = Zone::parse(zone).unwrap_or(Zone::Local);
                let midnight = Schedule::parse("@daily", zone).ok();
                midnight.and_then(|midnight| midnight.next_after(now)).unwrap_or(FOREVER)
            }
            PauseFor::UntilResumed => FOREVER,
        }
    }

    pub(super) fn start_run(&mut self, request: RunRequest) {
        let (Some(reports), Some(inbox)) = (self.data_folder.reports().cloned(), self.inbox()) else {
            return;
        };
        let progress = Arc::new(RunTracker::new(request.trigger, inbox.clone()));
        let stop = CancellationToken::new();
        let task = tasks::RunTask {
            config: Arc::new(self.config.clone()),
            reports,
            data: self.folders.data.clone(),
            progress: Arc::clone(&progress),
            stop: stop.clone(),
            request,
            lock: self.data_folder.lock(),
        };
        tokio::spawn(task.run(Arc::clone(&self.shared), inbox));
        self.run = Some(ActiveRun { progress, stop });
    }

    pub(super) fn stop_run(&mut self) {
        if let Some(run) = &self.run {
            run.progress.stopping();
            run.stop.cancel();
        }
    }

    pub(super) fn run_ended(&mut self, ended: Result<RunOutcome>) {
        self.run = None;
        let report = ended.as_ref().ok().map(|outcome| &outcome.report);
        let error = report.and_then(|report| report.error.as_ref());
        let interrupted =
            self.ending.is_some() && report.is_some_and(|report| report.state == RunState::Cancelled);
        if error.is_some_and(|error| error.code == Code::SourceMissing.as_str()) {
            self.retry_later(platform::now(), Obstacle::Folder);
        } else if !interrupted {
            if let Some(scheduler) = &mut self.scheduler {
                scheduler.run_finished();
            }
            self.set_timestamp(Timestamp::CatchUpPending, None);
        }
        if let Err(error) = ended {
            if let Some(store) = self.data_folder.writable_store()
                && let Err(error) = store.interrupt_stale_runs()
            {
                tracing::error!(%error, "cannot mark a run in the journal as interrupted");
            }
            self.record(&NewError::from_error(&error, None, None));
        }
    }
}
