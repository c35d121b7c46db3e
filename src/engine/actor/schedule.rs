//! The actor's clock: what is due, the pause, and the run of this process.

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
    /// Starts what is due.
    pub(super) fn start_due_run(&mut self, now: DateTime<Utc>) {
        let Some(store) = self.data_folder.held().cloned() else { return };
        if let Some(until) = store.timestamp(Timestamp::PausedUntil).ok().flatten() {
            if now < until {
                self.scheduler.iter_mut().for_each(|scheduler| scheduler.skip(now));
                return;
            }
            self.rested(until);
            self.set_timestamp(Timestamp::PausedUntil, None);
        }
        let Some(scheduler) = self.scheduler.as_mut().filter(|_| self.ending.is_none()) else { return };
        let (before, due) = (scheduler.seen(), scheduler.due(now));
        let (seen, leapt) = (scheduler.seen(), scheduler.has_leapt(before));
        let Some(trigger) = due else {
            if leapt {
                self.set_timestamp(Timestamp::LastDue, Some(seen));
            }
            return;
        };
        let may_run = self.run.is_none() && credential::user(&self.config).is_some();
        // Durable before the run, so that no slot is run twice; one whose run was cut off is made up for.
        if may_run {
            self.set_timestamp(Timestamp::CatchUpPending, Some(now));
        }
        self.set_timestamp(Timestamp::LastDue, Some(seen));
        if self.run.is_some() {
            let skipped = Error::new(
                Code::RunSkipped,
                "an export was due while the one before it was still going on; it was left out",
            );
            self.record(&NewError::from_error(&skipped, None, None));
        } else if may_run {
            match trigger {
                Trigger::CatchUp => self.start_catch_up(now),
                _ => self.start_run(RunRequest::unattended(trigger)),
            }
        }
    }

    /// Starts the run that makes up for others, when nothing is in its way: the folder is looked for at once, the server
    /// is asked.
    fn start_catch_up(&mut self, now: DateTime<Utc>) {
        let folder = self.config.src.source_dir.as_deref();
        let there = folder.is_some_and(|folder| self.source_check.trouble(folder).is_none());
        if !there {
            self.put_off(now, Obstacle::Folder);
        } else if let Some(inbox) = self.inbox().filter(|_| !self.asks) {
            self.asks = true;
            tokio::spawn(tasks::ask_the_server(Arc::new(self.config.clone()), inbox));
        }
    }

    /// The server answers that a run waits for, or does not.
    pub(super) fn server_answers(&mut self, answers: bool, now: DateTime<Utc>) {
        self.asks = false;
        let is_pending = self
            .data_folder
            .held()
            .is_some_and(|store| !matches!(store.timestamp(Timestamp::CatchUpPending), Ok(None)));
        // A run that goes on makes up for them too.
        if !is_pending || self.run.is_some() || self.ending.is_some() {
            return;
        }
        if answers && !self.is_paused() {
            self.start_run(RunRequest::unattended(Trigger::CatchUp));
        } else {
            tracing::info!("an export that makes up for missed ones waits until the server answers");
            self.put_off(now, Obstacle::Network);
        }
    }

    fn put_off(&mut self, now: DateTime<Utc>, obstacle: Obstacle) {
        if let Some(scheduler) = &mut self.scheduler {
            scheduler.put_off(now, obstacle);
        }
    }

    /// The schedule rested until then: those slots are left out, also after a restart.
    pub(super) fn rested(&mut self, until: DateTime<Utc>) {
        let Some(scheduler) = &mut self.scheduler else { return };
        scheduler.skip(until);
        let seen = scheduler.seen();
        self.set_timestamp(Timestamp::LastDue, Some(seen));
    }

    fn is_paused(&self) -> bool {
        self.data_folder
            .held()
            .is_some_and(|store| !matches!(store.timestamp(Timestamp::PausedUntil), Ok(None)))
    }

    /// Says when nothing was delivered for two periods, and again when a day has gone by since.
    pub(super) fn report_overdue(&mut self, now: DateTime<Utc>) {
        let Some(store) = self.data_folder.held().filter(|_| self.scheduler.is_some()) else { return };
        let overdue = view::overdue(&self.config, store).ok().flatten().filter(|_| !self.is_paused());
        let Some((level, overdue)) = overdue.and_then(|overdue| Some((overdue.level(now)?, overdue))) else {
            self.overdue = None;
            return;
        };
        // A machine that was off is given the time to make up for it.
        if self.overdue < Some(level) && self.suspend.awake_for() >= GRACE {
            self.overdue = Some(level);
            let error = overdue.error(Code::HealthCheckFailed).severity(level);
            self.record(&NewError::from_error(&error, None, None));
        }
    }

    /// Makes the scheduler of the configured schedule.
    pub(super) fn set_schedule(&mut self) {
        let Some(store) = self.data_folder.held().cloned().filter(|_| self.keeps_schedule) else { return };
        let schedule = Schedule::from_config(&self.config.scheduler).ok().flatten();
        if schedule.is_none() && self.config_trouble.is_some() {
            return;
        }
        let now = platform::now();
        let device = platform::install_id(&self.folders.data).unwrap_or_default();
        let jitter = Duration::from_secs(self.config.scheduler.jitter_seconds.into());
        let stored = |timestamp| store.timestamp(timestamp).ok().flatten();
        self.scheduler = match (schedule, self.scheduler.take()) {
            (Some(schedule), Some(former)) => Some(former.with_schedule(schedule, jitter, &device, now)),
            (Some(schedule), None) => {
                let kept = SchedulerState {
                    seen: stored(Timestamp::LastDue),
                    catch_up_pending: stored(Timestamp::CatchUpPending).is_some(),
                };
                Some(Scheduler::new(schedule, jitter, &device, kept, now))
            }
            (None, _) => None,
        };
        // Without a schedule nothing is missed.
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
            held: self.data_folder.lock(),
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
        let cut_off =
            self.ending.is_some() && report.is_some_and(|report| report.state == RunState::Cancelled);
        if error.is_some_and(|error| error.code == Code::SourceMissing.as_str()) {
            self.put_off(platform::now(), Obstacle::Folder);
        } else if !cut_off {
            if let Some(scheduler) = &mut self.scheduler {
                scheduler.go_on();
            }
            self.set_timestamp(Timestamp::CatchUpPending, None);
        }
        if let Err(error) = ended {
            if let Some(store) = self.data_folder.held()
                && let Err(error) = store.interrupt_stale_runs()
            {
                tracing::error!(%error, "cannot end a run in the journal");
            }
            self.record(&NewError::from_error(&error, None, None));
        }
    }
}
