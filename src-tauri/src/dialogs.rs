//! The system's dialogs: choosing a folder or file, a question, a message.
//!
//! Each is built on the main thread, as macOS requires, and can be awaited anywhere.

use std::future::Future;
use std::path::PathBuf;

use data_exporter::error::{Error, printable};
use data_exporter::models::listing::ListFormat;
use rfd::{
    AsyncFileDialog, AsyncMessageDialog, FileHandle, MessageButtons, MessageDialogResult, MessageLevel,
};
use tauri::{AppHandle, WebviewWindow};
use tokio::sync::oneshot;

use crate::text::Words;

/// Asks for a folder; `None` when the person cancels.
pub async fn choose_folder(window: &WebviewWindow, words: &Words) -> Option<PathBuf> {
    let dialog = AsyncFileDialog::new().set_title(words.dialogs.choose_folder).set_parent(window);
    path(built(window_app(window), move || dialog.pick_folder()).await.flatten())
}

/// Asks for the file of a list; `None` when the person cancels.
pub async fn save_list(
    window: &WebviewWindow,
    words: &Words,
    name: &str,
    format: ListFormat,
) -> Option<PathBuf> {
    let (kind, ending) = match format {
        ListFormat::Csv => ("CSV", "csv"),
        ListFormat::Json => ("JSON", "json"),
    };
    let dialog = AsyncFileDialog::new()
        .set_title(words.dialogs.save_as)
        .set_file_name(format!("{name}.{ending}"))
        .add_filter(kind, &[ending])
        .set_parent(window);
    path(built(window_app(window), move || dialog.save_file()).await.flatten())
}

/// Asks for the file of the diagnostics; `None` when the person cancels.
pub async fn save_diagnostics(app: &AppHandle, words: &Words) -> Option<PathBuf> {
    let dialog = AsyncFileDialog::new()
        .set_title(words.dialogs.save_diagnostics)
        .set_file_name("data_exporter-diagnostics.zip")
        .add_filter("ZIP", &["zip"]);
    path(built(app, move || dialog.save_file()).await.flatten())
}

/// Asks for confirmation to unpair.
pub async fn unpair(app: &AppHandle, words: &Words) -> bool {
    let (yes, no) = (words.dialogs.unpair.to_owned(), words.dialogs.cancel.to_owned());
    let dialog = AsyncMessageDialog::new()
        .set_level(MessageLevel::Warning)
        .set_title(words.dialogs.unpair_question)
        .set_description(words.dialogs.unpair_meaning)
        .set_buttons(MessageButtons::OkCancelCustom(yes.clone(), no));
    let answer = built(app, move || dialog.show()).await;
    // Some systems return the button's position, some its text.
    answer
        .is_some_and(|answer| answer == MessageDialogResult::Ok || answer == MessageDialogResult::Custom(yes))
}

/// Shows why a request was refused.
pub async fn refused(app: &AppHandle, words: &Words, error: &Error) {
    let hint = error.hint.as_ref().map(|hint| format!("\n\n{}", printable(hint))).unwrap_or_default();
    show(app, MessageLevel::Error, words.dialogs.failed, format!("{}{hint}", printable(&error.message)))
        .await;
}

/// Shows a message.
pub async fn show(app: &AppHandle, level: MessageLevel, title: &str, text: String) {
    let dialog = AsyncMessageDialog::new()
        .set_level(level)
        .set_title(title)
        .set_description(text)
        .set_buttons(MessageButtons::Ok);
    built(app, move || dialog.show()).await;
}

/// Builds a dialog on the main thread and waits for its answer; `None` when the program ends meanwhile.
async fn built<Answer, Wait>(app: &AppHandle, build: impl FnOnce() -> Wait + Send + 'static) -> Option<Answer>
where
    Wait: Future<Output = Answer> + Send + 'static,
{
    let (send, receive) = oneshot::channel();
    let build = move || {
        // When the program ends, nothing waits for the answer.
        let _ = send.send(build());
    };
    if let Err(error) = app.run_on_main_thread(build) {
        tracing::warn!("cannot show a dialog: {error}");
    }
    Some(receive.await.ok()?.await)
}

fn window_app(window: &WebviewWindow) -> &AppHandle {
    tauri::Manager::app_handle(window)
}

fn path(chosen: Option<FileHandle>) -> Option<PathBuf> {
    chosen.map(|file| file.path().to_path_buf())
}
