//! Data Exporter in the tray: a thin shell over [`data_exporter::engine`], which makes and tests every decision.
//!
//! `bridge` is the task in the middle. The tray's content (`tray`) and texts (`text`) are plain values; the window
//! (`window`) shows the pages of `ui/`, which call `commands`. The only flag is `--hidden`, for the start at login.

#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod actions;
mod appearance;
mod bridge;
mod commands;
mod dialogs;
mod instance;
mod ipc_error;
mod notice;
mod request;
mod shell;
mod start_at_login;
mod text;
mod tray;
mod window;

use std::process::ExitCode;

use data_exporter::logging;
use data_exporter::models::settings::Language;
use data_exporter::platform::{self, Folders};
use tauri::{AppHandle, RunEvent};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use bridge::Bridge;
use request::Request;
use start_at_login::HIDDEN;
use tray::Action;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let hidden = arguments.iter().any(|argument| argument == HIDDEN);
    if let Some(unknown) = arguments.iter().find(|argument| *argument != HIDDEN) {
        on_the_terminal();
        tracing::error!("unknown argument `{unknown}`; there is only `{HIDDEN}`");
        return ExitCode::from(2);
    }
    if !has_display() {
        on_the_terminal();
        tracing::error!("there is no display; `data_exporter run` does the same without one");
        return ExitCode::FAILURE;
    }
    let folders = match platform::folders() {
        Ok(folders) => folders,
        Err(error) => {
            on_the_terminal();
            tracing::error!("{error}");
            return ExitCode::FAILURE;
        }
    };
    // The engine takes the level from the configuration as soon as it has read it.
    let _log = logging::start(&folders.data, "data-exporter-desktop", "info");
    match run(hidden, folders) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the error that ends the program before it has a log folder.
fn on_the_terminal() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
}

/// Returns whether there is a display for tray and window; without one the toolkit would end the program with a
/// backtrace.
fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(|name| platform::variable(name).is_some())
}

/// Runs until the program is to end; returns its exit code.
fn run(hidden: bool, folders: Folders) -> Result<u8, Box<dyn std::error::Error>> {
    let mut context = tauri::generate_context!();
    context.config_mut().identifier = instance::identifier(&context.config().identifier, &folders);
    let (requests, queue) = unbounded_channel();
    let again = requests.clone();
    let closed = requests.clone();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(move |_, arguments, _| {
            // A start at login does nothing when the program is running.
            if !arguments.iter().any(|argument| argument == HIDDEN) {
                let _ = again.send(Request::Raise);
            }
        }))
        .invoke_handler(tauri::generate_handler![
            commands::snapshot,
            commands::send,
            commands::history,
            commands::run,
            commands::errors,
            commands::preview,
            commands::check_settings,
            commands::save_list,
            commands::choose_folder,
            commands::desktop,
            commands::set_start_at_login,
            commands::open_address,
            commands::ask_before_closing,
            commands::close,
        ])
        .setup(move |app| {
            #[cfg(target_os = "macos")]
            app.set_activation_policy(tauri::ActivationPolicy::Accessory);
            tauri::async_runtime::spawn(live(app.handle().clone(), folders, requests, queue, hidden));
            Ok(())
        })
        .build(context)?;
    let code = app.run_return(move |_, event| {
        // The last window was closed: the program stays in the tray.
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
            let _ = closed.send(Request::Closed);
        }
    });
    Ok(u8::try_from(code).unwrap_or(1))
}

/// Runs the program from the start of the engine to its end.
async fn live(
    app: AppHandle,
    folders: Folders,
    requests: UnboundedSender<Request>,
    queue: UnboundedReceiver<Request>,
    hidden: bool,
) {
    tauri::async_runtime::spawn(end_on_signal(requests.clone()));
    let code = match Bridge::start(app.clone(), folders, requests).await {
        Ok(bridge) => {
            bridge.run(queue, hidden).await;
            0
        }
        Err(error) => {
            tracing::error!("{error}");
            let language = text::resolve(Language::Auto, sys_locale::get_locale().as_deref());
            dialogs::refused(&app, text::words(language), &error).await;
            1
        }
    };
    app.exit(code);
}

/// Ends the program in the normal way when the session or a terminal asks for it.
async fn end_on_signal(requests: UnboundedSender<Request>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
        tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    let _ = requests.send(Request::Act(Action::Quit));
}
