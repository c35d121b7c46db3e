//! [`Schedule`]: the text of a crontab in a time zone, and when it is due next.
//!
//! Five fields, or six with the seconds first; weekdays as Unix counts them (0 and 7 are Sunday); the two day fields
//! are joined by OR only when neither begins with `*`. Times are those of a clock on the wall of the zone. Where that
//! clock is changed there are two rules: a schedule of fixed times (no `*` and no step in seconds, minutes and hours)
//! is due at each of them once, at the gap's end when the clock leaps over it and at the first of two; every other is
//! an interval, which leaves out what the clock leaps over and is due again when the clock repeats itself.
//!
//! Never reads a clock, a file or a configuration of its own accord: the instant to start from is an argument.

mod description;
mod fault;
mod field;
mod parse;
#[cfg(test)]
mod tests;
mod wall;
mod zone;

use chrono::{DateTime, FixedOffset, Utc};

use crate::models::config::{Problem, SchedulerConfig};

pub use crate::models::schedule_description::{Days, ScheduleDescription, Span, Times};
pub use fault::{Fault, PartFault, ScheduleError};
pub use field::Field;
pub use zone::{UnknownZone, Zone};

use parse::Crontab;
use wall::Wall;
use zone::LONGEST_LEAP;

/// When something is due, for ever.
#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    crontab: Crontab,
    wall: Wall,
    zone: Zone,
}

impl Schedule {
    /// Reads a crontab as a person wrote it.
    ///
    /// # Errors
    /// [`ScheduleError`] for what is no crontab, can never be due, or would surprise its author.
    pub fn parse(text: &str, zone: Zone) -> Result<Self, ScheduleError> {
        let refused = |fault| ScheduleError { crontab: text.to_owned(), fault };
        let crontab = parse::crontab(text).map_err(refused)?;
        let wall = Wall::new(&crontab).map_err(refused)?;
        Ok(Self { text: text.to_owned(), crontab, wall, zone })
    }

    /// The schedule of a configuration; none when it has none.
    ///
    /// # Errors
    /// As [`Schedule::parse`], and for a zone that does not exist.
    pub fn from_config(scheduler: &SchedulerConfig) -> crate::error::Result<Option<Self>> {
        let zone = Zone::parse(scheduler.timezone.as_deref())?;
        Ok(scheduler.crontab.as_deref().map(|text| Self::parse(text, zone)).transpose()?)
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The zone whose clock counts.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The schedule in words.
    pub fn plain(&self) -> ScheduleDescription {
        ScheduleDescription::new(&self.crontab)
    }

    /// An instant as the clock of the schedule's zone shows it.
    pub fn local(&self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        self.zone.local(instant)
    }

    /// The first due time later than an instant, a whole second; none after the year 2100.
    pub fn next_after(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // Seconds since 1970: of the instants, and of what the clock on the wall shows.
        let mut from = instant.timestamp();
        let mut offset = self.zone.offset(from);
        let mut earliest = from + offset + 1;
        let reached = self.reached(from, offset);
        loop {
            let due = self.wall.first_from(earliest.max(reached))?;
            let Some(change) = self.zone.change(from, due - offset) else {
                return DateTime::from_timestamp(due - offset, 0);
            };
            let after = self.zone.offset(change);
            if self.crontab.is_fixed() && due < change + after {
                return DateTime::from_timestamp(change, 0);
            }
            (from, offset, earliest) = (change, after, change + after);
        }
    }

    /// The first due times later than an instant.
    pub fn upcoming(&self, from: DateTime<Utc>, count: usize) -> Vec<DateTime<Utc>> {
        let next = |instant: &DateTime<Utc>| self.next_after(*instant);
        std::iter::successors(self.next_after(from), next).take(count).collect()
    }

    /// What fixed times need of the past: the first time on the wall that the clock has not shown by an instant.
    fn reached(&self, from: i64, offset: i64) -> i64 {
        if !self.crontab.is_fixed() {
            return i64::MIN;
        }
        let before = self.zone.change(from - LONGEST_LEAP, from);
        let shown = before.map_or(i64::MIN, |change| change + self.zone.offset(change - 1));
        shown.max(from + offset + 1)
    }
}

/// What is wrong with the schedule of a configuration: both keys, each with its value and a remedy.
pub fn problems(scheduler: &SchedulerConfig) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |name: &str, value: &str, what: String, remedy: String| {
        let key = format!("[scheduler] {name}");
        problems.push(Problem { key, value: Some(value.to_owned()), line: None, what, remedy });
    };
    if let Err(error) = Zone::parse(scheduler.timezone.as_deref()) {
        add("timezone", &error.name, "is no time zone".to_owned(), error.remedy());
    }
    if let Some(text) = &scheduler.crontab
        && let Err(ScheduleError { fault, .. }) = Schedule::parse(text, Zone::Local)
    {
        add("crontab", text, fault.to_string(), fault.remedy());
    }
    problems
}
