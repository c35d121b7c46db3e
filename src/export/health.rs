//! What is watched beside the work of a run, [`look`]: the clock against the server's, and the room on the disk before
//! there is none. Finds and says; stops nothing.

use chrono::TimeDelta;

use super::context::Context;
use crate::error::{Code, Error};
use crate::models::ErrorSeverity;
use crate::platform;

/// How far the clocks may be apart: tokens and the order of things suffer from more.
const APART: TimeDelta = TimeDelta::minutes(5);
/// How often the room that has to stay free is low.
const LOW: u64 = 2;

/// What is not as it should be, besides the error that the run ended with.
pub fn look(ctx: &Context, error: Option<&Error>) -> Vec<Error> {
    let full = error.is_some_and(|error| error.code == Code::DiskFull);
    let disk = if full { None } else { disk(ctx) };
    clock(ctx.sink.clock_ahead()).into_iter().chain(disk).collect()
}

/// What is to be said of a server's clock that is so far ahead of this computer's.
pub fn clock(ahead: Option<TimeDelta>) -> Option<Error> {
    let ahead = ahead.filter(|ahead| ahead.abs() > APART)?;
    let side = if ahead > TimeDelta::zero() { "behind" } else { "ahead of" };
    let length = match ahead.num_minutes().abs() {
        minutes @ ..120 => format!("{minutes} minutes"),
        minutes @ ..2880 => format!("{} hours", minutes / 60),
        minutes => format!("{} days", minutes / 1440),
    };
    let message = format!("the clock of this computer is {length} {side} the server's");
    Some(Error::new(Code::HealthCheckFailed, message).hint(
        "set the clock, and have the system keep it by the network; until then exports come at wrong times",
    ))
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
            "the clock of this computer is 61 minutes behind the server's"
        );
        assert_eq!(
            said(TimeDelta::hours(-5)).unwrap(),
            "the clock of this computer is 5 hours ahead of the server's"
        );
        assert!(said(TimeDelta::days(-365 * 56)).unwrap().contains("20440 days ahead"));
    }
}
