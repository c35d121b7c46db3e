//! The flags of pairing: [`PairingFlags`].

use std::time::Duration;

use clap::Args;
use local_data_forge::{Announced, Bodies, Dialect, Metadata, Pairing, Registration};

/// The changes from the pairing behaviour of the dialect's own server.
#[derive(Args)]
#[command(next_help_heading = "Pairing")]
pub(crate) struct PairingFlags {
    /// The dialect of the device grant
    #[arg(long, value_enum, default_value_t)]
    dialect: Dialect,
    /// The lifetime of a code, in milliseconds; the default is that of the dialect's own server
    #[arg(long, value_name = "MS")]
    code_lifetime: Option<u64>,
    /// The interval between two polls, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 5_000)]
    interval: u64,
    /// The increase of the interval after a poll that came too early, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 5_000)]
    slow_down_step: u64,
    /// RomM: the time until a denied code is forgotten, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 60_000)]
    denied_kept: u64,
    /// The announced lifetime of the code: seconds, or `missing`
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    announced_lifetime: Option<Announced>,
    /// The announced interval: seconds, or `missing`
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    announced_interval: Option<Announced>,
    /// Whether polls that come too early get `slow_down`
    #[arg(long, value_name = "BOOL")]
    strict_polling: Option<bool>,
    /// Whether a credential is issued only once
    #[arg(long, value_name = "BOOL")]
    one_shot: Option<bool>,
    /// The status of `access_denied` with Data Forge
    #[arg(long, value_name = "STATUS", default_value_t = 400)]
    denied_status: u16,
    /// Approve automatically after this number of polls; 0 is at once
    #[arg(long, value_name = "POLLS", conflicts_with = "auto_deny")]
    auto_approve: Option<u32>,
    /// Deny automatically after this number of polls
    #[arg(long, value_name = "POLLS")]
    auto_deny: Option<u32>,
    /// The verification address to announce; any text
    #[arg(long, value_name = "ADDRESS")]
    verification_uri: Option<String>,
    /// Do not announce the address that contains the code
    #[arg(long)]
    no_complete_uri: bool,
    /// RomM: announce absolute addresses as `verification_url`
    #[arg(long)]
    absolute_urls: bool,
    /// Data Forge: the `apiBaseUrl` of a reply
    #[arg(long, value_name = "ADDRESS")]
    api_base_url: Option<String>,
    /// The lifetime of an access token of a grant, in milliseconds
    #[arg(long, value_name = "MS")]
    access_lifetime: Option<u64>,
    /// The lifetime of a refresh token, in milliseconds
    #[arg(long, value_name = "MS")]
    refresh_lifetime: Option<u64>,
    /// RFC 8628 and AIP: issue no refresh token
    #[arg(long)]
    no_refresh_tokens: bool,
    /// The number of codes that one address may request per window
    #[arg(long, value_name = "N")]
    code_limit: Option<u32>,
    /// The number of polls that one address may send per window
    #[arg(long, value_name = "N")]
    poll_limit: Option<u32>,
    /// The length of that window, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 60_000)]
    limit_window: u64,
    /// Send `Retry-After` with 429
    #[arg(long)]
    limit_retry_after: bool,
    /// RFC 8628 and AIP: a client that needs no registration; can be repeated
    #[arg(long, value_name = "ID")]
    client: Vec<String>,
    /// RFC 8628: a supported scope; can be repeated
    #[arg(long, value_name = "SCOPE")]
    scope: Vec<String>,
    /// RFC 8628 and AIP: the location of the metadata
    #[arg(long, value_enum, default_value_t)]
    metadata: Metadata,
    /// RFC 8628: the accepted body formats
    #[arg(long, value_enum, default_value_t)]
    bodies: Bodies,
    /// AIP: whether clients may register
    #[arg(long, value_enum, default_value_t)]
    registration: Registration,
    /// AIP: the status of a pending code
    #[arg(long, value_name = "STATUS", default_value_t = 500)]
    pending_status: u16,
    /// AIP: issue codes only at `/oauth/device_authorization`
    #[arg(long)]
    specification_path: bool,
    /// AIP: do not bind a session to the tokens
    #[arg(long)]
    no_session: bool,
    /// RomM: a scope that the user can grant; the default is all
    #[arg(long, value_name = "SCOPE")]
    user_scope: Vec<String>,
}

impl PairingFlags {
    /// Returns the rules given by the flags.
    pub(crate) fn rules(&self) -> Pairing {
        let defaults = Pairing::default();
        let or = |given: &Vec<String>, default| if given.is_empty() { default } else { given.clone() };
        let time = |time: Option<u64>| time.map(Duration::from_millis);
        Pairing {
            dialect: self.dialect,
            code_lifetime: time(self.code_lifetime),
            interval: Duration::from_millis(self.interval),
            slow_down_step: Duration::from_millis(self.slow_down_step),
            denied_kept: Duration::from_millis(self.denied_kept),
            announced_lifetime: self.announced_lifetime.unwrap_or_default(),
            announced_interval: self.announced_interval.unwrap_or_default(),
            strict_polling: self.strict_polling,
            one_shot: self.one_shot,
            denied_status: self.denied_status,
            auto_approve: self.auto_approve,
            auto_deny: self.auto_deny,
            verification_uri: self.verification_uri.clone(),
            complete_uri: !self.no_complete_uri,
            absolute_urls: self.absolute_urls,
            api_base_url: self.api_base_url.clone(),
            access_lifetime: time(self.access_lifetime),
            refresh_lifetime: time(self.refresh_lifetime),
            refresh_tokens: !self.no_refresh_tokens,
            code_limit: self.code_limit,
            poll_limit: self.poll_limit,
            limit_window: Duration::from_millis(self.limit_window),
            limit_retry_after: self.limit_retry_after,
            clients: or(&self.client, defaults.clients),
            scopes: or(&self.scope, defaults.scopes),
            metadata: self.metadata,
            bodies: self.bodies,
            registration: self.registration,
            pending_status: self.pending_status,
            specification_path: self.specification_path,
            session_bound: !self.no_session,
            user_scopes: or(&self.user_scope, defaults.user_scopes),
        }
    }
}
