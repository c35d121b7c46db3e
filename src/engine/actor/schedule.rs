//! The actor's clock: what is due, the pause, and the run of this process.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use super::{Actor, Run};
use crate::auth::credential;
use crate::engine::clockwork::Clockwork;
use crate::engine::errand;
use crate::engine::running::Running;
use crate::error::{Code, Error, Result};
use crate::export::{Outcome, Request};
use crate::models::command::PauseFor;
use crate::models::export::Trigger;
use crate::platform;
use crate::schedule::{Schedule, Zone};
use crate::store::errors::NewError;
use crate::store::marks::{FOREVER, Mark};

impl Actor {
    /// Starts what is due.
    pub(super) fn look_at_the_clock(&mut self, now: DateTime<Utc>) {
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
            let skipped = Error::new(
                Code::RunSkipped,
                "an export was due while the one before it was still going on; it was left out",
            );
            self.record(&NewError::of(&skipped, None, None));
        } else if credential::user(&self.config).is_some() {
            if trigger == Trigger::CatchUp && !self.folder_is_there() {
                if let Some(clockwork) = &mut self.clockwork {
                    clockwork.put_off(now);
                }
            } else {
                self.start_run(Request::unattended(trigger));
            }
        }
    }

    /// Makes the clockwork of the configured schedule.
    pub(super) fn wind(&mut self) {
        let Some(store) = self.hold.held() else { return };
        let schedule = Schedule::of(&self.config.scheduler).ok().flatten().filter(|_| self.keeps_schedule);
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

    pub(super) fn end_of_pause(&self, now: DateTime<Utc>) -> bool {
        let until = self.hold.held().and_then(|store| store.mark(Mark::PausedUntil).ok().flatten());
        until.is_some_and(|until| until <= now)
    }

    pub(super) fn start_run(&mut self, request: Request) {
        let (Some(reports), Some(inbox)) = (self.hold.reports().cloned(), self.inbox()) else { return };
        let progress = Arc::new(Running::new(request.trigger, inbox.clone()));
        let stop = CancellationToken::new();
        let errand = errand::Run {
            config: Arc::new(self.config.clone()),
            reports,
            data: self.folders.data.clone(),
            progress: Arc::clone(&progress),
            stop: stop.clone(),
            request,
            held: self.hold.lock(),
        };
        tokio::spawn(errand.go(Arc::clone(&self.shared), inbox));
        self.run = Some(Run { progress, stop });
    }

    pub(super) fn stop_run(&mut self) {
        if let Some(run) = &self.run {
            run.progress.stopping();
            run.stop.cancel();
        }
    }

    /// Whether the folder of tables can be read.
    fn folder_is_there(&self) -> bool {
        self.config.src.source_dir.as_deref().is_some_and(|folder| std::fs::read_dir(folder).is_ok())
    }

    pub(super) fn run_ended(&mut self, ended: Result<Outcome>) {
        self.run = None;
        if let (Some(clockwork), Ok(Outcome { report, .. })) = (&mut self.clockwork, &ended) {
            match &report.error {
                Some(error) if error.code == Code::SourceMissing.as_str() => {
                    clockwork.put_off(platform::now());
                }
                _ => clockwork.go_on(),
            }
        }
        if let Err(error) = ended {
            if let Some(store) = self.hold.held()
                && let Err(error) = store.interrupt_stale_runs()
            {
                tracing::error!(%error, "cannot end a run in the journal");
            }
            self.record(&NewError::of(&error, None, None));
        }
    }
}
