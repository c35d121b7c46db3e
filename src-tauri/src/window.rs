//! The window: created when a person wants to see it, destroyed when it is closed.
//!
//! Stores nothing: its page asks the engine. Shows only the program's own pages.

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

/// The page's background colour, so that nothing flashes while the page loads.
const LIGHT: Color = Color(0xf6, 0xf7, 0xf8, 0xff);
const DARK: Color = Color(0x15, 0x18, 0x1c, 0xff);

/// Returns the window, if there is one.
pub fn get(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

/// Shows the window: raises an existing one, at a view if one is given, or creates one. Must not be called on the main
/// thread, where creating one would deadlock on Windows.
///
/// # Errors
/// When the toolkit fails.
pub fn show(app: &AppHandle, folders: &Folders, wanted: Option<View>, otherwise: View) -> tauri::Result<()> {
    if let Some(window) = get(app) {
        if let Some(view) = wanted {
            window.emit_to(LABEL, "show", view.name())?;
        }
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    // The state of a former window's page is gone.
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
    // Everything that an installation stores is in its own folder.
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

/// Delays the closing of a window whose page wants to be asked, once: a page that does not answer cannot keep it open.
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

/// Returns whether an address is a page of the program itself.
fn is_own(address: &Url) -> bool {
    let host = address.host_str();
    match address.scheme() {
        "tauri" => host == Some("localhost"),
        // Windows has no custom schemes.
        "http" | "https" => cfg!(windows) && host == Some("tauri.localhost") && address.port().is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_does_not_navigate_elsewhere() {
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
