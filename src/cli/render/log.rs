//! The log of a command: lines on standard error, from `warn` on unless `DATA_EXPORTER_LOG` says otherwise. Errors that are
//! recorded are left out of these, since the command shows them itself.

use std::io;

use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::logging::{self, RedactingWriter};

const LEVEL: &str = "warn,data_exporter::reports=off";

/// Sets the log up, once for the process.
pub fn begin() {
    let lines =
        fmt::layer().with_writer(|| RedactingWriter(io::stderr())).with_ansi(false).with_target(false);
    let log = tracing_subscriber::registry().with(logging::wanted(LEVEL)).with(logging::own()).with(lines);
    if tracing::subscriber::set_global_default(log).is_err() {
        tracing::debug!("a log is already set up");
    }
}
