//! How a server is set up: [`Options`], its [`Site`]s and its [`Switches`].
//!
//! Every default is what the real server's code does; the switches offer what its documents say, or what later
//! versions do.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::grants::Pairing;
use crate::ids;

/// How to start a server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one. The default is loopback with a free port.
    pub listen: SocketAddr,
    /// Where uploads and the journal are kept; none is a temporary folder that goes with the server.
    pub data: Option<PathBuf>,
    /// The sites that may authenticate.
    pub sites: Vec<Site>,
    /// How far the server's clock is ahead of the machine's, in milliseconds.
    pub clock_offset_ms: i64,
    /// What differs from the default behaviour.
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
    /// False: no token, and 403 for a token it already has.
    pub active: bool,
    /// False: 403 with `subscription_inactive` in place of a token.
    pub subscription_active: bool,
    /// True: start and upload answer 409 with `CLIENT_API_V2_REQUIRED`.
    pub api_v2_required: bool,
    /// What a person calls it.
    pub name: String,
    /// Whether a device was paired with it, so that it is kept over a restart.
    pub(crate) paired: bool,
    /// SHA-256 of the secret, of a site that was read back and whose secret is empty.
    pub(crate) digest: String,
}

impl Site {
    /// An active site of the account `local`.
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

    /// The site's id, always the same for the same domain.
    pub fn id(&self) -> String {
        ids::derive("site", &self.domain)
    }

    /// SHA-256 of its secret, in hex.
    pub(crate) fn digest(&self) -> String {
        if self.secret.is_empty() { self.digest.clone() } else { ids::hex(&Sha256::digest(&self.secret)) }
    }

    /// Whether this is its secret.
    pub(crate) fn accepts(&self, secret: &str) -> bool {
        !secret.is_empty() && self.digest() == ids::hex(&Sha256::digest(secret))
    }

    /// The account's id, always the same for the same account.
    pub fn account_id(&self) -> String {
        ids::derive("account", &self.account)
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Site").field("domain", &self.domain).finish_non_exhaustive()
    }
}

/// What can be changed while the server runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switches {
    /// Which paths exist.
    pub families: Families,
    /// In which shape a token is given.
    pub token_reply: TokenReply,
    /// Everything below `/api/dfc` answers 410 with the path that took its place.
    pub dfc_gone: bool,
    /// Basic credentials answer 410.
    pub basic_gone: bool,
    /// Start and upload answer 409 with `CLIENT_API_V2_REQUIRED`, for every site.
    pub api_v2_required: bool,
    /// The status without or with a bad token: 401, or 403. The body is empty.
    pub refusal_status: u16,
    /// The status of a path below `/api` that does not exist: 401, 403 or 404. The body is empty.
    pub unknown_status: u16,
    /// How long a token is good.
    pub token_lifetime: Duration,
    /// How long after its start a batch may stay open.
    pub batch_timeout: Duration,
    /// How often batches over their time are closed as `NOT_COMPLETED`.
    pub sweep_every: Duration,
    /// The largest part of an upload, in bytes.
    pub max_part: u64,
    /// The largest request, in bytes.
    pub max_request: u64,
    /// How many batches of one account may be open at once.
    pub account_batch_limit: usize,
    /// Whether a name stored twice in one minute is refused (500), as the real store's unique key does. Tests that
    /// export the same folder again and again and care for something else may turn it off.
    pub unique_keys: bool,
    /// How devices are paired.
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

/// Which paths exist (wire-contract sections 1.1, 1.2 and 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Families {
    /// `/api/dfc/*`, `/api/v1/device/*` and the three token paths.
    #[default]
    Both,
    /// `/api/dfc/*`, with tokens at `/api/v1/auth/token` and `/api/dfc/auth/token`.
    F2,
    /// `/api/v1/device/*` alone.
    F3,
    /// The specification's paths alone: `/api/dfc/auth/token` and `/api/dfc/error`, and those of pairing.
    Specification,
    /// `/api/v1/device/*` without start and upload, as after CR-032.
    V2Only,
    /// None but those of pairing, as with a server that is no Data Forge.
    PairingOnly,
}

/// The shape of a token reply (wire-contract section 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum TokenReply {
    /// `token`, `expiresAt`, `siteId`, `domain`.
    #[default]
    Code,
    /// `token`, `expiresIn`, `tokenType`.
    Specification,
}
