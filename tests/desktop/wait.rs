//! [`until`]: waiting for what another process does.

use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything here takes on a busy machine; never waited out by a test that passes.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);

/// Looks again and again until there is something; `what` names it for a person.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look)
}

/// The same with a limit that is promised.
pub fn within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < limit, "not within {limit:?}: {what}");
        thread::sleep(PAUSE);
    }
}
