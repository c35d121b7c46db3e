//! Waits for another process or thread: [`wait_until`] a condition holds, [`wait_for`] a value.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// Longer than any operation takes on a busy machine; a passing test never waits this long.
pub const TIMEOUT: Duration = Duration::from_mins(1);

const PAUSE: Duration = Duration::from_millis(20);

/// Waits until a condition holds.
///
/// # Panics
/// With `what` after [`TIMEOUT`].
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    wait_for(what, || condition().then_some(()));
}

/// Waits until a condition holds that takes long on a busy machine.
///
/// # Panics
/// With `what` after the limit.
pub fn wait_within(limit: Duration, what: &str, mut condition: impl FnMut() -> bool) {
    value_within(limit, what, || condition().then_some(()));
}

/// Waits until there is a value.
///
/// # Panics
/// With `what` after [`TIMEOUT`].
pub fn wait_for<T>(what: &str, value: impl FnMut() -> Option<T>) -> T {
    value_within(TIMEOUT, what, value)
}

fn value_within<T>(limit: Duration, what: &str, mut value: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = value() {
            return found;
        }
        assert!(started.elapsed() < limit, "not within {limit:?}: {what}");
        sleep(PAUSE);
    }
}
