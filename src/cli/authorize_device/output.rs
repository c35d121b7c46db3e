//! [`PairingOutput`]: the output of a pairing, either the specification's lines or one JSON event a line.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Arguments, AuthorizeError};
use crate::auth::device_flow::{DeviceAuthorization, GrantError, GrantEvent, PollEvent, banner};
use crate::auth::dialect::romm;
use crate::auth::secrets::StoredCredential;
use crate::cli::{Exit, Screen};
use crate::engine::pairing::PairingOutcome;
use crate::error::{Code, Error, Result};
use crate::models::snapshot::PairingFault;
use crate::platform::browser::{self, Browser};
use crate::text::local;

/// Shows the steps of a pairing.
#[derive(Clone)]
pub struct PairingOutput<'a> {
    screen: &'a Screen,
    browser: Option<Browser>,
    qr: bool,
    /// The last failure, so that it is not repeated at every poll.
    last_failure: Option<String>,
}

/// The result of a pairing, for display.
pub struct AuthorizedDevice {
    /// The site or account, in the server's words.
    pub whose: Option<String>,
    /// Whether the name came with the credential, so that it names a site.
    pub named: bool,
    /// The Basic user.
    pub domain: String,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// The end of the credential, where it has one.
    pub ends: Option<DateTime<Utc>>,
    /// Warnings of the pairing.
    pub warnings: Vec<String>,
}

impl From<PairingOutcome> for AuthorizedDevice {
    fn from(made: PairingOutcome) -> Self {
        let ends = match &made.granted.credential {
            StoredCredential::Bearer { expires_at, .. } => *expires_at,
            StoredCredential::Basic { .. } | StoredCredential::Refresh { .. } => None,
        };
        Self {
            whose: made.whose,
            named: made.granted.name.is_some(),
            domain: made.domain,
            scopes: made.granted.scopes,
            ends,
            warnings: made.warnings,
        }
    }
}

impl<'a> PairingOutput<'a> {
    pub fn new(screen: &'a Screen, no_browser: bool, qr: bool) -> Self {
        let browser = (!no_browser).then(browser::here).flatten();
        Self { screen, browser, qr, last_failure: None }
    }

    /// Creates an output that starts no browser.
    pub fn without_browser(&self) -> Self {
        Self { browser: None, ..self.clone() }
    }

    pub fn starting(&self) {
        self.screen.result("Starting device authorization flow...");
    }

    pub fn event(&mut self, event: GrantEvent<'_>) {
        match event {
            GrantEvent::Requesting => self.screen.result("Requesting device authorization codes..."),
            GrantEvent::Retrying { why } | GrantEvent::Poll(PollEvent::Failure { why }) => self.trouble(why),
            GrantEvent::Code(authorization) => self.code(authorization),
            GrantEvent::Poll(PollEvent::SlowDown { interval }) => {
                let interval = interval.as_secs();
                self.json(&json!({ "event": "slow_down", "interval": interval }));
                self.screen
                    .note(&format!("the server asked for a longer polling interval: every {interval} s"));
            }
        }
    }

    /// The text comes first, then the browser.
    pub fn code(&mut self, code: &DeviceAuthorization) {
        self.last_failure = None;
        self.json(&json!({
            "event": "code",
            "user_code": code.user_code,
            "verification_uri": code.verification_uri,
            "verification_uri_complete": code.verification_uri_complete,
            "expires_in": code.expires_in,
            "interval": code.interval,
        }));
        self.screen.result(&banner(code));
        if let (true, false, Some(link)) =
            (self.qr, self.screen.json_wanted(), &code.verification_uri_complete)
        {
            self.screen.qr(link);
            self.screen.result(&format!("The QR code opens: {link}"));
        } else if self.qr && code.verification_uri_complete.is_none() {
            self.screen.remark("no QR code: the server sent no link that contains the code");
        }
        self.json(&json!({ "event": "waiting" }));
        self.screen.result("Waiting for user to authorize device...");
        let link = code.verification_uri_complete.as_ref().unwrap_or(&code.verification_uri);
        if let Some(browser) = &self.browser
            && let Err(error) = browser::open(browser, link)
        {
            self.screen.remark(&format!("cannot open a browser ({error}); open the address above yourself"));
        }
    }

    pub fn trouble(&mut self, why: String) {
        if self.last_failure.as_ref() != Some(&why) {
            self.screen.note(&format!("{why}; retrying"));
            self.last_failure = Some(why);
        }
    }

    pub fn restarting(&self, error: &GrantError) {
        self.screen.note(&format!("{error}; requesting a new one"));
    }

    pub fn offer_restart(&self, error: GrantError) {
        self.screen.error(&Error::from(error));
        self.screen.note("Press Enter for a new code, or Ctrl-C to stop.");
    }

    pub fn authorized(&self, paired: &AuthorizedDevice, arguments: &Arguments, config: &Path) {
        let AuthorizedDevice { whose, domain, scopes, ends, warnings, named } = paired;
        for warning in warnings {
            self.screen.warning(warning);
        }
        self.json(&json!({
            "event": "authorized",
            "domain": whose,
            "config": config,
            "scopes": scopes,
            "expires_at": ends,
        }));
        self.screen.result("✓ Device authorized successfully!");
        match whose {
            Some(domain) if *named => self.screen.result(&format!("Domain: {domain}")),
            Some(account) => self.screen.result(&format!("Account: {account}")),
            None => self.screen.result(&format!("Server: {domain}")),
        }
        self.scopes(scopes, *ends, arguments);
        self.screen.result(&format!("Configuration saved to: {}", config.display()));
        self.screen.result("Device authorization complete!");
        self.screen.result("You can now install the service using the saved configuration.");
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
            self.screen.remark(&format!("scopes requested but not granted: {}", missing.join(", ")));
        }
        if let Some(ends) = ends {
            self.screen.result(&format!("Valid until: {}", local(ends)));
        }
    }

    /// Shows the failure and returns its exit code.
    ///
    /// # Errors
    /// A failure without an event of its own, which the caller shows.
    pub fn failed(&self, failure: AuthorizeError) -> Result<Exit> {
        let (word, error) = match failure {
            AuthorizeError::Grant(error) => (Some(error.word()), Error::from(error)),
            AuthorizeError::Other(error) => (word_of(error.code), error),
            AuthorizeError::Reported(fault, error) => (word_of_fault(fault), error),
        };
        let Some(word) = word else { return Err(error) };
        self.json(&json!({
            "event": "failed",
            "code": word,
            "message": error.message,
            "hint": error.hint,
        }));
        self.screen.error(&error);
        Ok(Exit(error.code.exit_code()))
    }

    fn json(&self, event: &Value) {
        if self.screen.json_wanted() {
            self.screen.json(event);
        }
    }
}

/// Returns the word of a failure that another process reported.
fn word_of_fault(fault: PairingFault) -> Option<&'static str> {
    match fault {
        PairingFault::AccessDenied => Some("access_denied"),
        PairingFault::ExpiredToken => Some("expired_token"),
        PairingFault::InvalidGrant => Some("invalid_grant"),
        PairingFault::Network => Some("network"),
        PairingFault::Keychain => Some("keychain"),
        PairingFault::Unsupported => Some("unsupported"),
        PairingFault::Cancelled => Some("cancelled"),
        PairingFault::Configuration | PairingFault::Internal => None,
    }
}

/// Returns the word of a failure around the device grant.
fn word_of(code: Code) -> Option<&'static str> {
    match code {
        Code::KeychainError => Some("keychain"),
        Code::ConnectionFailed | Code::TimeoutError | Code::ServiceUnavailable => Some("network"),
        Code::AuthenticationFailed | Code::NotPaired => Some("access_denied"),
        Code::Cancelled => Some("cancelled"),
        _ => None,
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
