//! Errors as text: one that has just occurred, and one that was recorded.

use std::fmt::Write as _;

use super::{MessageLabel, Styled, Tone, Words, local, one_line};
use crate::models::ErrorSeverity;
use crate::models::errors::RecordedError;
use crate::models::export::ErrorBody;

/// The lines of an error, each with its label except the first, whose label the caller chooses. In English they are the
/// engine's message and hint. In another language they are the sentence of the code, the engine's message as details,
/// and what to do, with the engine's hint in parentheses.
pub fn lines(error: &ErrorBody, words: &Words) -> (String, Vec<(MessageLabel, String)>) {
    lines_for(error.code.as_str(), &error.message, error.hint.as_ref(), words)
}

/// As [`lines`], with the label written before every line except the first.
pub fn labelled(error: &ErrorBody, words: &Words) -> Vec<String> {
    written(lines(error, words), words).collect()
}

/// A recorded error: its time, severity, message, and what to do.
pub fn one(error: &RecordedError, words: &Words) -> Styled {
    let labels = ErrorSeverity::ALL.map(|severity| words.severity(severity).chars().count());
    let width = labels.into_iter().max().unwrap_or_default();
    let severity = words.severity(error.severity);
    let mut shown = Styled::from(format!("{}  ", local(error.last_at)));
    shown.push(tone(error.severity), format!("{severity:<width$}"));
    let mut head = format!("  {}", error.kind);
    if let Some(file) = fact(error, "fileName") {
        let _ = write!(head, "  {}", one_line(file));
    }
    if error.count > 1 {
        let _ = write!(head, "  ({})", (words.errors.since)(error.count, &local(error.first_at)));
    }
    if !error.reported {
        let _ = write!(head, "  ({})", words.errors.not_reported);
    }
    let code = fact(error, "code").unwrap_or(&error.kind);
    let lines = written(lines_for(code, &error.message, error.hint.as_ref(), words), words);
    let lines = lines.map(|line| format!("    {}", line.replace('\n', "\n    ")));
    shown.push(Tone::Plain, [head].into_iter().chain(lines).collect::<Vec<_>>().join("\n"));
    shown
}

fn tone(severity: ErrorSeverity) -> Tone {
    match severity {
        ErrorSeverity::Critical | ErrorSeverity::Error => Tone::Bad,
        ErrorSeverity::Warning => Tone::Doubtful,
        ErrorSeverity::Info => Tone::Quiet,
    }
}

fn lines_for(
    code: &str,
    message: &str,
    hint: Option<&String>,
    words: &Words,
) -> (String, Vec<(MessageLabel, String)>) {
    let message = message.to_owned();
    match words.code(code) {
        None => (message, hint.map(|hint| (MessageLabel::Hint, hint.clone())).into_iter().collect()),
        Some(sentence) => {
            let hint = hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
            let todo = format!("{}{hint}", sentence.todo);
            (sentence.what.clone(), vec![(MessageLabel::Details, message), (MessageLabel::Hint, todo)])
        }
    }
}

fn written(
    (first, rest): (String, Vec<(MessageLabel, String)>),
    words: &Words,
) -> impl Iterator<Item = String> {
    [first]
        .into_iter()
        .chain(rest.into_iter().map(|(label, text)| format!("{} {text}", (words.label)(label))))
}

fn fact<'a>(error: &'a RecordedError, key: &str) -> Option<&'a str> {
    error.metadata.get(key).and_then(|value| value.as_str())
}
