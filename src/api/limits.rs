//! [`Limits`]: how long a request may take.

use std::time::Duration;

/// Time limits (docs/wire.md#timeouts).
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Limit for connecting.
    pub connect: Duration,
    /// Limit from the request to the end of its reply.
    pub request: Duration,
    /// Limit of an upload without progress.
    pub stall: Duration,
    /// The least rate of an upload, in bytes per second, over each span of `stall`.
    pub least_rate: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(30),
            stall: Duration::from_mins(1),
            least_rate: 2 * 1024,
        }
    }
}
