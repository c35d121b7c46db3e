//! The actions of the menu's items: [`send`] sends a command to the engine, [`act`] uses the desktop.
//!
//! Nothing here blocks. A refused request is shown in a dialog.

use data_exporter::engine::diagnostics;
use data_exporter::engine::doctor::DoctorRequest;
use data_exporter::error::{Code, Error, one_line};
use data_exporter::models::command::Command;
use data_exporter::platform::browser::{self, Browser};
use rfd::MessageLevel;
use tauri::path::BaseDirectory;
use tauri::{AppHandle, Manager as _};

use crate::dialogs;
use crate::shell::Shell;
use crate::tray::Action;

/// Sends a command to the engine.
pub fn send(app: &AppHandle, command: Command) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { send_and_report(&app, command).await });
}

/// Performs the action of a menu item.
pub fn act(app: &AppHandle, action: Action) {
    match action {
        Action::Export => {
            send(
                app,
                Command::Export { full: false, only: Vec::new(), accept_missing: false, retry_for: None },
            );
        }
        Action::StopExport => send(app, Command::CancelExport),
        Action::Pause(pause) => send(app, Command::Pause { pause }),
        Action::Resume => send(app, Command::Resume),
        _ => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move { acted(&app, action).await });
        }
    }
}

async fn send_and_report(app: &AppHandle, command: Command) {
    if let Err(error) = app.state::<Shell>().engine.send(command).await {
        refused(app, &error).await;
    }
}

async fn acted(app: &AppHandle, action: Action) {
    let shell = app.state::<Shell>();
    match action {
        Action::Unpair if dialogs::unpair(app, shell.words()).await => {
            send_and_report(app, Command::Unpair).await;
        }
        Action::StartAtLogin(on) => {
            if let Err(error) = shell.start_at_login(on) {
                refused(app, &error).await;
            }
        }
        Action::Diagnostics => {
            if let Err(error) = diagnostics(app, &shell).await {
                refused(app, &error).await;
            }
        }
        Action::Documentation => {
            if let Err(error) = documentation(app) {
                refused(app, &error).await;
            }
        }
        Action::About => about(app, &shell).await,
        _ => {}
    }
}

async fn diagnostics(app: &AppHandle, shell: &Shell) -> Result<(), Error> {
    let words = shell.words();
    let Some(path) = dialogs::save_diagnostics(app, words).await else { return Ok(()) };
    let request = DoctorRequest { folders: shell.folders.clone(), named_config: false, offline: false };
    let bundle = diagnostics::gather(request).await;
    let (meaning, target) = (words.dialogs.diagnostics_meaning, path.clone());
    let saved = tauri::async_runtime::spawn_blocking(move || bundle.save(&target)).await;
    saved.map_err(|error| Error::new(Code::UnknownError, error.to_string()))??;
    let text = format!("{}\n\n{meaning}", one_line(&path.display().to_string()));
    dialogs::show(app, MessageLevel::Info, words.dialogs.diagnostics_saved, text).await;
    Ok(())
}

fn documentation(app: &AppHandle) -> Result<(), Error> {
    let file = app
        .path()
        .resolve("README.txt", BaseDirectory::Resource)
        .map_err(|error| Error::new(Code::UnknownError, format!("cannot find the documentation: {error}")))?;
    browser::open(&Browser::Default, &file.display().to_string())
        .map_err(|error| Error::io("cannot open", &file, &error))
}

async fn about(app: &AppHandle, shell: &Shell) {
    let words = &shell.words().dialogs;
    let text = format!(
        "{}\n\n{} {}\n{}: {}",
        words.purpose,
        words.version,
        app.package_info().version,
        words.data_folder,
        one_line(&shell.folders.data.display().to_string())
    );
    dialogs::show(app, MessageLevel::Info, "Data Exporter", text).await;
}

async fn refused(app: &AppHandle, error: &Error) {
    dialogs::refused(app, app.state::<Shell>().words(), error).await;
}
