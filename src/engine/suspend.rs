//! [`SuspendDetector`] distinguishes a suspended machine from a changed clock by comparing the wall clock with a
//! monotonic one. Pure: both clocks are arguments.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// A larger difference counts as a gap; updates are more frequent and clocks drift less.
const NOTICED: TimeDelta = TimeDelta::seconds(90);

/// The last update, and the end of the last gap.
#[derive(Debug, Clone, Copy)]
pub struct SuspendDetector {
    wall: DateTime<Utc>,
    boot: Duration,
    since: DateTime<Utc>,
}

/// An irregularity between two updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// The machine was suspended, or too busy to update.
    Slept(TimeDelta),
    /// The wall clock was changed by this much.
    Set(TimeDelta),
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |time: &TimeDelta| time.num_seconds().unsigned_abs();
        match self {
            Self::Slept(time) => write!(f, "the machine was suspended for {} s", seconds(time)),
            Self::Set(time) if *time < TimeDelta::zero() => {
                write!(f, "the clock was set back by {} s", seconds(time))
            }
            Self::Set(time) => write!(f, "the clock was set forward by {} s", seconds(time)),
        }
    }
}

impl SuspendDetector {
    /// Creates a detector that was awake since `wall`.
    pub fn new(wall: DateTime<Utc>, boot: Duration) -> Self {
        Self { wall, boot, since: wall }
    }

    /// Returns the gap since the last update, if any; after a gap the awake time starts again at zero.
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

    /// Returns the time since the last gap.
    pub fn awake_for(&self) -> TimeDelta {
        self.wall - self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suspended_machine_and_a_changed_clock_are_distinguished() {
        let begin: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let mut detector = SuspendDetector::new(begin, Duration::from_mins(5));
        let mut update = |wall: i64, boot: u64| {
            let gap = detector.update(begin + TimeDelta::seconds(wall), Duration::from_secs(300 + boot));
            (gap.map(|gap| gap.to_string()), detector.awake_for().num_seconds())
        };
        assert_eq!(update(30, 30), (None, 30));
        assert_eq!(update(90, 91), (None, 90));
        assert_eq!(update(3690, 3691), (Some("the machine was suspended for 3600 s".to_owned()), 0));
        assert_eq!(update(3720, 3721), (None, 30));
        assert_eq!(update(150, 3751), (Some("the clock was set back by 3600 s".to_owned()), 0));
        assert_eq!(update(7380, 3781), (Some("the clock was set forward by 7200 s".to_owned()), 0));
        // Changed during suspend.
        assert_eq!(update(7410, 9000), (Some("the clock was set back by 5189 s".to_owned()), 0));
    }
}
