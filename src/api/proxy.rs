//! [`Proxy::for_server`]: which proxy the requests to a server use, determined by the same code as in reqwest.
//!
//! The environment comes first (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, and `NO_PROXY` for exceptions), then the
//! settings of Windows and macOS. A server on this machine is never reached through a proxy.

use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::config::is_loopback;
use crate::platform;

/// A proxy. Does not hold the credentials in its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Its host, without the brackets of an IPv6 address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The variable that names it; `None` for the system's settings.
    pub variable: Option<&'static str>,
    /// Whether its address holds credentials.
    pub login: bool,
}

/// Returns it for a sentence: "the proxy `proxy:3128`, named by `HTTPS_PROXY`".
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy `{}:{}`, named by {}", self.host, self.port, self.named_by())
    }
}

impl Proxy {
    /// Returns the proxy for an address; `None` where none is used.
    pub fn for_server(server: &Url) -> Option<Self> {
        if is_loopback(server) {
            return None;
        }
        let found = Matcher::from_system().intercept(&server.as_str().parse().ok()?)?;
        let uri = found.uri();
        let usual = match uri.scheme_str() {
            Some("https") => 443,
            Some("http") => 80,
            _ => 1080,
        };
        Some(Self {
            host: uri.host()?.trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(usual),
            variable: Self::variable(server),
            login: found.basic_auth().is_some() || found.raw_auth().is_some(),
        })
    }

    /// Returns the variable that names a proxy for an address, whether its value is valid or not.
    pub fn variable(server: &Url) -> Option<&'static str> {
        let variables = match server.scheme() {
            "https" => ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
            _ => ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
        };
        variables.into_iter().find(|name| platform::variable(name).is_some())
    }

    /// Returns the origin of the setting.
    pub fn named_by(&self) -> &'static str {
        self.variable.unwrap_or("the system's proxy settings")
    }
}
