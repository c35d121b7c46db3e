//! [`ScheduleError`]: why a crontab is refused, at which place, and the remedy.

use super::CrontabField;
use crate::error::{Code, Error};

/// A refused crontab.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the crontab `{crontab}` {fault}")]
pub struct ScheduleError {
    /// The text as given.
    pub crontab: String,
    /// The fault.
    pub fault: CrontabFault,
}

impl From<ScheduleError> for Error {
    fn from(error: ScheduleError) -> Self {
        Self::new(Code::ConfigError, error.to_string()).hint(error.fault.remedy())
    }
}

/// The fault, as the end of a sentence that begins with the crontab.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrontabFault {
    /// Only blanks.
    #[error("is empty")]
    Empty,
    /// Too few or too many fields.
    #[error("must have five or six fields, not {count}")]
    FieldCount {
        /// The number of fields.
        count: usize,
    },
    /// An unknown word after `@`.
    #[error("begins with the unknown word `{word}`")]
    Nickname {
        /// The word, with its `@`.
        word: String,
    },
    /// An invalid part of a field.
    #[error("has `{part}` as {field} at character {position}, {fault}")]
    Part {
        /// The field.
        field: CrontabField,
        /// The part, between commas.
        part: String,
        /// The position of the part, in characters from 1.
        position: usize,
        /// The fault.
        fault: PartFault,
    },
    /// Days that none of the months has.
    #[error("has a day that none of its months has")]
    NoSuchDay,
    /// The `cron` library refuses the expression, which is an internal error.
    #[error("cannot be used ({reason})")]
    Unfollowable {
        /// The library's message.
        reason: String,
    },
}

/// Why a part of a field is refused, as the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartFault {
    /// Nothing between two commas.
    #[error("which is empty between two commas")]
    Nothing,
    /// A number outside the field's range.
    #[error("but {value} is outside {first} to {last}")]
    OutOfRange {
        /// The number.
        value: String,
        /// The smallest number of the field.
        first: u8,
        /// The largest number of the field.
        last: u8,
    },
    /// Not a number.
    #[error("which is not a number")]
    NoNumber,
    /// Neither a number nor a name, in a field that has names.
    #[error("which is neither a number nor a name")]
    NoName,
    /// A step that never or always matches.
    #[error("but its step leaves only one value")]
    Step,
    /// A step of zero.
    #[error("but its step is 0")]
    StepOfZero,
    /// A `*` beside others.
    #[error("which matches every value and makes the rest of the list redundant")]
    StarInList,
    /// One of `L`, `W`, `#`, `?`, `H`, which programs interpret differently.
    #[error("but `{sign}` is not supported")]
    Sign {
        /// The character.
        sign: char,
    },
}

impl CrontabFault {
    /// The remedy.
    pub fn remedy(&self) -> String {
        match self {
            Self::Empty | Self::Unfollowable { .. } => {
                "write one such as `0 8,12,16 * * *` (at 8, 12 and 16 o'clock) or `*/15 * * * *` (every 15 minutes)"
                    .to_owned()
            }
            Self::FieldCount { count: 7 } => "remove the last field: years are not supported".to_owned(),
            Self::FieldCount { .. } => "write minute, hour, day of the month, month and weekday, parted by blanks; \
                                        the seconds may stand before them"
                .to_owned(),
            Self::Nickname { .. } => {
                "write @hourly, @daily, @midnight, @weekly, @monthly, @yearly or @annually alone, or five fields"
                    .to_owned()
            }
            Self::Part { field, fault, part, .. } => fault.remedy(*field, part),
            Self::NoSuchDay => "use a day that one of the months has".to_owned(),
        }
    }
}

impl PartFault {
    fn remedy(&self, field: CrontabField, part: &str) -> String {
        let (first, last) = field.range();
        match self {
            Self::Nothing => "remove a comma".to_owned(),
            Self::OutOfRange { value, .. } if field == CrontabField::Hour && value == "24" => {
                "write 0 for midnight".to_owned()
            }
            Self::NoNumber | Self::NoName => {
                format!("write {}, a list, a range such as {first}-{last}, or `*`", field.values())
            }
            Self::Step => {
                let start = part.split(['/', '-']).next().unwrap_or_default();
                let start = if start == "*" { first.to_string() } else { start.to_owned() };
                let above = match field {
                    CrontabField::Second => ", and the interval in minutes",
                    CrontabField::Minute => ", and the interval in hours",
                    _ => "",
                };
                format!("write a smaller step, or {start} here{above}")
            }
            Self::StepOfZero => "write a step of 1 or more".to_owned(),
            Self::StarInList => "write `*` alone, or the list without it".to_owned(),
            Self::Sign { sign: '?' } => "write `*`".to_owned(),
            Self::Sign { sign: 'L' } if field == CrontabField::DayOfMonth => {
                "list the days, such as 28; the last day of the month is not supported".to_owned()
            }
            Self::OutOfRange { .. } | Self::Sign { .. } => format!("write {}", field.values()),
        }
    }
}
