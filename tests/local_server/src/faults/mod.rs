//! Injected faults: [`Fault`], and [`Rule`], which defines when they occur.
//!
//! [`Faults`] decides, without any I/O; `inflict` applies a fault.

pub(crate) mod inflict;
mod parse;

use std::time::Duration;

use crate::endpoint::Endpoint;

pub use parse::RuleError;

/// A fault.
///
/// "Before": the server does not process the request. "After": it processes the request, and only the reply is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Before: this status in the general error format.
    Status(u16),
    /// Before: this status with `Retry-After` in either form.
    RetryAfter(u16, RetryAfter),
    /// Before: this status without a body.
    Empty(u16),
    /// Before: any other reply.
    Reply {
        /// Its status.
        status: u16,
        /// Its content type.
        content_type: String,
        /// Its body.
        body: String,
    },
    /// Before: the page of a captive portal, 200 and HTML.
    CaptivePortal,
    /// Before: 302 to this address.
    Redirect(String),
    /// Before: 200 with this many megabytes of zeros that gzip makes tiny.
    GzipBomb(usize),
    /// Waits, then processes the request normally.
    Delay(Duration),
    /// Before: no reply.
    Silence,
    /// Before: the connection is reset.
    ResetBefore,
    /// After this number of request body bytes: the connection is reset.
    ResetInBody(u64),
    /// After this number of request body bytes: the server stops reading and sends no reply.
    StallInBody(u64),
    /// After: the connection is reset instead of a reply.
    ResetAfter,
    /// After: no reply.
    SilenceAfter,
    /// After: the connection closes in the middle of the reply body.
    CutBody,
    /// After: a complete reply whose JSON is truncated.
    CutJson,
    /// After: the page of a captive portal instead of the reply.
    CaptivePortalAfter,
    /// After: this status in the general error format instead of the reply.
    StatusAfter(u16),
    /// After: the reply is sent one byte at a time with this pause between.
    Drip(Duration),
    /// After: the reply is compressed with gzip and declared so.
    Gzip,
    /// After: the `checksum` in the reply is wrong.
    WrongChecksum,
}

/// The forms of `Retry-After` (RFC 9110 section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// Seconds.
    Seconds(u64),
    /// A date this number of seconds ahead on the server's clock.
    Date(u64),
}

/// The condition of a fault. Requests are counted from 1 when the rule is added; pages are not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    fault: Fault,
    endpoint: Option<Endpoint>,
    when: When,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum When {
    Always,
    From { first: u64, count: u64 },
    Chance { per_mille: u32, seed: u64 },
}

impl Rule {
    /// Applies to every request.
    pub fn always(fault: Fault) -> Self {
        Self { fault, endpoint: None, when: When::Always }
    }

    /// Applies to the n-th request only.
    pub fn nth(n: u64, fault: Fault) -> Self {
        Self { fault, endpoint: None, when: When::From { first: n, count: 1 } }
    }

    /// Applies to the first requests up to this number.
    pub fn first(count: u64, fault: Fault) -> Self {
        Self { fault, endpoint: None, when: When::From { first: 1, count } }
    }

    /// Applies to each request with this chance in a thousand; the same seed chooses the same requests.
    pub fn chance(per_mille: u32, seed: u64, fault: Fault) -> Self {
        Self { fault, endpoint: None, when: When::Chance { per_mille, seed } }
    }

    /// Counts and applies to requests of this endpoint only.
    #[must_use]
    pub fn on(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }
}

/// The active rules.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Counted>);

#[derive(Debug)]
struct Counted {
    rule: Rule,
    seen: u64,
    random: fastrand::Rng,
}

impl Faults {
    pub(crate) fn add(&mut self, rule: Rule) {
        let seed = if let When::Chance { seed, .. } = rule.when { seed } else { 0 };
        self.0.push(Counted { rule, seen: 0, random: fastrand::Rng::with_seed(seed) });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns the fault of the next request to this endpoint; every rule counts it, the first matching rule wins.
    pub(crate) fn next(&mut self, endpoint: Endpoint) -> Option<Fault> {
        let mut hit = None;
        for counted in &mut self.0 {
            if counted.rule.endpoint.is_some_and(|only| only != endpoint) {
                continue;
            }
            counted.seen += 1;
            let applies = match counted.rule.when {
                When::Always => true,
                When::From { first, count } => counted.seen >= first && counted.seen - first < count,
                When::Chance { per_mille, .. } => counted.random.u32(0..1000) < per_mille,
            };
            if applies && hit.is_none() {
                hit = Some(counted.rule.fault.clone());
            }
        }
        hit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_counts_only_requests_to_its_endpoint() {
        let mut faults = Faults::default();
        faults.add(Rule::nth(2, Fault::Status(503)).on(Endpoint::Upload));
        let answers = [Endpoint::Upload, Endpoint::Start, Endpoint::Upload, Endpoint::Upload]
            .map(|endpoint| faults.next(endpoint).is_some());
        assert_eq!(answers, [false, false, true, false]);
    }

    #[test]
    fn the_first_rule_that_applies_wins() {
        let mut faults = Faults::default();
        faults.add(Rule::first(1, Fault::ResetBefore));
        faults.add(Rule::always(Fault::Silence));
        assert_eq!(faults.next(Endpoint::Token), Some(Fault::ResetBefore));
        assert_eq!(faults.next(Endpoint::Token), Some(Fault::Silence));
    }

    #[test]
    fn random_faults_repeat_with_their_seed_and_match_their_rate() {
        let run = |seed| {
            let mut faults = Faults::default();
            faults.add(Rule::chance(300, seed, Fault::Status(500)));
            (0..1000).map(|_| faults.next(Endpoint::Upload).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        let hits = run(7).into_iter().filter(|hit| *hit).count();
        assert!((240..360).contains(&hits), "{hits}");
    }
}
