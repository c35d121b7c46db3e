//! What `doctor` found: the result of one check, [`Check`], and of all checks, [`Diagnosis`].

use serde::Serialize;
use serde_json::{Map, Value};

use super::Code;
use super::export::ErrorBody;

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckStatus {
    /// No problem was found.
    Ok,
    /// Exports work, but a person should look at it.
    Warning,
    /// Exports do not work.
    Failed,
    /// The check was not made; the message says why.
    Skipped,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// The name of the check, one word for scripts.
    pub name: &'static str,
    /// The result.
    pub status: CheckStatus,
    /// The code of the failure; the command exits with its exit code.
    pub code: Option<Code>,
    /// The finding and its reason.
    pub message: String,
    /// The remedy.
    pub hint: Option<String>,
    /// Details, keys in `snake_case`. No secret and no value of a row.
    pub details: Map<String, Value>,
}

impl Check {
    /// Creates a check without a problem.
    pub fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Ok, message)
    }

    /// Creates a check with a warning.
    pub fn warning(name: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(name, CheckStatus::Warning, message) }
    }

    /// Creates a failed check.
    pub fn failed(name: &'static str, error: impl Into<ErrorBody>) -> Self {
        let ErrorBody { code, message, hint, .. } = error.into();
        Self { code: Some(code), hint, ..Self::new(name, CheckStatus::Failed, message) }
    }

    /// Creates a check that was not made.
    pub fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, CheckStatus::Skipped, why)
    }

    /// Adds a detail.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    fn new(name: &'static str, status: CheckStatus, message: impl Into<String>) -> Self {
        Self { name, status, code: None, message: message.into(), hint: None, details: Map::new() }
    }
}

/// All checks, causes before their effects.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diagnosis {
    /// The checks.
    pub checks: Vec<Check>,
    /// The number of checks of each status.
    pub summary: Summary,
}

/// Counts of checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Without a problem.
    pub ok: usize,
    /// With a warning.
    pub warning: usize,
    /// Failed.
    pub failed: usize,
    /// Not made.
    pub skipped: usize,
}

impl Diagnosis {
    /// Creates a diagnosis from checks, causes before their effects.
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

    /// Returns 0 if nothing failed, otherwise the exit code of the first failure, which causes the others.
    pub fn exit_code(&self) -> u8 {
        let first = self.checks.iter().find(|check| check.status == CheckStatus::Failed);
        first.map_or(0, |check| check.code.unwrap_or(Code::UnknownError).exit_code())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_failure_sets_the_exit_code_and_warnings_do_not() {
        let warning = Check::warning("disk", "little room", "free some");
        let failed = |name, code, message: &str, hint: Option<&str>| {
            let (message, hint) = (message.to_owned(), hint.map(str::to_owned));
            Check::failed(name, ErrorBody { code, message, hint, path: None })
        };
        let keychain = failed("keychain", Code::KeychainError, "locked", Some("unlock it"));
        let network = failed("dns", Code::ConnectionFailed, "no such name", None);
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
