//! The commands that the window may call. Each passes its request to the engine or the desktop and decides nothing.

use std::sync::atomic::Ordering;

use data_exporter::error::{Code, Error};
use data_exporter::models::command::Command;
use data_exporter::models::errors::{ErrorPage, ErrorQuery};
use data_exporter::models::export::RunReport;
use data_exporter::models::history::{HistoryPage, HistoryQuery};
use data_exporter::models::listing::{List, ListFormat};
use data_exporter::models::preview::{Preview, PreviewRequest};
use data_exporter::models::settings::{Desktop, SettingsCheck, UserSettings};
use data_exporter::models::snapshot::Snapshot;
use tauri::{State, WebviewWindow};

use crate::dialogs;
use crate::ipc_error::IpcError;
use crate::shell::Shell;

type CommandResult<T> = Result<T, IpcError>;

/// Returns the snapshot.
#[tauri::command]
pub async fn snapshot(shell: State<'_, Shell>) -> CommandResult<Snapshot> {
    Ok(shell.engine.snapshot())
}

/// Sends a command to the engine.
#[tauri::command]
pub async fn send(shell: State<'_, Shell>, command: Command) -> CommandResult<()> {
    Ok(shell.engine.send(command).await?)
}

/// Returns a page of runs.
#[tauri::command]
pub async fn history(
    shell: State<'_, Shell>,
    query: HistoryQuery,
    cursor: Option<String>,
    limit: u32,
) -> CommandResult<HistoryPage> {
    Ok(shell.engine.history(query, cursor, limit).await?)
}

/// Returns a run with its tables.
#[tauri::command]
pub async fn run(shell: State<'_, Shell>, id: i64) -> CommandResult<RunReport> {
    Ok(shell.engine.run(id).await?)
}

/// Returns a page of errors.
#[tauri::command]
pub async fn errors(
    shell: State<'_, Shell>,
    query: ErrorQuery,
    cursor: Option<String>,
    limit: u32,
) -> CommandResult<ErrorPage> {
    Ok(shell.engine.errors(query, cursor, limit).await?)
}

/// Returns the first rows of a table.
#[tauri::command]
pub async fn preview(shell: State<'_, Shell>, request: PreviewRequest) -> CommandResult<Preview> {
    Ok(shell.engine.preview(request).await?)
}

/// Checks settings before they are saved.
#[tauri::command]
pub async fn check_settings(shell: State<'_, Shell>, settings: UserSettings) -> CommandResult<SettingsCheck> {
    Ok(shell.engine.check(settings).await?)
}

/// Saves a list to a file that the person chooses; returns its path, or `None` when the person cancels.
#[tauri::command]
pub async fn save_list(
    shell: State<'_, Shell>,
    window: WebviewWindow,
    list: List,
    format: ListFormat,
) -> CommandResult<Option<String>> {
    let name = match list {
        List::History { .. } => "history",
        List::Errors { .. } => "errors",
    };
    let Some(path) = dialogs::save_list(&window, shell.words(), name, format).await else {
        return Ok(None);
    };
    shell.engine.save_list(list, format, path.clone()).await?;
    Ok(Some(path.display().to_string()))
}

/// Returns the folder that the person chooses; `None` when the person cancels.
#[tauri::command]
pub async fn choose_folder(shell: State<'_, Shell>, window: WebviewWindow) -> CommandResult<Option<String>> {
    let chosen = dialogs::choose_folder(&window, shell.words()).await;
    Ok(chosen.map(|folder| folder.display().to_string()))
}

/// Returns the facts about the desktop.
#[tauri::command]
pub async fn desktop(shell: State<'_, Shell>) -> CommandResult<Desktop> {
    Ok(shell.desktop())
}

/// Turns the start at login on or off.
#[tauri::command]
pub async fn set_start_at_login(shell: State<'_, Shell>, on: bool) -> CommandResult<Desktop> {
    Ok(shell.start_at_login(on)?)
}

/// Opens the verification page of the running pairing again.
#[tauri::command]
pub async fn open_address(shell: State<'_, Shell>) -> CommandResult<()> {
    shell.browse_again().await;
    Ok(())
}

/// Sets whether the page is asked before its window closes, because of unsaved settings.
#[tauri::command]
pub async fn ask_before_closing(shell: State<'_, Shell>, ask: bool) -> CommandResult<()> {
    shell.ask_before_closing.store(ask, Ordering::Relaxed);
    Ok(())
}

/// Closes the window without asking.
#[tauri::command]
pub async fn close(window: WebviewWindow) -> CommandResult<()> {
    let closed = window.destroy();
    closed.map_err(|error| Error::new(Code::UnknownError, format!("cannot close the window: {error}")).into())
}
