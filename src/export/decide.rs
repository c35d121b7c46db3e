//! [`decide`]: whether a table is sent. Compares size and header first; skips a table only when the digest of its
//! content equals the delivered one. Pure, except for the digest, which is computed only when needed.

use std::io;

use chrono::{DateTime, TimeDelta, Utc};

use crate::source::observe::Observation;
use crate::store::delivered::{Delivered, Fingerprint};

/// A decision with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The table is sent.
    Send(String),
    /// The table is skipped.
    Skip {
        /// The reason.
        reason: String,
        /// Size of table and memo, in bytes.
        size: u64,
        /// Its new state, where only its time has changed.
        touched: Option<Fingerprint>,
    },
}

impl Decision {
    /// Returns the reason.
    pub fn reason(&self) -> &str {
        match self {
            Self::Send(reason) | Self::Skip { reason, .. } => reason,
        }
    }
}

/// Settings of the configuration and the command.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// `[export] skip_unchanged`
    pub skip_unchanged: bool,
    /// `--full`
    pub full: bool,
    /// `[export] full_every_days`
    pub full_every_days: u32,
    /// The current time.
    pub now: DateTime<Utc>,
}

/// Decides for one table. A table that cannot be checked is sent, so that its error is found and reported.
pub fn decide(
    policy: Policy,
    last: Option<&Delivered>,
    observed: Option<&Observation>,
    settings: &str,
    digest: impl FnOnce() -> io::Result<String>,
) -> Decision {
    let send = |reason: String| Decision::Send(reason);
    if policy.full {
        return send("sent: `--full`".to_owned());
    }
    if !policy.skip_unchanged {
        return send("sent: `skip_unchanged` is off".to_owned());
    }
    let Some(last) = last else { return send("sent: never delivered before".to_owned()) };
    let Some(observed) = observed else { return send("sent: could not be checked".to_owned()) };
    let now = observed.fingerprint(None, settings);
    let then = &last.fingerprint;
    if policy.now - last.at >= TimeDelta::days(i64::from(policy.full_every_days)) {
        return send(format!("sent: everything is sent every {} days", policy.full_every_days));
    }
    if last.at > policy.now {
        return send("sent: the last delivery is in the future by this computer's clock".to_owned());
    }
    if then.settings != now.settings {
        return send("sent: the settings have changed".to_owned());
    }
    if then.header_rows != now.header_rows {
        return send(format!("sent: {} rows, {} when last delivered", now.header_rows, then.header_rows));
    }
    if then.size != now.size {
        return send(format!("sent: {} bytes, {} when last delivered", now.size, then.size));
    }
    let Some(delivered) = &then.content else {
        return send("sent: the delivered content is unknown".to_owned());
    };
    // A program that writes in place may leave size, time and header unchanged: only the content tells.
    match digest() {
        Ok(content) if content == *delivered => {
            let day = last.at.format("%Y-%m-%d");
            let touched = (now.mtime_ns != then.mtime_ns)
                .then(|| Fingerprint { content: Some(content), ..now.clone() });
            Decision::Skip { reason: format!("skipped: unchanged since {day}"), size: now.size, touched }
        }
        Ok(_) => send("sent: the content has changed".to_owned()),
        Err(_) => send("sent: could not be checked".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::{Access, TablePaths};

    struct Case {
        policy: Policy,
        observed: Observation,
        last: Delivered,
    }

    fn case() -> Case {
        let dir = tempfile::tempdir().unwrap();
        let table = dir.path().join("a.dbf");
        std::fs::write(&table, [3, 0, 0, 0, 7, 0, 0, 0, 1, 2, 3]).unwrap();
        let observed =
            Observation::measure(&TablePaths { table, memo: None, cpg: None, access: Access::default() })
                .unwrap();
        let now = crate::platform::now();
        let fingerprint = observed.fingerprint(Some("same".to_owned()), "s1");
        Case {
            policy: Policy { skip_unchanged: true, full: false, full_every_days: 7, now },
            observed,
            last: Delivered { fingerprint, at: now - TimeDelta::days(1) },
        }
    }

    fn skips(case: &Case, settings: &str, content: &str) -> bool {
        let digest = || Ok(content.to_owned());
        matches!(
            decide(case.policy, Some(&case.last), Some(&case.observed), settings, digest),
            Decision::Skip { .. }
        )
    }

    #[test]
    fn only_identical_content_is_unchanged() {
        let case = case();
        assert!(skips(&case, "s1", "same"));
        assert!(!skips(&case, "s1", "other"), "size, time and header are not enough");
        assert!(!skips(&case, "s2", "same"));
    }

    #[test]
    fn a_new_modification_time_alone_sends_nothing() {
        let mut case = case();
        case.last.fingerprint.mtime_ns -= 1;
        assert!(skips(&case, "s1", "same"));
    }

    #[test]
    fn a_table_that_must_be_sent_needs_no_digest() {
        let unread = || -> io::Result<String> { panic!("the content was read") };
        let sends = |change: &dyn Fn(&mut Case)| {
            let mut case = case();
            change(&mut case);
            matches!(
                decide(case.policy, Some(&case.last), Some(&case.observed), "s1", unread),
                Decision::Send(_)
            )
        };
        assert!(sends(&|case| case.policy.full = true));
        assert!(sends(&|case| case.policy.skip_unchanged = false));
        assert!(sends(&|case| case.last.fingerprint.size += 1));
        assert!(sends(&|case| case.last.fingerprint.header_rows += 1));
        assert!(sends(&|case| case.last.fingerprint.content = None));
        assert!(sends(&|case| case.last.at -= TimeDelta::days(6)));
        assert!(sends(&|case| case.last.at += TimeDelta::days(30)));
        let case = case();
        assert!(matches!(decide(case.policy, None, Some(&case.observed), "s1", unread), Decision::Send(_)));
    }
}
