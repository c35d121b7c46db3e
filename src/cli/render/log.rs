//! The log of a command: lines on standard error, from `warn` on unless `DATA_EXPORTER_LOG` says otherwise.

use tracing_subscriber::EnvFilter;

use crate::platform;

/// Sets the log up, once for the process.
pub fn begin() {
    let wanted = platform::variable("DATA_EXPORTER_LOG").unwrap_or_else(|| "warn".to_owned());
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("warn"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .finish();
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        tracing::debug!("a log is already set up");
    }
}
