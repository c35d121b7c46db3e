//! [`RawValue`]: a value from the file or the environment, read as the type of its key.
//!
//! Environment variables are text: a list is separated by commas or written as in TOML, a table is written as in TOML.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use toml::Value;

use super::words::Word;

/// Why a value was refused: the fault and the remedy.
pub(super) type ValueError = (String, String);

/// A value and its origin.
#[derive(Debug, Clone)]
pub(super) enum RawValue {
    File(Value),
    Environment(String),
}

impl RawValue {
    /// The value for a message.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::File(Value::String(text)) | Self::Environment(text) => text.clone(),
            Self::File(value) => value.to_string(),
        }
    }

    /// Text that is not blank.
    pub(super) fn text(&self) -> Result<String, ValueError> {
        let text = self.any_text()?;
        if text.trim().is_empty() {
            return Err(value_error("is empty", "set a value, or remove the line"));
        }
        Ok(text)
    }

    /// Text that may be empty.
    pub(super) fn any_text(&self) -> Result<String, ValueError> {
        match self {
            Self::File(Value::String(text)) | Self::Environment(text) => Ok(text.clone()),
            Self::File(_) => Err(value_error("is not text", "write the value in quotes")),
        }
    }

    pub(super) fn boolean(&self) -> Result<bool, ValueError> {
        match self {
            Self::File(Value::Boolean(value)) => Ok(*value),
            Self::Environment(text)
                if matches!(text.to_lowercase().as_str(), "true" | "1" | "yes" | "on") =>
            {
                Ok(true)
            }
            Self::Environment(text)
                if matches!(text.to_lowercase().as_str(), "false" | "0" | "no" | "off") =>
            {
                Ok(false)
            }
            _ => Err(value_error("is neither true nor false", "write true or false, without quotes")),
        }
    }

    pub(super) fn number(&self, range: RangeInclusive<u32>) -> Result<u32, ValueError> {
        let number = match self {
            Self::File(Value::Integer(number)) => Some(*number),
            Self::Environment(text) => text.trim().parse().ok(),
            Self::File(_) => None,
        };
        number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                value_error(
                    "is invalid",
                    &format!("use a whole number from {} to {}, without quotes", range.start(), range.end()),
                )
            })
    }

    pub(super) fn word<W: Word>(&self) -> Result<W, ValueError> {
        let text = self.any_text()?;
        W::from_word(&text).ok_or_else(|| {
            let words: Vec<_> = W::WORDS.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            value_error("is invalid", &format!("use {}", words.join(" or ")))
        })
    }

    pub(super) fn list(&self) -> Result<Vec<String>, ValueError> {
        let wrong = || value_error("is not a list of texts", "write it as [\"one\", \"two\"]");
        match self {
            Self::File(Value::Array(values)) => {
                values.iter().map(|value| value.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
            }
            Self::File(_) => Err(wrong()),
            Self::Environment(text) if text.trim_start().starts_with('[') => {
                Self::File(parse(text).ok_or_else(wrong)?).list()
            }
            Self::Environment(text) => Ok(text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()),
        }
    }

    pub(super) fn table(&self) -> Result<BTreeMap<String, String>, ValueError> {
        let wrong = || value_error("is not a table of texts", "write it as { \"name*\" = \"value\" }");
        match self {
            Self::File(Value::Table(table)) => table
                .iter()
                .map(|(key, value)| Ok((key.clone(), value.as_str().ok_or_else(wrong)?.to_owned())))
                .collect(),
            Self::File(_) => Err(wrong()),
            Self::Environment(text) => Self::File(parse(text).ok_or_else(wrong)?).table(),
        }
    }
}

pub(super) fn value_error(what: &str, remedy: &str) -> ValueError {
    (what.to_owned(), remedy.to_owned())
}

fn parse(text: &str) -> Option<Value> {
    toml::from_str::<toml::Table>(&format!("value = {text}")).ok()?.remove("value")
}
