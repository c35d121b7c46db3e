//! The one window: made when somebody wants to see it, destroyed when it is closed.
//!
//! It remembers nothing: its page asks the engine. It shows the program's own pages and goes nowhere else.

use std::sync::atomic::Ordering;

use data_exporter::platform::{Folders, variable};
use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{
    AppHandle, Emitter as _, Manager as _, Theme, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowEvent,
};

use crate::request::Request;
use crate::shell::Shell;
use crate::tray::View;

/// Its label, which the capability names.
pub const LABEL: &str = "main";

/// The page's background, so that nothing flashes before the page is there.
const LIGHT: Color = Color(0xf6, 0xf7, 0xf8, 0xff);
const DARK: Color = Color(0x15, 0x18, 0x1c, 0xff);

/// The window, if there is one.
pub fn get(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

/// Shows the window: raises the one there is, at a view if one is wanted, or makes one. Not on the main thread, where
/// making one would wait for itself on Windows.
///
/// # Errors
/// When the toolkit cannot.
pub fn show(app: &AppHandle, folders: &Folders, wanted: Option<View>, otherwise: View) -> tauri::Result<()> {
    if let Some(window) = get(app) {
        if let Some(view) = wanted {
            window.emit_to(LABEL, "show", view.name())?;
        }
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    // What the page of a former window held is gone.
    app.state::<Shell>().ask_before_closing.store(false, Ordering::Relaxed);
    let view = wanted.unwrap_or(otherwise);
    let address = WebviewUrl::App(format!("index.html#/{}", view.name()).into());
    let mut builder = WebviewWindowBuilder::new(app, LABEL, address)
        .title("Data Exporter")
        .inner_size(960.0, 680.0)
        .min_inner_size(320.0, 360.0)
        .center()
        .visible(false)
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    // All that an installation of its own keeps is in its own folder.
    if variable("DATA_EXPORTER_HOME").is_some() {
        builder = builder.data_directory(folders.data.join("webview"));
    }
    let window = builder.build()?;
    window.on_window_event(ask_before_closing(app.clone()));
    let dark = window.theme()? == Theme::Dark;
    window.set_background_color(Some(if dark { DARK } else { LIGHT }))?;
    window.show()?;
    window.set_focus()
}

/// Holds a window whose page wants to be asked, once: a page that no longer answers does not keep it open.
fn ask_before_closing(app: AppHandle) -> impl Fn(&WindowEvent) {
    move |event| {
        let WindowEvent::CloseRequested { api, .. } = event else { return };
        let shell = app.state::<Shell>();
        if shell.ask_before_closing.swap(false, Ordering::Relaxed) {
            api.prevent_close();
            // The queue ends with the program.
            let _ = shell.requests.send(Request::AskToClose);
        }
    }
}

/// Whether an address is a page of the program itself.
fn is_own(address: &Url) -> bool {
    let host = address.host_str();
    match address.scheme() {
        "tauri" => host == Some("localhost"),
        // Windows knows no schemes of one's own.
        "http" | "https" => cfg!(windows) && host == Some("tauri.localhost") && address.port().is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_nowhere_else() {
        let own = if cfg!(windows) { "http://tauri.localhost/" } else { "tauri://localhost/" };
        assert!(is_own(&format!("{own}index.html#/errors").parse().unwrap()));
        for address in [
            "https://example.com/",
            "http://localhost/",
            "http://127.0.0.1:8787/",
            "tauri://elsewhere/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
            "https://tauri.localhost:1/",
        ] {
            assert!(!is_own(&address.parse().unwrap()), "{address}");
        }
    }
}
