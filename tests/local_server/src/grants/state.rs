//! The issued codes until their decision: [`Grants`], with the result of a [`Poll`].

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Approval, CodeRequest, Decision, Dialect, Grant, Pairing, Undecidable, WaitingCode, codes};

/// The result of a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Poll {
    Unknown,
    Pending,
    /// Too early; the new interval.
    SlowDown(Duration),
    Denied,
    Expired,
    /// The credential was already issued and can be issued only once.
    Used,
    Approved(Approval),
}

/// All issued codes, by device code.
#[derive(Default)]
pub(crate) struct Grants {
    by_device_code: HashMap<String, Grant>,
    device_codes: BTreeMap<String, String>,
}

impl Grants {
    /// Issues a code.
    pub(crate) fn open(&mut self, request: CodeRequest, rules: &Pairing, now: DateTime<Utc>) -> Grant {
        let mut user_code = codes::user_code(rules.dialect);
        while self.device_codes.contains_key(&codes::normalised(&user_code)) {
            user_code = codes::user_code(rules.dialect);
        }
        let lifetime = TimeDelta::from_std(rules.code_lifetime()).unwrap_or(TimeDelta::MAX);
        let grant = Grant {
            device_code: codes::device_code(rules.dialect),
            user_code,
            request,
            ends_at: now.checked_add_signed(lifetime).unwrap_or(DateTime::<Utc>::MAX_UTC),
            decision: None,
            polls: 0,
            fetched: false,
            swept: false,
            last_poll: None,
            interval: rules.interval,
        };
        self.device_codes.insert(codes::normalised(&grant.user_code), grant.device_code.clone());
        self.by_device_code.insert(grant.device_code.clone(), grant.clone());
        grant
    }

    /// Returns the grant of a device code in any state.
    pub(crate) fn of_device(&self, device_code: &str) -> Option<&Grant> {
        self.by_device_code.get(device_code)
    }

    /// Returns the grant of a typed user code in any state.
    pub(crate) fn of_user(&self, user_code: &str) -> Option<&Grant> {
        self.by_device_code.get(self.device_codes.get(&codes::normalised(user_code))?)
    }

    fn of_user_mut(&mut self, user_code: &str) -> Option<&mut Grant> {
        self.by_device_code.get_mut(self.device_codes.get(&codes::normalised(user_code))?)
    }

    /// Returns the grant that a person may decide about.
    pub(crate) fn waiting(&self, user_code: &str, now: DateTime<Utc>) -> Result<&Grant, Undecidable> {
        let grant = self.of_user(user_code).ok_or(Undecidable::Unknown)?;
        match grant.decision {
            _ if grant.is_over(now) => Err(Undecidable::Expired),
            Some(_) => Err(Undecidable::Decided),
            None => Ok(grant),
        }
    }

    /// Returns all pending grants, the oldest first.
    pub(crate) fn all_waiting(&self, now: DateTime<Utc>) -> Vec<WaitingCode> {
        let waits = |grant: &&Grant| grant.decision.is_none() && !grant.is_over(now);
        let mut waiting: Vec<WaitingCode> = self
            .by_device_code
            .values()
            .filter(waits)
            .map(|grant| WaitingCode {
                user_code: grant.user_code.clone(),
                request: grant.request.clone(),
                ends_at: grant.ends_at,
                polls: grant.polls,
            })
            .collect();
        waiting.sort_by(|one, other| (one.ends_at, &one.user_code).cmp(&(other.ends_at, &other.user_code)));
        waiting
    }

    /// Records a decision; the caller has checked that it is allowed.
    pub(crate) fn decide(
        &mut self,
        user_code: &str,
        decision: Decision,
        rules: &Pairing,
        now: DateTime<Utc>,
    ) {
        let Some(grant) = self.of_user_mut(user_code) else { return };
        if matches!(decision, Decision::Denied) && rules.dialect == Dialect::Romm {
            grant.ends_at = grant.ends_at.min(now + rules.denied_kept);
        }
        grant.decision = Some(decision);
    }

    /// Expires a code now; returns false when there is none.
    pub(crate) fn expire(&mut self, user_code: &str, now: DateTime<Utc>) -> bool {
        let grant = self.of_user_mut(user_code);
        grant.map(|grant| grant.ends_at = grant.ends_at.min(now)).is_some()
    }

    /// Marks undecided expired codes, as Data Forge does every five minutes.
    pub(crate) fn sweep(&mut self, now: DateTime<Utc>) {
        for grant in self.by_device_code.values_mut() {
            grant.swept |= grant.decision.is_none() && now >= grant.ends_at;
        }
    }

    /// Answers a poll.
    pub(crate) fn poll(&mut self, device_code: &str, rules: &Pairing, now: DateTime<Utc>) -> Poll {
        let Some(grant) = self.by_device_code.get_mut(device_code) else { return Poll::Unknown };
        // Checked before the decision: an approved code that was not polled in time is lost.
        if grant.is_over(now) {
            return Poll::Expired;
        }
        grant.polls = grant.polls.saturating_add(1);
        if grant.fetched && rules.is_one_shot() {
            return Poll::Used;
        }
        let last = grant.last_poll.replace(now);
        let waited = last.map(|last| (now - last).to_std().unwrap_or_default());
        if rules.is_strict() && waited.is_some_and(|waited| waited < grant.interval) {
            if rules.dialect != Dialect::Romm {
                grant.interval += rules.slow_down_step;
            }
            return Poll::SlowDown(grant.interval);
        }
        match &grant.decision {
            None => Poll::Pending,
            Some(Decision::Denied) => Poll::Denied,
            Some(Decision::Approved(approval)) => {
                grant.fetched = true;
                Poll::Approved(approval.clone())
            }
        }
    }
}

impl Grant {
    /// Returns whether it has expired.
    pub(crate) fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.swept || now >= self.ends_at
    }

    /// Returns whether the sweep marked it as expired.
    pub(crate) fn is_swept(&self) -> bool {
        self.swept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
    }

    fn rules(dialect: Dialect) -> Pairing {
        Pairing { dialect, ..Pairing::default() }
    }

    fn approval() -> Decision {
        let domain = "a_b".to_owned();
        Decision::Approved(Approval {
            site_id: String::new(),
            site_name: domain.clone(),
            domain,
            device_id: None,
            device_name: None,
            scopes: Vec::new(),
            ends_at: None,
            secret: None,
        })
    }

    #[test]
    fn strict_polling_lengthens_the_interval_by_five_seconds_each_time_and_never_shortens_it() {
        let (mut grants, rules) = (Grants::default(), rules(Dialect::Rfc));
        let code = grants.open(CodeRequest::default(), &rules, at(0)).device_code;
        let slow = |seconds| Poll::SlowDown(Duration::from_secs(seconds));
        for (second, expected) in [
            (0, Poll::Pending),
            (4, slow(10)),
            (13, slow(15)),
            (28, Poll::Pending),
            (42, slow(20)),
            (62, Poll::Pending),
        ] {
            assert_eq!(grants.poll(&code, &rules, at(second)), expected, "at {second}");
        }
    }

    #[test]
    fn romm_restarts_its_clock_with_every_poll_and_keeps_its_interval() {
        let (mut grants, rules) = (Grants::default(), rules(Dialect::Romm));
        let code = grants.open(CodeRequest::default(), &rules, at(0)).device_code;
        for (second, early) in [(0, false), (4, true), (8, true), (13, false)] {
            let poll = grants.poll(&code, &rules, at(second));
            assert_eq!(matches!(poll, Poll::SlowDown(_)), early, "at {second}");
        }
    }

    #[test]
    fn an_approved_code_that_is_not_polled_in_time_is_expired() {
        let (mut grants, rules) = (Grants::default(), rules(Dialect::DfmA));
        let grant = grants.open(CodeRequest::default(), &rules, at(0));
        grants.decide(&grant.user_code, approval(), &rules, at(1));
        assert!(matches!(grants.poll(&grant.device_code, &rules, at(899)), Poll::Approved(_)));
        assert_eq!(grants.poll(&grant.device_code, &rules, at(900)), Poll::Expired);
    }

    #[test]
    fn one_shot_depends_on_the_dialect_unless_set() {
        for (dialect, one_shot, again) in [
            (Dialect::DfmA, None, false),
            (Dialect::DfmA, Some(true), true),
            (Dialect::Rfc, None, true),
            (Dialect::Rfc, Some(false), false),
            (Dialect::Aip, None, true),
        ] {
            let mut grants = Grants::default();
            let rules = Pairing { one_shot, strict_polling: Some(false), ..rules(dialect) };
            let grant = grants.open(CodeRequest::default(), &rules, at(0));
            grants.decide(&grant.user_code, approval(), &rules, at(1));
            grants.poll(&grant.device_code, &rules, at(2));
            assert_eq!(grants.poll(&grant.device_code, &rules, at(3)) == Poll::Used, again, "{dialect:?}");
        }
    }

    #[test]
    fn romm_forgets_a_denied_code_after_a_minute() {
        let (mut grants, rules) = (Grants::default(), rules(Dialect::Romm));
        let grant = grants.open(CodeRequest::default(), &rules, at(0));
        grants.decide(&grant.user_code, Decision::Denied, &rules, at(10));
        assert_eq!(grants.poll(&grant.device_code, &rules, at(69)), Poll::Denied);
        assert_eq!(grants.poll(&grant.device_code, &rules, at(70)), Poll::Expired);
    }

    #[test]
    fn a_pending_code_is_found_in_every_spelling() {
        let (mut grants, rules) = (Grants::default(), rules(Dialect::DfmA));
        let code = grants.open(CodeRequest::default(), &rules, at(0)).user_code;
        let typed = code.replace('-', " ").to_lowercase();
        assert_eq!(grants.waiting(&typed, at(1)).unwrap().user_code, code);
        assert_eq!(grants.all_waiting(at(1)).len(), 1);
        assert_eq!(grants.waiting(&typed, at(900)).err(), Some(Undecidable::Expired));
        assert_eq!(grants.waiting("ZZZZ-ZZZZ", at(1)).err(), Some(Undecidable::Unknown));
        grants.decide(&code, Decision::Denied, &rules, at(2));
        assert_eq!(grants.waiting(&code, at(3)).err(), Some(Undecidable::Decided));
        assert!(grants.all_waiting(at(3)).is_empty());
    }
}
