//! Ctrl-C and SIGTERM as a [`CancellationToken`], so that work ends between two steps and leaves nothing half done.

use std::thread;

use tokio_util::sync::CancellationToken;

/// A token that the first Ctrl-C or SIGTERM cancels; the second one ends the process as if nobody listened.
pub fn token() -> CancellationToken {
    token_telling(|| {})
}

/// As [`token`]; `tell` is called at the first signal.
pub fn token_telling(tell: impl FnOnce() + Send + 'static) -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    // Without a listener the signals keep their ordinary effect, which is no reason to refuse the work.
    let _ = thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            wait().await;
            tell();
            cancelled.cancel();
            wait().await;
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

#[cfg(not(unix))]
async fn wait() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
