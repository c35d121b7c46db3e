//! [`until`]: waits for another process.

use std::thread;
use std::time::{Duration, Instant};

/// Longer than any operation takes on a busy machine; a passing test never waits this long.
const TIMEOUT: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);

/// Polls until there is a value; `what` names it in the failure message.
pub fn until<T>(what: &str, probe: impl FnMut() -> Option<T>) -> T {
    within(TIMEOUT, what, probe)
}

/// Polls as [`until`], with a guaranteed limit.
pub fn within<T>(limit: Duration, what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(started.elapsed() < limit, "not within {limit:?}: {what}");
        thread::sleep(PAUSE);
    }
}
