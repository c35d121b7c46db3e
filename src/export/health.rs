//! Health checks of a run, [`check`]: the clock against the server's, and free disk space; [`RetryMonitor`]: how hard
//! the server is to reach. Reports problems; stops nothing.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use parking_lot::{Mutex, MutexGuard};

use super::context::RunContext;
use super::progress::{ExportEvent, ProgressListener};
use crate::api::ApiError;
use crate::error::{Code, Error};
use crate::models::ErrorSeverity;
use crate::platform;
use crate::reports::{Recorded, Reports};
use crate::store::RunId;
use crate::store::errors::NewError;

/// Maximum difference of the clocks: tokens and the order of events suffer from more.
const MAX_CLOCK_DIFFERENCE: TimeDelta = TimeDelta::minutes(5);
/// Free space is low below this multiple of the required space.
const LOW_SPACE_FACTOR: u64 = 2;

/// Total retry delay after which a server counts as hard to reach.
const LONG_DELAY: Duration = Duration::from_mins(1);

/// Passes the events of a run to another listener and sums up the retry delays. Records a warning as soon as they are
/// long; reports it to the server once the server was reached.
pub struct RetryMonitor {
    next: Arc<dyn ProgressListener>,
    reports: Reports,
    run: RunId,
    waits: Mutex<Waits>,
}

#[derive(Default)]
struct Waits {
    sum: Duration,
    recorded: Option<Recorded>,
}

impl RetryMonitor {
    /// Creates a monitor of a run in front of another listener.
    pub fn before(next: Arc<dyn ProgressListener>, reports: Reports, run: RunId) -> Self {
        Self { next, reports, run, waits: Mutex::default() }
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock()
    }

    /// Adds a wait; returns the warning when the sum becomes long.
    fn add(&self, wait: Duration, error: &ApiError) -> Option<Error> {
        let mut waits = self.waits();
        let before = waits.sum;
        waits.sum += wait;
        if before >= LONG_DELAY || waits.sum < LONG_DELAY {
            return None;
        }
        let mut found = Error::from(error.clone())
            .severity(ErrorSeverity::Warning)
            .hint("the program retries; if this happens often, check the network and `[api] base_url`");
        found.message = format!("the server is hard to reach: {}", found.message);
        waits.recorded = Some(self.reports.record(NewError::from(&found).in_run(self.run)));
        Some(found)
    }

    /// Reports the warning once the server was reached.
    pub fn report(&self) {
        if let Some(recorded) = self.waits().recorded.take() {
            self.reports.send(recorded, None);
        }
    }
}

impl ProgressListener for RetryMonitor {
    fn on(&self, event: ExportEvent<'_>) {
        if let ExportEvent::Retrying { error, wait } = &event
            && let Some(found) = self.add(*wait, error)
        {
            self.next.on(ExportEvent::Warning(&found));
        }
        self.next.on(event);
    }
}

/// Returns the problems besides the error that ended the run.
pub fn check(ctx: &RunContext, error: Option<&Error>) -> Vec<Error> {
    let full = error.is_some_and(|error| error.code == Code::DiskFull);
    let disk = if full { None } else { disk(ctx) };
    clock(ctx.sink.clock_ahead()).into_iter().chain(disk).collect()
}

/// Returns the warning for a server's clock that is this far ahead of ours.
pub fn clock(ahead: Option<TimeDelta>) -> Option<Error> {
    let ahead = ahead.filter(|ahead| ahead.abs() > MAX_CLOCK_DIFFERENCE)?;
    Some(
        Error::new(Code::HealthCheckFailed, clock_of_this_computer(-ahead))
            .hint("set the clock and turn on network time; until then exports run at wrong times"),
    )
}

/// Formats how far this computer's clock is ahead, in a suitable unit.
fn clock_of_this_computer(ahead: TimeDelta) -> String {
    let seconds = ahead.num_seconds().unsigned_abs();
    let rounded = |unit: u64| (seconds + unit / 2) / unit;
    let length = match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", rounded(60)),
        7200..172_800 => format!("{} hours", rounded(3600)),
        _ => format!("{} days", rounded(86_400)),
    };
    let side = if ahead > TimeDelta::zero() { "ahead of" } else { "behind" };
    format!("this computer's clock is {length} {side} the server's")
}

fn disk(ctx: &RunContext) -> Option<Error> {
    let (least, low) = (ctx.limits.min_free, ctx.limits.min_free.saturating_mul(LOW_SPACE_FACTOR));
    // A disk that cannot be queried reports an error when it is full.
    platform::free_space(&ctx.data).ok().filter(|free| *free < low)?;
    let message = format!("the disk of `{}` has less than {} MB free", ctx.data.display(), low / 1_000_000);
    Some(
        Error::new(Code::DiskFull, message)
            .hint(format!("free some space on it; exports stop below {} MB", least / 1_000_000))
            .path(&ctx.data)
            .severity(ErrorSeverity::Warning),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_by_five_minutes_is_reported() {
        let message = |ahead: TimeDelta| clock(Some(ahead)).map(|error| error.message);
        assert_eq!(message(TimeDelta::minutes(5)), None);
        assert_eq!(message(TimeDelta::minutes(-5)), None);
        assert_eq!(clock(None), None);
        assert_eq!(
            message(TimeDelta::minutes(61)).unwrap(),
            "this computer's clock is 61 min behind the server's"
        );
        assert_eq!(
            message(TimeDelta::hours(-5)).unwrap(),
            "this computer's clock is 5 hours ahead of the server's"
        );
        let almost = TimeDelta::hours(1) - TimeDelta::milliseconds(16);
        assert_eq!(message(almost).unwrap(), "this computer's clock is 60 min behind the server's");
        assert!(message(TimeDelta::days(-365 * 56)).unwrap().contains("20440 days ahead"));
    }
}
