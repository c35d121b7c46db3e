//! The meaning of crontabs, their due times, the refused ones, and their descriptions.

use chrono::{Datelike, Timelike};
use proptest::prelude::*;

use super::*;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn schedule(text: &str, zone: &str) -> Schedule {
    Schedule::parse(text, Zone::parse(Some(zone)).unwrap()).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the next due times in local time of a zone.
fn next(text: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
    let schedule = schedule(text, zone);
    let shown = |time| schedule.local(time).format("%m-%d %H:%M:%S%:z").to_string();
    schedule.upcoming(utc(from), count).into_iter().map(shown).collect()
}

/// 2026-03-01 is a Sunday.
#[test]
fn expressions_match_unix_cron() {
    for (text, expected) in [
        ("*/5 * * * *", ["03-01 00:05:00", "03-01 00:10:00", "03-01 00:15:00"]),
        ("0 0 8,12,16,18 * * *", ["03-01 08:00:00", "03-01 12:00:00", "03-01 16:00:00"]),
        ("30 8 * * *", ["03-01 08:30:00", "03-02 08:30:00", "03-03 08:30:00"]),
        ("15 30 8 * * *", ["03-01 08:30:15", "03-02 08:30:15", "03-03 08:30:15"]),
        ("0 0 * * 0", ["03-08 00:00:00", "03-15 00:00:00", "03-22 00:00:00"]),
        ("0 1 * * 7", ["03-01 01:00:00", "03-08 01:00:00", "03-15 01:00:00"]),
        ("0 1 * * 1", ["03-02 01:00:00", "03-09 01:00:00", "03-16 01:00:00"]),
        ("0 1 * * Fri-Mon", ["03-01 01:00:00", "03-02 01:00:00", "03-06 01:00:00"]),
        ("0 1 * * 5-7", ["03-01 01:00:00", "03-06 01:00:00", "03-07 01:00:00"]),
        ("0 1 * * 7-2", ["03-01 01:00:00", "03-02 01:00:00", "03-03 01:00:00"]),
        ("0 1 * * thurs,TUESDAY", ["03-03 01:00:00", "03-05 01:00:00", "03-10 01:00:00"]),
        ("0 22-2/2 * * *", ["03-01 02:00:00", "03-01 22:00:00", "03-02 00:00:00"]),
        ("58-2/2 0 * * *", ["03-01 00:02:00", "03-01 00:58:00", "03-02 00:00:00"]),
        ("0 0 30-1 * *", ["03-30 00:00:00", "03-31 00:00:00", "04-01 00:00:00"]),
        ("0 0 1 NOV-jan *", ["11-01 00:00:00", "12-01 00:00:00", "01-01 00:00:00"]),
        ("0 0 1 sept,5 *", ["05-01 00:00:00", "09-01 00:00:00", "05-01 00:00:00"]),
        ("10/25 3 * * *", ["03-01 03:10:00", "03-01 03:35:00", "03-02 03:10:00"]),
        ("0 0 13 * 5", ["03-06 00:00:00", "03-13 00:00:00", "03-20 00:00:00"]),
        ("0 0 2 * 1", ["03-02 00:00:00", "03-09 00:00:00", "03-16 00:00:00"]),
        ("0 0 */2 * 1", ["03-09 00:00:00", "03-23 00:00:00", "04-13 00:00:00"]),
        ("0 0 13 * */5", ["03-13 00:00:00", "09-13 00:00:00", "11-13 00:00:00"]),
        ("0 0 29 2 *", ["02-29 00:00:00", "02-29 00:00:00", "02-29 00:00:00"]),
        ("0 0 31 * *", ["03-31 00:00:00", "05-31 00:00:00", "07-31 00:00:00"]),
        ("  0\t0  * * *  ", ["03-02 00:00:00", "03-03 00:00:00", "03-04 00:00:00"]),
        ("@hourly", ["03-01 01:00:00", "03-01 02:00:00", "03-01 03:00:00"]),
        ("@daily", ["03-02 00:00:00", "03-03 00:00:00", "03-04 00:00:00"]),
        ("@midnight", ["03-02 00:00:00", "03-03 00:00:00", "03-04 00:00:00"]),
        ("@Weekly", ["03-08 00:00:00", "03-15 00:00:00", "03-22 00:00:00"]),
        ("@monthly", ["04-01 00:00:00", "05-01 00:00:00", "06-01 00:00:00"]),
        ("@yearly", ["01-01 00:00:00", "01-01 00:00:00", "01-01 00:00:00"]),
        ("@annually", ["01-01 00:00:00", "01-01 00:00:00", "01-01 00:00:00"]),
    ] {
        let expected = expected.map(|time| format!("{time}+00:00"));
        assert_eq!(next(text, "UTC", "2026-03-01T00:00:00Z", 3), expected, "{text}");
    }
}

#[test]
fn an_invalid_expression_names_reason_place_and_remedy() {
    let refusals: Vec<_> = [
        "",
        "   ",
        "* * * *",
        "5",
        "0 0 1 1 * 2026 x",
        "0 0 0 1 1 * 2026",
        "@reboot",
        "@every 5m",
        "@daily @daily",
        "*/90 * * * *",
        "0 */24 * * *",
        "*/60 * * * * *",
        "0 0 */31 * *",
        "0 0 * * */7",
        "10-20/15 * * * *",
        "50/20 * * * *",
        "*/300 * * * *",
        "*/0 * * * *",
        "*/x * * * *",
        "0 24 * * *",
        "60 * * * *",
        "0 0 0 * *",
        "0 0 32 * *",
        "0 0 1 13 *",
        "0 0 * * 8",
        "99999999999999999999 * * * *",
        "0 0 L * *",
        "0 0 15W * *",
        "0 0 * * 5L",
        "0 0 * * fri#2",
        "0 0 ? * *",
        "H * * * *",
        "0 0 31 2 *",
        "0 0 30,31 feb *",
        "0 0 31 4,6,9,11 1",
        "1,,2 * * * *",
        "*,5 * * * *",
        "5,*/2 * * * *",
        "-5 * * * *",
        "+5 * * * *",
        "1-2-3 * * * *",
        "0 mon * * *",
        "0 0 * ma *",
        "0  8   * * моn",
        "1,99 2 * * *",
    ]
    .iter()
    .map(|text| {
        let error = Schedule::parse(text, Zone::Local).expect_err(text);
        format!("{error}\n    {}", error.fault.remedy())
    })
    .collect();
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn a_schedule_is_described_in_words() {
    let lines: Vec<_> = [
        "*/5 * * * *",
        "* * * * *",
        "* * * * * *",
        "*/10 * * * * *",
        "@hourly",
        "15 */2 * * *",
        "0 0 8,12,16,18 * * *",
        "*/15 8-18 * * 1-5",
        "*/20 7 * * *",
        "*/7 * * * *",
        "30 0 8 * * *",
        "0 0-23 * * *",
        "* 0 8 * * *",
        "@weekly",
        "@monthly",
        "@yearly",
        "0 8 1,15 * *",
        "0 8 1-7 * 1",
        "0 8 1 * */2",
        "0 8 * * sat,sun,mon",
        "0 8 * * 0-6",
        "0 8 1-31 * 2",
        "0 8 * 6-8,12 *",
        "5,35 9-17/2 * * *",
    ]
    .iter()
    .map(|text| format!("{text}: {}", schedule(text, "UTC").plain()))
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
    insta::assert_json_snapshot!(schedule("*/15 8-18 1 * 1-5", "UTC").plain());
}

#[test]
fn in_a_dst_gap_fixed_times_run_at_its_end_and_intervals_are_skipped() {
    // Berlin, 2026-03-29: 02:00 is 03:00.
    let from = "2026-03-28T23:30:00Z";
    assert_eq!(
        next("30 2 * * *", "Europe/Berlin", from, 2),
        ["03-29 03:00:00+02:00", "03-30 02:30:00+02:00"]
    );
    assert_eq!(
        next("15,45 1-3 * * *", "Europe/Berlin", from, 4),
        ["03-29 01:15:00+01:00", "03-29 01:45:00+01:00", "03-29 03:00:00+02:00", "03-29 03:15:00+02:00"]
    );
    assert_eq!(
        next("0 2,3 * * *", "Europe/Berlin", from, 2),
        ["03-29 03:00:00+02:00", "03-30 02:00:00+02:00"],
        "two times that fall together are one"
    );
    assert_eq!(
        next("*/30 * * * *", "Europe/Berlin", from, 3),
        ["03-29 01:00:00+01:00", "03-29 01:30:00+01:00", "03-29 03:00:00+02:00"]
    );
    assert_eq!(
        next("30 */2 * * *", "Europe/Berlin", from, 2),
        ["03-29 04:30:00+02:00", "03-29 06:30:00+02:00"]
    );
    assert_eq!(
        next("0 0 * * 0", "America/Havana", "2026-03-07T12:00:00Z", 1),
        ["03-08 01:00:00-04:00"],
        "a day without a midnight"
    );
    assert_eq!(
        next("0 9 30 12 *", "Pacific/Apia", "2011-12-29T12:00:00Z", 1),
        ["12-31 00:00:00+14:00"],
        "a day that was left out"
    );
}

#[test]
fn in_a_dst_overlap_fixed_times_are_due_once_and_intervals_twice() {
    // Berlin, 2026-10-25: 03:00 is 02:00.
    let from = "2026-10-24T23:45:00Z";
    let berlin = "Europe/Berlin";
    assert_eq!(next("30 2 * * *", berlin, from, 2), ["10-25 02:30:00+02:00", "10-26 02:30:00+01:00"]);
    assert_eq!(
        next("0 2,3 * * *", berlin, from, 3),
        ["10-25 02:00:00+02:00", "10-25 03:00:00+01:00", "10-26 02:00:00+01:00"]
    );
    assert_eq!(
        next("30 * * * *", berlin, from, 3),
        ["10-25 02:30:00+02:00", "10-25 02:30:00+01:00", "10-25 03:30:00+01:00"]
    );
    for (within, due) in [
        ("2026-10-25T00:45:00Z", "10-26 02:30:00+01:00"),
        ("2026-10-25T00:15:00Z", "10-25 02:30:00+02:00"),
        ("2026-10-25T01:15:00Z", "10-26 02:30:00+01:00"),
    ] {
        assert_eq!(next("30 2 * * *", berlin, within, 1), [due], "asked in between, at {within}");
    }
    assert_eq!(
        next("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T15:10:00Z", 1),
        ["04-06 01:45:00+10:30"],
        "half an hour is repeated, and it was due in the first"
    );
}

#[test]
fn instants_just_before_and_after_a_change_are_distinguished() {
    let schedule = schedule("30 2 * * *", "Europe/Berlin");
    let change = utc("2026-03-29T01:00:00Z");
    assert_eq!(schedule.next_after(utc("2026-03-29T00:59:59.999Z")), Some(change));
    assert_eq!(schedule.next_after(change), Some(utc("2026-03-30T00:30:00Z")));
}

#[test]
fn a_schedule_ends_with_the_century_and_extreme_instants_do_not_panic() {
    let daily = schedule("@daily", "Europe/Berlin");
    assert_eq!(daily.next_after(utc("2101-01-01T00:00:00Z")), None);
    assert_eq!(daily.next_after(DateTime::<Utc>::MAX_UTC), None);
    assert!(daily.next_after(utc("1970-01-01T00:00:00Z")).is_some());
    assert!(daily.next_after(DateTime::<Utc>::MIN_UTC).is_none_or(|time| time > DateTime::<Utc>::MIN_UTC));
    assert_eq!(daily.upcoming(utc("2100-12-30T12:00:00Z"), 5).len(), 1);
    assert!(schedule("0 0 29 2 */6", "UTC").next_after(utc("2026-01-01T00:00:00Z")).is_some());
}

#[test]
fn all_problems_of_a_schedule_are_reported_at_once() {
    let scheduler = SchedulerConfig {
        crontab: Some("0 8 * * 1,8".to_owned()),
        timezone: Some("Berlin".to_owned()),
        ..SchedulerConfig::default()
    };
    let lines: Vec<_> = problems(&scheduler).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"));
    let error = Schedule::from_config(&scheduler).unwrap_err();
    assert_eq!((error.code.exit_code(), error.hint.as_deref()), (7, Some("write \"Europe/Berlin\"")));
    let scheduler = SchedulerConfig { timezone: None, ..scheduler };
    assert_eq!(Schedule::from_config(&scheduler).unwrap_err().code.exit_code(), 7);
    assert!(Schedule::from_config(&SchedulerConfig::default()).unwrap().is_none());
}

/// A field's text and its numbers, worked out independently of the program.
fn field(first: u8, last: u8) -> impl Strategy<Value = (String, Vec<u8>)> {
    let every: Vec<u8> = (first..=last).collect();
    let numbers = every.clone();
    let stepped = every.clone();
    prop_oneof![
        3 => Just(("*".to_owned(), every)),
        2 => (1..=last - first).prop_map(move |step| {
            (format!("*/{step}"), stepped.iter().copied().step_by(step.into()).collect())
        }),
        3 => proptest::sample::subsequence(numbers, 1..=4).prop_map(|values| {
            (values.iter().map(u8::to_string).collect::<Vec<_>>().join(","), values)
        }),
        2 => (first..=last, first..=last).prop_map(move |(from, to)| {
            let inside = |value: &u8| if from <= to { (from..=to).contains(value) } else { *value >= from || *value <= to };
            (format!("{from}-{to}"), (first..=last).filter(inside).collect())
        }),
    ]
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,60}") {
        let _ = Schedule::parse(&text, Zone::Local).map(|schedule| schedule.next_after(utc("2026-01-01T00:00:00Z")));
    }

    #[test]
    fn no_text_of_crontab_characters_panics(text in "[-0-9*/, LW#?@a-f]{0,30}") {
        let _ = Schedule::parse(&text, Zone::Local).map_err(|error| error.fault.remedy());
    }

    #[test]
    fn the_next_instant_is_the_first_later_match(
        seconds in field(0, 59), minutes in field(0, 59), hours in field(0, 23),
        days in field(1, 31), months in field(1, 12), weekdays in field(0, 6),
        from in 1_700_000_000_i64..2_000_000_000,
    ) {
        let fields = [&seconds, &minutes, &hours, &days, &months, &weekdays];
        let text = fields.map(|(text, _)| text.as_str()).join(" ");
        let Ok(schedule) = Schedule::parse(&text, Zone::Named(chrono_tz::UTC)) else {
            let possible = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            let reason = format!("{text} is refused though it is possible");
            prop_assert!(months.1.iter().all(|m| days.1.iter().all(|d| *d > possible[usize::from(*m) - 1])), "{}", reason);
            return Ok(());
        };
        let on_day = |time: &DateTime<Utc>| {
            let day = days.1.contains(&(time.day() as u8));
            let weekday = weekdays.1.contains(&(time.weekday().num_days_from_sunday() as u8));
            let either = !days.0.starts_with('*') && !weekdays.0.starts_with('*');
            months.1.contains(&(time.month() as u8)) && if either { day || weekday } else { day && weekday }
        };
        let matches = |time: &DateTime<Utc>| {
            seconds.1.contains(&(time.second() as u8))
                && minutes.1.contains(&(time.minute() as u8))
                && hours.1.contains(&(time.hour() as u8))
                && on_day(time)
        };
        let from = DateTime::from_timestamp(from, 0).unwrap();
        let Some(next) = schedule.next_after(from) else { return Ok(()) };
        prop_assert!(next > from, "{} after {}: {}", text, from, next);
        prop_assert!(matches(&next), "{} after {}: {}", text, from, next);
        // There is no earlier second: checked second by second within the hour, and day by day further back.
        let nearest = from.max(next - chrono::TimeDelta::hours(1));
        let mut time = next - chrono::TimeDelta::seconds(1);
        while time > nearest {
            prop_assert!(!matches(&time), "{} after {} is {} and not {}", text, from, time, next);
            time -= chrono::TimeDelta::seconds(1);
        }
        let mut day = from.date_naive().succ_opt().unwrap();
        while day < next.date_naive() {
            let noon = day.and_hms_opt(12, 0, 0).unwrap().and_utc();
            prop_assert!(!on_day(&noon), "{} after {} is on {} and not {}", text, from, day, next);
            day = day.succ_opt().unwrap();
        }
    }

    #[test]
    fn the_next_instant_is_never_earlier_in_any_zone(
        zone in proptest::sample::select(chrono_tz::TZ_VARIANTS.to_vec()),
        minutes in field(0, 59), hours in field(0, 23), from in 0_i64..4_000_000_000,
    ) {
        let schedule = Schedule::parse(&format!("{} {} * * *", minutes.0, hours.0), Zone::Named(zone)).unwrap();
        let from = DateTime::from_timestamp(from, 0).unwrap();
        let next = schedule.next_after(from).unwrap();
        prop_assert!(next > from && next - from < chrono::TimeDelta::days(4));
        let halfway = from + (next - from) / 2;
        prop_assert_eq!(schedule.next_after(halfway), Some(next), "asked on the way");
    }
}
