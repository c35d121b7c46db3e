//! Builds a [`ScheduleDescription`] from a crontab, and renders it in English by `Display`.

use std::fmt;

use super::field::{CrontabField, Values};
use super::parse::Crontab;
use crate::models::schedule::{Days, ScheduleDescription, Span, Times};
use chrono::NaiveTime;

/// With more times a day than this, the description uses the fields.
const LISTED: usize = 12;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl ScheduleDescription {
    pub(super) fn new(crontab: &Crontab) -> Self {
        Self { times: times(crontab), days: days(crontab), months: spans(crontab.months) }
    }
}

fn times(crontab: &Crontab) -> Times {
    let Crontab { seconds, minutes, hours, .. } = *crontab;
    let counts = [seconds, minutes, hours].map(|values| values.iter().count());
    if crontab.is_fixed() && counts.iter().product::<usize>() <= LISTED {
        let times = hours.iter().flat_map(move |hour| {
            minutes.iter().flat_map(move |minute| seconds.iter().map(move |second| (hour, minute, second)))
        });
        let time = |(hour, minute, second): (u8, u8, u8)| {
            NaiveTime::from_hms_opt(hour.into(), minute.into(), second.into())
        };
        return Times::At(times.filter_map(time).collect());
    }
    let full_minute = seconds.iter().eq([0]);
    if let Some(count) = distance(seconds, 60)
        && minutes.is_every()
        && hours.is_every()
    {
        return Times::EverySeconds(count);
    }
    if let Some(count) = distance(minutes, 60)
        && full_minute
    {
        return Times::EveryMinutes { count, hours: spans(hours) };
    }
    if let Some(count) = distance(hours, 24)
        && full_minute
        && counts[1] == 1
    {
        return Times::EveryHours { count, minute: minutes.iter().next().unwrap_or_default() };
    }
    Times::When { seconds: spans(seconds), minutes: spans(minutes), hours: spans(hours) }
}

fn days(crontab: &Crontab) -> Days {
    let (of_month, of_week) = (spans(crontab.days), spans(crontab.weekdays));
    if crontab.either_day() {
        return if of_month.is_empty() || of_week.is_empty() {
            Days::Every
        } else {
            Days::Either { of_month, of_week }
        };
    }
    match (of_month.is_empty(), of_week.is_empty()) {
        (true, true) => Days::Every,
        (false, true) => Days::OfMonth(of_month),
        (true, false) => Days::OfWeek(of_week),
        (false, false) => Days::Both { of_month, of_week },
    }
}

/// Returns the distance of values from 0 on, where it is the same all the way round.
fn distance(values: Values, round: u8) -> Option<u8> {
    let count = values.iter().count() as u8;
    let step = round.checked_div(count)?;
    let even = (0..round).step_by(usize::from(step.max(1)));
    (count > 1 && round.is_multiple_of(count) && values.iter().eq(even)).then_some(step)
}

/// Returns the spans of a field's values; none when the field matches every value.
fn spans(values: Values) -> Vec<Span> {
    if values.is_every() {
        return Vec::new();
    }
    let mut numbers: Vec<u8> = values.iter().collect();
    if values.field() == CrontabField::Weekday {
        for weekday in &mut numbers {
            *weekday = if *weekday == 0 { 7 } else { *weekday };
        }
        numbers.sort_unstable();
    }
    let mut spans: Vec<Span> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some(span) if span.last + 1 == number => span.last = number,
            _ => spans.push(Span { first: number, last: number }),
        }
    }
    spans
}

impl fmt::Display for ScheduleDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.times, self.days)?;
        if !self.months.is_empty() {
            write!(f, ", in {}", join_spans(&self.months, |month| named(&MONTHS, month)))?;
        }
        Ok(())
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(times) => {
                let seconds = times.iter().any(|time| time.format("%S").to_string() != "00");
                let format = if seconds { "%H:%M:%S" } else { "%H:%M" };
                let times: Vec<_> = times.iter().map(|time| time.format(format).to_string()).collect();
                write!(f, "at {}", listed(&times))
            }
            Self::EverySeconds(count) => every(f, *count, "second"),
            Self::EveryMinutes { count, hours } => {
                every(f, *count, "minute")?;
                if hours.is_empty() { Ok(()) } else { write!(f, " of {}", numbered("hour", hours)) }
            }
            Self::EveryHours { count, minute } => {
                every(f, *count, "hour")?;
                if *minute == 0 { Ok(()) } else { write!(f, " at minute {minute}") }
            }
            Self::When { seconds, minutes, hours } => {
                let part = |name, spans: &Vec<Span>| {
                    if spans.is_empty() { format!("every {name}") } else { numbered(name, spans) }
                };
                f.write_str("at ")?;
                if *seconds != [Span { first: 0, last: 0 }] {
                    write!(f, "{} of ", part("second", seconds))?;
                }
                write!(f, "{} of {}", part("minute", minutes), part("hour", hours))
            }
        }
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekdays = |spans: &[Span]| join_spans(spans, |weekday| named(&WEEKDAYS, weekday));
        match self {
            Self::Every => Ok(()),
            Self::OfMonth(days) => write!(f, ", on {} of the month", numbered("day", days)),
            Self::OfWeek(days) => write!(f, ", {}", weekdays(days)),
            Self::Either { of_month, of_week } => {
                write!(f, ", on {} of the month and also {}", numbered("day", of_month), weekdays(of_week))
            }
            Self::Both { of_month, of_week } => {
                write!(f, ", {} where it is {} of the month", weekdays(of_week), numbered("day", of_month))
            }
        }
    }
}

fn every(f: &mut fmt::Formatter<'_>, count: u8, unit: &str) -> fmt::Result {
    if count == 1 { write!(f, "every {unit}") } else { write!(f, "every {count} {unit}s") }
}

/// `hour 8`, `hours 8 to 12 and 14`.
fn numbered(name: &str, spans: &[Span]) -> String {
    let several = !matches!(spans, [Span { first, last }] if first == last);
    format!("{name}{} {}", if several { "s" } else { "" }, join_spans(spans, |number| number.to_string()))
}

fn join_spans(spans: &[Span], name: impl Fn(u8) -> String) -> String {
    let mut parts = Vec::new();
    for span in spans {
        match span.last - span.first {
            0 => parts.push(name(span.first)),
            1 => parts.extend([name(span.first), name(span.last)]),
            _ => parts.push(format!("{} to {}", name(span.first), name(span.last))),
        }
    }
    listed(&parts)
}

fn named(names: &[&str], number: u8) -> String {
    names.get(usize::from(number) - 1).copied().unwrap_or_default().to_owned()
}

/// `a`, `a and b`, `a, b and c`.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}
