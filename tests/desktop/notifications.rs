//! [`Notifications`]: the notification service of a desktop, `org.freedesktop.Notifications`, as far as the program
//! uses it.
#![allow(
    clippy::too_many_arguments,
    clippy::used_underscore_binding,
    reason = "the interface's shape is given"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::blocking::Connection;
use zbus::zvariant::OwnedValue;

use crate::session::Session;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// Stores the notifications it receives.
pub struct Notifications {
    shown: Shown,
    _bus: Connection,
}

/// Titles with their texts.
type Shown = Arc<Mutex<Vec<(String, String)>>>;

impl Notifications {
    pub fn start(session: &Session) -> Self {
        let shown = Shown::default();
        let desktop = NotificationServer { shown: Arc::clone(&shown) };
        let bus = session.offering().serve_at(PATH, desktop).unwrap().name(NAME).unwrap().build().unwrap();
        Self { shown, _bus: bus }
    }

    /// Returns titles and texts of all notifications so far.
    pub fn shown(&self) -> Vec<(String, String)> {
        self.shown.lock().unwrap().clone()
    }
}

struct NotificationServer {
    shown: Shown,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl NotificationServer {
    fn notify(
        &self,
        _program: &str,
        _replaced: u32,
        _picture: &str,
        title: String,
        text: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _time: i32,
    ) -> u32 {
        let mut shown = self.shown.lock().unwrap();
        shown.push((title, text));
        shown.len() as u32
    }
}
