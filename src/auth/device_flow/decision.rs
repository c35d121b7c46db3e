//! [`decide`]: the pure rule of polling (docs/pairing.md#polling). It takes an answer and the [`PollState`], and
//! returns the new state and the next [`Step`].
//!
//! Knows no clock and no network. The interval never shrinks; the back-off after a failure is separate.

use std::time::Duration;

use super::error::GrantError;

/// The interval when the server names none, or an impossible one.
pub const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);
/// Increment of each `slow_down` (RFC 8628 section 3.5).
pub const SLOWER: Duration = Duration::from_secs(5);
/// Maximum back-off after a failure, unless the interval is longer.
pub const LONGEST_BACKOFF: Duration = Duration::from_mins(1);

/// The answer to a poll; `T` is the grant.
#[derive(Debug, Clone, PartialEq)]
pub enum PollAnswer<T> {
    /// The person approved.
    Granted(T),
    /// The person has not decided yet.
    Pending,
    /// The server asks for fewer polls.
    SlowDown {
        /// The interval in the answer.
        interval: Option<Duration>,
    },
    /// The person refused.
    Denied,
    /// The code has expired.
    Expired,
    /// The server does not know the code.
    InvalidGrant,
    /// A final refusal, in the server's words.
    Refused(String),
    /// No answer to the question; the next poll may have one.
    Failed(PollFailure),
}

/// A poll that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollFailure {
    /// The reason, as the end of a sentence after "because".
    pub why: String,
    /// The wait that the server asks for.
    pub wait: Option<Duration>,
    /// Whether it was a 429 without `Retry-After`.
    pub too_many: bool,
}

/// State between polls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollState {
    /// The interval; it only grows.
    pub interval: Duration,
    /// Failures since the last good answer.
    pub failures: u32,
    /// The last failure since the last good answer.
    pub last_failure: Option<String>,
    /// Whether any answer of the server was usable.
    pub answered: bool,
    /// Whether an answer was lost after the request was sent, so that it may have contained a credential.
    pub lost: bool,
}

/// The next step.
#[derive(Debug, Clone, PartialEq)]
pub enum Step<T> {
    /// Poll again, no sooner than this time after the answer.
    Wait(Duration),
    /// The flow has succeeded.
    Done(T),
    /// The flow has failed.
    Stop(GrantError),
}

impl PollState {
    /// Creates the state before the first poll. A missing or zero interval becomes [`DEFAULT_INTERVAL`].
    pub fn new(interval: Option<Duration>) -> Self {
        let interval = interval.filter(|interval| !interval.is_zero()).unwrap_or(DEFAULT_INTERVAL);
        Self { interval, failures: 0, last_failure: None, answered: false, lost: false }
    }

    /// Returns the wait before the first poll and after a good answer: the interval plus a margin of a quarter to one
    /// second. `random` lies in `0.0..1.0`.
    pub fn pause(&self, random: f64) -> Duration {
        self.interval.saturating_add(margin(random))
    }

    /// The result when the time runs out: the code expired, or the server never answered.
    pub fn over(self) -> GrantError {
        match self.last_failure {
            Some(why) if !self.answered => GrantError::NeverReached { why },
            _ => GrantError::Expired { lost: self.lost },
        }
    }
}

/// Returns the next step. `random` lies in `0.0..1.0`.
pub fn decide<T>(mut state: PollState, answer: PollAnswer<T>, random: f64) -> (PollState, Step<T>) {
    let lost = state.lost;
    if !matches!(answer, PollAnswer::Failed(_)) {
        state.answered = true;
        state.failures = 0;
        state.last_failure = None;
    }
    let step = match answer {
        PollAnswer::Granted(granted) => Step::Done(granted),
        PollAnswer::Denied => Step::Stop(GrantError::Denied),
        PollAnswer::Expired => Step::Stop(GrantError::Expired { lost }),
        PollAnswer::InvalidGrant => Step::Stop(GrantError::InvalidGrant { lost }),
        PollAnswer::Refused(message) => Step::Stop(GrantError::Refused { message }),
        PollAnswer::Pending => {
            // An answer that was lost before this one contained no credential.
            state.lost = false;
            Step::Wait(state.pause(random))
        }
        PollAnswer::SlowDown { interval } => {
            state.lost = false;
            let slower = state.interval.saturating_add(SLOWER);
            state.interval = interval.map_or(slower, |named| named.max(slower));
            Step::Wait(state.pause(random))
        }
        PollAnswer::Failed(PollFailure { why, wait, too_many }) => {
            state.failures = state.failures.saturating_add(1);
            state.last_failure = Some(why);
            state.lost |= !too_many;
            if too_many {
                state.interval = state.interval.saturating_add(SLOWER);
            }
            let backoff = state.interval.saturating_mul(2_u32.saturating_pow(state.failures.min(16)));
            let backoff = if too_many { state.interval } else { backoff.min(LONGEST_BACKOFF) };
            let wait = backoff.max(state.interval).max(wait.unwrap_or_default());
            Step::Wait(wait.saturating_add(margin(random)))
        }
    };
    (state, step)
}

fn margin(random: f64) -> Duration {
    Duration::from_millis(250) + Duration::from_millis(750).mul_f64(random.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::models::pairing::PairingFault;

    type Reply = PollAnswer<&'static str>;

    const S: fn(u64) -> Duration = Duration::from_secs;

    fn state(interval: u64) -> PollState {
        PollState::new(Some(S(interval)))
    }

    fn last_failure(wait: Option<u64>, too_many: bool) -> Reply {
        PollAnswer::Failed(PollFailure { why: "the net is down".to_owned(), wait: wait.map(S), too_many })
    }

    /// Returns the waits after a series of answers, in whole seconds; the margin is below one.
    fn waits(interval: u64, answers: Vec<Reply>) -> Vec<u64> {
        let mut now = state(interval);
        let mut waits = Vec::new();
        for answer in answers {
            let (next, step) = decide(now, answer, 0.0);
            now = next;
            match step {
                Step::Wait(wait) => waits.push(wait.as_secs()),
                other => panic!("{other:?}"),
            }
        }
        waits
    }

    #[test]
    fn each_final_answer_ends_the_flow_with_its_own_result() {
        let end = |answer: Reply| match decide(state(5), answer, 0.5).1 {
            Step::Stop(error) => error.fault().word().unwrap(),
            Step::Done(_) => "done",
            Step::Wait(_) => "wait",
        };
        assert_eq!(end(PollAnswer::Granted("secret")), "done");
        assert_eq!(end(PollAnswer::Denied), "access_denied");
        assert_eq!(end(PollAnswer::Expired), "expired_token");
        assert_eq!(end(PollAnswer::InvalidGrant), "invalid_grant");
        assert_eq!(end(PollAnswer::Refused("teapot".to_owned())), "unsupported");
        assert_eq!(end(PollAnswer::Pending), "wait");
        assert_eq!(end(last_failure(None, false)), "wait");
    }

    #[test]
    fn slow_down_permanently_adds_five_seconds_or_uses_the_larger_given_interval() {
        let slow = |named: Option<u64>| Reply::SlowDown { interval: named.map(S) };
        assert_eq!(
            waits(5, vec![slow(None), PollAnswer::Pending, slow(None), PollAnswer::Pending]),
            [10, 10, 15, 15]
        );
        assert_eq!(waits(5, vec![slow(Some(30)), PollAnswer::Pending, slow(None)]), [30, 30, 35]);
        assert_eq!(waits(20, vec![slow(Some(1)), slow(Some(0))]), [25, 30], "never lowered");
    }

    #[test]
    fn failures_double_the_delay_up_to_a_minute_and_a_valid_answer_resets_it() {
        let down = || last_failure(None, false);
        let all = vec![down(), down(), down(), down(), down(), PollAnswer::Pending, down()];
        assert_eq!(waits(5, all), [10, 20, 40, 60, 60, 5, 10]);
        assert_eq!(waits(90, vec![down(), down()]), [90, 90], "never below the interval");
    }

    #[test]
    fn retry_after_is_respected_and_an_unannounced_limit_slows_down_permanently() {
        assert_eq!(waits(5, vec![last_failure(Some(120), false), last_failure(Some(1), false)]), [120, 20]);
        assert_eq!(waits(5, vec![last_failure(None, true), PollAnswer::Pending]), [10, 10]);
        assert_eq!(waits(5, vec![last_failure(Some(60), true), PollAnswer::Pending]), [60, 10]);
    }

    #[test]
    fn a_missing_or_invalid_interval_defaults_to_five_seconds() {
        for given in [None, Some(Duration::ZERO)] {
            assert_eq!(PollState::new(given).interval, S(5));
        }
        assert_eq!(PollState::new(Some(S(1))).interval, S(1));
    }

    #[test]
    fn at_the_deadline_an_expired_code_differs_from_an_unreachable_server() {
        assert_eq!(state(5).over().fault(), PairingFault::ExpiredToken);
        let (unanswered, _) = decide(state(5), last_failure(None, false), 0.0);
        assert_eq!(unanswered.clone().over().fault(), PairingFault::Network);
        let (answered, _) = decide(unanswered, Reply::Pending, 0.0);
        assert_eq!(
            decide(answered, last_failure(None, false), 0.0).0.over().fault(),
            PairingFault::ExpiredToken
        );
    }

    #[test]
    fn a_lost_answer_is_remembered_until_the_next_pending() {
        let (lost, _) = decide(state(5), last_failure(None, false), 0.0);
        let (_, step) = decide(lost.clone(), Reply::InvalidGrant, 0.0);
        assert_eq!(step, Step::Stop(GrantError::InvalidGrant { lost: true }));
        let (pending, _) = decide(lost, Reply::Pending, 0.0);
        let (_, step) = decide(pending, Reply::InvalidGrant, 0.0);
        assert_eq!(step, Step::Stop(GrantError::InvalidGrant { lost: false }));
    }

    fn any_answer() -> impl Strategy<Value = Reply> {
        prop_oneof![
            Just(PollAnswer::Pending),
            proptest::option::of(any::<u64>()).prop_map(|s| PollAnswer::SlowDown { interval: s.map(S) }),
            (proptest::option::of(0_u64..5000), any::<bool>()).prop_map(|(s, many)| last_failure(s, many)),
        ]
    }

    proptest! {
        #[test]
        fn no_sequence_of_answers_lowers_the_interval_or_polls_earlier(
            given in proptest::option::of(any::<u64>()),
            answers in proptest::collection::vec((any_answer(), 0.0_f64..1.0), 0..40)
        ) {
            let mut now = PollState::new(given.map(S));
            for (answer, random) in answers {
                let before = now.interval;
                let (next, step) = decide(now, answer, random);
                prop_assert!(next.interval >= before);
                let Step::Wait(wait) = step else { panic!("{step:?}") };
                prop_assert!(wait > next.interval || wait == Duration::MAX);
                now = next;
            }
        }
    }
}
