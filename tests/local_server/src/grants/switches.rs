//! The differences between grants and between runs: [`Dialect`] and [`Pairing`].

use std::time::Duration;

/// The dialect of the device grant (docs/wire.md#dialects).
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
    /// RFC 8628 literally.
    Rfc,
}

impl Dialect {
    /// Returns whether it is one of Data Forge's own.
    pub fn is_dfm(self) -> bool {
        matches!(self, Self::DfmA | Self::DfmC)
    }

    /// Returns the path of the verification page.
    pub fn page(self) -> &'static str {
        match self {
            Self::DfmA | Self::DfmC => "/device-verify",
            Self::Aip | Self::Rfc => "/device",
            Self::Romm => "/pair/device",
        }
    }

    /// Returns the query parameter of the code on that page.
    pub fn parameter(self) -> &'static str {
        if self.is_dfm() { "code" } else { "user_code" }
    }
}

/// The pairing behaviour. `None` means the behaviour of the dialect's own server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// The dialect; the paths of the others do not exist.
    pub dialect: Dialect,
    /// The lifetime of a code: 15 minutes, with AIP 30, with RomM 10.
    pub code_lifetime: Option<Duration>,
    /// The interval between two polls, where polling is strict.
    pub interval: Duration,
    /// The increase of the interval after a poll that came too early; with RomM it never grows.
    pub slow_down_step: Duration,
    /// RomM: the time until a denied code is forgotten.
    pub denied_kept: Duration,
    /// The announced lifetime of the code.
    pub announced_lifetime: Announced,
    /// The announced interval.
    pub announced_interval: Announced,
    /// Whether polls that come too early get `slow_down`: by RFC 8628 and RomM they do.
    pub strict_polling: Option<bool>,
    /// Whether a credential is issued only once: in every dialect except Data Forge's.
    pub one_shot: Option<bool>,
    /// The status of `access_denied` with Data Forge: 400 in its code, 403 in its documents.
    pub denied_status: u16,
    /// Approves a code automatically after this number of pending polls; 0 is at once.
    pub auto_approve: Option<u32>,
    /// Denies a code automatically after this number of polls.
    pub auto_deny: Option<u32>,
    /// The verification address to announce instead of the server's own; any text.
    pub verification_uri: Option<String>,
    /// Whether the address that contains the code is announced too.
    pub complete_uri: bool,
    /// RomM: absolute addresses as `verification_url` instead of paths.
    pub absolute_urls: bool,
    /// Data Forge: the `apiBaseUrl` of a reply; without it the server's own address.
    pub api_base_url: Option<String>,
    /// The lifetime of an access token: an hour, with AIP a day.
    pub access_lifetime: Option<Duration>,
    /// The lifetime of a refresh token: 90 days, with AIP 14.
    pub refresh_lifetime: Option<Duration>,
    /// RFC 8628 and AIP: whether a refresh token is issued.
    pub refresh_tokens: bool,
    /// The number of codes that one address may request within [`Pairing::limit_window`]: with RomM 10, otherwise
    /// unlimited.
    pub code_limit: Option<u32>,
    /// The number of polls that one address may send within [`Pairing::limit_window`]: with RomM 60, otherwise
    /// unlimited.
    pub poll_limit: Option<u32>,
    /// The window over which requests are counted.
    pub limit_window: Duration,
    /// Whether 429 has a `Retry-After`.
    pub limit_retry_after: bool,
    /// RFC 8628 and AIP: clients that need no registration.
    pub clients: Vec<String>,
    /// RFC 8628: the supported scopes.
    pub scopes: Vec<String>,
    /// RFC 8628 and AIP: the location of the metadata.
    pub metadata: Metadata,
    /// RFC 8628: the accepted body formats.
    pub bodies: Bodies,
    /// AIP: whether clients may register.
    pub registration: Registration,
    /// AIP: the status of a pending code, 500 as in its code or 400 as in its specification.
    pub pending_status: u16,
    /// AIP: codes only at `/oauth/device_authorization`, as in its specification.
    pub specification_path: bool,
    /// AIP: whether a session is bound to its tokens; without one a refresh consumes the token.
    pub session_bound: bool,
    /// RomM: the scopes that the user can grant.
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

/// The supported scopes of RomM (docs/wire.md#romm-grant).
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

/// An announced duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Announced {
    /// The true value in seconds, rounded up.
    #[default]
    True,
    /// No value.
    Missing,
    /// Any number of seconds.
    Seconds(i64),
}

impl Announced {
    /// Returns the number to send, if any.
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

    /// Parses a number of seconds, or `missing`.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "missing" => Ok(Self::Missing),
            text => text.parse().map(Self::Seconds).map_err(|_| "a number of seconds, or `missing`"),
        }
    }
}

/// The location of the metadata (RFC 8414, `OpenID` Connect Discovery).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Metadata {
    /// At both addresses; with AIP at the first only.
    #[default]
    Both,
    /// Only at `/.well-known/oauth-authorization-server`.
    Oauth,
    /// Only at `/.well-known/openid-configuration`.
    Openid,
    /// Nowhere.
    Missing,
}

/// The body formats of the RFC 8628 endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Bodies {
    /// Urlencoded forms and JSON.
    #[default]
    Both,
    /// Forms only, as in the RFC.
    Form,
    /// JSON only.
    Json,
}

/// Whether clients may register (docs/wire.md#aip-grant).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Registration {
    /// Registration is allowed.
    #[default]
    Open,
    /// 403 `registration_not_supported`.
    Refused,
    /// 404, as without `ENABLE_CLIENT_API`.
    Missing,
}
