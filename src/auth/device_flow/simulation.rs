//! Whole flows in simulated time, against a server that counts early polls.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::GrantError;
use super::decision::{DEFAULT_INTERVAL, PollAnswer, PollFailure, PollState, SLOWER};
use super::poll::{PollEvent, poll};
use crate::platform::Clock;

/// A clock that advances only by sleeping.
#[derive(Debug, Default)]
pub(super) struct Simulated {
    now: Mutex<Duration>,
    /// The machine is suspended from the first to the second of these times.
    pub suspend: Option<(Duration, Duration)>,
}

impl Simulated {
    pub fn pass(&self, time: Duration) {
        let mut now = self.now.lock().unwrap();
        *now += time;
        if let Some((from, to)) = self.suspend
            && *now >= from
            && *now < to
        {
            *now = to;
        }
    }
}

impl Clock for Simulated {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        self.pass(wait);
        Box::pin(std::future::ready(()))
    }
}

pub(super) struct SimulatedRun {
    pub result: Result<u32, GrantError>,
    /// The time of each poll.
    pub polls: Vec<Duration>,
    pub events: Vec<PollEvent>,
    pub ended: Duration,
}

/// Runs a flow whose n-th poll is answered by `answer(n, now)`; each answer takes `takes`.
pub(super) async fn flow(
    clock: &Arc<Simulated>,
    interval: Option<Duration>,
    deadline: Duration,
    takes: Duration,
    mut answer: impl FnMut(usize, Duration) -> PollAnswer<u32>,
) -> SimulatedRun {
    let mut polls = Vec::new();
    let mut events = Vec::new();
    let send_poll = || {
        let now = clock.now();
        let answer = answer(polls.len(), now);
        polls.push(now);
        clock.pass(takes);
        async { answer }.boxed()
    };
    let stop = CancellationToken::new();
    let received = clock.now();
    let state = PollState::new(interval);
    let result =
        poll(&**clock, &stop, received, deadline, state, send_poll, |progress| events.push(progress)).await;
    SimulatedRun { result, polls, events, ended: clock.now() }
}

fn failed(wait: Option<u64>) -> PollAnswer<u32> {
    let wait = wait.map(Duration::from_secs);
    PollAnswer::Failed(PollFailure { why: "no connection".to_owned(), wait, too_many: false })
}

#[tokio::test]
async fn ten_thousand_flows_never_poll_earlier_than_the_interval_allows() {
    let mut random = fastrand::Rng::with_seed(8628);
    let (mut early, mut polled, mut granted, mut suspended) = (0, 0, 0, 0);
    for _ in 0..10_000 {
        let interval = Duration::from_secs(random.u64(0..20));
        let deadline = Duration::from_secs(random.u64(60..900));
        let from = Duration::from_secs(random.u64(1..600));
        let suspend = random.bool().then(|| (from, from + Duration::from_secs(random.u64(1..7200))));
        let clock = Arc::new(Simulated { suspend, ..Simulated::default() });
        suspended += u32::from(suspend.is_some());
        // The interval that the server allows, counted from its last reply.
        let mut allowed = if interval.is_zero() { DEFAULT_INTERVAL } else { interval };
        let mut replied = clock.now();
        let mut waited = Duration::ZERO;
        let takes = Duration::from_millis(random.u64(0..30_000));
        let run = flow(&clock, Some(interval), deadline, takes, |_, now| {
            polled += 1;
            if now < replied + allowed.max(waited) {
                early += 1;
            }
            replied = now + takes;
            waited = Duration::ZERO;
            match random.u32(0..20) {
                0..=10 => PollAnswer::Pending,
                11..=13 => {
                    let named = random.bool().then(|| Duration::from_secs(random.u64(0..60)));
                    allowed = (allowed + SLOWER).max(named.unwrap_or_default());
                    PollAnswer::SlowDown { interval: named }
                }
                14..=17 => failed(None),
                18 => {
                    waited = Duration::from_secs(random.u64(0..120));
                    failed(Some(waited.as_secs()))
                }
                _ => PollAnswer::Granted(1),
            }
        })
        .await;
        granted += u32::from(run.result.is_ok());
        let last = run.polls.last().copied().unwrap_or_default();
        let longest = suspend.map_or(deadline, |(_, to)| deadline.max(to) + Duration::from_secs(30));
        assert!(last <= longest + Duration::from_secs(1), "polled at {last:?}, over at {longest:?}");
    }
    assert_eq!(early, 0, "of {polled} polls");
    assert!(polled > 50_000 && granted > 3_000 && suspended > 4_000, "{polled} {granted} {suspended}");
}

#[tokio::test]
async fn the_first_poll_waits_a_whole_interval_and_a_margin() {
    let run =
        flow(&Arc::default(), None, Duration::from_mins(15), Duration::ZERO, |_, _| PollAnswer::Granted(7))
            .await;
    assert_eq!(run.result, Ok(7));
    let first = run.polls[0];
    assert!(first >= Duration::from_millis(5250) && first <= Duration::from_secs(6), "{first:?}");
}

#[tokio::test]
async fn the_interval_is_counted_from_the_reply() {
    let takes = Duration::from_secs(20);
    let run = flow(&Arc::default(), None, Duration::from_mins(3), takes, |_, _| PollAnswer::Pending).await;
    for pair in run.polls.windows(2) {
        assert!(pair[1] >= pair[0] + takes + DEFAULT_INTERVAL);
    }
}

#[tokio::test]
async fn polling_stops_when_the_code_expires() {
    let run =
        flow(&Arc::default(), None, Duration::from_mins(1), Duration::ZERO, |_, _| PollAnswer::Pending).await;
    assert_eq!(run.result, Err(GrantError::Expired { lost: false }));
    assert!(run.ended >= Duration::from_mins(1) && run.ended < Duration::from_secs(62), "{:?}", run.ended);
}

#[tokio::test]
async fn after_a_suspend_past_the_deadline_the_server_is_polled_once() {
    let suspend = Some((Duration::from_secs(30), Duration::from_hours(2)));
    for (answer, result) in
        [(PollAnswer::Granted(1), Ok(1)), (PollAnswer::Pending, Err(GrantError::Expired { lost: false }))]
    {
        let clock = Arc::new(Simulated { suspend, ..Simulated::default() });
        let run = flow(&clock, None, Duration::from_mins(15), Duration::ZERO, |_, now| {
            if now < Duration::from_hours(2) { PollAnswer::Pending } else { answer.clone() }
        })
        .await;
        assert_eq!(run.result, result);
        assert_eq!(run.polls.iter().filter(|at| **at >= Duration::from_hours(2)).count(), 1);
    }
}

#[tokio::test]
async fn a_minute_without_a_server_delays_the_flow_and_does_not_end_it() {
    let run =
        flow(&Arc::default(), None, Duration::from_mins(15), Duration::ZERO, |_, now| match now.as_secs() {
            0..20 => PollAnswer::Pending,
            20..80 => failed(None),
            _ => PollAnswer::Granted(1),
        })
        .await;
    assert_eq!(run.result, Ok(1));
    assert!(run.events.contains(&PollEvent::Failure { why: "no connection".to_owned() }));
    assert!(run.ended < Duration::from_secs(160), "{:?}", run.ended);
}

#[tokio::test]
async fn an_unreachable_server_is_distinguished_from_an_expired_code() {
    let run = flow(&Arc::default(), None, Duration::from_mins(1), Duration::ZERO, |_, _| failed(None)).await;
    assert_eq!(run.result.unwrap_err().fault().word(), Some("network"));
}

#[tokio::test]
async fn slow_down_is_reported_with_the_new_interval() {
    let run = flow(&Arc::default(), None, Duration::from_mins(15), Duration::ZERO, |n, _| match n {
        0 | 1 => PollAnswer::SlowDown { interval: None },
        _ => PollAnswer::Denied,
    })
    .await;
    assert_eq!(run.result, Err(GrantError::Denied));
    let seconds = |n| PollEvent::SlowDown { interval: Duration::from_secs(n) };
    assert_eq!(run.events, [seconds(10), seconds(15)]);
}
