//! [`Clockwork`], when an export is due: a schedule, the instant up to which it has been looked after, and nothing else.
//!
//! Pure: the time is an argument, so that years pass in a test. A slot is given out once, whatever the clock does;
//! slots that were missed are made up for by one run.

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

/// When exports are due.
#[derive(Debug, Clone)]
pub struct Clockwork {
    schedule: Schedule,
    /// What the start of each run is put off by.
    delay: TimeDelta,
    /// Every slot up to here was given out, made up for or left out.
    seen: DateTime<Utc>,
    /// When a run is tried again whose folder was missing, and how often that was already.
    again: Option<(DateTime<Utc>, usize)>,
}

impl Clockwork {
    /// A clockwork that has seen everything up to `seen`; none: up to `now`.
    ///
    /// `device` and `jitter` spread the starts of many machines: the delay is always the same for one of them, and at
    /// most a tenth of the schedule's period (docs/reliability.md rule 10).
    pub fn new(
        schedule: Schedule,
        jitter: Duration,
        device: &str,
        seen: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Self {
        let delay = delay(&schedule, jitter, device, now);
        Self { schedule, delay, seen: seen.unwrap_or(now), again: None }
    }

    /// The instant up to which every slot is done with, to be kept durably.
    pub fn seen(&self) -> DateTime<Utc> {
        self.seen
    }

    /// Whether a run has to start now. Answering yes takes the slot, and every missed one before it.
    pub fn due(&mut self, now: DateTime<Utc>) -> Option<Trigger> {
        let reached = now - self.delay;
        if self.seen - reached > WRONG {
            self.seen = reached;
        }
        let Some(slot) = self.schedule.next_after(self.seen).filter(|slot| *slot <= reached) else {
            self.again.filter(|(at, _)| *at <= now)?;
            self.put_off(now);
            return Some(Trigger::CatchUp);
        };
        let late = reached - ON_TIME;
        let on_time = slot > late || self.schedule.next_after(late).is_some_and(|recent| recent <= reached);
        self.seen = reached;
        Some(if on_time { Trigger::Schedule } else { Trigger::CatchUp })
    }

    /// The folder of tables was missing: sooner than the next slot it is looked for again.
    pub fn put_off(&mut self, now: DateTime<Utc>) {
        if self.again.is_some_and(|(at, _)| at > now) {
            return;
        }
        let tries = self.again.map_or(0, |(_, tries)| tries + 1);
        let wait = AGAIN[tries.min(AGAIN.len() - 1)];
        self.again = Some((now + TimeDelta::minutes(wait), tries));
    }

    /// The folder of tables was there.
    pub fn go_on(&mut self) {
        self.again = None;
    }

    /// Leaves out every slot until now: the schedule rested.
    pub fn skip(&mut self, now: DateTime<Utc>) {
        self.seen = self.seen.max(now - self.delay);
    }

    /// How long to sleep.
    pub fn sleep(&self, now: DateTime<Utc>) -> Duration {
        let slot = self.schedule.next_after(self.seen).map(|slot| slot + self.delay);
        let again = self.again.map(|(at, _)| at);
        let next = slot.into_iter().chain(again).min().map(|next| next - now);
        next.map_or(LONGEST_SLEEP, |wait| wait.to_std().unwrap_or_default().min(LONGEST_SLEEP))
    }
}

/// Whether so much time has passed since the last success that two slots went by without one.
pub fn is_overdue(
    schedule: &Schedule,
    jitter_seconds: u32,
    success: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    let second = schedule.upcoming(success, 2).get(1).copied();
    second.is_some_and(|slot| now - slot > GRACE + TimeDelta::seconds(jitter_seconds.into()))
}

/// A run takes its time.
const GRACE: TimeDelta = TimeDelta::minutes(10);

fn delay(schedule: &Schedule, jitter: Duration, device: &str, now: DateTime<Utc>) -> TimeDelta {
    let next = schedule.upcoming(now, 2);
    let period = match next.as_slice() {
        [first, second] => (*second - *first).num_seconds(),
        _ => i64::MAX,
    };
    let most = jitter.as_secs().cast_signed().clamp(0, period / 10);
    let spread = i64::from(crc32fast::hash(device.as_bytes()));
    TimeDelta::seconds(spread % (most + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Zone;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn clockwork(crontab: &str, seen: &str) -> Clockwork {
        let schedule = Schedule::parse(crontab, Zone::Named(chrono_tz::UTC)).unwrap();
        Clockwork::new(schedule, Duration::ZERO, "", Some(at(seen)), at(seen))
    }

    #[test]
    fn a_slot_is_given_out_once() {
        let mut clockwork = clockwork("0 * * * *", "2026-11-21T10:20:00Z");
        assert_eq!(clockwork.due(at("2026-11-21T10:59:59Z")), None);
        assert_eq!(clockwork.sleep(at("2026-11-21T10:59:50Z")), Duration::from_secs(10));
        assert_eq!(clockwork.sleep(at("2026-11-21T10:20:00Z")), LONGEST_SLEEP);
        assert_eq!(clockwork.due(at("2026-11-21T11:00:00.200Z")), Some(Trigger::Schedule));
        assert_eq!(clockwork.due(at("2026-11-21T11:00:01Z")), None);
        assert_eq!(clockwork.due(at("2026-11-21T12:00:29Z")), Some(Trigger::Schedule));
    }

    #[test]
    fn missed_slots_are_made_up_for_by_one_run() {
        let mut clockwork = clockwork("0 * * * *", "2026-11-19T10:20:00Z");
        assert_eq!(clockwork.due(at("2026-11-21T08:30:00Z")), Some(Trigger::CatchUp));
        assert_eq!(clockwork.due(at("2026-11-21T08:30:30Z")), None);
        // Awake just in time for a slot, with others missed before: one run, and it is on time.
        assert_eq!(clockwork.due(at("2026-11-23T09:00:10Z")), Some(Trigger::Schedule));
        assert_eq!(clockwork.due(at("2026-11-23T09:00:40Z")), None);
    }

    #[test]
    fn a_clock_that_is_set_never_repeats_a_slot() {
        let mut clockwork = clockwork("0 * * * *", "2026-11-21T10:20:00Z");
        assert!(clockwork.due(at("2026-11-21T11:00:00Z")).is_some());
        assert_eq!(clockwork.due(at("2026-11-21T09:30:00Z")), None);
        assert_eq!(clockwork.due(at("2026-11-21T11:00:00Z")), None);
        assert!(clockwork.due(at("2026-11-21T12:00:00Z")).is_some());
        // A dead battery: the year 2038, and back.
        assert_eq!(clockwork.due(at("2038-01-19T03:14:08Z")), Some(Trigger::CatchUp));
        assert_eq!(clockwork.due(at("2026-11-21T12:10:00Z")), None);
        assert!(clockwork.due(at("2026-11-21T13:00:00Z")).is_some());
    }

    #[test]
    fn a_missing_folder_is_looked_for_again_and_again() {
        let mut clockwork = clockwork("0 3 * * *", "2026-11-21T02:00:00Z");
        let begin = at("2026-11-21T03:00:00Z");
        assert_eq!(clockwork.due(begin), Some(Trigger::Schedule));
        let mut minutes = Vec::new();
        clockwork.put_off(begin);
        for minute in 1..200 {
            let now = begin + TimeDelta::minutes(minute);
            if clockwork.due(now).is_some() {
                minutes.push(minute);
            }
        }
        assert_eq!(minutes, [1, 3, 7, 15, 31, 91, 151]);
        clockwork.go_on();
        assert_eq!(clockwork.due(at("2026-11-21T12:00:00Z")), None);
        assert_eq!(clockwork.due(at("2026-11-22T03:00:00Z")), Some(Trigger::Schedule));
    }

    #[test]
    fn a_rest_leaves_its_slots_out() {
        let mut clockwork = clockwork("0 * * * *", "2026-11-21T10:20:00Z");
        clockwork.skip(at("2026-11-21T15:20:00Z"));
        assert_eq!(clockwork.due(at("2026-11-21T15:20:10Z")), None);
        assert!(clockwork.due(at("2026-11-21T16:00:00Z")).is_some());
    }

    #[test]
    fn the_starts_of_machines_are_spread_within_a_tenth_of_the_period() {
        let start = |crontab: &str, device: &str| {
            let now = at("2026-11-21T10:00:00Z");
            let schedule = Schedule::parse(crontab, Zone::Named(chrono_tz::UTC)).unwrap();
            let mut clockwork = Clockwork::new(schedule, Duration::from_mins(1), device, None, now);
            (0..7200).find(|second| clockwork.due(now + TimeDelta::seconds(*second)).is_some()).unwrap()
        };
        let starts: Vec<i64> = (0..50).map(|device| start("0 * * * *", &device.to_string())).collect();
        assert!(starts.iter().all(|start| (3600..=3660).contains(start)), "{starts:?}");
        assert!(starts.iter().max().unwrap() - starts.iter().min().unwrap() > 40, "{starts:?}");
        assert_eq!(start("0 * * * *", "7"), starts[7]);
        assert!((300..=330).contains(&start("*/5 * * * *", "7")));
    }

    #[test]
    fn two_slots_without_a_success_are_overdue() {
        let schedule = Schedule::parse("0 * * * *", Zone::Named(chrono_tz::UTC)).unwrap();
        let overdue = |now: &str| is_overdue(&schedule, 60, at("2026-11-21T10:00:30Z"), at(now));
        assert!(!overdue("2026-11-21T12:10:30Z"));
        assert!(overdue("2026-11-21T12:11:30Z"));
    }

    #[test]
    fn a_year_of_seconds_has_every_slot_once_over_changes_of_the_clock() {
        let schedule = Schedule::parse("30 2 * * *", Zone::Named(chrono_tz::Europe::Berlin)).unwrap();
        let begin = at("2026-01-01T00:00:00Z");
        let mut clockwork = Clockwork::new(schedule, Duration::ZERO, "", Some(begin), begin);
        let runs = (0..365 * 24 * 120)
            .filter(|half_minute| clockwork.due(begin + TimeDelta::seconds(half_minute * 30)).is_some())
            .count();
        assert_eq!(runs, 365);
    }
}
