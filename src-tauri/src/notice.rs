//! Notifications: their texts ([`Message`]), and showing them on the desktop ([`Notifier`]). Nothing waits for a
//! desktop that does not answer.

use data_exporter::models::command::Notice;
use data_exporter::models::settings::Language;
use data_exporter::models::snapshot::State;

use crate::{text, tray};

/// The texts of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The state and its reason.
    pub title: String,
    /// The number of affected tables, or where to look.
    pub body: String,
}

impl Message {
    /// Creates the texts of a notice in a language.
    pub fn new(notice: &Notice, language: Language) -> Self {
        let words = text::words(language);
        let body = match notice.state {
            State::Overdue => words.notices.overdue.to_owned(),
            _ if notice.tables > 0 => (words.notices.failed)(notice.tables),
            _ => words.notices.look.to_owned(),
        };
        Self { title: tray::because(notice.state, notice.problem.as_ref(), words), body }
    }
}

#[cfg(not(target_os = "linux"))]
pub use by_the_system::Notifier;
/// The desktop's notification service.
#[cfg(target_os = "linux")]
pub use on_the_bus::Notifier;

#[cfg(target_os = "linux")]
mod on_the_bus {
    use std::collections::HashMap;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use zbus::Connection;
    use zbus::zvariant::Value;

    use super::Message;

    const NAME: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";

    /// Uses a connection that stays open: some desktops remove a notification when its sender disconnects.
    pub struct Notifier {
        bus: Option<Connection>,
        /// The last notification, which the next one replaces.
        last: Arc<AtomicU32>,
    }

    impl Notifier {
        /// Creates a notifier on the session bus, if there is one.
        pub fn new(bus: Option<Connection>) -> Self {
            Self { bus, last: Arc::default() }
        }

        /// Shows a message without waiting.
        pub fn show(&self, message: Message) {
            let Some(bus) = self.bus.clone() else { return };
            let last = Arc::clone(&self.last);
            tauri::async_runtime::spawn(async move {
                match send(&bus, &message, last.load(Ordering::Acquire)).await {
                    Ok(number) => last.store(number, Ordering::Release),
                    Err(error) => tracing::info!("a notification was not shown: {error}"),
                }
            });
        }
    }

    async fn send(bus: &Connection, message: &Message, replaced: u32) -> zbus::Result<u32> {
        let Message { title, body } = message;
        let (actions, hints): (&[&str], HashMap<&str, Value<'_>>) = (&[], HashMap::new());
        // The desktop's default time on the screen.
        let time = -1;
        let what = &("Data Exporter", replaced, "data-exporter-desktop", title, body, actions, hints, time);
        bus.call_method(Some(NAME), PATH, Some(NAME), "Notify", what).await?.body().deserialize()
    }
}

#[cfg(not(target_os = "linux"))]
mod by_the_system {
    use super::Message;

    /// Uses the notifications of Windows or macOS.
    pub struct Notifier {
        identifier: String,
    }

    impl Notifier {
        /// Creates a notifier for the program installed under this identifier.
        pub fn new(identifier: String) -> Self {
            Self { identifier }
        }

        /// Shows a message without waiting.
        pub fn show(&self, message: Message) {
            let mut notification = notify_rust::Notification::new();
            notification.summary(&message.title).body(&message.body);
            #[cfg(windows)]
            notification.app_id(&self.identifier);
            #[cfg(not(windows))]
            let _ = notify_rust::set_application(&self.identifier);
            tauri::async_runtime::spawn_blocking(move || {
                if let Err(error) = notification.show() {
                    tracing::info!("a notification was not shown: {error}");
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_exporter::error::{Code, Error};

    #[test]
    fn a_notification_states_result_reason_and_totals() {
        let notice = |state, tables, code: Option<Code>| Notice {
            state,
            tables,
            problem: code.map(|code| Error::new(code, "in English").body()),
        };
        let notices = [
            notice(State::NeedsAttention, 0, Some(Code::AuthenticationFailed)),
            notice(State::NeedsAttention, 0, Some(Code::KeychainError)),
            notice(State::Error, 12, Some(Code::ConnectionFailed)),
            notice(State::Error, 0, Some(Code::UnknownError)),
            notice(State::Overdue, 0, Some(Code::ConnectionFailed)),
            notice(State::Warnings, 1, None),
            notice(State::Warnings, 0, None),
        ];
        let mut lines = Vec::new();
        for language in [Language::En, Language::Ru, Language::He] {
            for notice in &notices {
                let Message { title, body } = Message::new(notice, language);
                lines.push(format!("{title}\n    {body}"));
            }
        }
        insta::assert_snapshot!(lines.join("\n"));
    }
}
