//! What a look at one thing found: [`Check`], and all of them: [`Diagnosis`]. Plain values; `cli` and the tray show them.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::{Code, Error};
use crate::models::export::ErrorBody;
use crate::text::{MessageLabel, Words, errors, word};

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckStatus {
    /// As it should be.
    Ok,
    /// Exports work, but somebody should look at it.
    Warning,
    /// Exports cannot work.
    Failed,
    /// It was not looked at, and the message says why.
    Skipped,
}

impl CheckStatus {
    const ALL: [Self; 4] = [Self::Ok, Self::Warning, Self::Failed, Self::Skipped];

    fn label(self, words: &Words) -> &'static str {
        (words.doctor.verdict)(&word(&self))
    }
}

/// A look at one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// What was looked at, one word for scripts.
    pub name: &'static str,
    /// How it is.
    pub status: CheckStatus,
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
        Self::new(name, CheckStatus::Ok, message)
    }

    /// Works, but somebody should look at it.
    pub fn warning(name: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(name, CheckStatus::Warning, message) }
    }

    /// Does not work.
    pub fn failed(name: &'static str, error: &Error) -> Self {
        let Error { code, message, hint, .. } = error.clone();
        Self { code: Some(code), hint, ..Self::new(name, CheckStatus::Failed, message) }
    }

    /// Was not looked at.
    pub fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Skipped, why)
    }

    /// Adds a fact.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    fn new(name: &'static str, status: CheckStatus, message: impl Into<String>) -> Self {
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
    pub fn new(checks: Vec<Check>) -> Self {
        let count = |status| checks.iter().filter(|check| check.status == status).count();
        let summary = Summary {
            ok: count(CheckStatus::Ok),
            warning: count(CheckStatus::Warning),
            failed: count(CheckStatus::Failed),
            skipped: count(CheckStatus::Skipped),
        };
        Self { checks, summary }
    }

    /// Each thing with its remedy, then how many there are of each status.
    pub fn render(&self, words: &Words) -> String {
        let Summary { ok, warning, failed, skipped } = self.summary;
        let summary = (words.doctor.summary)([ok, warning, failed, skipped].map(|count| count as u64));
        let widest =
            |texts: Vec<String>| texts.iter().map(|text| text.chars().count()).max().unwrap_or_default();
        let verdicts =
            1 + widest(CheckStatus::ALL.iter().map(|status| status.label(words).to_owned()).collect());
        let things = widest(self.checks.iter().map(|check| check.thing(words)).collect());
        let below = format!("\n{:width$}", "", width = verdicts + things + 3);
        let checks = self.checks.iter().map(|check| {
            let (verdict, thing) = (check.status.label(words), check.thing(words));
            format!("{verdict:<verdicts$} {thing:<things$}  {}", check.lines(words).join(&below))
        });
        format!("{}\n\n{summary}", checks.collect::<Vec<_>>().join("\n"))
    }

    /// 0 when nothing failed; else that of the first failure's class, the one that causes the others.
    pub fn exit_code(&self) -> u8 {
        let first = self.checks.iter().find(|check| check.status == CheckStatus::Failed);
        first.map_or(0, |check| check.code.unwrap_or(Code::UnknownError).exit_code())
    }
}

impl Check {
    fn thing(&self, words: &Words) -> String {
        (words.doctor.thing)(self.name).map_or_else(|| self.name.replace('_', " "), str::to_owned)
    }

    /// What was found, then what to do; in English in the looks' own words.
    fn lines(&self, words: &Words) -> Vec<String> {
        let hint = self.hint.clone().filter(|hint| !hint.is_empty());
        let message = self.message.clone();
        if let Some(code) = self.code {
            return errors::labelled(
                &ErrorBody { code: code.as_str().to_owned(), message, hint, path: None },
                words,
            );
        }
        let hint = hint.map(|hint| format!("{} {hint}", (words.label)(MessageLabel::Hint)));
        [message].into_iter().chain(hint).collect()
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
        assert_eq!(Diagnosis::new(vec![warning.clone(), Check::skipped("dns", "offline")]).exit_code(), 0);
        let made = Diagnosis::new(vec![Check::ok("version", "1"), warning, keychain, network]);
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
