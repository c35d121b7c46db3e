//! Windows and macOS, whose toolkit follows their colours itself.

use tauri::{AppHandle, Theme};
use tokio::sync::mpsc::UnboundedSender;

use crate::notice::Notifier;
use crate::request::Request;
use crate::tray::Panel;

/// The panel: on macOS the system draws the picture in the colour that fits, on Windows the registry knows.
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

/// There is nothing to follow; how notifications are sent.
pub async fn attend(app: &AppHandle, _requests: UnboundedSender<Request>) -> Notifier {
    Notifier::new(app.config().identifier.clone())
}
