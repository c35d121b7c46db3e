//! [`Shell`]: state shared by the parts of the program, one for its lifetime.

use std::sync::atomic::AtomicBool;

use data_exporter::engine::Engine;
use data_exporter::error::Result;
use data_exporter::models::command::Command;
use data_exporter::models::pairing::PairingState;
use data_exporter::models::settings::Desktop;
use data_exporter::platform::{Folders, browser};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::mpsc::UnboundedSender;

use crate::request::Request;
use crate::start_at_login;
use crate::text::{self, Words};

/// The engine, the queue of requests, and the facts about the desktop.
pub struct Shell {
    /// The engine.
    pub engine: Engine,
    /// The locations of its files.
    pub folders: Folders,
    /// The queue of requests.
    pub requests: UnboundedSender<Request>,
    /// Whether the page is asked before its window closes.
    pub ask_before_closing: AtomicBool,
    desktop: Mutex<Desktop>,
}

impl Shell {
    /// Creates a shell over an engine.
    pub fn new(
        engine: Engine,
        folders: Folders,
        requests: UnboundedSender<Request>,
        desktop: Desktop,
    ) -> Self {
        let desktop = Mutex::new(desktop);
        Self { engine, folders, requests, ask_before_closing: AtomicBool::new(false), desktop }
    }

    /// Returns the facts about the desktop.
    pub fn desktop(&self) -> Desktop {
        *self.lock()
    }

    /// Updates the facts about the desktop; returns true when they changed.
    pub fn note(&self, desktop: Desktop) -> bool {
        std::mem::replace(&mut *self.lock(), desktop) != desktop
    }

    fn lock(&self) -> MutexGuard<'_, Desktop> {
        self.desktop.lock()
    }

    /// Returns the texts in the person's language.
    pub fn words(&self) -> &'static Words {
        text::words(self.desktop().language)
    }

    /// Turns the start at login on or off.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn start_at_login(&self, on: bool) -> Result<Desktop> {
        start_at_login::set(on)?;
        // The queue ends with the program.
        let _ = self.requests.send(Request::RefreshSurroundings);
        Ok(Desktop { start_at_login: start_at_login::is_on(), ..self.desktop() })
    }

    /// Opens a verification page in the browser; tells the engine when no browser starts.
    pub async fn browse(&self, address: String) {
        let Some(browser) = browser::here() else {
            return self.browser_failed("there is no browser for this session".to_owned()).await;
        };
        let started = tauri::async_runtime::spawn_blocking(move || browser::open(&browser, &address));
        match started.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.browser_failed(error.to_string()).await,
            Err(error) => self.browser_failed(error.to_string()).await,
        }
    }

    /// Opens the verification page of the running pairing again.
    pub async fn browse_again(&self) {
        if let PairingState::Waiting { code, .. } = self.engine.snapshot().pairing {
            self.browse(code.verification_uri_complete.unwrap_or(code.verification_uri)).await;
        }
    }

    async fn browser_failed(&self, why: String) {
        if let Err(error) = self.engine.send(Command::BrowserFailed { why }).await {
            tracing::debug!("the engine does not care about the browser: {error}");
        }
    }
}
