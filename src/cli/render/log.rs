//! The log of a command on standard error, from `warn` on unless `--verbose` or `DATA_EXPORTER_LOG` sets another level.
//! Omits recorded errors, which the command prints itself.

use std::io;

use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::logging::{self, RedactingWriter};

/// The levels for no `-v`, one, and more.
const LEVELS: [&str; 3] = ["warn", "info", "debug"];

/// Sets up the log, once for the process; `verbose` is the number of `-v`.
pub fn begin(verbose: u8) {
    let level = LEVELS[usize::from(verbose).min(LEVELS.len() - 1)];
    let level = format!("{level},data_exporter::reports=off");
    let lines =
        fmt::layer().with_writer(|| RedactingWriter(io::stderr())).with_ansi(false).with_target(false);
    let log = tracing_subscriber::registry().with(logging::wanted(&level)).with(logging::own()).with(lines);
    if tracing::subscriber::set_global_default(log).is_err() {
        tracing::debug!("a log is already set up");
    }
}
