//! What the parts of the shell share: [`Shell`], one for the life of the program.

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_exporter::engine::Engine;
use data_exporter::error::Result;
use data_exporter::models::command::Command;
use data_exporter::models::snapshot::{Desktop, PairingState};
use data_exporter::platform::{Folders, browser};
use tokio::sync::mpsc::UnboundedSender;

use crate::request::Request;
use crate::start_at_login;
use crate::text::{self, Words};

/// The engine, the queue of requests, and what is known of the desktop.
pub struct Shell {
    /// What does everything.
    pub engine: Engine,
    /// Where it keeps its files.
    pub folders: Folders,
    /// What the program is asked to do.
    pub requests: UnboundedSender<Request>,
    /// Whether the page is to be asked before its window closes.
    pub ask_before_closing: AtomicBool,
    desktop: Mutex<Desktop>,
}

impl Shell {
    /// A shell around an engine.
    pub fn new(
        engine: Engine,
        folders: Folders,
        requests: UnboundedSender<Request>,
        desktop: Desktop,
    ) -> Self {
        let desktop = Mutex::new(desktop);
        Self { engine, folders, requests, ask_before_closing: AtomicBool::new(false), desktop }
    }

    /// What is known of the desktop.
    pub fn desktop(&self) -> Desktop {
        *self.lock()
    }

    /// Notes what the desktop is like now; true when it was different.
    pub fn note(&self, desktop: Desktop) -> bool {
        std::mem::replace(&mut *self.lock(), desktop) != desktop
    }

    fn lock(&self) -> MutexGuard<'_, Desktop> {
        self.desktop.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The words of the person's language.
    pub fn words(&self) -> &'static Words {
        text::words(self.desktop().language)
    }

    /// Starts the program at login, or no longer.
    ///
    /// # Errors
    /// When the system does not let it.
    pub fn start_at_login(&self, on: bool) -> Result<Desktop> {
        start_at_login::set(on)?;
        // The queue ends with the program.
        let _ = self.requests.send(Request::RefreshSurroundings);
        Ok(Desktop { start_at_login: start_at_login::is_on(), ..self.desktop() })
    }

    /// Opens a page of the pairing in the browser; the engine learns of a browser that does not start.
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

    /// Opens the page of the pairing that waits, once more.
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
