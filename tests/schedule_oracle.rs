//! Compares twelve crontabs in five zones over two years with another program and with plain counting.
//!
//! `croner` follows the rules of [`Schedule`] except for lists of times, which it treats as intervals and we treat as
//! fixed times. A walk over every second around each clock change decides those cases and is checked against all the
//! others. It knows only this rule: a fixed time is due when the clock first shows it or has jumped over it, an
//! interval whenever the clock shows it.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;
use croner::{Cron, JobType};
use data_exporter::schedule::{Schedule, Zone};

/// Zones, each with the first of two years. Moscow's clock last changed in 2014; its older years contain the changes
/// that present years lack.
const PERIODS: [(Tz, i32); 7] = [
    (Tz::Europe__Berlin, 2026),
    (Tz::Asia__Jerusalem, 2026),
    (Tz::America__Havana, 2026),
    (Tz::Australia__Lord_Howe, 2026),
    (Tz::Europe__Moscow, 2026),
    (Tz::Europe__Moscow, 2010),
    (Tz::Europe__Moscow, 2014),
];

const CRONTABS: [(&str, Rule); 12] = [
    ("*/30 * * * *", Rule::Interval),
    ("7 * * * *", Rule::Interval),
    ("15 */2 * * *", Rule::Interval),
    ("*/20 0-3 * * *", Rule::Interval),
    ("30 0,30 1-2 * * */3", Rule::FixedList),
    ("0 0 8,12,16,18 * * *", Rule::FixedList),
    ("0,30 0,1,2,3 * * *", Rule::FixedList),
    ("0 0 * * *", Rule::Fixed),
    ("30 2 * * *", Rule::Fixed),
    ("15 0 * * sun", Rule::Fixed),
    ("45 1 1-7 * 7", Rule::Fixed),
    ("59 59 23 28-31 * *", Rule::Fixed),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    /// An interval in both programs.
    Interval,
    /// A fixed time in both.
    Fixed,
    /// Fixed times in ours, an interval in croner.
    FixedList,
}

/// Seconds that are walked before and after a change; longer than any clock change here.
const AROUND: i64 = 2 * 3600;

/// Due instants, in seconds since 1970.
type Due = BTreeSet<i64>;

fn offset(zone: Tz, instant: i64) -> i64 {
    let utc = DateTime::from_timestamp(instant, 0).unwrap().naive_utc();
    zone.offset_from_utc_datetime(&utc).fix().local_minus_utc().into()
}

fn period((zone, year): (Tz, i32)) -> Range<i64> {
    let start = |year| zone.with_ymd_and_hms(year, 1, 1, 12, 0, 0).unwrap().timestamp();
    start(year)..start(year + 2)
}

fn ours(schedule: &Schedule, period: &Range<i64>) -> Due {
    let start = DateTime::from_timestamp(period.start, 0).unwrap();
    std::iter::successors(schedule.next_after(start), |last| schedule.next_after(*last))
        .map(|due| due.timestamp())
        .take_while(|due| period.contains(due))
        .collect()
}

fn croners(cron: &Cron, zone: Tz, period: &Range<i64>) -> Due {
    cron.iter_after(zone.timestamp_opt(period.start, 0).unwrap())
        .map(|due| due.timestamp())
        .take_while(|due| period.contains(due))
        .collect()
}

/// Returns the windows around the changes of a zone's clock.
fn windows(zone: Tz, period: &Range<i64>) -> Vec<Range<i64>> {
    let quarters = (period.start..period.end).step_by(900);
    quarters
        .filter(|instant| offset(zone, *instant) != offset(zone, instant - 900))
        .map(|change| change - AROUND..change + AROUND)
        .collect()
}

/// Returns the due instants in a window, counted second by second.
fn walked(cron: &Cron, rule: Rule, zone: Tz, window: &Range<i64>) -> Due {
    let shows =
        |wall: i64| cron.is_time_matching(&DateTime::from_timestamp(wall, 0).unwrap().naive_utc()).unwrap();
    let mut reached = window.start - 1 + offset(zone, window.start - 1);
    let mut due = Due::new();
    for instant in window.clone() {
        let wall = instant + offset(zone, instant);
        let is_due = match rule {
            Rule::Interval => shows(wall),
            Rule::Fixed | Rule::FixedList => (reached + 1..=wall).any(shows),
        };
        reached = reached.max(wall);
        if is_due {
            due.insert(instant);
        }
    }
    due
}

/// The result of a crontab in a zone.
struct Count {
    slots: usize,
    /// Instants that both programs agree on.
    equal: usize,
    /// Instants of one program only, decided by the walk.
    certain: usize,
    walks: usize,
}

/// Prints a line for each crontab with a column for each zone.
#[expect(clippy::print_stdout, reason = "the table is for people")]
fn print(counts: &[Vec<Count>]) {
    let places = PERIODS.map(|(zone, year)| format!("{} {year}–{}", zone.name(), (year + 1) % 100));
    println!("slots: due by both, and due by one only, which the walk of every second settled\n");
    println!("| crontab | {} |", places.join(" | "));
    println!("|---|{}", "---:|".repeat(places.len()));
    for (index, (crontab, rule)) in CRONTABS.iter().enumerate() {
        let cell = |count: &Count| format!("{}: {}, {}", count.slots, count.equal, count.certain);
        let cells: Vec<String> = counts.iter().map(|place| cell(&place[index])).collect();
        println!("| `{crontab}` {rule:?} | {} |", cells.join(" | "));
    }
    let sum = |of: fn(&Count) -> usize| counts.iter().flatten().map(of).sum::<usize>();
    println!(
        "\n{} slots, {} like croner's, {} settled; {} walks of {} seconds; no difference left",
        sum(|count| count.slots),
        sum(|count| count.equal),
        sum(|count| count.certain),
        sum(|count| count.walks),
        2 * AROUND
    );
}

/// `--nocapture` shows its table.
#[test]
fn two_years_in_five_zones_have_no_unexplained_difference() {
    let counts: [Vec<Count>; 7] = PERIODS.map(|place| {
        let (zone, period) = (place.0, period(place));
        let windows = windows(zone, &period);
        assert_eq!(windows.is_empty(), place == (Tz::Europe__Moscow, 2026), "{zone} has changes");
        CRONTABS.iter().map(|(crontab, rule)| compare(crontab, *rule, zone, &period, &windows)).collect()
    });
    let certain = counts.iter().flatten().any(|count| count.certain > 0);
    assert!(certain, "lists differ, so the walk decides some cases");
    print(&counts);
}

fn compare(crontab: &str, rule: Rule, zone: Tz, period: &Range<i64>, windows: &[Range<i64>]) -> Count {
    let cron: Cron = crontab.parse().unwrap();
    let single = if rule == Rule::Fixed { JobType::FixedTime } else { JobType::IntervalWildcard };
    assert_eq!(cron.determine_job_type(), single, "{crontab}");
    let schedule = Schedule::parse(crontab, Zone::Named(zone)).unwrap();
    let ours = ours(&schedule, period);
    let croners = croners(&cron, zone, period);
    assert!(ours.len() > 20, "{crontab} in {zone}");
    let differing: Vec<_> = ours.symmetric_difference(&croners).copied().collect();
    if rule == Rule::FixedList {
        let outside = differing.iter().find(|due| !windows.iter().any(|window| window.contains(due)));
        assert_eq!(outside, None, "{crontab} in {zone}: croner differs far from any change");
    } else {
        assert_eq!(differing, [0_i64; 0], "{crontab} in {zone}: croner differs");
    }
    for window in windows {
        let walked = walked(&cron, rule, zone, window);
        let within: Due = ours.range(window.clone()).copied().collect();
        assert_eq!(within, walked, "{crontab} in {zone} around {}", window.start + AROUND);
        for instant in window.clone().step_by(299) {
            let computed = schedule.next_after(DateTime::from_timestamp(instant, 0).unwrap());
            let expected = ours.range(instant + 1..).next().copied();
            assert_eq!(
                computed.map(|due| due.timestamp()).filter(|due| period.contains(due)),
                expected,
                "{crontab} in {zone} at {instant}"
            );
        }
    }
    Count {
        slots: ours.len(),
        equal: ours.intersection(&croners).count(),
        certain: differing.len(),
        walks: windows.len(),
    }
}
