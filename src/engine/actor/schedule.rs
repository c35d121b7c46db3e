//! The schedule of the actor, [`Scheduling`]: due runs, the pause, and overdue deliveries.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::folder::Folder;
use crate::auth::credential;
use crate::engine::scheduler::{GRACE, Obstacle, Scheduler, SchedulerState};
use crate::engine::suspend::SuspendDetector;
use crate::engine::view;
use crate::error::{Code, Error};
use crate::models::ErrorSeverity;
use crate::models::command::PauseFor;
use crate::models::export::Trigger;
use crate::platform::{self, BootClock, Clock as _};
use crate::schedule::{Schedule, Zone};
use crate::store::timestamps::{FOREVER, Timestamp};

/// The schedule and what depends on the time.
pub(super) struct Scheduling {
    /// Whether this process starts scheduled exports.
    pub is_enabled: bool,
    scheduler: Option<Scheduler>,
    suspend: SuspendDetector,
    /// Whether a probe of the server is running.
    pub probing_server: bool,
    /// The severity at which the overdue delivery was last reported.
    reported_overdue: Option<ErrorSeverity>,
}

impl Scheduling {
    pub fn new(is_enabled: bool) -> Self {
        Self {
            is_enabled,
            scheduler: None,
            suspend: SuspendDetector::new(platform::now(), BootClock.now()),
            probing_server: false,
            reported_overdue: None,
        }
    }

    /// Returns how long to sleep before the next slot; none without a schedule.
    pub fn sleep(&self) -> Option<Duration> {
        Some(self.scheduler.as_ref()?.sleep(platform::now()))
    }

    /// Returns whether this process sleeps by a schedule.
    pub fn has_schedule(&self) -> bool {
        self.scheduler.is_some()
    }

    /// Notices a suspended machine or a changed clock.
    pub fn update_clock(&mut self, now: DateTime<Utc>) {
        if let Some(gap) = self.suspend.update(now, BootClock.now()) {
            tracing::info!("{gap}");
        }
    }

    /// Returns whether the machine woke up a short time ago, so that it still has to catch up.
    pub fn just_woke(&self) -> bool {
        self.suspend.awake_for() < GRACE
    }

    /// Takes the slot that is due and returns the trigger of the run that must start. A slot during a run is skipped and
    /// reported.
    pub fn take_due(&mut self, folder: &Folder, is_running: bool, now: DateTime<Utc>) -> Option<Trigger> {
        let store = folder.data.writable_store()?;
        if let Some(until) = store.timestamp(Timestamp::PausedUntil).ok().flatten() {
            if now < until {
                self.scheduler.iter_mut().for_each(|scheduler| scheduler.skip(now));
                return None;
            }
            self.skip_slots_until(folder, until);
            folder.set_timestamp(Timestamp::PausedUntil, None);
        }
        let scheduler = self.scheduler.as_mut()?;
        let (before, due) = (scheduler.seen(), scheduler.due(now));
        let (seen, jumped) = (scheduler.seen(), scheduler.has_leapt(before));
        let Some(trigger) = due else {
            if jumped {
                folder.set_timestamp(Timestamp::LastDue, Some(seen));
            }
            return None;
        };
        let may_run = !is_running && credential::user(&folder.config).is_some();
        // Stored before the run, so that no slot runs twice and an interrupted run is caught up.
        if may_run {
            folder.set_timestamp(Timestamp::CatchUpPending, Some(now));
        }
        folder.set_timestamp(Timestamp::LastDue, Some(seen));
        if is_running {
            let skipped = Error::new(
                Code::RunSkipped,
                "a scheduled export was skipped because the previous one was still running",
            );
            folder.record(&skipped);
        }
        Some(trigger).filter(|_| may_run)
    }

    /// Schedules a retry of a run that could not start.
    pub fn retry_later(&mut self, now: DateTime<Utc>, obstacle: Obstacle) {
        if let Some(scheduler) = &mut self.scheduler {
            scheduler.retry_later(now, obstacle);
        }
    }

    /// Records that a run finished: no catch-up is pending.
    pub fn run_finished(&mut self, folder: &Folder) {
        if let Some(scheduler) = &mut self.scheduler {
            scheduler.run_finished();
        }
        folder.set_timestamp(Timestamp::CatchUpPending, None);
    }

    /// Pauses the schedule.
    pub fn pause(pause: PauseFor, folder: &Folder, now: DateTime<Utc>) {
        folder.set_timestamp(Timestamp::PausedUntil, Some(pause_end(pause, folder, now)));
    }

    /// Ends the pause.
    pub fn resume(&mut self, folder: &Folder, now: DateTime<Utc>) {
        self.skip_slots_until(folder, now);
        folder.set_timestamp(Timestamp::PausedUntil, None);
    }

    /// Skips the slots of a pause, also after a restart.
    fn skip_slots_until(&mut self, folder: &Folder, until: DateTime<Utc>) {
        let Some(scheduler) = &mut self.scheduler else { return };
        scheduler.skip(until);
        folder.set_timestamp(Timestamp::LastDue, Some(scheduler.seen()));
    }

    /// Reports a delivery that is overdue by two periods, and again a day later.
    pub fn report_overdue(&mut self, folder: &Folder, now: DateTime<Utc>) {
        let Some(store) = folder.data.writable_store().filter(|_| self.scheduler.is_some()) else { return };
        let is_paused = folder.has_timestamp(Timestamp::PausedUntil);
        let overdue = view::overdue(&folder.config, store).ok().flatten().filter(|_| !is_paused);
        let Some((level, overdue)) = overdue.and_then(|overdue| Some((overdue.level(now)?, overdue))) else {
            self.reported_overdue = None;
            return;
        };
        // A machine that was off gets time to catch up first.
        if self.reported_overdue < Some(level) && !self.just_woke() {
            self.reported_overdue = Some(level);
            let error = overdue.error(Code::HealthCheckFailed).severity(level);
            folder.record(&error);
        }
    }

    /// Creates or updates the scheduler from the configuration.
    pub fn configure(&mut self, folder: &Folder) {
        let Some(store) = folder.data.writable_store().filter(|_| self.is_enabled) else { return };
        let schedule = Schedule::from_config(&folder.config.scheduler).ok().flatten();
        if schedule.is_none() && folder.config_error.is_some() {
            return;
        }
        let now = platform::now();
        let device = platform::install_id(&folder.options.folders.data).unwrap_or_default();
        let jitter = Duration::from_secs(folder.config.scheduler.jitter_seconds.into());
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
        folder.set_timestamp(Timestamp::LastDue, self.scheduler.as_ref().map(Scheduler::seen));
        if self.scheduler.is_none() {
            folder.set_timestamp(Timestamp::CatchUpPending, None);
        }
    }
}

fn pause_end(pause: PauseFor, folder: &Folder, now: DateTime<Utc>) -> DateTime<Utc> {
    match pause {
        PauseFor::Seconds { seconds } => {
            let length = i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds);
            length.and_then(|length| now.checked_add_signed(length)).unwrap_or(FOREVER)
        }
        PauseFor::UntilTomorrow => {
            let zone = folder.config.scheduler.timezone.as_deref();
            let zone = Zone::parse(zone).unwrap_or(Zone::Local);
            let midnight = Schedule::parse("@daily", zone).ok();
            midnight.and_then(|midnight| midnight.next_after(now)).unwrap_or(FOREVER)
        }
        PauseFor::UntilResumed => FOREVER,
    }
}
