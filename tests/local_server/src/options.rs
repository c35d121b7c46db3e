//! The settings of a server: [`Options`], its [`Site`]s and its [`Switches`].
//!
//! Every default is the behaviour of the real server's code; the switches offer the behaviour of its documents, or of
//! later versions.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::grants::Pairing;
use crate::ids;

/// The settings for the start of a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on; port 0 selects a free one. The default is loopback with a free port.
    pub listen: SocketAddr,
    /// The folder of uploads and journal; none is a temporary folder that is deleted with the server.
    pub data: Option<PathBuf>,
    /// The sites that may authenticate.
    pub sites: Vec<Site>,
    /// The offset of the server's clock ahead of the machine's, in milliseconds.
    pub clock_offset_ms: i64,
    /// The changes from the default behaviour.
    pub switches: Switches,
}

impl Default for Options {
    /// A free port on loopback, a temporary folder, and the sites of `tests/fixtures/wire`.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: None,
            sites: vec![
                Site::new("warehouse.example.com", "cs_secret123"),
                Site::new("acme_scanner", "pa:ss-word"),
            ],
            clock_offset_ms: 0,
            switches: Switches::default(),
        }
    }
}

/// A site and its credential: `domain` with its secret, or `account_username` with its password.
#[derive(Clone, PartialEq, Eq)]
pub struct Site {
    /// The Basic user.
    pub domain: String,
    /// The Basic password.
    pub secret: String,
    /// The account the site belongs to; sites of one account share its limit of open batches.
    pub account: String,
    /// False: no token, and 403 for an existing token.
    pub active: bool,
    /// False: 403 with `subscription_inactive` instead of a token.
    pub subscription_active: bool,
    /// True: start and upload answer 409 with `CLIENT_API_V2_REQUIRED`.
    pub api_v2_required: bool,
    /// The display name.
    pub name: String,
    /// Whether a device was paired with it, so that it is saved over a restart.
    pub(crate) paired: bool,
    /// SHA-256 of the secret, for a site that was loaded and whose secret is empty.
    pub(crate) digest: String,
}

impl Site {
    /// Creates an active site of the account `local`.
    pub fn new(domain: impl Into<String>, secret: impl Into<String>) -> Self {
        let domain = domain.into();
        Self {
            name: domain.clone(),
            paired: false,
            digest: String::new(),
            domain,
            secret: secret.into(),
            account: "local".to_owned(),
            active: true,
            subscription_active: true,
            api_v2_required: false,
        }
    }

    /// Returns the site's id, always the same for the same domain.
    pub fn id(&self) -> String {
        ids::derive("site", &self.domain)
    }

    /// Returns the SHA-256 of its secret, in hex.
    pub(crate) fn digest(&self) -> String {
        if self.secret.is_empty() { self.digest.clone() } else { ids::hex(&Sha256::digest(&self.secret)) }
    }

    /// Returns whether this is its secret.
    pub(crate) fn accepts(&self, secret: &str) -> bool {
        !secret.is_empty() && self.digest() == ids::hex(&Sha256::digest(secret))
    }

    /// Returns the account's id, always the same for the same account.
    pub fn account_id(&self) -> String {
        ids::derive("account", &self.account)
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Site").field("domain", &self.domain).finish_non_exhaustive()
    }
}

/// The settings that can be changed while the server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switches {
    /// Which paths exist.
    pub families: Families,
    /// The format of a token reply.
    pub token_reply: TokenReply,
    /// Everything below `/api/dfc` answers 410 with the path that replaced it.
    pub dfc_gone: bool,
    /// Basic credentials answer 410.
    pub basic_gone: bool,
    /// Start and upload answer 409 with `CLIENT_API_V2_REQUIRED`, for every site.
    pub api_v2_required: bool,
    /// The status for a missing or invalid token: 401, or 403. The body is empty.
    pub refusal_status: u16,
    /// The status of a path below `/api` that does not exist: 401, 403 or 404. The body is empty.
    pub unknown_status: u16,
    /// The lifetime of a token.
    pub token_lifetime: Duration,
    /// The longest time a batch may stay open.
    pub batch_timeout: Duration,
    /// The interval at which expired batches are closed as `NOT_COMPLETED`.
    pub sweep_every: Duration,
    /// The largest part of an upload, in bytes.
    pub max_part: u64,
    /// The largest request, in bytes.
    pub max_request: u64,
    /// The maximum number of open batches per account.
    pub account_batch_limit: usize,
    /// Whether a name stored twice in one minute is refused (500), as by the real store's unique key. Tests that export
    /// the same folder repeatedly for another purpose may turn it off.
    pub unique_keys: bool,
    /// The pairing behaviour.
    pub pairing: Pairing,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            families: Families::Both,
            token_reply: TokenReply::Code,
            dfc_gone: false,
            basic_gone: false,
            api_v2_required: false,
            refusal_status: 401,
            unknown_status: 401,
            token_lifetime: Duration::from_hours(24),
            batch_timeout: Duration::from_hours(1),
            sweep_every: Duration::from_mins(5),
            max_part: 128 << 20,
            max_request: 130 << 20,
            account_batch_limit: 5,
            unique_keys: true,
            pairing: Pairing::default(),
        }
    }
}

/// Which paths exist (docs/wire.md#path-families).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Families {
    /// `/api/dfc/*`, `/api/v1/device/*` and the three token paths.
    #[default]
    Both,
    /// `/api/dfc/*`, with tokens at `/api/v1/auth/token` and `/api/dfc/auth/token`.
    F2,
    /// `/api/v1/device/*` only.
    F3,
    /// Only the paths of the specification: `/api/dfc/auth/token` and `/api/dfc/error`, and those of pairing.
    Specification,
    /// `/api/v1/device/*` without start and upload, as after CR-032.
    V2Only,
    /// Only the paths of pairing, as on a server that is not Data Forge.
    PairingOnly,
}

/// The format of a token reply (docs/wire.md#basic-token).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum TokenReply {
    /// `token`, `expiresAt`, `siteId`, `domain`.
    #[default]
    Code,
    /// `token`, `expiresIn`, `tokenType`.
    Specification,
}
