//! [`Panel`]: the part of a desktop that shows tray items, `org.kde.StatusNotifierWatcher` on the session bus.
#![allow(clippy::unused_self, reason = "the interface's shape is given")]

use std::sync::{Arc, Mutex};

use zbus::blocking::Connection;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;

use crate::session::{Session, has_owner};
use crate::tray::Tray;
use crate::wait::until;

const NAME: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";

/// A panel; it disappears when dropped.
pub struct Panel {
    bus: Connection,
    items: Items,
}

/// The registered items, by bus name and path.
type Items = Arc<Mutex<Vec<(String, String)>>>;

impl Panel {
    pub fn start(session: &Session) -> Self {
        let items = Items::default();
        let watcher = Watcher { items: Arc::clone(&items) };
        let bus = session.offering().serve_at(PATH, watcher).unwrap().name(NAME).unwrap().build().unwrap();
        Self { bus, items }
    }

    /// Waits for the last registered item whose process is alive.
    pub fn tray(&self) -> Tray {
        let (name, path) = until("an item in the tray", || {
            let last = self.items.lock().unwrap().last().cloned();
            last.filter(|(name, _)| has_owner(&self.bus, name))
        });
        Tray::new(&self.bus, name, path)
    }
}

struct Watcher {
    items: Items,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) {
        let sender = header.sender().unwrap().to_string();
        let item = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.items.lock().unwrap().push(item);
        Self::status_notifier_item_registered(&emitter, service).await.unwrap();
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().unwrap().iter().map(|(name, path)| format!("{name}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;
}
