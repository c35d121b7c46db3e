//! [`Wall`]: the times at which a clock on the wall shows what a crontab names, by the crate `cron`, which is handed
//! nothing but numbers and UTC: it counts Sunday as 1, joins the day fields by AND and loses its way when a clock is
//! changed.

use std::str::FromStr;

use chrono::DateTime;

use super::fault::Fault;
use super::field::Values;
use super::parse::Crontab;

/// One enumeration, or two where one of the day fields is enough.
#[derive(Debug, Clone)]
pub(super) struct Wall(Vec<cron::Schedule>);

impl Wall {
    pub(super) fn new(crontab: &Crontab) -> Result<Self, Fault> {
        let times =
            format!("{} {} {}", listed(crontab.seconds), listed(crontab.minutes), listed(crontab.hours));
        let days = listed(crontab.days);
        let months = listed(crontab.months);
        let weekdays = if crontab.weekdays.is_every() {
            "*".to_owned()
        } else {
            joined(crontab.weekdays.iter().map(|weekday| weekday + 1))
        };
        let texts = if crontab.either_day() {
            vec![format!("{times} {days} {months} *"), format!("{times} * {months} {weekdays}")]
        } else {
            vec![format!("{times} {days} {months} {weekdays}")]
        };
        texts
            .iter()
            .map(|text| {
                cron::Schedule::from_str(text)
                    .map_err(|error| Fault::Unfollowable { reason: error.to_string() })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The first time at or after another, both in seconds since 1970 as if the wall were in UTC.
    pub(super) fn first_from(&self, earliest: i64) -> Option<i64> {
        let before = DateTime::from_timestamp(earliest - 1, 0)?;
        self.0.iter().filter_map(|times| times.after(&before).next()).map(|time| time.timestamp()).min()
    }
}

fn listed(values: Values) -> String {
    if values.is_every() { "*".to_owned() } else { joined(values.iter()) }
}

fn joined(values: impl Iterator<Item = u8>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join(",")
}
