//! What a look at one thing found: [`Check`], and all of them: [`Diagnosis`]. Plain values; `cli` and the tray show them.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::{Code, Error};
use crate::text::{counted, word};

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// Exports work, but somebody should look at it.
    Warning,
    /// Exports cannot work.
    Failed,
    /// It was not looked at, and the message says why.
    Skipped,
}

/// A look at one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// What was looked at, one word for scripts.
    pub name: &'static str,
    /// How it is.
    pub status: Status,
    /// The class of what failed, whose exit code is the command's.
    #[serde(serialize_with = "as_word")]
    pub code: Option<Code>,
    /// What was found, and why.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The facts, keys in `snake_case`. No secret and no value of a row.
    pub details: Map<String, Value>,
}

impl Check {
    /// As it should be.
    pub fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, message)
    }

    /// Works, but somebody should look at it.
    pub fn warning(name: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(name, Status::Warning, message) }
    }

    /// Does not work.
    pub fn failed(name: &'static str, error: &Error) -> Self {
        let Error { code, message, hint, .. } = error.clone();
        Self { code: Some(code), hint, ..Self::new(name, Status::Failed, message) }
    }

    /// Was not looked at.
    pub fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, Status::Skipped, why)
    }

    /// Adds a fact.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    fn new(name: &'static str, status: Status, message: impl Into<String>) -> Self {
        Self { name, status, code: None, message: message.into(), hint: None, details: Map::new() }
    }
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn as_word<S: Serializer>(code: &Option<Code>, to: S) -> Result<S::Ok, S::Error> {
    code.map(Code::as_str).serialize(to)
}

/// Everything that was looked at, what causes the rest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnosis {
    /// Each look.
    pub checks: Vec<Check>,
    /// How many there are of each status.
    pub summary: Summary,
}

/// Counts of checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// As they should be.
    pub ok: usize,
    /// To be looked at.
    pub warning: usize,
    /// Not working.
    pub failed: usize,
    /// Not looked at.
    pub skipped: usize,
}

impl Diagnosis {
    /// Of checks, in the order in which one causes another.
    pub fn of(checks: Vec<Check>) -> Self {
        let count = |status| checks.iter().filter(|check| check.status == status).count();
        let summary = Summary {
            ok: count(Status::Ok),
            warning: count(Status::Warning),
            failed: count(Status::Failed),
            skipped: count(Status::Skipped),
        };
        Self { checks, summary }
    }

    /// 0 when nothing failed; else that of the first failure's class, the one that causes the others.
    pub fn exit_code(&self) -> u8 {
        let first = self.checks.iter().find(|check| check.status == Status::Failed);
        first.map_or(0, |check| check.code.unwrap_or(Code::UnknownError).exit_code())
    }
}

/// Each thing with its remedy, then how many there are of each status.
impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = &self.summary;
        let mut parts = vec![format!("{} ok", summary.ok)];
        if summary.warning > 0 {
            parts.push(counted(summary.warning as u64, "warning"));
        }
        for (count, noun) in [(summary.failed, "failed"), (summary.skipped, "skipped")] {
            if count > 0 {
                parts.push(format!("{count} {noun}"));
            }
        }
        self.checks.iter().try_for_each(|check| writeln!(f, "{check}"))?;
        write!(f, "\n{}", parts.join(", "))
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {:<13}  {}", word(&self.status), self.name.replace('_', " "), self.message)?;
        match self.hint.as_ref().filter(|hint| !hint.is_empty()) {
            Some(hint) => write!(f, "\n                        hint: {hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_failure_decides_and_warnings_do_not() {
        let warning = Check::warning("disk", "little room", "free some");
        let keychain =
            Check::failed("keychain", &Error::new(Code::KeychainError, "locked").hint("unlock it"));
        let network = Check::failed("dns", &Error::new(Code::ConnectionFailed, "no such name"));
        assert_eq!(Diagnosis::of(vec![warning.clone(), Check::skipped("dns", "offline")]).exit_code(), 0);
        let made = Diagnosis::of(vec![Check::ok("version", "1"), warning, keychain, network]);
        assert_eq!(made.exit_code(), 8);
        assert_eq!(json!(made.summary), json!({"ok": 1, "warning": 1, "failed": 2, "skipped": 0}));
        assert_eq!(
            json!(made.checks[2]),
            json!({
                "name": "keychain", "status": "failed", "code": "KEYCHAIN_ERROR", "message": "locked",
                "hint": "unlock it", "details": {}
            })
        );
    }
}
