//! [`Portal`]: the part of a desktop that provides its colour scheme, `org.freedesktop.portal.Desktop`.

use zbus::blocking::Connection;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::Value;

use crate::session::Session;

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const COLOURS: (&str, &str) = ("org.freedesktop.appearance", "color-scheme");

/// The colour scheme of a desktop.
#[derive(Debug, Clone, Copy)]
pub enum Colours {
    Dark = 1,
    Light = 2,
}

/// Starts a portal that has this setting only.
pub struct Portal {
    bus: Connection,
}

impl Portal {
    pub fn start(session: &Session, colours: Colours) -> Self {
        let bus = session.offering().serve_at(PATH, Settings { colours }).unwrap().name(NAME).unwrap();
        Self { bus: bus.build().unwrap() }
    }

    /// Changes the preference.
    pub fn prefer(&self, colours: Colours) {
        let settings = self.bus.object_server().interface::<_, Settings>(PATH).unwrap();
        settings.get_mut().colours = colours;
        let (space, key) = COLOURS;
        let changed = Settings::setting_changed(settings.signal_emitter(), space, key, value(colours));
        zbus::block_on(changed).unwrap();
    }
}

struct Settings {
    colours: Colours,
}

fn value(colours: Colours) -> Value<'static> {
    Value::U32(colours as u32)
}

#[zbus::interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    fn read(&self, space: &str, key: &str) -> zbus::fdo::Result<Value<'static>> {
        if (space, key) != COLOURS {
            return Err(zbus::fdo::Error::UnknownProperty(format!("{space} {key}")));
        }
        // This method wraps its reply in one more variant than the newer one.
        Ok(Value::Value(Box::new(value(self.colours))))
    }

    #[zbus(signal)]
    async fn setting_changed(
        emitter: &SignalEmitter<'_>,
        space: &str,
        key: &str,
        value: Value<'_>,
    ) -> zbus::Result<()>;
}
