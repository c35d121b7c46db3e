//! A time as a person would say it today: [`moment`].

use chrono::{DateTime, Datelike as _, TimeZone, Utc};

use super::Words;

/// `at` on the clock of `now`: by the day's name where it is near, else by its date.
pub fn moment<Zone: TimeZone>(words: &Words, at: DateTime<Utc>, now: &DateTime<Zone>) -> String {
    let at = at.with_timezone(&now.timezone()).naive_local();
    let now = now.naive_local();
    let time = at.format("%H:%M").to_string();
    match (at.date() - now.date()).num_days() {
        0 => (words.today)(&time),
        1 => (words.tomorrow)(&time),
        -1 => (words.yesterday)(&time),
        _ => {
            let year = (at.year() != now.year()).then_some(at.year());
            (words.date)(at.day(), at.month0() as usize, year, &time)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;
    use chrono::FixedOffset;
    use data_exporter::models::settings::Language;

    fn formatted(language: Language, at: &str) -> String {
        let now = DateTime::<FixedOffset>::parse_from_rfc3339("2026-11-21T00:30:00+02:00").unwrap();
        moment(words(language), at.parse().unwrap(), &now)
    }

    #[test]
    fn days_are_in_local_time() {
        assert_eq!(formatted(Language::En, "2026-11-20T22:05:00Z"), "today 00:05");
        assert_eq!(formatted(Language::En, "2026-11-20T21:59:00Z"), "yesterday 23:59");
        assert_eq!(formatted(Language::En, "2026-11-21T22:00:00Z"), "tomorrow 00:00");
    }

    #[test]
    fn distant_days_show_the_date_and_in_another_year_the_year() {
        let times =
            ["2026-11-20T22:05:00Z", "2026-11-19T06:00:00Z", "2026-12-24T10:00:00Z", "2027-01-01T10:00:00Z"];
        let mut lines = Vec::new();
        for language in [Language::En, Language::Ru, Language::He] {
            lines.extend(times.map(|at| formatted(language, at)));
        }
        insta::assert_snapshot!(lines.join("\n"));
    }
}
