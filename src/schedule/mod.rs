//! [`Schedule`]: a crontab in a time zone, and its next runs.
//!
//! Five fields, or six with the seconds first; weekdays as in Unix (0 and 7 are Sunday); the two day fields are
//! combined by OR only when neither begins with `*`. Times are local times of the zone. When clocks change, two rules
//! apply. A schedule of fixed times (no `*` and no step in seconds, minutes and hours) runs once at each time: at the
//! end of the gap when the clock skips it, and at the first of two when the clock repeats it. Any other schedule is an
//! interval: it omits skipped times and runs again at repeated ones.
//!
//! Never reads a clock, a file or the configuration: the start is an argument.

mod description;
mod fault;
mod field;
mod parse;
#[cfg(test)]
mod tests;
mod wall;
mod zone;

use chrono::{DateTime, FixedOffset, Utc};

use crate::config::{Problem, SchedulerConfig};

pub use crate::models::schedule::{Days, ScheduleDescription, ScheduleView, Span, Times};
pub use fault::{CrontabFault, PartFault, ScheduleError};
pub use field::CrontabField;
pub use zone::{UnknownZone, Zone};

use parse::Crontab;
use wall::Wall;
use zone::LONGEST_LEAP;

/// The number of due times in a view.
const SHOWN: usize = 5;

/// A schedule without an end.
#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    crontab: Crontab,
    wall: Wall,
    zone: Zone,
}

impl Schedule {
    /// Parses a crontab.
    ///
    /// # Errors
    /// [`ScheduleError`] for a crontab that is invalid, never due, or ambiguous.
    pub fn parse(text: &str, zone: Zone) -> Result<Self, ScheduleError> {
        let refused = |fault| ScheduleError { crontab: text.to_owned(), fault };
        let crontab = parse::crontab(text).map_err(refused)?;
        let wall = Wall::new(&crontab).map_err(refused)?;
        Ok(Self { text: text.to_owned(), crontab, wall, zone })
    }

    /// Returns the configured schedule; `None` when there is none.
    ///
    /// # Errors
    /// As [`Schedule::parse`], and for an unknown zone.
    pub fn from_config(scheduler: &SchedulerConfig) -> crate::error::Result<Option<Self>> {
        let zone = Zone::parse(scheduler.timezone.as_deref())?;
        Ok(scheduler.crontab.as_deref().map(|text| Self::parse(text, zone)).transpose()?)
    }

    /// Returns the text as given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the time zone.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Describes the schedule.
    pub fn plain(&self) -> ScheduleDescription {
        ScheduleDescription::new(&self.crontab)
    }

    /// Returns the schedule with its description and the next due times after an instant.
    pub fn view(&self, now: DateTime<Utc>) -> ScheduleView {
        let plain = self.plain();
        ScheduleView {
            crontab: self.text.clone(),
            timezone: self.zone.name().to_owned(),
            sentence: plain.to_string(),
            plain,
            next: self.upcoming(now, SHOWN),
        }
    }

    /// Converts an instant to local time of the schedule's zone.
    pub fn local(&self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        self.zone.local(instant)
    }

    /// Returns the first due time after an instant, in whole seconds; `None` after the year 2100.
    pub fn next_after(&self, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // Seconds since 1970, of instants and of local times.
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

    /// Returns the next due times after an instant.
    pub fn upcoming(&self, from: DateTime<Utc>, count: usize) -> Vec<DateTime<Utc>> {
        let next = |instant: &DateTime<Utc>| self.next_after(*instant);
        std::iter::successors(self.next_after(from), next).take(count).collect()
    }

    /// For fixed times: returns the first local time that the clock has not shown by an instant.
    fn reached(&self, from: i64, offset: i64) -> i64 {
        if !self.crontab.is_fixed() {
            return i64::MIN;
        }
        let before = self.zone.change(from - LONGEST_LEAP, from);
        let shown = before.map_or(i64::MIN, |change| change + self.zone.offset(change - 1));
        shown.max(from + offset + 1)
    }
}

/// Returns the problems of the configured schedule: both keys, each with value and remedy.
pub fn problems(scheduler: &SchedulerConfig) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |name: &str, value: &str, what: String, remedy: String| {
        let key = format!("[scheduler] {name}");
        problems.push(Problem { key, value: Some(value.to_owned()), line: None, what, remedy });
    };
    if let Err(error) = Zone::parse(scheduler.timezone.as_deref()) {
        add("timezone", &error.name, "is not a time zone".to_owned(), error.remedy());
    }
    if let Some(text) = &scheduler.crontab
        && let Err(ScheduleError { fault, .. }) = Schedule::parse(text, Zone::Local)
    {
        add("crontab", text, fault.to_string(), fault.remedy());
    }
    problems
}
