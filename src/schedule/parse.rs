//! [`Crontab`]: the numbers of the six fields of a crontab.

use super::fault::CrontabFault;
use super::field::{CrontabField, Values};

/// Words that stand for five fields.
const NICKNAMES: [(&str, &str); 7] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// The maximum number of days in each month.
const DAYS: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The six fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crontab {
    pub(super) seconds: Values,
    pub(super) minutes: Values,
    pub(super) hours: Values,
    pub(super) days: Values,
    pub(super) months: Values,
    pub(super) weekdays: Values,
}

impl Crontab {
    /// Returns whether it lists times of day rather than an interval.
    pub(super) fn is_fixed(&self) -> bool {
        [self.seconds, self.minutes, self.hours].iter().all(|values| !values.starred && !values.stepped)
    }

    /// Returns whether either day field is enough.
    pub(super) fn either_day(&self) -> bool {
        !self.days.starred && !self.weekdays.starred
    }
}

/// Parses a crontab.
pub(super) fn crontab(text: &str) -> Result<Crontab, CrontabFault> {
    let fields = fields(text);
    let [first, ..] = fields.as_slice() else { return Err(CrontabFault::Empty) };
    if first.1.starts_with('@') {
        let word = text.trim();
        let known = NICKNAMES.iter().find(|(nickname, _)| nickname.eq_ignore_ascii_case(word));
        return match known {
            Some((_, fields)) => crontab(fields),
            None => Err(CrontabFault::Nickname { word: first.1.to_owned() }),
        };
    }
    let read = |at: usize| {
        let (position, text) = fields[at];
        Values::parse(CrontabField::ALL[at + 6 - fields.len()], text, position)
    };
    let (seconds, skip) = match fields.len() {
        5 => (Values::only(CrontabField::Second, 0), 0),
        6 => (read(0)?, 1),
        count => return Err(CrontabFault::FieldCount { count }),
    };
    let crontab = Crontab {
        seconds,
        minutes: read(skip)?,
        hours: read(skip + 1)?,
        days: read(skip + 2)?,
        months: read(skip + 3)?,
        weekdays: read(skip + 4)?,
    };
    let exists = |month: u8| crontab.days.iter().any(|day| day <= DAYS[usize::from(month) - 1]);
    if crontab.months.iter().any(exists) { Ok(crontab) } else { Err(CrontabFault::NoSuchDay) }
}

/// Returns the words of a text with their positions, counted in characters from 1.
fn fields(text: &str) -> Vec<(usize, &str)> {
    let mut fields = Vec::new();
    let mut start = None;
    for (character, (byte, letter)) in text.char_indices().chain([(text.len(), ' ')]).enumerate() {
        match (start, letter.is_whitespace()) {
            (None, false) => start = Some((character, byte)),
            (Some((position, from)), true) => {
                fields.push((position + 1, &text[from..byte]));
                start = None;
            }
            _ => {}
        }
    }
    fields
}
