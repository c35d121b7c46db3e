//! What differs from machine to machine: folders, the clock, the machine's name.
//!
//! The only place that reads the wall clock or an environment variable that names a folder.

use chrono::{DateTime, SubsecRound, Utc};

/// Now, to the millisecond, in UTC.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}
