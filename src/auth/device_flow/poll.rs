//! The poll loop, [`poll`]: gives [`decide`] its time. Clock, sleep and the request are parameters, so that a
//! test neither waits nor connects.
//!
//! Time is that of a [`Clock`] that counts suspend and that nobody can set. A poll is never early, and never made up for.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::decision::{Answer, State, Step, decide};
use super::error::GrantError;
use crate::platform::Clock;

/// A wait is slept in parts, since a sleep does not count the time of a suspend.
const SLICE: Duration = Duration::from_secs(1);

/// What the person is told while it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollEvent {
    /// The server wants fewer polls.
    SlowDown {
        /// The interval from now on.
        interval: Duration,
    },
    /// A poll brought nothing; the next is under way all the same.
    Failure {
        /// What happened.
        why: String,
    },
}

/// Polls until the server decides, the time is over or `stop` is cancelled.
///
/// `received` is the moment of the answer that held the code, `deadline` how long to go on from there.
///
/// # Errors
/// [`GrantError`] with the server's decision, the end of the time, or [`GrantError::Cancelled`]; an answer that comes
/// after that is dropped.
pub async fn poll<'a, T>(
    clock: &dyn Clock,
    stop: &CancellationToken,
    received: Duration,
    deadline: Duration,
    mut state: State,
    mut ask: impl FnMut() -> BoxFuture<'a, Answer<T>>,
    mut tell: impl FnMut(PollEvent),
) -> Result<T, GrantError> {
    let ends = received.saturating_add(deadline);
    let mut due = received.saturating_add(state.pause(fastrand::f64()));
    loop {
        wait_until(clock, stop, due.min(ends)).await?;
        // After a suspend beyond the end the server is asked once all the same: it may have granted in between.
        if clock.now() < due {
            return Err(state.over());
        }
        let answer = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(GrantError::Cancelled),
            answer = ask() => answer,
        };
        let answered = clock.now();
        let trouble = match &answer {
            Answer::Failed(trouble) => Some(trouble.why.clone()),
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
        if let Some(why) = trouble {
            tell(PollEvent::Failure { why });
        }
        if state.interval > before {
            tell(PollEvent::SlowDown { interval: state.interval });
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
