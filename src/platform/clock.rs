//! [`Clock`]: monotonic time that includes suspend.

use std::time::Duration;

use futures_util::future::BoxFuture;

/// A clock for deadlines that a person waits for.
pub trait Clock: Send + Sync {
    /// Returns the time since a fixed moment in the past.
    fn now(&self) -> Duration;
    /// Waits for a duration, or longer when the machine sleeps in between.
    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()>;
}

/// The time since the machine booted.
#[derive(Debug, Clone, Copy, Default)]
pub struct BootClock;

impl Clock for BootClock {
    fn now(&self) -> Duration {
        since_boot()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// Linux has a clock that includes suspend; on other Unix systems the monotonic clock does.
#[cfg(unix)]
fn since_boot() -> Duration {
    #[cfg(target_os = "linux")]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: rustix::time::ClockId = rustix::time::ClockId::Monotonic;
    Duration::try_from(rustix::time::clock_gettime(CLOCK)).unwrap_or_default()
}

/// The performance counter of Windows includes suspend.
#[cfg(not(unix))]
fn since_boot() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn uptime_increases() {
        let before = BootClock.now();
        BootClock.sleep(Duration::from_millis(20)).await;
        let passed = BootClock.now().saturating_sub(before);
        assert!(passed >= Duration::from_millis(20) && passed < Duration::from_secs(20), "{passed:?}");
    }
}
