//! What is watched beside the work of a run, [`look`]: the clock against the server's, the room on the disk before there
//! is none, and how hard the server was to reach ([`Hardship`]). Finds and says; stops nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;

use super::context::Context;
use super::progress::{Event, Progress};
use crate::error::{Code, Error};
use crate::models::ErrorSeverity;
use crate::platform;

/// How far the clocks may be apart: tokens and the order of things suffer from more.
const APART: TimeDelta = TimeDelta::minutes(5);
/// How often the room that has to stay free is low.
const LOW: u64 = 2;

/// From so long a wait in all on, a server that was reached in the end is spoken of.
const LONG: Duration = Duration::from_mins(1);

/// Listens to a run on its way to another listener: how long calls had to be put off, and why the last one was.
pub struct Hardship {
    next: Arc<dyn Progress>,
    waits: Mutex<(Duration, Option<Error>)>,
}

impl Hardship {
    /// Before another listener.
    pub fn before(next: Arc<dyn Progress>) -> Self {
        Self { next, waits: Mutex::default() }
    }

    fn waits(&self) -> MutexGuard<'_, (Duration, Option<Error>)> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finding(&self) -> Option<Error> {
        let (waited, last) = &*self.waits();
        let mut found = last.clone().filter(|_| *waited >= LONG)?.severity(ErrorSeverity::Warning);
        found.message =
            format!("the server was hard to reach, and was reached in the end: {}", found.message);
        Some(found)
    }
}

impl Progress for Hardship {
    fn on(&self, event: Event<'_>) {
        if let Event::Retrying { error, wait } = &event {
            let mut waits = self.waits();
            *waits = (waits.0 + *wait, Some(Error::from((*error).clone())));
        }
        self.next.on(event);
    }
}

/// What is not as it should be, besides the error that the run ended with.
pub fn look(ctx: &Context, hardship: &Hardship, error: Option<&Error>) -> Vec<Error> {
    let full = error.is_some_and(|error| error.code == Code::DiskFull);
    let disk = if full { None } else { disk(ctx) };
    let hardship = if error.is_some() { None } else { hardship.finding() };
    clock(ctx.sink.clock_ahead()).into_iter().chain(disk).chain(hardship).collect()
}

/// What is to be said of a server's clock that is so far ahead of this computer's.
pub fn clock(ahead: Option<TimeDelta>) -> Option<Error> {
    let ahead = ahead.filter(|ahead| ahead.abs() > APART)?;
    Some(Error::new(Code::HealthCheckFailed, clock_of_this_computer(-ahead)).hint(
        "set the clock, and have the system keep it by the network; until then exports come at wrong times",
    ))
}

/// How far this computer's clock is ahead, in the unit that a person would take.
fn clock_of_this_computer(ahead: TimeDelta) -> String {
    let length = match ahead.num_seconds().unsigned_abs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds @ 7200..172_800 => format!("{} hours", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    };
    let side = if ahead > TimeDelta::zero() { "ahead of" } else { "behind" };
    format!("this computer's clock is {length} {side} the server's")
}

fn disk(ctx: &Context) -> Option<Error> {
    let (least, low) = (ctx.limits.min_free, ctx.limits.min_free.saturating_mul(LOW));
    // A disk that cannot be asked will say itself when it is full.
    platform::free_space(&ctx.data).ok().filter(|free| *free < low)?;
    let message = format!("the disk of `{}` has less than {} MB left", ctx.data.display(), low / 1_000_000);
    Some(
        Error::new(Code::DiskFull, message)
            .hint(format!("free some space on it; below {} MB exports stop", least / 1_000_000))
            .path(&ctx.data)
            .severity(ErrorSeverity::Warning),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_said_to_be_wrong_from_five_minutes_on() {
        let said = |ahead: TimeDelta| clock(Some(ahead)).map(|error| error.message);
        assert_eq!(said(TimeDelta::minutes(5)), None);
        assert_eq!(said(TimeDelta::minutes(-5)), None);
        assert_eq!(clock(None), None);
        assert_eq!(
            said(TimeDelta::minutes(61)).unwrap(),
            "this computer's clock is 61 min behind the server's"
        );
        assert_eq!(
            said(TimeDelta::hours(-5)).unwrap(),
            "this computer's clock is 5 hours ahead of the server's"
        );
        assert!(said(TimeDelta::days(-365 * 56)).unwrap().contains("20440 days ahead"));
    }
}
