//! The log of a program that goes on by itself: [`start`] sets it up, once for a process. It is written to daily files in
//! the data folder, and where the system started the program as a service also to the system's own log.
//!
//! Only this program's own events are taken, at every level: what a library says at `debug` or `trace` may be a header
//! or a body. Each line is cleared of secrets all the same before it is written. Commands that come and go log to
//! standard error alone, when they are asked to (`cli`).

mod files;
mod line;
mod system;

use std::path::Path;
use std::sync::OnceLock;

use tracing::{Metadata, info};
use tracing_subscriber::filter::{FilterFn, LevelFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, Registry, fmt, reload};

use crate::platform;
pub use files::{Bounds, Files, listed};
pub use line::Cleared;
use line::{Clock, Shared};
#[cfg(windows)]
pub use system::register;

/// The folder of the files in the data folder.
pub const FOLDER: &str = "logs";
/// The variable that overrides `[logging] level`: a level, or directives such as `warn,data_exporter::export=debug`.
pub const VARIABLE: &str = "DATA_EXPORTER_LOG";

/// Changes the level while the program goes on.
static LEVEL: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Ends the log with a last line.
#[must_use = "the log ends when this is dropped"]
#[derive(Debug)]
pub struct Guard(());

impl Drop for Guard {
    fn drop(&mut self) {
        info!("the program ends");
    }
}

/// Starts the log of a data folder. What cannot be written is lost; the program goes on without a log.
pub fn start(data: &Path, program: &str, level: &str) -> Guard {
    let files = Files::new(data.join(FOLDER), Bounds::default(), platform::now);
    let (level, handle) = reload::Layer::new(wanted(level));
    let to_files = fmt::layer().with_writer(Shared::new(files)).with_timer(Clock).with_ansi(false);
    let to_system = system::log().map(|log| {
        // The system stamps time and level itself.
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

/// Takes another level from now on, unless the environment names one.
pub fn set_level(level: &str) {
    if let Some(handle) = LEVEL.get() {
        // It fails only when the log is gone.
        let _ = handle.reload(wanted(level));
    }
}

/// The events of this program's own code, whatever their level.
pub fn own() -> FilterFn<fn(&Metadata<'_>) -> bool> {
    filter_fn(|event| event.target().starts_with("data_exporter"))
}

/// The level of the environment, else the given one; `info` where neither is any.
pub fn wanted(level: &str) -> EnvFilter {
    let directives = platform::variable(VARIABLE);
    let given = directives.and_then(|directives| EnvFilter::try_new(directives).ok());
    given
        .or_else(|| EnvFilter::try_new(level).ok())
        .unwrap_or_else(|| EnvFilter::default().add_directive(LevelFilter::INFO.into()))
}
