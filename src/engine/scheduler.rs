//! [`Scheduler`], when an export is due: a schedule, the instant up to which it has been looked after, and nothing else.
//!
//! Pure: the time is an argument, so that years pass in a test. A slot is given out once, whatever the clock does;
//! slots that were missed are made up for by one run.

#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::models::export::Trigger;
use crate::schedule::Schedule;

/// The longest sleep, so that a clock that was set or a machine that slept is noticed.
pub const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A slot is on time when it is found out within this; the sleep and a busy machine are in it.
const ON_TIME: TimeDelta = TimeDelta::seconds(90);

/// A clock that is set back further than this was wrong before: its slots are not waited for.
const WRONG: TimeDelta = TimeDelta::hours(3);

/// How soon a run is tried again whose folder was missing, in minutes; the last holds from then on.
const AGAIN: [i64; 6] = [1, 2, 4, 8, 16, 60];

/// Longer than any of these.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(61);

/// How many slots are looked at for the shortest time between two.
const SLOTS: usize = 32;

/// What keeps a run from being started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The folder of tables is not there.
    Folder,
    /// The server does not answer.
    Network,
}

/// What outlives the process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SchedulerState {
    /// [`Scheduler::seen`].
    pub seen: Option<DateTime<Utc>>,
    /// Whether the run of a slot that was taken has not come to an end.
    pub catch_up_pending: bool,
}

/// When exports are due.
#[derive(Debug, Clone)]
pub struct Scheduler {
    schedule: Schedule,
    /// What the start of each run is put off by.
    delay: TimeDelta,
    /// Every slot up to here was given out, made up for or left out.
    seen: DateTime<Utc>,
    /// The same by the clock as it was before it was set back.
    formerly: Option<DateTime<Utc>>,
    /// When a run is tried again that an obstacle was in the way of, and how often that was already.
    again: Option<DateTime<Utc>>,
    tries: usize,
}

impl Scheduler {
    /// A scheduler that goes on where another process ended; one that has kept nothing begins `now`.
    ///
    /// `device` and `jitter` spread the starts of many machines: the delay is always the same for one of them, and at
    /// most a tenth of the schedule's period (docs/reliability.md#jitter).
    pub fn new(
        schedule: Schedule,
        jitter: Duration,
        device: &str,
        kept: SchedulerState,
        now: DateTime<Utc>,
    ) -> Self {
        let delay = delay(&schedule, jitter, device, now);
        let seen = kept.seen.unwrap_or(now);
        // Not at once, so that a run that ends the program does not do so over and over.
        let again = kept.catch_up_pending.then(|| now + TimeDelta::minutes(AGAIN[0]));
        Self { schedule, delay, seen, formerly: None, again, tries: 0 }
    }

    /// The same by another schedule, which has missed nothing before it was written.
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

    /// The instant up to which every slot is done with, to be kept durably.
    pub fn seen(&self) -> DateTime<Utc> {
        self.seen
    }

    /// By how much the start of each run is put off.
    pub fn delay(&self) -> TimeDelta {
        self.delay
    }

    /// Whether what was seen has leapt since it was `before`, and so has to be kept although nothing was due.
    pub fn has_leapt(&self, before: DateTime<Utc>) -> bool {
        !(TimeDelta::zero()..=ON_TIME).contains(&(self.seen - before))
    }

    /// Whether a run has to start now. Answering yes takes the slot, and every missed one before it.
    pub fn due(&mut self, now: DateTime<Utc>) -> Option<Trigger> {
        let reached = self.reach(now);
        let slot = self.schedule.next_after(self.seen).filter(|slot| *slot <= reached);
        self.seen = self.seen.max(reached);
        // Nothing is put off by more than an hour, unless the clock was set back since.
        let again = self.again.take_if(|at| slot.is_some() || *at <= now || *at - now > LONGEST_WAIT);
        let Some(slot) = slot else { return again.map(|_| Trigger::CatchUp) };
        let late = reached - ON_TIME;
        let on_time = slot > late || self.schedule.next_after(late).is_some_and(|recent| recent <= reached);
        Some(if on_time { Trigger::Schedule } else { Trigger::CatchUp })
    }

    /// How far the clock has come, after what was seen is put right where it was set.
    fn reach(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        let reached = now - self.delay;
        if self.seen - reached > WRONG {
            self.formerly = Some(self.seen);
            self.seen = reached;
        }
        // The clock was set back for a while only: what it had shown before that is not missed.
        if let Some(formerly) = self.formerly.take_if(|formerly| *formerly <= reached) {
            self.seen = self.seen.max(formerly);
        }
        reached
    }

    /// Something was in the way of a run: sooner than the next slot it is tried again.
    pub fn put_off(&mut self, now: DateTime<Utc>, obstacle: Obstacle) {
        let wait = match obstacle {
            Obstacle::Folder => TimeDelta::minutes(AGAIN[self.tries.min(AGAIN.len() - 1)]),
            Obstacle::Network => TimeDelta::seconds(10),
        };
        if obstacle == Obstacle::Folder {
            self.tries += 1;
        }
        self.again = Some(now + wait);
    }

    /// A run has come to its end: nothing is in the way, nothing is owed.
    pub fn go_on(&mut self) {
        (self.again, self.tries) = (None, 0);
    }

    /// Leaves out every slot until then: the schedule rested. What is to be tried again waits for its end.
    pub fn skip(&mut self, until: DateTime<Utc>) {
        self.seen = self.reach(until).max(self.seen);
        self.again = self.again.map(|at| at.max(until + LONGEST_SLEEP));
    }

    /// How long to sleep.
    pub fn sleep(&self, now: DateTime<Utc>) -> Duration {
        let slot = self.schedule.next_after(self.seen).map(|slot| slot + self.delay);
        let next = slot.into_iter().chain(self.again).min().map(|next| next - now);
        next.map_or(LONGEST_SLEEP, |wait| wait.to_std().unwrap_or_default().min(LONGEST_SLEEP))
    }
}

/// From when on a last success is so long ago that two slots went by without one.
pub fn overdue_from(
    schedule: &Schedule,
    jitter_seconds: u32,
    success: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let second = schedule.upcoming(success, 2).get(1).copied()?;
    Some(second + GRACE + TimeDelta::seconds(jitter_seconds.into()))
}

/// A run takes its time.
pub const GRACE: TimeDelta = TimeDelta::minutes(10);

fn delay(schedule: &Schedule, jitter: Duration, device: &str, now: DateTime<Utc>) -> TimeDelta {
    let slots = schedule.upcoming(now, SLOTS);
    let period = slots.windows(2).map(|pair| (pair[1] - pair[0]).num_seconds()).min().unwrap_or(i64::MAX);
    let most = jitter.as_secs().cast_signed().clamp(0, period / 10);
    let spread = i64::from(crc32fast::hash(device.as_bytes()));
    TimeDelta::seconds(spread % (most + 1))
}
