//! [`PairingOutput`]: the output of a pairing, either the specification's lines or one JSON event a line.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::Arguments;
use crate::auth::device_flow::banner;
use crate::auth::dialect::romm;
use crate::cli::{Exit, Screen};
use crate::engine::ended_meanwhile;
use crate::error::{Error, Result};
use crate::models::pairing::{PairedKind, PairingCode, PairingFault, PairingState};
use crate::platform::browser::{self, Browser};
use crate::text::{PairingWords, local};

/// Shows the steps of a pairing.
pub struct PairingOutput<'a> {
    screen: &'a Screen,
    browser: Option<Browser>,
    qr: bool,
    shown: Shown,
}

/// The parts of the current attempt that were shown, so that nothing is repeated.
#[derive(Default)]
struct Shown {
    requesting: bool,
    code: Option<String>,
    interval: u64,
    trouble: Option<String>,
}

impl<'a> PairingOutput<'a> {
    pub fn new(screen: &'a Screen, no_browser: bool, qr: bool) -> Self {
        let browser = (!no_browser).then(browser::here).flatten();
        Self { screen, browser, qr, shown: Shown::default() }
    }

    /// Begins an attempt.
    pub fn starting(&mut self) {
        self.shown = Shown::default();
        self.screen.result("Starting device authorization flow...");
    }

    /// Shows the news of a state.
    pub fn step(&mut self, state: &PairingState) {
        match state {
            PairingState::Requesting { trouble } => {
                if !std::mem::replace(&mut self.shown.requesting, true) {
                    self.screen.result("Requesting device authorization codes...");
                }
                self.trouble(trouble.as_ref());
            }
            PairingState::Waiting { code, trouble, .. } => {
                if self.shown.code.as_ref() == Some(&code.user_code) {
                    self.slow_down(code.interval);
                } else {
                    self.code(code);
                }
                self.trouble(trouble.as_ref());
            }
            PairingState::Idle
            | PairingState::Keeping
            | PairingState::Done { .. }
            | PairingState::Failed { .. } => {}
        }
    }

    fn code(&mut self, code: &PairingCode) {
        self.shown =
            Shown { code: Some(code.user_code.clone()), interval: code.interval, ..Shown::default() };
        self.json(&json!({
            "event": "code",
            "user_code": code.user_code,
            "verification_uri": code.verification_uri,
            "verification_uri_complete": code.verification_uri_complete,
            "expires_in": code.expires_in,
            "interval": code.interval,
        }));
        self.screen.result(&banner(&code.verification_uri, &code.user_code, code.expires_in));
        if let (true, false, Some(link)) =
            (self.qr, self.screen.json_wanted(), &code.verification_uri_complete)
        {
            self.screen.qr(link);
            self.screen.result(&(self.words().qr)(link));
        } else if self.qr && code.verification_uri_complete.is_none() {
            self.screen.remark(self.words().no_qr);
        }
        self.json(&json!({ "event": "waiting" }));
        self.screen.result("Waiting for user to authorize device...");
    }

    fn slow_down(&mut self, interval: u64) {
        if std::mem::replace(&mut self.shown.interval, interval) < interval {
            self.json(&json!({ "event": "slow_down", "interval": interval }));
            self.screen.note(&(self.words().slow_down)(interval));
        }
    }

    fn trouble(&mut self, why: Option<&String>) {
        if let Some(why) = why.filter(|why| self.shown.trouble.as_ref() != Some(why)) {
            self.screen.note(&(self.words().retrying)(why));
            self.shown.trouble = Some(why.clone());
        }
    }

    /// Opens the page in a browser, after the text.
    pub fn open(&self, address: &str) {
        if let Some(browser) = &self.browser
            && let Err(error) = browser::open(browser, address)
        {
            self.screen.remark(&(self.words().no_browser)(&error.to_string()));
        }
    }

    /// Returns whether a person can answer questions.
    pub fn can_ask(&self) -> bool {
        self.screen.can_ask()
    }

    pub fn restarting(&self, why: &str) {
        self.screen.note(&(self.words().restarting)(why));
    }

    pub fn offer_restart(&self, error: &Error) {
        self.screen.error(error);
        self.screen.note(self.words().press_enter);
    }

    /// Shows the end of a pairing and returns the exit code.
    ///
    /// # Errors
    /// A failure without an event of its own, which the caller shows.
    pub fn ended(&self, ended: PairingState, arguments: &Arguments, config: &Path) -> Result<Exit> {
        match ended {
            PairingState::Failed { fault, code, message, hint } => {
                self.failed(fault, Error { hint, ..Error::new(code, message) })
            }
            PairingState::Done { domain, kind, scopes, expires_at, notes } => {
                for note in &notes {
                    self.screen.warning(note);
                }
                self.authorized(&domain, kind, &scopes, expires_at, config);
                self.scopes(&scopes, expires_at, arguments);
                self.screen.result(&format!("Configuration saved to: {}", config.display()));
                self.screen.result("Device authorization complete!");
                self.screen.result("You can now install the service using the saved configuration.");
                let said = &self.screen.words().status;
                self.screen.note(&format!("{} {}", said.next_step, said.first_export));
                Ok(Exit::DONE)
            }
            PairingState::Idle
            | PairingState::Requesting { .. }
            | PairingState::Waiting { .. }
            | PairingState::Keeping => Err(ended_meanwhile()),
        }
    }

    fn authorized(
        &self,
        domain: &str,
        kind: PairedKind,
        scopes: &[String],
        expires_at: Option<DateTime<Utc>>,
        config: &Path,
    ) {
        self.json(&json!({
            "event": "authorized",
            "domain": Some(domain).filter(|_| kind != PairedKind::Server),
            "config": config,
            "scopes": scopes,
            "expires_at": expires_at,
        }));
        self.screen.result("✓ Device authorized successfully!");
        self.screen.result(&match kind {
            PairedKind::Site => format!("Domain: {domain}"),
            PairedKind::Account => format!("Account: {domain}"),
            PairedKind::Server => format!("Server: {domain}"),
        });
    }

    fn scopes(&self, scopes: &[String], ends: Option<DateTime<Utc>>, arguments: &Arguments) {
        if scopes.is_empty() {
            return;
        }
        self.screen.result(&format!("Scopes: {}", scopes.join(", ")));
        let asked = arguments.scope.as_deref().unwrap_or(romm::DEFAULT_SCOPE);
        let missing: Vec<&str> = asked
            .split_whitespace()
            .filter(|scope| arguments.scope.is_some() && !scopes.iter().any(|had| had == scope))
            .collect();
        if !missing.is_empty() {
            self.screen.remark(&(self.words().not_granted)(&missing.join(", ")));
        }
        if let Some(ends) = ends {
            self.screen.result(&format!("Valid until: {}", local(ends)));
        }
    }

    fn failed(&self, fault: PairingFault, error: Error) -> Result<Exit> {
        let Some(word) = fault.word() else { return Err(error) };
        self.json(&json!({
            "event": "failed",
            "code": word,
            "message": error.message,
            "hint": error.hint,
        }));
        self.screen.error(&error);
        Ok(Exit(error.code.exit_code()))
    }

    fn words(&self) -> &'static PairingWords {
        &self.screen.words().pairing
    }

    fn json(&self, event: &Value) {
        if self.screen.json_wanted() {
            self.screen.json(event);
        }
    }
}

/// Waits for a line on standard input; returns false when `stop` comes first or there is no input.
pub async fn enter(stop: &CancellationToken) -> bool {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // A thread of its own: reading a line cannot be cancelled, and must not block the program's end.
    let reader = std::thread::Builder::new().name("enter".to_owned()).spawn(move || {
        let mut line = String::new();
        let typed = std::io::stdin().read_line(&mut line).is_ok_and(|length| length > 0);
        let _ = sender.send(typed);
    });
    if reader.is_err() {
        return false;
    }
    tokio::select! {
        biased;
        () = stop.cancelled() => false,
        typed = receiver => typed.unwrap_or(false),
    }
}
