//! [`ApiError`]: every failure on the wire, whether the request may have taken effect, and whether a retry may help.

use std::time::Duration;

use super::certificate::CertificateFault;
use super::proxy::Proxy;
use super::server_text::ServerText;
use crate::error::{Code, Error};
use crate::models::ErrorSeverity;

/// A call that failed. `doing` is an infinitive such as "start the batch".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// No server address is configured.
    #[error("no server address is configured")]
    NoAddress,
    /// The configured address cannot be used.
    #[error("the server's address `{url}` cannot be used: {why}")]
    BadAddress {
        /// The address as configured.
        url: String,
        /// The fault.
        why: String,
    },
    /// The system's certificates cannot be used.
    #[error("cannot make a secure connection: {why}")]
    NoTls {
        /// The innermost cause.
        why: String,
    },
    /// An http address where only https is allowed.
    #[error("the server's address `{url}` uses http, but `[api] https_only` allows only https")]
    HttpRefused {
        /// The address as configured.
        url: String,
    },
    /// No connection: nothing was sent.
    #[error("could not {doing}: no connection to `{server}`{}: {why}", through(proxy.as_ref()))]
    Unreachable {
        /// The operation.
        doing: &'static str,
        /// Host and port.
        server: String,
        /// The proxy in use.
        proxy: Option<Proxy>,
        /// The innermost cause.
        why: String,
    },
    /// The proxy requires authentication: nothing was sent.
    #[error("could not {doing}: {proxy}, {}", if proxy.login { "rejects the login in its address" } else { "requires a login" })]
    ProxyLogin {
        /// The operation.
        doing: &'static str,
        /// The proxy.
        proxy: Proxy,
    },
    /// The server's certificate was not accepted: nothing was sent.
    #[error("could not {doing}: the certificate of `{server}` {fault}")]
    Certificate {
        /// The operation.
        doing: &'static str,
        /// Host and port.
        server: String,
        /// The fault.
        fault: CertificateFault,
    },
    /// No reply, or no progress, in time: the request may have taken effect.
    #[error("could not {doing}: no answer from `{server}` for {seconds} s")]
    TimedOut {
        /// The operation.
        doing: &'static str,
        /// Host and port.
        server: String,
        /// The limit, in seconds.
        seconds: u64,
    },
    /// The server accepts fewer bytes than the least rate: the request may have taken effect.
    #[error("could not {doing}: `{server}` accepts only {rate} bytes per second")]
    TooSlow {
        /// The operation.
        doing: &'static str,
        /// Host and port.
        server: String,
        /// The bytes per second.
        rate: u64,
    },
    /// The connection broke: the request may have taken effect.
    #[error("could not {doing}: the connection to `{server}` broke: {why}")]
    Broken {
        /// The operation.
        doing: &'static str,
        /// Host and port.
        server: String,
        /// The innermost cause.
        why: String,
    },
    /// A 2xx reply that is truncated, not JSON, or not the reply to this call: the request may have taken effect.
    #[error("could not {doing}: `{server}` answered {status}, but not like a Data Forge server: {why}")]
    Unreadable {
        /// The operation.
        doing: &'static str,
        /// Host and port.
        server: String,
        /// The HTTP status.
        status: u16,
        /// The missing part.
        why: String,
    },
    /// Any status other than 2xx.
    #[error("could not {doing}: the server answered {status}{server_text}")]
    Refused {
        /// The operation.
        doing: &'static str,
        /// The HTTP status.
        status: u16,
        /// The server's error text.
        server_text: ServerText,
        /// The wait that the server asked for.
        retry_after: Option<Duration>,
    },
    /// 401 or 403 even with a fresh token: the site is not active, or the batch belongs to another site.
    #[error("could not {doing}: the server issued a token to `{user}` and then rejected it{server_text}")]
    Forbidden {
        /// The operation.
        doing: &'static str,
        /// The Basic user.
        user: String,
        /// The server's error text.
        server_text: ServerText,
    },
    /// No token path accepted the credential.
    #[error("could not {doing}: the server refused the credential of `{user}`{server_text}")]
    Unauthorised {
        /// The operation.
        doing: &'static str,
        /// The Basic user.
        user: String,
        /// The server's error text.
        server_text: ServerText,
    },
    /// 410 from the token endpoint: the server no longer accepts this kind of credential.
    #[error("could not {doing}: this server requires a new pairing")]
    BasicEnded {
        /// The operation.
        doing: &'static str,
    },
    /// The pairing has ended, as stored locally; no request was sent.
    #[error("could not {doing}: {why}")]
    PairingEnded {
        /// The operation.
        doing: &'static str,
        /// The reason.
        why: String,
    },
    /// A local failure, such as a locked keychain.
    #[error("{}", .0.message)]
    Local(Box<Error>),
    /// The server's checksum or size of an upload differs from ours.
    #[error("`{name}` arrived damaged: the server's {what} is {theirs}, ours is {ours}")]
    Checksum {
        /// The upload name.
        name: String,
        /// `SHA-256` or `size`.
        what: &'static str,
        /// The server's value.
        theirs: String,
        /// Our value.
        ours: String,
    },
    /// The file to upload cannot be read.
    #[error("cannot read `{path}`: {why}")]
    LocalFile {
        /// The file in the spool.
        path: String,
        /// The cause.
        why: String,
    },
}

fn through(proxy: Option<&Proxy>) -> String {
    proxy.map_or_else(String::new, |proxy| format!(" through {proxy}"))
}

impl ApiError {
    /// Returns whether the request may have taken effect without a good reply: the caller must ask the server before it
    /// repeats what must happen only once (docs/reliability.md#rule-5-doubt).
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::TooSlow { .. } | Self::Broken { .. } | Self::Unreadable { .. } => {
                true
            }
            Self::Refused { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// Returns whether the same call may succeed later: 408, 425, 429, 5xx, the redirect or page of a captive portal,
    /// and every transport failure (docs/wire.md#status-codes).
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::ProxyLogin { .. }
            | Self::Certificate { .. }
            | Self::TimedOut { .. }
            | Self::TooSlow { .. }
            | Self::Broken { .. }
            | Self::Unreadable { .. }
            | Self::Checksum { .. } => true,
            Self::Refused { status, .. } => {
                matches!(status, 408 | 425 | 429 | 428) || *status >= 500 || (300..400).contains(status)
            }
            _ => false,
        }
    }

    /// Returns whether only a person can help: the credential is refused or has ended.
    pub fn ends_the_pairing(&self) -> bool {
        matches!(self, Self::Unauthorised { .. } | Self::BasicEnded { .. } | Self::PairingEnded { .. })
    }

    /// Returns the HTTP status, where a reply arrived.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } | Self::Unreadable { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Returns the wait that the server asked for.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Returns whether this is the 409 of a site that was moved to version 2 of the interface.
    pub fn is_v2_gate(&self) -> bool {
        matches!(self, Self::Refused { status: 409, server_text, .. } if server_text.is_v2_gate())
    }

    /// Returns whether the status is 404, 405 or 410: the path does not exist here, so that the other family may.
    pub fn is_no_such_path(&self) -> bool {
        matches!(self.status(), Some(404 | 405 | 410))
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        let message = error.to_string();
        let transient = error.is_transient();
        let made = match &error {
            ApiError::Local(local) => (**local).clone(),
            ApiError::NoAddress | ApiError::BadAddress { .. } => Self::new(Code::ConfigError, message)
                .hint("set `[api] base_url` to the server's address, such as `https://dfm.example.com`"),
            ApiError::NoTls { .. } => Self::new(Code::ConnectionFailed, message)
                .hint("install the system's certificates, on Debian and Ubuntu the package `ca-certificates`"),
            ApiError::HttpRefused { .. } => Self::new(Code::HttpRefused, message).hint(
                "use the server's https address; `[api] https_only = false` is for tests on this computer",
            ),
            ApiError::Certificate { fault, .. } => {
                Self::new(Code::ConnectionFailed, message).hint(fault.hint())
            }
            ApiError::Unreachable { proxy: Some(_), .. } => Self::new(Code::ConnectionFailed, message).hint(
                "check the network and the proxy's address, or list the server in NO_PROXY to bypass the proxy",
            ),
            ApiError::ProxyLogin { .. } => Self::new(Code::ConnectionFailed, message)
                .hint("add the login to the proxy's address, as in `http://user:password@proxy:3128`"),
            ApiError::Unreachable { .. } | ApiError::Broken { .. } => {
                Self::new(Code::ConnectionFailed, message)
                    .hint("check the network and `[api] base_url`, then export again")
            }
            ApiError::TimedOut { .. } | ApiError::TooSlow { .. } => Self::new(Code::TimeoutError, message)
                .hint("check the network, then export again; `--retry-for 30m` keeps trying longer"),
            ApiError::Unreadable { .. } => Self::new(Code::ServiceUnavailable, message)
                .hint("a proxy or sign-in page may intercept the connection; check `[api] base_url` in a browser"),
            ApiError::Forbidden { .. } => Self::new(Code::AuthenticationFailed, message)
                .hint("ask the server's operator whether the site is active; else pair again with `data_exporter authorize-device`"),
            ApiError::Unauthorised { .. } => Self::new(Code::AuthenticationFailed, message)
                .hint("pair again with `data_exporter authorize-device`"),
            ApiError::BasicEnded { .. } | ApiError::PairingEnded { .. } => {
                Self::new(Code::NotPaired, message).hint("pair again with `data_exporter authorize-device`")
            }
            ApiError::Checksum { .. } => Self::new(Code::ChecksumMismatch, message)
                .hint("export again; the table does not count as sent"),
            ApiError::LocalFile { path, .. } => Self::new(Code::FileUnreadable, message).path(path),
            ApiError::Refused { status, .. } => refused(*status, &error, message),
        };
        if transient { made.retry_later() } else { made }
    }
}

fn refused(status: u16, error: &ApiError, message: String) -> Error {
    match status {
        409 if error.is_v2_gate() => Error::new(Code::ApiV2Required, message)
            .hint("the site uses the server's newer interface, which does not accept CSV files; ask the server's operator"),
        413 => Error::new(Code::FileTooLarge, message).hint("lower `[api] max_upload_mb`"),
        404 | 405 | 410 => Error::new(Code::ServiceUnavailable, message)
            .hint("this server does not accept CSV files at the known paths; check `[api] base_url` and `[api] paths`")
            .severity(ErrorSeverity::Critical),
        401 | 403 => Error::new(Code::AuthenticationFailed, message)
            .hint("pair again with `data_exporter authorize-device`"),
        300..=399 | 408 | 425 | 428 | 429 | 500.. => Error::new(Code::ServiceUnavailable, message)
            .hint("the server is busy or failing; export again later, or keep trying with `--retry-for 30m`"),
        _ => Error::new(Code::ServerRefused, message).hint("see the message; the server's log may have more details"),
    }
}
