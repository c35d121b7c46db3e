//! Windows and macOS, whose toolkit follows the colour scheme itself.

use tauri::{AppHandle, Theme};
use tokio::sync::mpsc::UnboundedSender;

use crate::notice::Notifier;
use crate::request::Request;
use crate::tray::Panel;

/// Returns the panel: on macOS the system colours the picture, on Windows the registry knows.
pub fn panel(_colours: Option<Theme>) -> Panel {
    #[cfg(windows)]
    {
        const KEY: &str = "Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize";
        let light =
            windows_registry::CURRENT_USER.open(KEY).and_then(|key| key.get_u32("SystemUsesLightTheme"));
        match light {
            Ok(0) => Panel::Dark,
            Ok(_) => Panel::Light,
            Err(_) => Panel::Any,
        }
    }
    #[cfg(not(windows))]
    Panel::Light
}

/// There is nothing to follow; returns the notifier.
pub async fn attend(app: &AppHandle, _requests: UnboundedSender<Request>) -> Notifier {
    Notifier::new(app.config().identifier.clone())
}
