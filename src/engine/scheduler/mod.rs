//! [`Scheduler`] decides when an export is due, from a schedule and the time up to which its slots were processed.
//!
//! Pure: the current time is an argument, so that a test can simulate years. Each slot starts at most one run, even when
//! the clock is changed; one catch-up run replaces all missed slots.

#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::models::export::Trigger;
use crate::schedule::Schedule;

/// The longest sleep, so that a changed clock or a suspended machine is noticed.
pub const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A slot noticed within this time counts as on time; the sleep and a busy machine are included.
const ON_TIME: TimeDelta = TimeDelta::seconds(90);

/// A clock set back by more than this was wrong before, so slots are not delayed until it reaches the old time again.
const WRONG: TimeDelta = TimeDelta::hours(3);

/// Minutes between retries while the source folder is missing; the last value repeats.
const RETRY_MINUTES: [i64; 6] = [1, 2, 4, 8, 16, 60];

/// Longer than any retry wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(61);

/// The number of upcoming slots from which the shortest period is computed.
const SLOTS: usize = 32;

/// The reason why a run cannot start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The source folder is missing.
    Folder,
    /// The server does not answer.
    Network,
}

/// The part of a scheduler that is stored in the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SchedulerState {
    /// [`Scheduler::seen`].
    pub seen: Option<DateTime<Utc>>,
    /// Whether a slot was taken whose run has not finished.
    pub catch_up_pending: bool,
}

/// Decides when exports are due.
#[derive(Debug, Clone)]
pub struct Scheduler {
    schedule: Schedule,
    /// The jitter added to each start.
    delay: TimeDelta,
    /// Every slot up to here was run, caught up or skipped.
    seen: DateTime<Utc>,
    /// The value of `seen` before the clock was set back.
    seen_before_set_back: Option<DateTime<Utc>>,
    /// When a run that an [`Obstacle`] prevented is retried, and the number of retries so far.
    retry_at: Option<DateTime<Utc>>,
    tries: usize,
}

impl Scheduler {
    /// Creates a scheduler that continues from the stored state; without one it begins `now`.
    ///
    /// `device` and `jitter` spread the starts of many machines: the delay is constant for one machine and at most a
    /// tenth of the schedule's period (docs/reliability.md).
    pub fn new(
        schedule: Schedule,
        jitter: Duration,
        device: &str,
        kept: SchedulerState,
        now: DateTime<Utc>,
    ) -> Self {
        let delay = delay(&schedule, jitter, device, now);
        let seen = kept.seen.unwrap_or(now);
        // A pending catch-up waits a minute, so that a run that crashes the program does not crash it in a loop.
        let retry_at = kept.catch_up_pending.then(|| now + TimeDelta::minutes(RETRY_MINUTES[0]));
        Self { schedule, delay, seen, seen_before_set_back: None, retry_at, tries: 0 }
    }

    /// Returns the scheduler with another schedule; slots before `seen` do not count as missed.
    #[must_use]
    pub fn with_schedule(
        self,
        schedule: Schedule,
        jitter: Duration,
        device: &str,
        now: DateTime<Utc>,
    ) -> Self {
        let delay = delay(&schedule, jitter, device, now);
        Self { schedule, delay, ..self }
    }

    /// Returns the time up to which every slot was processed; the caller stores it.
    pub fn seen(&self) -> DateTime<Utc> {
        self.seen
    }

    /// Returns the jitter added to each start.
    pub fn delay(&self) -> TimeDelta {
        self.delay
    }

    /// Returns whether `seen` jumped since it was `before`, so that it must be stored although nothing was due.
    pub fn has_leapt(&self, before: DateTime<Utc>) -> bool {
        !(TimeDelta::zero()..=ON_TIME).contains(&(self.seen - before))
    }

    /// Returns the trigger of a run that must start now; this takes the slot and every missed slot before it.
    pub fn due(&mut self, now: DateTime<Utc>) -> Option<Trigger> {
        let reached = self.reach(now);
        let slot = self.schedule.next_after(self.seen).filter(|slot| *slot <= reached);
        self.seen = self.seen.max(reached);
        // A retry is at most an hour away, unless the clock was set back since.
        let retry = self.retry_at.take_if(|at| slot.is_some() || *at <= now || *at - now > LONGEST_WAIT);
        let Some(slot) = slot else { return retry.map(|_| Trigger::CatchUp) };
        let late = reached - ON_TIME;
        let on_time = slot > late || self.schedule.next_after(late).is_some_and(|recent| recent <= reached);
        Some(if on_time { Trigger::Schedule } else { Trigger::CatchUp })
    }

    /// Returns the current time minus the delay, after correcting `seen` for a changed clock.
    fn reach(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        let reached = now - self.delay;
        if self.seen - reached > WRONG {
            self.seen_before_set_back = Some(self.seen);
            self.seen = reached;
        }
        // The clock was wrong only for a while: slots before the old `seen` are not missed.
        if let Some(seen_before_set_back) =
            self.seen_before_set_back.take_if(|seen_before_set_back| *seen_before_set_back <= reached)
        {
            self.seen = self.seen.max(seen_before_set_back);
        }
        reached
    }

    /// Schedules a retry of a run that could not start.
    pub fn retry_later(&mut self, now: DateTime<Utc>, obstacle: Obstacle) {
        let wait = match obstacle {
            Obstacle::Folder => TimeDelta::minutes(RETRY_MINUTES[self.tries.min(RETRY_MINUTES.len() - 1)]),
            Obstacle::Network => TimeDelta::seconds(10),
        };
        if obstacle == Obstacle::Folder {
            self.tries += 1;
        }
        self.retry_at = Some(now + wait);
    }

    /// Records that a run finished: no retry is needed.
    pub fn run_finished(&mut self) {
        (self.retry_at, self.tries) = (None, 0);
    }

    /// Skips every slot up to `until`, for a pause; a retry waits for the end of the pause.
    pub fn skip(&mut self, until: DateTime<Utc>) {
        self.seen = self.reach(until).max(self.seen);
        self.retry_at = self.retry_at.map(|at| at.max(until + LONGEST_SLEEP));
    }

    /// Returns how long to sleep before the next call of [`Self::due`].
    pub fn sleep(&self, now: DateTime<Utc>) -> Duration {
        let slot = self.schedule.next_after(self.seen).map(|slot| slot + self.delay);
        let next = slot.into_iter().chain(self.retry_at).min().map(|next| next - now);
        next.map_or(LONGEST_SLEEP, |wait| wait.to_std().unwrap_or_default().min(LONGEST_SLEEP))
    }
}

/// Returns the time from which a delivery counts as overdue: two slots after the last success.
pub fn overdue_from(
    schedule: &Schedule,
    jitter_seconds: u32,
    success: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let second = schedule.upcoming(success, 2).get(1).copied()?;
    Some(second + GRACE + TimeDelta::seconds(jitter_seconds.into()))
}

/// How long a run may take before its delivery counts as overdue.
pub const GRACE: TimeDelta = TimeDelta::minutes(10);

fn delay(schedule: &Schedule, jitter: Duration, device: &str, now: DateTime<Utc>) -> TimeDelta {
    let slots = schedule.upcoming(now, SLOTS);
    let period = slots.windows(2).map(|pair| (pair[1] - pair[0]).num_seconds()).min().unwrap_or(i64::MAX);
    let most = jitter.as_secs().cast_signed().clamp(0, period / 10);
    let spread = i64::from(crc32fast::hash(device.as_bytes()));
    TimeDelta::seconds(spread % (most + 1))
}
