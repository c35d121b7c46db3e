//! [`RetryPolicy`]: the pure rule for retries (docs/wire.md#retry-policy); [`Backoff`]: the clock and the randomness
//! it uses, which tests replace.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;

/// Upper bound of the first wait.
pub const BASE: Duration = Duration::from_secs(1);
/// Upper bound of the last wait.
pub const CAP: Duration = Duration::from_mins(5);
/// Maximum wait that a server may ask for.
pub const RETRY_AFTER_CAP: Duration = Duration::from_hours(1);

/// Limit of the retries of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryPolicy {
    /// A total number of attempts.
    Attempts(u32),
    /// Retry while the next attempt begins within this time after the first.
    Within(Duration),
}

impl Default for RetryPolicy {
    /// The wait that a person at a terminal accepts.
    fn default() -> Self {
        Self::Attempts(5)
    }
}

impl RetryPolicy {
    /// Returns the wait before the next attempt, or `None` after the last.
    ///
    /// `attempt` is the number of attempts so far, from 1; `elapsed` the time since the first began; `random` lies in
    /// `0.0..1.0`. Full jitter: a random wait up to a bound that doubles from [`BASE`] to [`CAP`]. A wait that the
    /// server asks for is never shortened, except to [`RETRY_AFTER_CAP`].
    pub fn wait(
        self,
        attempt: u32,
        elapsed: Duration,
        retry_after: Option<Duration>,
        random: f64,
    ) -> Option<Duration> {
        let bound = BASE.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1))).min(CAP);
        let jitter = bound.mul_f64(random.clamp(0.0, 1.0));
        let wait = match retry_after {
            Some(asked) => asked.min(RETRY_AFTER_CAP) + jitter.min(BASE),
            None => jitter,
        };
        let goes_on = match self {
            Self::Attempts(limit) => attempt < limit,
            Self::Within(budget) => elapsed + wait <= budget,
        };
        goes_on.then_some(wait)
    }
}

/// Parses `Retry-After` as seconds or an HTTP date (RFC 9110 section 10.2.3), at most [`RETRY_AFTER_CAP`]; `None` for
/// anything else. A date in the past means no wait.
pub fn parse_retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.parse().map_or(RETRY_AFTER_CAP, Duration::from_secs).min(RETRY_AFTER_CAP));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some((date.to_utc() - now).to_std().unwrap_or_default().min(RETRY_AFTER_CAP))
}

/// Time and randomness of retries.
pub trait Backoff: Send + Sync {
    /// Returns a number in `0.0..1.0`.
    fn random(&self) -> f64;
    /// Returns the time of a monotonic clock.
    fn instant(&self) -> Instant;
    /// Waits.
    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()>;
}

/// The system's clock and random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealBackoff;

impl Backoff for RealBackoff {
    fn random(&self) -> f64 {
        fastrand::f64()
    }

    fn instant(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(wait))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONE: Duration = Duration::ZERO;

    fn bound(attempt: u32) -> Duration {
        RetryPolicy::Attempts(u32::MAX).wait(attempt, NONE, None, 1.0).unwrap()
    }

    #[test]
    fn the_bound_doubles_from_one_second_to_five_minutes() {
        let seconds: Vec<u64> = (1..=11).map(|attempt| bound(attempt).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    }

    #[test]
    fn the_policy_ends_after_five_attempts() {
        let policy = RetryPolicy::default();
        assert!(policy.wait(4, NONE, None, 0.5).is_some());
        assert_eq!(policy.wait(5, NONE, None, 0.5), None);
    }

    #[test]
    fn a_budget_ends_before_a_wait_beyond_it() {
        let policy = RetryPolicy::Within(Duration::from_secs(10));
        assert!(policy.wait(50, Duration::from_secs(9), None, 0.0).is_some());
        assert_eq!(policy.wait(1, Duration::from_secs(8), Some(Duration::from_secs(3)), 0.0), None);
    }

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let now = DateTime::parse_from_rfc3339("2026-01-12T10:00:00Z").unwrap().to_utc();
        assert_eq!(parse_retry_after("90", now), Some(Duration::from_secs(90)));
        assert_eq!(parse_retry_after("Mon, 12 Jan 2026 10:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(parse_retry_after("Mon, 12 Jan 2026 09:00:00 GMT", now), Some(NONE));
        assert_eq!(parse_retry_after("99999999999999999999999", now), Some(RETRY_AFTER_CAP));
        assert_eq!(parse_retry_after("soon", now), None);
        assert_eq!(parse_retry_after("", now), None);
        assert_eq!(parse_retry_after("-5", now), None);
    }

    proptest! {
        #[test]
        fn delays_respect_retry_after_and_the_caps(
            attempt in 1_u32..100, asked in proptest::option::of(0_u64..10_000), random in 0.0_f64..1.0
        ) {
            let asked = asked.map(Duration::from_secs);
            let wait = RetryPolicy::Attempts(u32::MAX).wait(attempt, NONE, asked, random).unwrap();
            match asked {
                Some(asked) => {
                    prop_assert!(wait >= asked.min(RETRY_AFTER_CAP));
                    prop_assert!(wait <= asked.min(RETRY_AFTER_CAP) + BASE);
                }
                None => prop_assert!(wait <= CAP),
            }
        }
    }
}
