//! Device grants: [`Grants`] holds a [`Grant`] for every issued code, from the request to its end.
//!
//! Pure decisions in memory, by the rules of docs/wire.md#device-grants; no sockets, no clock, no wire words.

pub(crate) mod codes;
pub(crate) mod limits;
mod state;
mod switches;
pub(crate) mod tokens;

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

pub(crate) use state::{Grants, Poll};
pub(crate) use switches::ROMM_SCOPES;
pub use switches::{Announced, Bodies, Dialect, Metadata, Pairing, Registration};

/// The fields of a code request; each dialect has names for some of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeRequest {
    /// The program: a client id, or the name of a client.
    pub client: Option<String>,
    /// The requested site.
    pub site_name: String,
    /// The description of the site.
    pub site_description: Option<String>,
    /// The name of the device.
    pub device_name: Option<String>,
    /// The kind of device, or its operating system.
    pub device_type: Option<String>,
    /// The version of its firmware or program.
    pub firmware_version: Option<String>,
    /// The id of this installation.
    pub install_id: Option<String>,
    /// The requested scopes.
    pub scopes: Vec<String>,
}

/// A pending code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingCode {
    /// The code as the device shows it.
    pub user_code: String,
    /// The request of the device.
    pub request: CodeRequest,
    /// The expiry of the code.
    pub ends_at: DateTime<Utc>,
    /// The number of polls so far.
    pub polls: u32,
}

/// The choices of an approving person; the default is the request of the device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// The site of the device.
    pub site: SiteChoice,
    /// RomM: the name of the device.
    pub device_name: Option<String>,
    /// RomM: the scopes to give.
    pub scopes: Option<Vec<String>>,
    /// RomM: the lifetime of the token.
    pub lifetime: TokenLifetime,
}

/// The choice of a site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SiteChoice {
    /// The site with the requested name, created when there is none.
    #[default]
    CodeRequest,
    /// The site with this name, created when there is none.
    Named(String),
    /// The existing site with this domain.
    Domain(String),
}

/// The lifetime of a token of RomM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TokenLifetime {
    Days30,
    Days90,
    Year,
    #[default]
    Never,
}

impl TokenLifetime {
    /// Parses `30d`, `90d`, `1y` or `never`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "30d" => Some(Self::Days30),
            "90d" => Some(Self::Days90),
            "1y" => Some(Self::Year),
            "never" => Some(Self::Never),
            _ => None,
        }
    }

    /// Returns the expiry of a token issued now.
    pub(crate) fn ends(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let days = match self {
            Self::Days30 => 30,
            Self::Days90 => 90,
            Self::Year => 365,
            Self::Never => return None,
        };
        Some(now + TimeDelta::days(days))
    }
}

/// The result of an approval.
#[derive(Clone, PartialEq, Eq)]
pub struct Approval {
    /// The domain of the device's site.
    pub domain: String,
    /// The id of that site.
    pub site_id: String,
    /// The name of that site.
    pub site_name: String,
    /// RomM: the id of the device.
    pub device_id: Option<String>,
    /// RomM: the name of the device.
    pub device_name: Option<String>,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// RomM: the expiry of the token.
    pub ends_at: Option<DateTime<Utc>>,
    /// Data Forge: the secret, repeated in polls until the code expires.
    pub(crate) secret: Option<String>,
}

impl fmt::Debug for Approval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Approval");
        shown.field("domain", &self.domain).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// The reason why a code cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecidable {
    /// The code was never issued.
    Unknown,
    /// The code has expired.
    Expired,
    /// The code was already approved or denied.
    Decided,
    /// More scopes were granted than the device requested or the user has.
    Beyond,
    /// No scope was granted.
    NoScope,
    /// The site does not exist.
    NoSuchSite,
    /// The site's name is not allowed.
    BadSiteName,
    /// The decision could not be saved.
    Unwritten,
}

impl fmt::Display for Undecidable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unknown => "this code was never issued",
            Self::Expired => "this code has expired",
            Self::Decided => "this code was already decided",
            Self::Beyond => "more scopes were granted than requested",
            Self::NoScope => "no scope was granted",
            Self::NoSuchSite => "there is no such site",
            Self::BadSiteName => "the site cannot have this name",
            Self::Unwritten => "the decision could not be saved",
        })
    }
}

impl std::error::Error for Undecidable {}

/// An issued code and its state.
#[derive(Clone)]
pub(crate) struct Grant {
    pub device_code: String,
    pub user_code: String,
    pub request: CodeRequest,
    pub ends_at: DateTime<Utc>,
    pub decision: Option<Decision>,
    /// The number of polls.
    pub polls: u32,
    /// Whether the credential was issued.
    fetched: bool,
    /// Whether the sweep marked it as expired.
    swept: bool,
    last_poll: Option<DateTime<Utc>>,
    interval: Duration,
}

impl fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Grant");
        shown.field("user_code", &self.user_code).field("decision", &self.decision).finish_non_exhaustive()
    }
}

/// The decision of a person.
#[derive(Debug, Clone)]
pub(crate) enum Decision {
    Approved(Approval),
    Denied,
}

/// Returns the site name for a device name: lower-case letters and digits joined by hyphens.
pub(crate) fn slug(name: &str) -> String {
    let plain = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect::<String>();
    let slug: String = plain.split_whitespace().collect::<Vec<_>>().join("-").chars().take(100).collect();
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "device".to_owned() } else { slug.to_owned() }
}

/// Returns whether a site may have this name (docs/wire.md#data-forge-grant): up to 100 letters, digits and inner
/// hyphens; since Auth V2 up to 255 of any characters except those that lead to another folder.
pub(crate) fn is_site_name(dialect: Dialect, name: &str) -> bool {
    if dialect == Dialect::DfmC {
        let leads_away = name.contains("..") || name.contains(['/', '\\']);
        return !name.trim().is_empty() && name.encode_utf16().count() <= 255 && !leads_away;
    }
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (1..=100).contains(&name.len())
        && name.chars().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_names_become_site_names() {
        assert_eq!(slug("Warehouse Scanner #1"), "warehouse-scanner-1");
        assert_eq!(slug("  Касса 2 "), "2");
        assert_eq!(slug("Касса"), "device");
        assert!(slug(&"ab ".repeat(80)).len() <= 100);
    }

    #[test]
    fn invalid_site_names_are_rejected() {
        for (name, before, since) in [
            ("a", true, true),
            ("warehouse-1", true, true),
            ("-a", false, true),
            ("a-", false, true),
            ("Склад 1", false, true),
            ("a/../b", false, false),
            ("", false, false),
            (" ", false, false),
        ] {
            assert_eq!(is_site_name(Dialect::DfmA, name), before, "{name:?}");
            assert_eq!(is_site_name(Dialect::DfmC, name), since, "{name:?}");
        }
        assert!(!is_site_name(Dialect::DfmA, &"a".repeat(101)));
        assert!(!is_site_name(Dialect::DfmC, &"a".repeat(256)));
    }

    proptest::proptest! {
        #[test]
        fn every_device_name_gives_a_valid_site_name(name in ".{0,200}") {
            proptest::prop_assert!(is_site_name(Dialect::DfmA, &slug(&name)), "{}", slug(&name));
        }
    }
}
