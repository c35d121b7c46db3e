//! [`Session`]: the engine of one command. Only the engine knows whether it works here or through the process that locks
//! the data folder.

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::CliContext;
use crate::engine::{Engine, Mode, Options};
use crate::error::{Code, Error, Result};

/// How long the end of a command waits for its engine.
const LIMIT: Duration = Duration::from_secs(9);
/// How long it waits for other threads after that.
const REST: Duration = Duration::from_millis(500);

/// Creates the runtime of a command.
///
/// # Errors
/// When the system cannot start threads.
pub fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Error::new(Code::UnknownError, format!("cannot start threads: {error}")))
}

/// Runs `work` with an engine for `command` and ends the engine.
///
/// # Errors
/// Those of `work`; when the engine cannot start.
pub fn with_engine<T>(
    context: &CliContext,
    command: &str,
    mode: Mode,
    work: impl AsyncFnOnce(&Engine) -> Result<T>,
) -> Result<T> {
    let options = Options {
        mode,
        config_required: context.named_config(),
        ..Options::new(context.folders.clone(), format!("data_exporter {command}"))
    };
    let runtime = runtime()?;
    let done = runtime.block_on(async {
        let engine = Engine::start(options).await?;
        if mode == Mode::Work {
            announce(&engine, context);
        }
        let done = work(&engine).await;
        engine.shutdown(LIMIT).await;
        done
    });
    end(runtime);
    done
}

/// Ends a runtime; a thread that waits for a disk, a share or a keychain is left behind.
pub fn end(runtime: Runtime) {
    runtime.shutdown_timeout(REST);
}

/// Tells the person who does the work, and that a damaged database was replaced.
fn announce(engine: &Engine, context: &CliContext) {
    if let Some(owner) = engine.owner() {
        context.screen.remark(&(context.words().progress.held)(&owner));
    }
    if let Some(aside) = engine.moved_aside() {
        context.screen.warning(&format!(
            "the local database was damaged and was moved to `{}`; a new history was started",
            aside.display()
        ));
    }
}
