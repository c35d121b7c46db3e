//! A recorded error for a person.

use std::fmt::Write as _;

use super::{counted, local};
use crate::models::listing::RecordedError;

/// One error: when, how bad, what, and what to do.
pub fn one(error: &RecordedError) -> String {
    let mut head = format!("{}  {:<8}  {}", local(error.last_at), error.severity.as_str(), error.kind);
    if let Some(file) = error.metadata.get("fileName").and_then(|name| name.as_str()) {
        let _ = write!(head, "  {file}");
    }
    if error.count > 1 {
        let _ = write!(head, "  ({} since {})", counted(error.count, "time"), local(error.first_at));
    }
    if !error.reported {
        head.push_str("  (not reported)");
    }
    let mut lines = vec![head, format!("    {}", error.message.replace('\n', "\n    "))];
    lines.extend(error.hint.as_ref().map(|hint| format!("    hint: {hint}")));
    lines.join("\n")
}
