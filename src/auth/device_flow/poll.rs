//! [`poll`]: the loop that applies [`decide`] over time. Clock, sleep and request are parameters, so that tests neither
//! wait nor connect.
//!
//! Uses a [`Clock`] that includes suspend and that nobody can set. Never polls early, and never catches up on missed
//! polls.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::decision::{PollAnswer, PollState, Step, decide};
use super::error::GrantError;
use crate::platform::Clock;

/// A wait is slept in parts, because a sleep does not count suspended time.
const SLICE: Duration = Duration::from_secs(1);

/// Events of the polling, for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollEvent {
    /// The server asks for fewer polls.
    SlowDown {
        /// The new interval.
        interval: Duration,
    },
    /// A poll failed; polling continues.
    Failure {
        /// The reason.
        why: String,
    },
}

/// Polls until the server decides, the time runs out or `stop` is cancelled.
///
/// `received` is the time of the answer that contained the code, `deadline` the time to poll from there.
///
/// # Errors
/// [`GrantError`] with the server's decision, the end of the time, or [`GrantError::Cancelled`]; a later answer is
/// dropped.
pub async fn poll<'a, T>(
    clock: &dyn Clock,
    stop: &CancellationToken,
    received: Duration,
    deadline: Duration,
    mut state: PollState,
    mut send_poll: impl FnMut() -> BoxFuture<'a, PollAnswer<T>>,
    mut notify: impl FnMut(PollEvent),
) -> Result<T, GrantError> {
    let ends = received.saturating_add(deadline);
    let mut due = received.saturating_add(state.pause(fastrand::f64()));
    loop {
        wait_until(clock, stop, due.min(ends)).await?;
        // After a suspend beyond the deadline the server is asked once more: it may have granted in between.
        if clock.now() < due {
            return Err(state.over());
        }
        let answer = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(GrantError::Cancelled),
            answer = send_poll() => answer,
        };
        let answered = clock.now();
        let failure = match &answer {
            PollAnswer::Failed(failure) => Some(failure.why.clone()),
            _ => None,
        };
        let before = state.interval;
        let (next, step) = decide(state, answer, fastrand::f64());
        state = next;
        match step {
            Step::Done(granted) => return Ok(granted),
            Step::Stop(error) => return Err(error),
            Step::Wait(wait) => {
                if answered >= ends {
                    return Err(state.over());
                }
                due = answered.saturating_add(wait);
            }
        }
        if let Some(why) = failure {
            notify(PollEvent::Failure { why });
        }
        if state.interval > before {
            notify(PollEvent::SlowDown { interval: state.interval });
        }
    }
}

async fn wait_until(clock: &dyn Clock, stop: &CancellationToken, moment: Duration) -> Result<(), GrantError> {
    loop {
        let left = moment.saturating_sub(clock.now());
        if stop.is_cancelled() {
            return Err(GrantError::Cancelled);
        }
        if left.is_zero() {
            return Ok(());
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => return Err(GrantError::Cancelled),
            () = clock.sleep(left.min(SLICE)) => {}
        }
    }
}
