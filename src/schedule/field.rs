//! [`CrontabField`]: one of the six fields of a crontab; [`Values`]: the numbers that its text matches.

use std::fmt;

use super::fault::{CrontabFault, PartFault};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// A field of a crontab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrontabField {
    /// 0 to 59
    Second,
    /// 0 to 59
    Minute,
    /// 0 to 23
    Hour,
    /// 1 to 31
    DayOfMonth,
    /// 1 to 12, or names
    Month,
    /// 0 to 7, both Sunday, or names
    Weekday,
}

impl CrontabField {
    /// The fields from left to right; a crontab of five fields begins with the second.
    pub const ALL: [Self; 6] =
        [Self::Second, Self::Minute, Self::Hour, Self::DayOfMonth, Self::Month, Self::Weekday];

    /// Returns the smallest and the largest number allowed.
    pub fn range(self) -> (u8, u8) {
        match self {
            Self::Second | Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::DayOfMonth => (1, 31),
            Self::Month => (1, 12),
            Self::Weekday => (0, 7),
        }
    }

    /// Returns the allowed values, for a remedy.
    pub(super) fn values(self) -> String {
        let (first, last) = self.range();
        match self {
            Self::Month => format!("a number from {first} to {last} or a name such as `jan`"),
            Self::Weekday => "a number from 0 (Sunday) to 6 (Saturday) or a name such as `mon`".to_owned(),
            _ => format!("a number from {first} to {last}"),
        }
    }

    /// Returns the largest number, with Sunday counted once.
    fn last(self) -> u8 {
        if self == Self::Weekday { 6 } else { self.range().1 }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Month => &MONTHS,
            Self::Weekday => &WEEKDAYS,
            _ => &[],
        }
    }
}

impl fmt::Display for CrontabField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::DayOfMonth => "day of the month",
            Self::Month => "month",
            Self::Weekday => "weekday",
        })
    }
}

/// The numbers that a field matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Values {
    field: CrontabField,
    /// Bit n stands for the number n; Sunday is 0.
    bits: u64,
    /// Whether the text begins with `*`, which does not restrict.
    pub(super) starred: bool,
    /// Whether the text contains a step.
    pub(super) stepped: bool,
}

impl Values {
    /// Matches one number.
    pub(super) fn only(field: CrontabField, value: u8) -> Self {
        Self { field, bits: 1 << value, starred: false, stepped: false }
    }

    /// Matches every number.
    pub(super) fn every(field: CrontabField) -> Self {
        let bits = cycle(field, field.range().0, field.last()).fold(0, |bits, value| bits | 1 << value);
        Self { field, bits, starred: true, stepped: false }
    }

    /// Parses a field's text that begins at a position counted in characters from 1.
    pub(super) fn parse(field: CrontabField, text: &str, position: usize) -> Result<Self, CrontabFault> {
        let mut values = Self { field, bits: 0, starred: text.starts_with('*'), stepped: text.contains('/') };
        let parts: Vec<&str> = text.split(',').collect();
        let mut position = position;
        for part in &parts {
            let star_in_list = parts.len() > 1 && part.starts_with('*');
            let read = if star_in_list { Err(PartFault::StarInList) } else { part_of(field, part) };
            values.bits |= read.map_err(|fault| CrontabFault::Part {
                field,
                part: (*part).to_owned(),
                position,
                fault,
            })?;
            position += part.chars().count() + 1;
        }
        Ok(values)
    }

    pub(super) fn field(self) -> CrontabField {
        self.field
    }

    pub(super) fn has(self, value: u8) -> bool {
        self.bits & (1 << value) != 0
    }

    /// Returns the numbers in order; weekdays from Sunday.
    pub(super) fn iter(self) -> impl Iterator<Item = u8> {
        (0..60).filter(move |value| self.has(*value))
    }

    pub(super) fn is_every(self) -> bool {
        self.bits == Self::every(self.field).bits
    }
}

/// Returns the numbers of a part between commas, as bits.
fn part_of(field: CrontabField, part: &str) -> Result<u64, PartFault> {
    if part.is_empty() {
        return Err(PartFault::Nothing);
    }
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step_of(field, step)?)),
        None => (part, None),
    };
    let (start, end) = match range.split_once('-') {
        _ if range == "*" => (field.range().0, field.last()),
        Some((start, end)) => (value(field, start)?, value(field, end)?),
        None => {
            let start = value(field, range)?;
            (start, if step.is_some() { field.last() } else { start })
        }
    };
    let bits = cycle(field, start, end)
        .step_by(usize::from(step.unwrap_or(1)))
        .fold(0_u64, |bits, value| bits | 1 << value);
    if step.is_some() && bits.count_ones() < 2 { Err(PartFault::Step) } else { Ok(bits) }
}

fn step_of(field: CrontabField, text: &str) -> Result<u8, PartFault> {
    match number(field, text, (1, u8::MAX)) {
        Err(PartFault::OutOfRange { .. }) if text.bytes().all(|byte| byte == b'0') => {
            Err(PartFault::StepOfZero)
        }
        Err(PartFault::OutOfRange { .. }) => Err(PartFault::Step),
        step => step,
    }
}

/// Returns the numbers of a range, which may wrap around the end of the field.
fn cycle(field: CrontabField, start: u8, end: u8) -> impl Iterator<Item = u8> {
    let (first, last) = (field.range().0, field.last());
    let head = start..=if start <= end { end } else { last.max(start) };
    let tail = (start > end).then_some(first..=end).into_iter().flatten();
    let sunday_once = move |value: u8| if field == CrontabField::Weekday { value % 7 } else { value };
    // `7-2` begins with Sunday, which is also 0.
    let tail = tail.skip(usize::from(start > last));
    head.chain(tail).map(sunday_once)
}

fn value(field: CrontabField, text: &str) -> Result<u8, PartFault> {
    let word = text.to_ascii_lowercase();
    let named = field.names().iter().position(|name| word.len() >= 3 && name.starts_with(&word));
    match named {
        Some(index) => Ok(index as u8 + u8::from(field == CrontabField::Month)),
        None => number(field, text, field.range()),
    }
}

fn number(field: CrontabField, text: &str, (first, last): (u8, u8)) -> Result<u8, PartFault> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(match sign(text) {
            Some(sign) => PartFault::Sign { sign },
            None if field.names().is_empty() => PartFault::NoNumber,
            None => PartFault::NoName,
        });
    }
    text.parse().ok().filter(|value| (first..=last).contains(value)).ok_or_else(|| PartFault::OutOfRange {
        value: text.to_owned(),
        first,
        last,
    })
}

/// Returns a character with a special meaning in other programs, where the text is otherwise a number or a name.
fn sign(text: &str) -> Option<char> {
    let letter = |letter: &char| matches!(letter, 'L' | 'W' | 'H');
    let upper = text.to_ascii_uppercase();
    upper.chars().find(|sign| matches!(sign, '?' | '#')).or_else(|| {
        let mut letters = upper.chars().filter(|sign| !sign.is_ascii_digit());
        let first = letters.next().filter(letter)?;
        letters.all(|sign| letter(&sign)).then_some(first)
    })
}
