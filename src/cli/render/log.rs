//! The log of a command on standard error, from `warn` on unless `DATA_EXPORTER_LOG` sets another level. Omits recorded
//! errors, which the command prints itself.

use std::io;

use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::logging::{self, RedactingWriter};

const LEVEL: &str = "warn,data_exporter::reports=off";

/// Sets up the log, once for the process.
pub fn begin() {
    let lines =
        fmt::layer().with_writer(|| RedactingWriter(io::stderr())).with_ansi(false).with_target(false);
    let log = tracing_subscriber::registry().with(logging::wanted(LEVEL)).with(logging::own()).with(lines);
    if tracing::subscriber::set_global_default(log).is_err() {
        tracing::debug!("a log is already set up");
    }
}
