//! A pairing, from the request to its end: [`PairingRequest`], [`PairingState`], [`Paired`]. Contains no secret and no
//! device code.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Code;

/// A pairing in effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Paired {
    /// Domain, site or account; the Basic user.
    pub domain: String,
    /// The name that a person knows: the domain without the identifier of the account in front of it.
    #[serde(default)]
    pub name: String,
    /// The server dialect, by its word in the configuration.
    pub dialect: String,
    /// The server's base URL.
    pub base_url: Option<String>,
    /// The time of the pairing; `None` for pairings of older versions.
    pub since: Option<DateTime<Utc>>,
}

impl Paired {
    /// Returns the name in a domain. Data Forge forms the domain of a site from the identifier of its account, an
    /// underscore and the name.
    pub fn name_of(domain: &str) -> &str {
        const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
        let Some((account, name)) = domain.split_once('_').filter(|(_, name)| !name.is_empty()) else {
            return domain;
        };
        let hexadecimal = account.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
        if hexadecimal && account.split('-').map(str::len).eq(GROUPS) { name } else { domain }
    }
}

/// Progress of a pairing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum PairingState {
    /// No pairing is in progress.
    Idle,
    /// The program is requesting a code.
    Requesting {
        /// The reason for a delay.
        trouble: Option<String>,
    },
    /// A code is shown; the program polls until a person approves it.
    Waiting {
        /// The code.
        code: PairingCode,
        /// The failure of the last poll, if any.
        trouble: Option<String>,
        /// Whether the browser was opened.
        browser: BrowserState,
    },
    /// The person approved; the program stores and tries the credential.
    Keeping,
    /// The pairing succeeded.
    Done {
        /// The site or account; the server's host if the server names none.
        domain: String,
        /// The kind of this name.
        #[serde(default)]
        kind: PairedKind,
        /// The granted scopes; empty if the server names none.
        #[serde(default)]
        scopes: Vec<String>,
        /// The end of the credential, if it has one.
        #[serde(default)]
        expires_at: Option<DateTime<Utc>>,
        /// Notes for the person, in English.
        notes: Vec<String>,
    },
    /// The pairing failed.
    Failed {
        /// The kind of failure.
        fault: PairingFault,
        /// The code of the error.
        #[serde(default)]
        #[cfg_attr(test, ts(type = "string"))]
        code: Code,
        /// The message, in English.
        message: String,
        /// The remedy, in English.
        hint: Option<String>,
    },
}

/// The code that a person approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PairingCode {
    /// The code to enter.
    pub user_code: String,
    /// The page's address.
    pub verification_uri: String,
    /// The page's address with the code in it.
    pub verification_uri_complete: Option<String>,
    /// The complete address as a QR code.
    pub qr: Option<Qr>,
    /// The time at which the code expires.
    pub expires_at: DateTime<Utc>,
    /// The lifetime of the code when it was issued, in seconds.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number"))]
    pub expires_in: u64,
    /// The time between two polls, in seconds; grows when the server asks for it.
    #[serde(default)]
    #[cfg_attr(test, ts(type = "number"))]
    pub interval: u64,
}

/// The kind of the name of a pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PairedKind {
    /// A site, named by the credential.
    #[default]
    Site,
    /// An account, as the server reports it.
    Account,
    /// The server's host, since the server names no site and no account.
    Server,
}

/// A QR code, drawn in a square of `side` units that includes the quiet zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Qr {
    /// Modules on a side.
    pub side: u32,
    /// The dark modules as the `d` attribute of an SVG path.
    pub path: String,
}

/// Whether a browser shows the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "browser", rename_all = "snake_case")]
pub enum BrowserState {
    /// The browser was started.
    Asked,
    /// No browser could be started.
    Failed {
        /// The reason, in English.
        why: String,
    },
}

/// Kinds of failed pairings, one for each text in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PairingFault {
    /// The person or the server refused.
    AccessDenied,
    /// The code expired.
    ExpiredToken,
    /// The server does not know the code any more.
    InvalidGrant,
    /// The server could not be reached.
    Network,
    /// The secret cannot be stored.
    Keychain,
    /// The server does not follow the protocol.
    Unsupported,
    /// A person cancelled the pairing.
    Cancelled,
    /// The address or another setting is wrong.
    Configuration,
    /// Anything else.
    Internal,
}

impl PairingFault {
    /// Returns the word of the event `failed` (docs/command-line.md#authorize-device); none for a fault that is reported
    /// as an ordinary error.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::AccessDenied => Some("access_denied"),
            Self::ExpiredToken => Some("expired_token"),
            Self::InvalidGrant => Some("invalid_grant"),
            Self::Network => Some("network"),
            Self::Keychain => Some("keychain"),
            Self::Unsupported => Some("unsupported"),
            Self::Cancelled => Some("cancelled"),
            Self::Configuration | Self::Internal => None,
        }
    }

    /// Returns whether a new code may succeed.
    pub fn may_restart(self) -> bool {
        matches!(self, Self::ExpiredToken | Self::InvalidGrant)
    }
}

impl From<Code> for PairingFault {
    /// Returns the kind of a failure outside the device flow.
    fn from(code: Code) -> Self {
        match code {
            Code::KeychainError => Self::Keychain,
            Code::ConnectionFailed | Code::TimeoutError | Code::ServiceUnavailable => Self::Network,
            Code::AuthenticationFailed | Code::NotPaired => Self::AccessDenied,
            Code::Usage | Code::ConfigError | Code::HttpRefused => Self::Configuration,
            Code::Cancelled => Self::Cancelled,
            _ => Self::Internal,
        }
    }
}

/// Options of a pairing that override the configuration. The default overrides nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(default)]
pub struct PairingRequest {
    /// Base URL of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Device name to register; the computer's own name by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// Kind of device, as registered with the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_type: Option<String>,
    /// Version of the device's software, as registered with the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firmware_version: Option<String>,
    /// Source folder to save in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_dir: Option<PathBuf>,
    /// Cron expression to save in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crontab: Option<String>,
    /// Default code page to save in the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Whether plain http to a loopback address is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_https: Option<bool>,
    /// Secret store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_store: Option<SecretStoreKind>,
    /// Server dialect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<DialectName>,
    /// Site name at the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_name: Option<String>,
    /// Site description at the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_description: Option<String>,
    /// rfc8628: issuer whose metadata names the endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// rfc8628: device authorization endpoint and token endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<(String, String)>,
    /// rfc8628 and aip: OAuth client identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// romm: client name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Scopes to request, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// rfc8628: whether request bodies are JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<bool>,
}

/// Where secrets are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum SecretStoreKind {
    /// The operating system's keychain.
    #[default]
    Keychain,
    /// A private file in the data folder.
    File,
}

/// `[api] dialect`: the kind of server that grants the pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum DialectName {
    /// Data Forge.
    #[default]
    Dfm,
    /// Plain RFC 8628.
    Rfc8628,
    /// AIP.
    Aip,
    /// RomM.
    Romm,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_called_by_the_name_after_the_identifier_of_the_account() {
        for (domain, name) in [
            ("4273f873-1e7c-4b1a-9f0d-0c6f6c1b2a3d_vm", "vm"),
            ("4273F873-1E7C-4B1A-9F0D-0C6F6C1B2A3D_till_2", "till_2"),
            ("4273f873-1e7c-4b1a-9f0d-0c6f6c1b2a3d_", "4273f873-1e7c-4b1a-9f0d-0c6f6c1b2a3d_"),
            ("4273f873-1e7c-4b1a-9f0d-0c6f6c1b2a3d", "4273f873-1e7c-4b1a-9f0d-0c6f6c1b2a3d"),
            ("4273f873_vm", "4273f873_vm"),
            ("acme_till", "acme_till"),
            ("warehouse.example.com", "warehouse.example.com"),
            ("Склад_2", "Склад_2"),
        ] {
            assert_eq!(Paired::name_of(domain), name);
        }
    }
}
