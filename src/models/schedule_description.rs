//! A schedule in the parts of a sentence, for any language to put together: [`ScheduleDescription`]. `schedule` makes it and says it
//! in English.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// When in the day, on which days, in which months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ScheduleDescription {
    /// When in the day.
    pub times: Times,
    /// On which days.
    pub days: Days,
    /// In which months, 1 to 12; empty for all.
    pub months: Vec<Span>,
}

/// Numbers one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Span {
    /// The first.
    pub first: u8,
    /// The last, which may be the first.
    pub last: u8,
}

/// When in the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// At these times.
    At(#[cfg_attr(test, ts(type = "Array<string>"))] Vec<NaiveTime>),
    /// At even distances.
    EverySeconds(u8),
    /// At even distances, beginning with the hour.
    EveryMinutes {
        /// The distance.
        count: u8,
        /// In which hours only; empty for all.
        hours: Vec<Span>,
    },
    /// At even distances, beginning with midnight.
    EveryHours {
        /// The distance.
        count: u8,
        /// So many minutes after the hour.
        minute: u8,
    },
    /// Whenever all three hold; an empty list holds always.
    When {
        /// Seconds of the minute.
        seconds: Vec<Span>,
        /// Minutes of the hour.
        minutes: Vec<Span>,
        /// Hours of the day.
        hours: Vec<Span>,
    },
}

/// On which days; days of the month from 1, days of the week from 1 for Monday to 7 for Sunday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// On all.
    Every,
    /// On these days of the month.
    OfMonth(Vec<Span>),
    /// On these days of the week.
    OfWeek(Vec<Span>),
    /// On days that are the one or the other.
    Either {
        /// Days of the month.
        of_month: Vec<Span>,
        /// Days of the week.
        of_week: Vec<Span>,
    },
    /// On days that are both.
    Both {
        /// Days of the month.
        of_month: Vec<Span>,
        /// Days of the week.
        of_week: Vec<Span>,
    },
}
