//! Turns Ctrl-C, SIGTERM and the end of a Windows console into a [`CancellationToken`], so that work ends between two
//! steps and leaves nothing half done.

use std::thread;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long after the first signal the process ends, whatever a thread waits for. A little more than the time that a
/// command gives its engine.
const LIMIT: Duration = Duration::from_millis(9_800);

/// Returns a token that the first signal cancels; the second signal ends the process at once, and so does the time after
/// the first.
pub fn token() -> CancellationToken {
    token_with_notice(|| {})
}

/// Like [`token`]; calls `notify` at the first signal.
pub fn token_with_notice(notify: impl FnOnce() + Send + 'static) -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    // Without a listener the signals keep their default effect, which is no reason to refuse the work.
    let _ = thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            wait().await;
            notify();
            cancelled.cancel();
            let _ = tokio::time::timeout(LIMIT, wait()).await;
            std::process::exit(130);
        });
    });
    token
}

#[cfg(unix)]
async fn wait() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(windows)]
async fn wait() {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
    let (Ok(mut c), Ok(mut end), Ok(mut close), Ok(mut shutdown)) =
        (ctrl_c(), ctrl_break(), ctrl_close(), ctrl_shutdown())
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = c.recv() => {}
        _ = end.recv() => {}
        _ = close.recv() => {}
        _ = shutdown.recv() => {}
    }
}
