//! [`Wall`]: enumerates the local times that match a crontab with the crate `cron`. The crate receives only numbers and
//! UTC, because it counts Sunday as 1, combines the day fields by AND, and fails when clocks change.

use std::str::FromStr;

use chrono::DateTime;

use super::fault::CrontabFault;
use super::field::Values;
use super::parse::Crontab;

/// One enumeration, or two where either day field is enough.
#[derive(Debug, Clone)]
pub(super) struct Wall(Vec<cron::Schedule>);

impl Wall {
    pub(super) fn new(crontab: &Crontab) -> Result<Self, CrontabFault> {
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
                    .map_err(|error| CrontabFault::Unfollowable { reason: error.to_string() })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Returns the first match at or after a local time, both in seconds since 1970 as if local time were UTC.
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
