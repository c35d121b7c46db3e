//! The server's time: [`Clock`], the wall clock with an offset that tests may change or freeze.

use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use crate::lock;

/// A wall clock with an offset from the machine's.
#[derive(Debug, Default)]
pub struct Clock(Mutex<Setting>);

#[derive(Debug, Default)]
struct Setting {
    offset: TimeDelta,
    held: Option<DateTime<Utc>>,
}

impl Clock {
    /// Creates a clock that is ahead of the machine's by a number of milliseconds, or behind when negative.
    pub fn with_offset_ms(offset: i64) -> Self {
        Self(Mutex::new(Setting { offset: TimeDelta::milliseconds(offset), held: None }))
    }

    /// Returns the time, to the millisecond.
    pub fn now(&self) -> DateTime<Utc> {
        let setting = lock(&self.0);
        (setting.held.unwrap_or_else(machine_now) + setting.offset).trunc_subsecs(3)
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        let mut setting = lock(&self.0);
        setting.offset = setting.offset.checked_add(&by).unwrap_or(setting.offset);
    }

    /// Freezes the clock; [`Clock::advance`] still moves it.
    pub fn hold(&self) {
        let now = machine_now();
        lock(&self.0).held = Some(now);
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place of this server that reads the wall clock")]
fn machine_now() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_advanced() {
        let clock = Clock::with_offset_ms(-5_000);
        clock.hold();
        let before = clock.now();
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(clock.now(), before);
        clock.advance(Duration::from_mins(1));
        assert_eq!(clock.now() - before, TimeDelta::seconds(60));
    }
}
