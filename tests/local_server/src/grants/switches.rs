//! What differs between grants and between runs: [`Dialect`] and [`Pairing`].

use std::time::Duration;

/// Whose device grant the server speaks (wire-contract section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, clap::ValueEnum)]
pub enum Dialect {
    /// Data Forge: a domain and its secret.
    #[default]
    DfmA,
    /// Data Forge with Auth V2: a short token and one that renews it.
    DfmC,
    /// AIP: dynamic registration, and pending as status 500.
    Aip,
    /// RomM: scopes, relative paths, and errors by `detail`.
    Romm,
    /// RFC 8628 to the letter.
    Rfc,
}

impl Dialect {
    /// Whether it is one of Data Forge's own.
    pub fn is_dfm(self) -> bool {
        matches!(self, Self::DfmA | Self::DfmC)
    }

    /// The path of the page that a person opens.
    pub fn page(self) -> &'static str {
        match self {
            Self::DfmA | Self::DfmC => "/device-verify",
            Self::Aip | Self::Rfc => "/device",
            Self::Romm => "/pair/device",
        }
    }

    /// The name of the code in that page's query.
    pub fn parameter(self) -> &'static str {
        if self.is_dfm() { "code" } else { "user_code" }
    }
}

/// How the server pairs. What is `None` is as the dialect's own server does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// Whose grant is spoken; the paths of the others do not exist.
    pub dialect: Dialect,
    /// How long a code is good: 15 minutes, with AIP 30, with RomM 10.
    pub code_lifetime: Option<Duration>,
    /// How long to wait between two polls, where polling is strict.
    pub interval: Duration,
    /// How much the interval grows with a poll that came too early; with RomM it never grows.
    pub slow_down_step: Duration,
    /// RomM: how long a denied code is remembered.
    pub denied_kept: Duration,
    /// What the device is told of the code's lifetime.
    pub announced_lifetime: Announced,
    /// What the device is told of the interval.
    pub announced_interval: Announced,
    /// Whether polls before their time are answered `slow_down`: by RFC 8628 and RomM they are.
    pub strict_polling: Option<bool>,
    /// Whether a credential is given out once only: everywhere but with Data Forge.
    pub one_shot: Option<bool>,
    /// The status of `access_denied` with Data Forge: 400 in its code, 403 in its documents.
    pub denied_status: u16,
    /// Approves a code by itself after so many polls were answered as pending; 0 is at once.
    pub auto_approve: Option<u32>,
    /// Denies a code by itself after so many polls.
    pub auto_deny: Option<u32>,
    /// The verification address that is given out instead of the server's own, whatever it is.
    pub verification_uri: Option<String>,
    /// Whether the address that already holds the code is given out too.
    pub complete_uri: bool,
    /// RomM: absolute addresses as `verification_url` instead of paths.
    pub absolute_urls: bool,
    /// Data Forge: the `apiBaseUrl` of an answer; without it the server's own address.
    pub api_base_url: Option<String>,
    /// How long an access token is good: an hour, with AIP a day.
    pub access_lifetime: Option<Duration>,
    /// How long a refresh token is good: 90 days, with AIP 14.
    pub refresh_lifetime: Option<Duration>,
    /// RFC 8628 and AIP: whether a refresh token is given.
    pub refresh_tokens: bool,
    /// How many codes one address may ask for within [`Pairing::limit_window`]: with RomM 10, else any number.
    pub code_limit: Option<u32>,
    /// How many polls one address may send within [`Pairing::limit_window`]: with RomM 60, else any number.
    pub poll_limit: Option<u32>,
    /// Over what time requests are counted.
    pub limit_window: Duration,
    /// Whether 429 says when to come back.
    pub limit_retry_after: bool,
    /// RFC 8628 and AIP: the clients that are known without registration.
    pub clients: Vec<String>,
    /// RFC 8628: the scopes that are known.
    pub scopes: Vec<String>,
    /// RFC 8628 and AIP: where the metadata is found.
    pub metadata: Metadata,
    /// RFC 8628: which bodies are understood.
    pub bodies: Bodies,
    /// AIP: whether clients may register.
    pub registration: Registration,
    /// AIP: the status of a pending code, 500 as its code does or 400 as its specification says.
    pub pending_status: u16,
    /// AIP: codes at `/oauth/device_authorization` alone, as its specification says.
    pub specification_path: bool,
    /// AIP: whether a session is bound to its tokens; without one a refresh burns the token.
    pub session_bound: bool,
    /// RomM: the scopes that the user has to give.
    pub user_scopes: Vec<String>,
}

impl Default for Pairing {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            dialect: Dialect::default(),
            code_lifetime: None,
            interval: Duration::from_secs(5),
            slow_down_step: Duration::from_secs(5),
            denied_kept: Duration::from_mins(1),
            announced_lifetime: Announced::True,
            announced_interval: Announced::True,
            strict_polling: None,
            one_shot: None,
            denied_status: 400,
            auto_approve: None,
            auto_deny: None,
            verification_uri: None,
            complete_uri: true,
            absolute_urls: false,
            api_base_url: None,
            access_lifetime: None,
            refresh_lifetime: None,
            refresh_tokens: true,
            code_limit: None,
            poll_limit: None,
            limit_window: Duration::from_mins(1),
            limit_retry_after: false,
            clients: words(&["data-exporter", "device-flow-cli-example"]),
            scopes: words(&["data.read", "data.write", "offline_access", "openid", "profile"]),
            metadata: Metadata::default(),
            bodies: Bodies::default(),
            registration: Registration::default(),
            pending_status: 500,
            specification_path: false,
            session_bound: true,
            user_scopes: words(&ROMM_SCOPES),
        }
    }
}

/// The scopes that RomM knows here (wire-contract section 8.2b).
pub(crate) const ROMM_SCOPES: [&str; 10] = [
    "me.read",
    "me.write",
    "platforms.read",
    "roms.read",
    "assets.read",
    "assets.write",
    "roms.user.read",
    "roms.user.write",
    "collections.read",
    "collections.write",
];

impl Pairing {
    pub(crate) fn code_lifetime(&self) -> Duration {
        self.code_lifetime.unwrap_or(Duration::from_mins(match self.dialect {
            Dialect::DfmA | Dialect::DfmC | Dialect::Rfc => 15,
            Dialect::Aip => 30,
            Dialect::Romm => 10,
        }))
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict_polling.unwrap_or(matches!(self.dialect, Dialect::Rfc | Dialect::Romm))
    }

    pub(crate) fn is_one_shot(&self) -> bool {
        self.one_shot.unwrap_or(!self.dialect.is_dfm())
    }

    pub(crate) fn access_lifetime(&self) -> Duration {
        let hours = if self.dialect == Dialect::Aip { 24 } else { 1 };
        self.access_lifetime.unwrap_or(Duration::from_hours(hours))
    }

    pub(crate) fn refresh_lifetime(&self) -> Duration {
        let days = if self.dialect == Dialect::Aip { 14 } else { 90 };
        self.refresh_lifetime.unwrap_or(Duration::from_hours(24 * days))
    }

    pub(crate) fn code_limit(&self) -> Option<u32> {
        self.code_limit.or((self.dialect == Dialect::Romm).then_some(10))
    }

    pub(crate) fn poll_limit(&self) -> Option<u32> {
        self.poll_limit.or((self.dialect == Dialect::Romm).then_some(60))
    }
}

/// What a device is told of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Announced {
    /// How it is, in seconds, rounded up.
    #[default]
    True,
    /// Nothing.
    Missing,
    /// Any number of seconds.
    Seconds(i64),
}

impl Announced {
    /// The number to send, if any.
    pub(crate) fn seconds(self, time: Duration) -> Option<i64> {
        match self {
            Self::True => Some(i64::try_from(time.as_millis().div_ceil(1000)).unwrap_or(i64::MAX)),
            Self::Missing => None,
            Self::Seconds(seconds) => Some(seconds),
        }
    }
}

impl std::str::FromStr for Announced {
    type Err = &'static str;

    /// Reads a number of seconds, or `missing`.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "missing" => Ok(Self::Missing),
            text => text.parse().map(Self::Seconds).map_err(|_| "a number of seconds, or `missing`"),
        }
    }
}

/// Where the metadata of a server is found (RFC 8414, `OpenID` Connect Discovery).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Metadata {
    /// At both addresses; with AIP at the first.
    #[default]
    Both,
    /// At `/.well-known/oauth-authorization-server` alone.
    Oauth,
    /// At `/.well-known/openid-configuration` alone.
    Openid,
    /// Nowhere.
    Missing,
}

/// Which bodies the endpoints of RFC 8628 understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Bodies {
    /// Urlencoded forms and JSON.
    #[default]
    Both,
    /// Forms alone, as the RFC says.
    Form,
    /// JSON alone.
    Json,
}

/// Whether clients may register (wire-contract section 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Registration {
    /// They may.
    #[default]
    Open,
    /// 403 `registration_not_supported`.
    Refused,
    /// 404, as without `ENABLE_CLIENT_API`.
    Missing,
}
