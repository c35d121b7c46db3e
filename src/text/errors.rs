//! Errors for a person: one that happened just now, and one that was recorded.

use std::fmt::Write as _;

use super::{MessageLabel, Words, local};
use crate::models::export::ErrorBody;
use crate::models::listing::RecordedError;

/// An error in lines, each with its label but the first, whose label the caller knows. In English they are the engine's
/// message and hint; in another language the sentence of the code, the engine's words as details, and what to do.
pub fn lines(error: &ErrorBody, words: &Words) -> (String, Vec<(MessageLabel, String)>) {
    lines_for(&error.code, &error.message, error.hint.as_ref(), words)
}

/// As [`lines`], every line but the first with its label before it.
pub fn labelled(error: &ErrorBody, words: &Words) -> Vec<String> {
    written(lines(error, words), words).collect()
}

/// A recorded error: when, how bad, what, and what to do.
pub fn one(error: &RecordedError, words: &Words) -> String {
    let mut head = format!("{}  {:<8}  {}", local(error.last_at), error.severity.as_str(), error.kind);
    if let Some(file) = fact(error, "fileName") {
        let _ = write!(head, "  {file}");
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
    [head].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

fn lines_for(
    code: &str,
    message: &str,
    hint: Option<&String>,
    words: &Words,
) -> (String, Vec<(MessageLabel, String)>) {
    let message = message.to_owned();
    match (words.sentence)(code) {
        None => (message, hint.map(|hint| (MessageLabel::Hint, hint.clone())).into_iter().collect()),
        Some(sentence) => {
            let details = [Some(&message), hint].into_iter().flatten();
            let details = details.map(|text| (MessageLabel::Details, text.clone()));
            (sentence.what.clone(), details.chain([(MessageLabel::Hint, sentence.todo.clone())]).collect())
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
