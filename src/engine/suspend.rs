//! [`SuspendDetector`], how the time went by between two looks: a machine that slept, and a clock that was set, are told apart by a
//! clock that nobody sets. Pure: both clocks are arguments.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Looks come closer together than this; the clocks of a machine drift by less.
const NOTICED: TimeDelta = TimeDelta::seconds(90);

/// The last look, and since when looks came one after the other.
#[derive(Debug, Clone, Copy)]
pub struct SuspendDetector {
    wall: DateTime<Utc>,
    boot: Duration,
    since: DateTime<Utc>,
}

/// Time that did not go by as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// The machine slept, or was too busy to look.
    Slept(TimeDelta),
    /// The clock on the wall was set by so much.
    Set(TimeDelta),
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |time: &TimeDelta| time.num_seconds().unsigned_abs();
        match self {
            Self::Slept(time) => write!(f, "the machine slept for {} s", seconds(time)),
            Self::Set(time) if *time < TimeDelta::zero() => {
                write!(f, "the clock was set back by {} s", seconds(time))
            }
            Self::Set(time) => write!(f, "the clock was set forward by {} s", seconds(time)),
        }
    }
}

impl SuspendDetector {
    /// Awake since now.
    pub fn new(wall: DateTime<Utc>, boot: Duration) -> Self {
        Self { wall, boot, since: wall }
    }

    /// Looks again: what was unusual since the last look. After that it is awake anew.
    pub fn update(&mut self, wall: DateTime<Utc>, boot: Duration) -> Option<Gap> {
        let passed = TimeDelta::from_std(boot.saturating_sub(self.boot)).unwrap_or(TimeDelta::MAX);
        let set = (wall - self.wall).checked_sub(&passed).unwrap_or_default();
        (self.wall, self.boot) = (wall, boot);
        let gap = if set.abs() > NOTICED {
            Some(Gap::Set(set))
        } else {
            Some(Gap::Slept(passed)).filter(|_| passed > NOTICED)
        };
        if gap.is_some() {
            self.since = wall;
        }
        gap
    }

    /// How long it is awake without a gap.
    pub fn awake_for(&self) -> TimeDelta {
        self.wall - self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_and_a_clock_that_was_set_are_told_apart() {
        let begin: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let mut detector = SuspendDetector::new(begin, Duration::from_mins(5));
        let mut look = |wall: i64, boot: u64| {
            let gap = detector.update(begin + TimeDelta::seconds(wall), Duration::from_secs(300 + boot));
            (gap.map(|gap| gap.to_string()), detector.awake_for().num_seconds())
        };
        assert_eq!(look(30, 30), (None, 30));
        assert_eq!(look(90, 91), (None, 90));
        assert_eq!(look(3690, 3691), (Some("the machine slept for 3600 s".to_owned()), 0));
        assert_eq!(look(3720, 3721), (None, 30));
        assert_eq!(look(150, 3751), (Some("the clock was set back by 3600 s".to_owned()), 0));
        assert_eq!(look(7380, 3781), (Some("the clock was set forward by 7200 s".to_owned()), 0));
        // Set while it slept.
        assert_eq!(look(7410, 9000), (Some("the clock was set back by 5189 s".to_owned()), 0));
    }
}
