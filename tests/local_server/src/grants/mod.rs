//! Device grants: [`Grants`] holds a [`Grant`] for every code given out, from the request to its end.
//!
//! Pure decisions on memory, by the rules of wire-contract sections 3 and 5 to 9; no sockets, no clock, no wire words.

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

/// What a device said of itself when it asked for a code; each dialect has words for some of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeRequest {
    /// The program: a client id, or the name of a client.
    pub client: Option<String>,
    /// The site it wants to be.
    pub site_name: String,
    /// What the site is.
    pub site_description: Option<String>,
    /// The name of the device.
    pub device_name: Option<String>,
    /// What kind of device it is, or its operating system.
    pub device_type: Option<String>,
    /// The version of its firmware or program.
    pub firmware_version: Option<String>,
    /// The id of this installation.
    pub install_id: Option<String>,
    /// What it wants to be allowed.
    pub scopes: Vec<String>,
}

/// A code that waits for a person's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingCode {
    /// The code as the device shows it.
    pub user_code: String,
    /// What the device said of itself.
    pub asked: CodeRequest,
    /// When the code ends.
    pub ends_at: DateTime<Utc>,
    /// How often the device has asked whether it is decided.
    pub polls: u32,
}

/// What a person who approves may choose; the default is what the device asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// Which site the device becomes.
    pub site: SiteChoice,
    /// RomM: the name of the device.
    pub device_name: Option<String>,
    /// RomM: the scopes to give.
    pub scopes: Option<Vec<String>>,
    /// RomM: how long the token is good.
    pub lifetime: TokenLifetime,
}

/// Which site a device becomes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SiteChoice {
    /// The one of the name it asked for, made when there is none.
    #[default]
    CodeRequest,
    /// The one of this name, made when there is none.
    Named(String),
    /// The one with this domain, which must be there.
    Domain(String),
}

/// How long a token of RomM is good.
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
    /// Reads `30d`, `90d`, `1y` or `never`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "30d" => Some(Self::Days30),
            "90d" => Some(Self::Days90),
            "1y" => Some(Self::Year),
            "never" => Some(Self::Never),
            _ => None,
        }
    }

    /// When a token issued now ends.
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

/// What an approval led to.
#[derive(Clone, PartialEq, Eq)]
pub struct Approval {
    /// The domain of the site that the device became.
    pub domain: String,
    /// The id of that site.
    pub site_id: String,
    /// The name of that site.
    pub site_name: String,
    /// RomM: the id of the device.
    pub device_id: Option<String>,
    /// RomM: the name of the device.
    pub device_name: Option<String>,
    /// The scopes that were given.
    pub scopes: Vec<String>,
    /// When a token of RomM ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// Data Forge: the secret, kept for polls until the code ends.
    pub(crate) secret: Option<String>,
}

impl fmt::Debug for Approval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Approval");
        shown.field("domain", &self.domain).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// Why nothing can be decided about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecidable {
    /// Nobody was given this code.
    Unknown,
    /// Its time is over.
    Expired,
    /// It was approved or denied before.
    Decided,
    /// More scopes were given than the device asked for or the user has.
    Beyond,
    /// Nothing was left that the device may do.
    NoScope,
    /// There is no such site.
    NoSuchSite,
    /// The site's name is not allowed.
    BadSiteName,
    /// The decision could not be written down.
    Unwritten,
}

impl fmt::Display for Undecidable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unknown => "no device was given this code",
            Self::Expired => "this code has expired",
            Self::Decided => "this code was decided before",
            Self::Beyond => "more was to be allowed than was asked for",
            Self::NoScope => "the device must be allowed something",
            Self::NoSuchSite => "there is no such site",
            Self::BadSiteName => "the site cannot have this name",
            Self::Unwritten => "the decision could not be written down",
        })
    }
}

impl std::error::Error for Undecidable {}

/// A code given out, with what became of it.
#[derive(Clone)]
pub(crate) struct Grant {
    pub device_code: String,
    pub user_code: String,
    pub asked: CodeRequest,
    pub ends_at: DateTime<Utc>,
    pub decision: Option<Decision>,
    /// How often its device has polled.
    pub polls: u32,
    /// Whether the credential was given out.
    fetched: bool,
    /// Whether the sweep found it over its time.
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

/// What a person decided.
#[derive(Debug, Clone)]
pub(crate) enum Decision {
    Approved(Approval),
    Denied,
}

/// The name of a site for a device of this name: lower-case letters and digits joined by hyphens.
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

/// Whether a site may have this name (wire-contract section 3.1): up to 100 letters, digits and inner hyphens; since
/// Auth V2 up to 255 of any characters but what leads to another folder.
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
