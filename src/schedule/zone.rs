//! [`Zone`]: a time zone, asked for its offset from UTC and for the changes of that offset.
//!
//! Everything builds on one question, the offset at an instant, which every source answers in the same way. The
//! reverse, from local time to an instant, has no answer in a gap and two where the clock repeats.

use chrono::{DateTime, FixedOffset, Local, Offset, TimeZone, Utc};
use chrono_tz::Tz;

use crate::error::{Code, Error};

/// More than any clock was ever set forward or back at once, in seconds: Samoa skipped a whole day.
pub(super) const LONGEST_LEAP: i64 = 26 * 3600;

/// No zone of the IANA database changes twice within this many seconds from 2024 on (a test checks it).
const STRIDE: i64 = 36 * 3600;

/// A time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// The machine's local time, by its current rules, even when they change while the program runs.
    Local,
    /// A zone of the built-in IANA database.
    Named(Tz),
}

impl Zone {
    /// Parses `[scheduler] timezone`, ignoring case; `None` and `local` mean local time.
    ///
    /// # Errors
    /// [`UnknownZone`]
    pub fn parse(name: Option<&str>) -> Result<Self, UnknownZone> {
        let Some(name) = name.map(str::trim).filter(|name| !name.eq_ignore_ascii_case("local")) else {
            return Ok(Self::Local);
        };
        chrono_tz::TZ_VARIANTS
            .iter()
            .find(|zone| zone.name().eq_ignore_ascii_case(name))
            .map(|zone| Self::Named(*zone))
            .ok_or_else(|| UnknownZone { name: name.to_owned() })
    }

    /// Returns its name; `local` for local time.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Named(zone) => zone.name(),
        }
    }

    /// Converts an instant to local time.
    pub fn local(self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        let utc = instant.naive_utc();
        let offset = match self {
            Self::Local => Local.offset_from_utc_datetime(&utc).fix(),
            Self::Named(zone) => zone.offset_from_utc_datetime(&utc).fix(),
        };
        instant.with_timezone(&offset)
    }

    /// Returns the offset from UTC in seconds, at an instant in seconds since 1970.
    pub(super) fn offset(self, instant: i64) -> i64 {
        DateTime::from_timestamp(instant, 0)
            .map_or(0, |instant| i64::from(self.local(instant).offset().local_minus_utc()))
    }

    /// Returns the first instant after `from` and not after `until` at which the offset changes.
    pub(super) fn change(self, from: i64, until: i64) -> Option<i64> {
        let offset = self.offset(from);
        let mut before = from;
        while before < until {
            let mut after = until.min(before + STRIDE);
            if self.offset(after) == offset {
                before = after;
                continue;
            }
            while after - before > 1 {
                let middle = before + (after - before) / 2;
                if self.offset(middle) == offset { before = middle } else { after = middle }
            }
            return Some(after);
        }
        None
    }
}

/// An unknown time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a time zone")]
pub struct UnknownZone {
    /// The name as given.
    pub name: String,
}

impl UnknownZone {
    /// Returns the remedy: the zone of that city, where one is meant.
    pub fn remedy(&self) -> String {
        let city = self.name.rsplit('/').next().unwrap_or_default().trim().replace(' ', "_");
        let meant = chrono_tz::TZ_VARIANTS.iter().find(|zone| {
            zone.name().rsplit_once('/').is_some_and(|(_, place)| place.eq_ignore_ascii_case(&city))
        });
        match meant {
            Some(zone) => format!("write \"{}\"", zone.name()),
            None => {
                "write a name of the IANA database such as \"Asia/Jerusalem\", \"UTC\", or \"local\" for \
                     this machine's own"
                    .to_owned()
            }
        }
    }
}

impl From<UnknownZone> for Error {
    fn from(error: UnknownZone) -> Self {
        Self::new(Code::ConfigError, error.to_string()).hint(error.remedy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_names_parse_in_any_case_and_keep_their_spelling() {
        assert_eq!(Zone::parse(Some("europe/berlin")).unwrap().name(), "Europe/Berlin");
        assert_eq!(Zone::parse(Some("utc")).unwrap().name(), "UTC");
        for name in [None, Some("local"), Some(" LOCAL ")] {
            assert_eq!(Zone::parse(name), Ok(Zone::Local));
        }
    }

    #[test]
    fn a_city_name_gets_its_region() {
        for (given, remedy) in
            [("Jerusalem", "write \"Asia/Jerusalem\""), ("europe/new york", "write \"America/New_York\"")]
        {
            assert_eq!(Zone::parse(Some(given)).unwrap_err().remedy(), remedy);
        }
        assert!(Zone::parse(Some("Israel Time")).unwrap_err().remedy().contains("IANA"));
        assert!(Zone::parse(Some("")).is_err());
    }

    #[test]
    fn a_clock_change_is_found_to_the_second() {
        let berlin = Zone::parse(Some("Europe/Berlin")).unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap().timestamp();
        let change = at("2026-03-29T01:00:00Z");
        assert_eq!(berlin.change(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")), Some(change));
        assert_eq!(berlin.change(change - 1, change), Some(change));
        assert_eq!(berlin.change(change, change + 3600), None);
        assert_eq!(berlin.change(change - 3600, change - 1), None);
        assert_eq!(berlin.change(5, 5), None);
        assert_eq!((berlin.offset(change - 1), berlin.offset(change)), (3600, 7200));
    }

    /// Checks the assumptions of [`STRIDE`] and [`LONGEST_LEAP`].
    #[test]
    fn no_zone_changes_twice_per_search_step_or_by_more_than_a_day() {
        const HALF_A_DAY: usize = 43_200;
        let (first, last) = (1_704_067_200, 2_145_916_800);
        for zone in chrono_tz::TZ_VARIANTS.map(Zone::Named) {
            let mut changed = 0;
            let mut offset = zone.offset(first);
            for instant in (first..last).step_by(HALF_A_DAY) {
                let now = zone.offset(instant);
                if now != offset {
                    assert!(instant - changed > 2 * STRIDE, "{} at {instant}", zone.name());
                    assert!((now - offset).abs() < LONGEST_LEAP, "{} at {instant}", zone.name());
                    (changed, offset) = (instant, now);
                }
            }
        }
    }
}
