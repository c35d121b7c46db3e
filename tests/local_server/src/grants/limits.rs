//! Rate limits per address: [`Limits`]. Pure.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// A kind of request with its own count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    Codes,
    Polls,
}

/// Requests of each address, counted from the first one over a fixed window.
#[derive(Debug, Default)]
pub(crate) struct Limits(HashMap<(IpAddr, Counted), (DateTime<Utc>, u32)>);

impl Limits {
    /// Counts a request; returns the time until the next allowed one when there were too many.
    pub(crate) fn take(
        &mut self,
        address: IpAddr,
        counted: Counted,
        limit: u32,
        window: Duration,
        now: DateTime<Utc>,
    ) -> Result<(), Duration> {
        let window = TimeDelta::from_std(window).unwrap_or(TimeDelta::MAX);
        let (since, count) = self.0.entry((address, counted)).or_insert((now, 0));
        if now - *since >= window {
            (*since, *count) = (now, 0);
        }
        if *count >= limit {
            return Err((window - (now - *since)).to_std().unwrap_or_default());
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn limits_count_per_address_and_kind_and_expire() {
        let mut limits = Limits::default();
        let (minute, now) = (Duration::from_mins(1), DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        let (one, two) = (IpAddr::from([127, 0, 0, 1]), IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)));
        assert_eq!(limits.take(one, Counted::Codes, 1, minute, now), Ok(()));
        let later = now + TimeDelta::seconds(20);
        assert_eq!(limits.take(one, Counted::Codes, 1, minute, later), Err(Duration::from_secs(40)));
        assert_eq!(limits.take(two, Counted::Codes, 1, minute, later), Ok(()));
        assert_eq!(limits.take(one, Counted::Polls, 1, minute, later), Ok(()));
        assert_eq!(limits.take(one, Counted::Codes, 1, minute, now + TimeDelta::seconds(60)), Ok(()));
    }
}
