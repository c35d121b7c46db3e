//! Parsers for the values of flags: durations and times; pure.

use std::time::Duration;

use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};

use crate::platform;

/// Parses a duration such as `90`, `90s`, `15m`, `1h30m` or `2d`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "expected a duration such as 90s, 15m, 1h30m or 2d".to_owned();
    let mut seconds: u64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        let mut after = rest[digits..].chars();
        let unit = match after.next() {
            None if digits == text.trim().len() => 1,
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86_400,
            _ => return Err(wrong()),
        };
        seconds = number.checked_mul(unit).and_then(|part| seconds.checked_add(part)).ok_or_else(wrong)?;
        rest = after.as_str();
    }
    Ok(Duration::from_secs(seconds))
}

/// Parses a time: RFC 3339, a local date or date and time, or a duration ago.
pub fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    moment_before(text, platform::now())
}

fn moment_before(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M"))
        .or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|date| date.and_time(NaiveTime::MIN)));
    if let Ok(local) = local {
        return Local
            .from_local_datetime(&local)
            .earliest()
            .map(|time| time.to_utc())
            .ok_or_else(|| "this time does not exist in the local time zone".to_owned());
    }
    duration(text)
        .ok()
        .and_then(|ago| chrono::Duration::from_std(ago).ok())
        .and_then(|ago| now.checked_sub_signed(ago))
        .ok_or_else(|| {
            "expected 2026-03-01, a timestamp such as 2026-03-01T14:30:00Z, or an age such as 2h, 7d"
                .to_owned()
        })
}

/// Parses a number of entries, at least 1.
pub fn count(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "expected a number from 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_add_up() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("15m", 900), ("1h30m", 5400), ("2d", 172_800)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "m", "1x", "1h30", "-5m", "99999999999999999999d"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_a_time_or_a_while_ago() {
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        let ago = |text| moment_before(text, now).map(|time| time.to_rfc3339());
        assert_eq!(ago("2h").unwrap(), "2026-03-01T10:00:00+00:00");
        assert_eq!(ago("2026-01-01T01:00:00+01:00").unwrap(), "2026-01-01T00:00:00+00:00");
        assert!(ago("2026-01-01").is_ok());
        assert!(ago("yesterday").is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = duration(&text);
            let _ = moment_before(&text, "2026-03-01T12:00:00Z".parse().unwrap());
        }
    }
}
