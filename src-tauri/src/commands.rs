//! What the window may ask for. Each command hands it on to the engine or the desktop and decides nothing.

use std::sync::atomic::Ordering;

use data_exporter::error::{Code, Error};
use data_exporter::models::command::Command;
use data_exporter::models::export::RunReport;
use data_exporter::models::listing::{
    ErrorPage, ErrorQuery, HistoryPage, HistoryQuery, List, ListFormat, Preview, PreviewRequest,
    SettingsCheck,
};
use data_exporter::models::snapshot::{Desktop, Snapshot, UserSettings};
use tauri::{State, WebviewWindow};

use crate::dialogs;
use crate::ipc_error::Refusal;
use crate::shell::Shell;

type Answer<T> = Result<T, Refusal>;

/// All there is to show.
#[tauri::command]
pub async fn snapshot(shell: State<'_, Shell>) -> Answer<Snapshot> {
    Ok(shell.engine.snapshot())
}

/// A request to the engine.
#[tauri::command]
pub async fn send(shell: State<'_, Shell>, command: Command) -> Answer<()> {
    Ok(shell.engine.send(command).await?)
}

/// A page of runs.
#[tauri::command]
pub async fn history(
    shell: State<'_, Shell>,
    query: HistoryQuery,
    cursor: Option<String>,
    limit: u32,
) -> Answer<HistoryPage> {
    Ok(shell.engine.history(query, cursor, limit).await?)
}

/// A run with its tables.
#[tauri::command]
pub async fn run(shell: State<'_, Shell>, id: i64) -> Answer<RunReport> {
    Ok(shell.engine.run(id).await?)
}

/// A page of errors.
#[tauri::command]
pub async fn errors(
    shell: State<'_, Shell>,
    query: ErrorQuery,
    cursor: Option<String>,
    limit: u32,
) -> Answer<ErrorPage> {
    Ok(shell.engine.errors(query, cursor, limit).await?)
}

/// The first rows of a table.
#[tauri::command]
pub async fn preview(shell: State<'_, Shell>, request: PreviewRequest) -> Answer<Preview> {
    Ok(shell.engine.preview(request).await?)
}

/// What settings would do.
#[tauri::command]
pub async fn check_settings(shell: State<'_, Shell>, settings: UserSettings) -> Answer<SettingsCheck> {
    Ok(shell.engine.check(settings).await?)
}

/// Writes a list where the person says; the path, or none when the person gave up.
#[tauri::command]
pub async fn save_list(
    shell: State<'_, Shell>,
    window: WebviewWindow,
    list: List,
    format: ListFormat,
) -> Answer<Option<String>> {
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

/// The folder that the person chooses; none when the person gave up.
#[tauri::command]
pub async fn choose_folder(shell: State<'_, Shell>, window: WebviewWindow) -> Answer<Option<String>> {
    let chosen = dialogs::choose_folder(&window, shell.words()).await;
    Ok(chosen.map(|folder| folder.display().to_string()))
}

/// What is known of the desktop.
#[tauri::command]
pub async fn desktop(shell: State<'_, Shell>) -> Answer<Desktop> {
    Ok(shell.desktop())
}

/// Starts the program at login, or no longer.
#[tauri::command]
pub async fn set_start_at_login(shell: State<'_, Shell>, on: bool) -> Answer<Desktop> {
    Ok(shell.start_at_login(on)?)
}

/// Opens the page of the pairing that waits, once more.
#[tauri::command]
pub async fn open_address(shell: State<'_, Shell>) -> Answer<()> {
    shell.browse_again().await;
    Ok(())
}

/// Whether the page is to be asked before its window closes, because it holds what was not saved.
#[tauri::command]
pub async fn ask_before_closing(shell: State<'_, Shell>, ask: bool) -> Answer<()> {
    shell.ask_before_closing.store(ask, Ordering::Relaxed);
    Ok(())
}

/// Closes the window, unasked.
#[tauri::command]
pub async fn close(window: WebviewWindow) -> Answer<()> {
    let closed = window.destroy();
    closed.map_err(|error| Error::new(Code::UnknownError, format!("cannot close the window: {error}")).into())
}
