//! [`Tray`] on Windows and macOS, with the toolkit.

use std::sync::Arc;

use parking_lot::Mutex;
use tauri::image::Image;
use tauri::menu::{CheckMenuItemBuilder, IsMenuItem, MenuItemBuilder, PredefinedMenuItem, SubmenuBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};
use tokio::sync::mpsc::UnboundedSender;

use super::menu::{Item, Menu};
use super::{Action, Icon, TrayView};
use crate::request::Request;

/// Pixels on a side of the picture for the system, which scales it.
const SIDE: u32 = if cfg!(target_os = "macos") { 48 } else { 32 };

/// The program's tray icon.
pub struct Tray {
    app: AppHandle,
    icon: TrayIcon,
    view: Arc<Mutex<TrayView>>,
}

impl Tray {
    /// Adds a view to the tray; `None` where that fails. Clicks become requests.
    pub async fn start(app: &AppHandle, view: TrayView, requests: UnboundedSender<Request>) -> Option<Self> {
        let shown = Arc::new(Mutex::new(view.clone()));
        match build(app, &view, &shown, requests) {
            Ok(icon) => Some(Self { app: app.clone(), icon, view: shown }),
            Err(error) => {
                tracing::warn!("there is no tray: {error}");
                None
            }
        }
    }

    /// Returns whether the tray is visible, which it always is on these systems.
    pub fn is_seen(&self) -> bool {
        true
    }

    /// Shows another view; unchanged parts are not set.
    pub async fn show(&self, view: TrayView) {
        let before = {
            let mut shown = self.view.lock();
            std::mem::replace(&mut *shown, view.clone())
        };
        if let Err(error) = self.replace(&before, &view) {
            tracing::warn!("cannot change the tray: {error}");
        }
    }

    fn replace(&self, before: &TrayView, view: &TrayView) -> tauri::Result<()> {
        if before.icon != view.icon {
            self.icon.set_icon(picture(view.icon))?;
            self.icon.set_icon_as_template(cfg!(target_os = "macos"))?;
        }
        if before.tooltip != view.tooltip {
            self.icon.set_tooltip(Some(&view.tooltip))?;
        }
        if before.menu != view.menu {
            self.icon.set_menu(Some(menu(&self.app, &view.menu)?))?;
        }
        Ok(())
    }
}

fn build(
    app: &AppHandle,
    view: &TrayView,
    shown: &Arc<Mutex<TrayView>>,
    requests: UnboundedSender<Request>,
) -> tauri::Result<TrayIcon> {
    let clicked = requests.clone();
    let shown = Arc::clone(shown);
    let mut builder = TrayIconBuilder::with_id("main")
        .tooltip(&view.tooltip)
        .menu(&menu(app, &view.menu)?)
        .icon_as_template(cfg!(target_os = "macos"))
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_tray_icon_event(move |_, event| {
            let left = MouseButton::Left;
            if let TrayIconEvent::Click { button, button_state: MouseButtonState::Up, .. } = event
                && button == left
                && cfg!(windows)
            {
                let _ = clicked.send(Request::Act(Action::Open));
            }
        })
        .on_menu_event(move |_, event| {
            let shown = shown.lock();
            if let Some(action) = find(&shown.menu, event.id().as_ref()) {
                let _ = requests.send(Request::Act(action));
            }
        });
    if let Some(picture) = picture(view.icon) {
        builder = builder.icon(picture);
    }
    builder.build(app)
}

fn picture(icon: Icon) -> Option<Image<'static>> {
    let pixels = icon.pixels().into_iter().find(|one| one.side == SIDE)?;
    Some(Image::new_owned(pixels.rgba, SIDE, SIDE))
}

/// Returns the identifier of an action among the toolkit's items.
fn id(action: Action) -> String {
    format!("{action:?}")
}

fn find(menu: &Menu, wanted: &str) -> Option<Action> {
    menu.iter().find_map(|item| match item {
        Item::Act { action, .. } | Item::Check { action, .. } => (id(*action) == wanted).then_some(*action),
        Item::Under { items, .. } => find(items, wanted),
        Item::Line(_) | Item::Rule => None,
    })
}

fn menu(app: &AppHandle, menu: &Menu) -> tauri::Result<tauri::menu::Menu<Wry>> {
    let made = tauri::menu::Menu::new(app)?;
    for item in menu {
        made.append(&*native(app, item)?)?;
    }
    Ok(made)
}

fn native(app: &AppHandle, item: &Item) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    Ok(match item {
        Item::Line(text) => Box::new(MenuItemBuilder::new(label(text)).enabled(false).build(app)?),
        Item::Act { label: text, action, enabled } => {
            Box::new(MenuItemBuilder::with_id(id(*action), label(text)).enabled(*enabled).build(app)?)
        }
        Item::Check { label: text, action, on } => {
            Box::new(CheckMenuItemBuilder::with_id(id(*action), label(text)).checked(*on).build(app)?)
        }
        Item::Under { label: text, enabled, items } => {
            let made = SubmenuBuilder::new(app, label(text)).enabled(*enabled).build()?;
            for item in items {
                made.append(&*native(app, item)?)?;
            }
            Box::new(made)
        }
        Item::Rule => Box::new(PredefinedMenuItem::separator(app)?),
    })
}

/// A single ampersand would mark the next letter as the item's access key.
fn label(text: &str) -> String {
    text.replace('&', "&&")
}
