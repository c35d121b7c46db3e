//! Linux desktops: the colour scheme that they ask of programs, and the matching panel.
//!
//! The toolkit can follow the colour scheme too, but wakes up every five seconds for it.

use data_exporter::platform::variable;
use futures_util::StreamExt as _;
use tauri::{AppHandle, Theme};
use tokio::sync::mpsc::UnboundedSender;
use zbus::proxy::{Builder, CacheProperties};
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy};

use crate::notice::Notifier;
use crate::request::Request;
use crate::tray::Panel;

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const INTERFACE: &str = "org.freedesktop.portal.Settings";
const SETTING: (&str, &str) = ("org.freedesktop.appearance", "color-scheme");

/// Returns this desktop's panel under a colour scheme.
pub fn panel(colours: Option<Theme>) -> Panel {
    panel_of(variable("XDG_CURRENT_DESKTOP").as_deref(), colours)
}

/// Follows the desktop's colour scheme and sends requests for it; returns the notifier.
pub async fn attend(_app: &AppHandle, requests: UnboundedSender<Request>) -> Notifier {
    let bus = Connection::session()
        .await
        .inspect_err(|error| tracing::info!("there is no session bus: {error}"))
        .ok();
    if let Some(bus) = bus.clone() {
        tauri::async_runtime::spawn(follow(bus, requests));
    }
    Notifier::new(bus)
}

fn panel_of(desktop: Option<&str>, colours: Option<Theme>) -> Panel {
    let of = |wanted: &str| {
        desktop.is_some_and(|names| names.split(':').any(|name| name.eq_ignore_ascii_case(wanted)))
    };
    match colours {
        // Its bar is black whatever the colour scheme.
        _ if of("GNOME") => Panel::Dark,
        Some(Theme::Dark) if of("KDE") => Panel::Dark,
        Some(Theme::Light) if of("KDE") => Panel::Light,
        _ => Panel::Any,
    }
}

/// Sends requests for the desktop's colour scheme, now and at every change; ends where the desktop does not report it.
async fn follow(bus: Connection, requests: UnboundedSender<Request>) {
    if let Err(error) = try_follow(&bus, &requests).await {
        tracing::debug!("the desktop does not tell its colours: {error}");
    }
}

async fn try_follow(bus: &Connection, requests: &UnboundedSender<Request>) -> zbus::Result<()> {
    let portal: Proxy<'_> = Builder::new(bus)
        .destination(NAME)?
        .path(PATH)?
        .interface(INTERFACE)?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    let mut changes = portal.receive_signal("SettingChanged").await?;
    let now: OwnedValue = portal.call("Read", &SETTING).await?;
    let _ = requests.send(Request::Colours(theme(&now)));
    while let Some(change) = changes.next().await {
        let (space, key, value): (String, String, OwnedValue) = change.body().deserialize()?;
        if (space.as_str(), key.as_str()) == SETTING
            && requests.send(Request::Colours(theme(&value))).is_err()
        {
            break;
        }
    }
    Ok(())
}

/// 1 is dark, 2 is light, anything else is no preference; a value may be nested in a value.
fn theme(value: &Value<'_>) -> Option<Theme> {
    match value {
        Value::Value(inner) => theme(inner),
        Value::U32(1) => Some(Theme::Dark),
        Value::U32(2) => Some(Theme::Light),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panel_colour_is_known_only_for_gnome_and_kde() {
        assert_eq!(panel_of(Some("ubuntu:GNOME"), Some(Theme::Light)), Panel::Dark);
        assert_eq!(panel_of(Some("KDE"), Some(Theme::Dark)), Panel::Dark);
        assert_eq!(panel_of(Some("KDE"), Some(Theme::Light)), Panel::Light);
        assert_eq!(panel_of(Some("KDE"), None), Panel::Any);
        assert_eq!(panel_of(Some("XFCE"), Some(Theme::Dark)), Panel::Any);
        assert_eq!(panel_of(None, None), Panel::Any);
    }

    #[test]
    fn a_preference_is_read_from_nested_variants() {
        let wrapped = |number: u32| Value::Value(Box::new(Value::U32(number)));
        assert_eq!(theme(&wrapped(1)), Some(Theme::Dark));
        assert_eq!(theme(&Value::U32(2)), Some(Theme::Light));
        assert_eq!(theme(&wrapped(0)), None);
        assert_eq!(theme(&Value::Bool(true)), None);
    }
}
