//! The log of a long-running program: [`start`] sets it up, once for each process. It goes to daily files in the data
//! folder and, in a service of the system, also to the system's log.
//!
//! Only events of this program are logged, at every level: a library may write a header or a body at `debug` or
//! `trace`. Every line is redacted before it is written. Short commands log to standard error, only on request (`cli`).

mod files;
mod line;
mod reader;
mod system;

use std::path::Path;
use std::sync::OnceLock;

use tracing::{Metadata, info};
use tracing_subscriber::filter::{FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry, fmt, reload};

use crate::platform;
pub use files::{Bounds, Files, listed};
pub use line::RedactingWriter;
use line::{LocalTime, SharedFiles};
pub use reader::LogReader;
#[cfg(windows)]
pub use system::register;

/// Name of the log folder in the data folder.
pub const FOLDER: &str = "logs";
/// The variable that overrides `[logging] level`: a level, or directives such as `warn,data_exporter::export=debug`.
pub const VARIABLE: &str = "DATA_EXPORTER_LOG";

/// Changes the level at run time.
static LEVEL: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Writes a last line when it is dropped.
#[must_use = "the log ends when this is dropped"]
#[derive(Debug)]
pub struct Guard(());

impl Drop for Guard {
    fn drop(&mut self) {
        info!("the program ends");
    }
}

/// Starts the log of a data folder. Lines that cannot be written are dropped; the program continues without a log.
pub fn start(data: &Path, program: &str, level: &str) -> Guard {
    let files = Files::new(data.join(FOLDER), Bounds::default(), platform::now);
    let (level, handle) = reload::Layer::new(wanted(level));
    let to_files = fmt::layer().with_writer(SharedFiles::new(files)).with_timer(LocalTime).with_ansi(false);
    let to_system = system::log().map(|log| {
        // The system adds time and level itself.
        fmt::layer()
            .with_writer(log)
            .without_time()
            .with_level(false)
            .with_ansi(false)
            .with_filter(system::LEVEL)
    });
    let log = tracing_subscriber::registry().with(level).with(own()).with(to_files).with(to_system);
    if tracing::subscriber::set_global_default(log).is_ok() {
        let _ = LEVEL.set(handle);
    }
    info!(program, version = env!("CARGO_PKG_VERSION"), pid = std::process::id(), "the program starts");
    Guard(())
}

/// Changes the level, unless the environment sets one.
pub fn set_level(level: &str) {
    if let Some(handle) = LEVEL.get() {
        // This fails only when the log has ended.
        let _ = handle.reload(wanted(level));
    }
}

/// Matches events of this program's own code, at any level.
pub fn own() -> FilterFn<fn(&Metadata<'_>) -> bool> {
    filter_fn(|event| event.target().starts_with("data_exporter"))
}

/// Returns the level of the environment, else the given one; `info` where neither is valid.
pub fn wanted(level: &str) -> EnvFilter {
    let directives = platform::variable(VARIABLE);
    let given = directives.and_then(|directives| EnvFilter::try_new(directives).ok());
    given
        .or_else(|| EnvFilter::try_new(level).ok())
        .unwrap_or_else(|| EnvFilter::default().add_directive(LevelFilter::INFO.into()))
}
