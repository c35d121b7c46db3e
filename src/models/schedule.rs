//! [`ScheduleView`]: a schedule and its next runs. [`ScheduleDescription`]: the parts of a sentence that describes it in
//! any language; `schedule` builds it and renders it in English.

use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// A schedule and its next runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ScheduleView {
    /// The cron expression as typed.
    pub crontab: String,
    /// The IANA zone, or `local`.
    pub timezone: String,
    /// The description in parts, for any language.
    pub plain: ScheduleDescription,
    /// The description as an English sentence.
    pub sentence: String,
    /// The next five runs.
    pub next: Vec<DateTime<Utc>>,
}

/// Times of day, days and months of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ScheduleDescription {
    /// Times of day.
    pub times: Times,
    /// Days.
    pub days: Days,
    /// Months, 1 to 12; an empty list means every month.
    pub months: Vec<Span>,
}

/// Consecutive numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Span {
    /// The first number.
    pub first: u8,
    /// The last number; may equal the first.
    pub last: u8,
}

/// Times of day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// At these times.
    At(#[cfg_attr(test, ts(type = "Array<string>"))] Vec<NaiveTime>),
    /// At regular intervals.
    EverySeconds(u8),
    /// At regular intervals from the full hour.
    EveryMinutes {
        /// The interval, in minutes.
        count: u8,
        /// Hours; an empty list means every hour.
        hours: Vec<Span>,
    },
    /// At regular intervals from midnight.
    EveryHours {
        /// The interval, in hours.
        count: u8,
        /// Minutes past the hour.
        minute: u8,
    },
    /// Whenever all three match; an empty list matches always.
    When {
        /// Seconds of the minute.
        seconds: Vec<Span>,
        /// Minutes of the hour.
        minutes: Vec<Span>,
        /// Hours of the day.
        hours: Vec<Span>,
    },
}

/// Days; days of the month count from 1, days of the week from 1 for Monday to 7 for Sunday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// Every day.
    Every,
    /// On these days of the month.
    OfMonth(Vec<Span>),
    /// On these days of the week.
    OfWeek(Vec<Span>),
    /// Days that match either list.
    Either {
        /// Days of the month.
        of_month: Vec<Span>,
        /// Days of the week.
        of_week: Vec<Span>,
    },
    /// Days that match both lists.
    Both {
        /// Days of the month.
        of_month: Vec<Span>,
        /// Days of the week.
        of_week: Vec<Span>,
    },
}
