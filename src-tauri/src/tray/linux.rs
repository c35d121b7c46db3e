//! [`Tray`] on Linux desktops: a `StatusNotifierItem` on the session bus.
//!
//! The toolkit's own tray has no tooltip and no clicks there, and writes each picture to a file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
use ksni::{Handle, MenuItem, OfflineReason, TextDirection, ToolTip, TrayMethods as _};
use tauri::AppHandle;
use tokio::sync::mpsc::UnboundedSender;

use super::menu::Item;
use super::{Action, Icon, TrayView};
use crate::request::Request;

/// How long a panel may take to accept an item.
const REGISTER_TIMEOUT: Duration = Duration::from_secs(2);

/// An item that panels show, as long as there are panels.
pub struct Tray {
    handle: Handle<Shown>,
    panel: Arc<AtomicBool>,
}

impl Tray {
    /// Publishes a view on the session bus; `None` without a session bus. Clicks become requests.
    pub async fn start(_app: &AppHandle, view: TrayView, requests: UnboundedSender<Request>) -> Option<Self> {
        let panel = Arc::new(AtomicBool::new(true));
        let shown = Shown { pixels: pixels(view.icon), view, requests, panel: Arc::clone(&panel) };
        // The panel may start after the program: at login, or when it was restarted.
        let started = tokio::time::timeout(REGISTER_TIMEOUT, shown.assume_sni_available(true).spawn()).await;
        match started {
            Ok(Ok(handle)) => Some(Self { handle, panel }),
            Ok(Err(error)) => {
                tracing::warn!("there is no tray: {error}");
                None
            }
            Err(_) => {
                tracing::warn!("there is no tray: nothing on the session bus answers");
                None
            }
        }
    }

    /// Returns whether a panel shows it now.
    pub fn is_seen(&self) -> bool {
        self.panel.load(Ordering::Acquire)
    }

    /// Shows another view; unchanged parts are not sent.
    pub async fn show(&self, view: TrayView) {
        self.handle
            .update(|shown| {
                if shown.view.icon != view.icon {
                    shown.pixels = pixels(view.icon);
                }
                shown.view = view;
            })
            .await;
    }
}

/// The properties that the panel reads.
struct Shown {
    view: TrayView,
    pixels: Vec<ksni::Icon>,
    requests: UnboundedSender<Request>,
    panel: Arc<AtomicBool>,
}

impl Shown {
    /// When the program ends, nothing receives requests.
    fn request(&self, request: Request) {
        let _ = self.requests.send(request);
    }
}

impl ksni::Tray for Shown {
    fn id(&self) -> String {
        "data-exporter".to_owned()
    }

    /// Panels without tooltips show or read out the title instead.
    fn title(&self) -> String {
        self.view.tooltip.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: self.view.tooltip.clone(), ..ToolTip::default() }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.pixels.clone()
    }

    fn text_direction(&self) -> TextDirection {
        if self.view.right_to_left { TextDirection::RightToLeft } else { TextDirection::LeftToRight }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.request(Request::Act(Action::Open));
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.view.menu.iter().map(item).collect()
    }

    fn watcher_online(&self) {
        self.panel.store(true, Ordering::Release);
        self.request(Request::RefreshSurroundings);
    }

    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        self.panel.store(false, Ordering::Release);
        self.request(Request::RefreshSurroundings);
        true
    }
}

fn item(item: &Item) -> MenuItem<Shown> {
    match item {
        Item::Line(text) => {
            StandardItem { label: label(text), enabled: false, ..StandardItem::default() }.into()
        }
        Item::Act { label: text, action, enabled } => StandardItem {
            label: label(text),
            enabled: *enabled,
            activate: activate(*action),
            ..StandardItem::default()
        }
        .into(),
        Item::Check { label: text, action, on } => CheckmarkItem {
            label: label(text),
            checked: *on,
            activate: activate(*action),
            ..CheckmarkItem::default()
        }
        .into(),
        Item::Under { label: text, enabled, items } => SubMenu {
            label: label(text),
            enabled: *enabled,
            submenu: items.iter().map(self::item).collect(),
            ..SubMenu::default()
        }
        .into(),
        Item::Rule => MenuItem::Separator,
    }
}

fn activate(action: Action) -> Box<dyn Fn(&mut Shown) + Send> {
    Box::new(move |shown| shown.request(Request::Act(action)))
}

/// A single underscore would mark the next letter as the item's access key.
fn label(text: &str) -> String {
    text.replace('_', "__")
}

/// The bus wants alpha first.
fn pixels(icon: Icon) -> Vec<ksni::Icon> {
    let argb = |mut rgba: Vec<u8>| {
        for pixel in rgba.chunks_exact_mut(4) {
            pixel.rotate_right(1);
        }
        rgba
    };
    icon.pixels()
        .into_iter()
        .map(|one| {
            let side = one.side.cast_signed();
            ksni::Icon { width: side, height: side, data: argb(one.rgba) }
        })
        .collect()
}
