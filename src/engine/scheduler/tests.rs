//! Single rules; whole years are in `tests/simulated_years.rs`.

use super::*;
use crate::schedule::Zone;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn kept(seen: &str) -> SchedulerState {
    SchedulerState { seen: Some(at(seen)), catch_up_pending: false }
}

fn scheduler(crontab: &str, seen: &str) -> Scheduler {
    let schedule = Schedule::parse(crontab, Zone::Named(chrono_tz::UTC)).unwrap();
    Scheduler::new(schedule, Duration::ZERO, "", kept(seen), at(seen))
}

#[test]
fn each_slot_starts_one_run() {
    let mut scheduler = scheduler("0 * * * *", "2026-11-21T10:20:00Z");
    assert_eq!(scheduler.due(at("2026-11-21T10:59:59Z")), None);
    assert_eq!(scheduler.sleep(at("2026-11-21T10:59:50Z")), Duration::from_secs(10));
    assert_eq!(scheduler.sleep(at("2026-11-21T10:20:00Z")), LONGEST_SLEEP);
    assert_eq!(scheduler.due(at("2026-11-21T11:00:00.200Z")), Some(Trigger::Schedule));
    assert_eq!(scheduler.due(at("2026-11-21T11:00:01Z")), None);
    assert_eq!(scheduler.due(at("2026-11-21T12:00:29Z")), Some(Trigger::Schedule));
}

#[test]
fn one_catch_up_run_replaces_missed_slots() {
    let mut scheduler = scheduler("0 * * * *", "2026-11-19T10:20:00Z");
    assert_eq!(scheduler.due(at("2026-11-21T08:30:00Z")), Some(Trigger::CatchUp));
    assert_eq!(scheduler.due(at("2026-11-21T08:30:30Z")), None);
    // The machine woke up just in time for a slot, with others missed before: one run, and it is on time.
    assert_eq!(scheduler.due(at("2026-11-23T09:00:10Z")), Some(Trigger::Schedule));
    assert_eq!(scheduler.due(at("2026-11-23T09:00:40Z")), None);
}

#[test]
fn a_changed_clock_never_repeats_a_slot() {
    let mut scheduler = scheduler("0 * * * *", "2026-11-21T10:20:00Z");
    assert!(scheduler.due(at("2026-11-21T11:00:00Z")).is_some());
    assert_eq!(scheduler.due(at("2026-11-21T09:30:00Z")), None);
    assert_eq!(scheduler.due(at("2026-11-21T11:00:00Z")), None);
    assert!(scheduler.due(at("2026-11-21T12:00:00Z")).is_some());
    // A dead clock battery: the year 2038, and back.
    assert_eq!(scheduler.due(at("2038-01-19T03:14:08Z")), Some(Trigger::CatchUp));
    assert_eq!(scheduler.due(at("2026-11-21T12:10:00Z")), None);
    assert!(scheduler.due(at("2026-11-21T13:00:00Z")).is_some());
    // The other direction: slots that were run before the clock was wrong are not missed.
    assert_eq!(scheduler.due(at("1970-01-01T00:00:10Z")), None);
    assert_eq!(scheduler.due(at("2026-11-21T13:01:00Z")), None);
    assert!(scheduler.due(at("2026-11-21T14:00:00Z")).is_some());
}

#[test]
fn a_run_is_retried_with_growing_waits_while_the_folder_is_missing() {
    let mut scheduler = scheduler("0 3 * * *", "2026-11-21T02:00:00Z");
    let begin = at("2026-11-21T03:00:00Z");
    assert_eq!(scheduler.due(begin), Some(Trigger::Schedule));
    let mut minutes = Vec::new();
    scheduler.retry_later(begin, Obstacle::Folder);
    for minute in 1..200 {
        let now = begin + TimeDelta::minutes(minute);
        if scheduler.due(now).is_some() {
            minutes.push(minute);
            scheduler.retry_later(now, Obstacle::Folder);
        }
    }
    assert_eq!(minutes, [1, 3, 7, 15, 31, 91, 151]);
    scheduler.run_finished();
    assert_eq!(scheduler.due(at("2026-11-21T12:00:00Z")), None);
    assert_eq!(scheduler.due(at("2026-11-22T03:00:00Z")), Some(Trigger::Schedule));
}

#[test]
fn an_interrupted_run_is_caught_up_once_a_minute_after_the_start() {
    let schedule = Schedule::parse("0 3 * * *", Zone::Named(chrono_tz::UTC)).unwrap();
    let pending = SchedulerState { catch_up_pending: true, ..kept("2026-11-21T03:00:00Z") };
    let begin = at("2026-11-21T03:20:00Z");
    let mut scheduler = Scheduler::new(schedule, Duration::ZERO, "", pending, begin);
    let due: Vec<i64> =
        (0..300).filter(|s| scheduler.due(begin + TimeDelta::seconds(*s)).is_some()).collect();
    assert_eq!(due, [60]);
    scheduler.retry_later(begin, Obstacle::Folder);
    assert_eq!(scheduler.sleep(begin + TimeDelta::seconds(50)), Duration::from_secs(10));
}

#[test]
fn a_new_schedule_has_no_missed_slots_and_keeps_the_current_slot() {
    let other = |text: &str| Schedule::parse(text, Zone::Named(chrono_tz::UTC)).unwrap();
    let mut scheduler = scheduler("0 3 * * *", "2026-11-21T02:00:00Z");
    assert!(scheduler.due(at("2026-11-21T03:00:00Z")).is_some());
    assert_eq!(scheduler.due(at("2026-11-21T14:59:40Z")), None);
    // The new schedule is read half a minute after it was written, when its slot is already due.
    let now = at("2026-11-21T15:00:00.100Z");
    let mut scheduler = scheduler.with_schedule(other("0 13-15 * * *"), Duration::ZERO, "", now);
    assert_eq!(scheduler.due(now), Some(Trigger::Schedule));
    let mut scheduler = scheduler.with_schedule(other("0 14 * * *"), Duration::ZERO, "", now);
    assert_eq!(scheduler.due(now), None);
}

#[test]
fn a_pause_skips_its_slots() {
    let mut scheduler = scheduler("0 * * * *", "2026-11-21T10:20:00Z");
    scheduler.skip(at("2026-11-21T15:20:00Z"));
    assert_eq!(scheduler.due(at("2026-11-21T15:20:10Z")), None);
    assert!(scheduler.due(at("2026-11-21T16:00:00Z")).is_some());
}

#[test]
fn the_jitter_is_constant_per_machine_and_at_most_a_tenth_of_the_period() {
    let start = |crontab: &str, device: &str| {
        let now = at("2026-11-21T10:00:00Z");
        let schedule = Schedule::parse(crontab, Zone::Named(chrono_tz::UTC)).unwrap();
        let mut scheduler =
            Scheduler::new(schedule, Duration::from_mins(1), device, SchedulerState::default(), now);
        (0..7200).find(|second| scheduler.due(now + TimeDelta::seconds(*second)).is_some()).unwrap()
    };
    let starts: Vec<i64> = (0..50).map(|device| start("0 * * * *", &device.to_string())).collect();
    assert!(starts.iter().all(|start| (3600..=3660).contains(start)), "{starts:?}");
    assert!(starts.iter().max().unwrap() - starts.iter().min().unwrap() > 40, "{starts:?}");
    assert_eq!(start("0 * * * *", "7"), starts[7]);
    assert!((300..=330).contains(&start("*/5 * * * *", "7")));
    // The shortest period counts, not the next one.
    let most = (0..50).map(|device| start("0 11,17 * * *", &device.to_string())).max().unwrap();
    assert!(most <= 3660, "{most}");
    let uneven = |device: i32| {
        let now = at("2026-11-21T10:00:00Z");
        let schedule = Schedule::parse("0,5 11 * * *", Zone::Named(chrono_tz::UTC)).unwrap();
        delay(&schedule, Duration::from_hours(1), &device.to_string(), now)
    };
    assert!((0..50).all(|device| uneven(device) <= TimeDelta::seconds(30)));
}

#[test]
fn two_slots_without_a_success_are_overdue() {
    let schedule = Schedule::parse("0 * * * *", Zone::Named(chrono_tz::UTC)).unwrap();
    let from = overdue_from(&schedule, 60, at("2026-11-21T10:00:30Z"));
    assert_eq!(from, Some(at("2026-11-21T12:11:00Z")));
}

#[test]
fn a_simulated_year_runs_every_slot_once_across_daylight_saving_changes() {
    let schedule = Schedule::parse("30 2 * * *", Zone::Named(chrono_tz::Europe::Berlin)).unwrap();
    let begin = at("2026-01-01T00:00:00Z");
    let mut scheduler = Scheduler::new(schedule, Duration::ZERO, "", SchedulerState::default(), begin);
    let runs = (0..365 * 24 * 120)
        .filter(|half_minute| scheduler.due(begin + TimeDelta::seconds(half_minute * 30)).is_some())
        .count();
    assert_eq!(runs, 365);
}
