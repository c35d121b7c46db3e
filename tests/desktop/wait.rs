//! [`until`]: waiting for what another process does.

use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything here takes on a busy machine; never waited out by a test that passes.
const TIMEOUT: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);

/// Looks again and again until there is something; `what` names it for a person.
pub fn until<T>(what: &str, probe: impl FnMut() -> Option<T>) -> T {
    within(TIMEOUT, what, probe)
}

/// The same with a limit that is promised.
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
