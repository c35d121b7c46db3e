//! The meaning of a path: [`Route`], with its [`Endpoint`] and [`PathFamily`]. Pure; the only list of paths.

use std::fmt;
use std::str::FromStr;

/// An operation of the server, in any family of paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Endpoint {
    /// A token for Basic credentials.
    Token,
    /// A new batch.
    Start,
    /// Files into a batch.
    Upload,
    /// Closing a batch as COMPLETED.
    Complete,
    /// Closing a batch as `COMPLETED_WITH_WARNINGS`.
    CompleteWithWarnings,
    /// Closing a batch as FAILED.
    Fail,
    /// Closing a batch as CANCELLED.
    Cancel,
    /// The state of a batch.
    Batch,
    /// The details of a stored file.
    File,
    /// An error report outside any batch.
    Error,
    /// An error report about a batch.
    BatchError,
    /// A stored error report.
    StoredError,
    /// A code for a device.
    Authorize,
    /// The poll of a device.
    Poll,
    /// A new token for a refresh token.
    Refresh,
    /// A person's decision about a code, as the script of a page requests it.
    Verify,
    /// The metadata of an authorization server.
    Metadata,
    /// The registration of a client.
    Register,
    /// The holder of a token: the session of AIP, the user of RomM.
    Session,
    /// The pages for a person.
    Page,
    /// Any other path.
    Unknown,
}

/// The generation of the API that a path belongs to (docs/wire.md#path-families).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PathFamily {
    /// `/api/dfc/*`
    F2,
    /// `/api/v1/device/*`
    F3,
    /// `/api/v1/auth/token`, older than both.
    F1,
    /// `/.well-known/*`
    WellKnown,
    /// `/oauth2/*`: RFC 8628
    Rfc,
    /// `/oauth/*` and `/api/atprotocol/*`: AIP
    Aip,
    /// `/api/auth/*` and `/api/users/*`: RomM
    Romm,
    /// Any other path outside `/api`.
    Pages,
}

/// A parsed request path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub endpoint: Endpoint,
    pub family: PathFamily,
    /// The ids in the path as sent, in their order.
    pub ids: Vec<String>,
}

const NAMES: [(Endpoint, &str); 21] = [
    (Endpoint::Token, "token"),
    (Endpoint::Start, "start"),
    (Endpoint::Upload, "upload"),
    (Endpoint::Complete, "complete"),
    (Endpoint::CompleteWithWarnings, "complete-with-warnings"),
    (Endpoint::Fail, "fail"),
    (Endpoint::Cancel, "cancel"),
    (Endpoint::Batch, "batch"),
    (Endpoint::File, "file"),
    (Endpoint::Error, "error"),
    (Endpoint::BatchError, "batch-error"),
    (Endpoint::StoredError, "stored-error"),
    (Endpoint::Authorize, "authorize"),
    (Endpoint::Poll, "poll"),
    (Endpoint::Refresh, "refresh"),
    (Endpoint::Verify, "verify"),
    (Endpoint::Metadata, "metadata"),
    (Endpoint::Register, "register"),
    (Endpoint::Session, "session"),
    (Endpoint::Page, "page"),
    (Endpoint::Unknown, "unknown"),
];

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(endpoint, _)| endpoint == self).map_or("unknown", |(_, name)| name);
        formatter.write_str(name)
    }
}

impl FromStr for Endpoint {
    type Err = UnknownEndpoint;

    fn from_str(text: &str) -> Result<Self, UnknownEndpoint> {
        let found = NAMES.iter().find(|(_, name)| *name == text).map(|(endpoint, _)| *endpoint);
        found.ok_or_else(|| UnknownEndpoint(text.to_owned()))
    }
}

/// An unknown endpoint name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownEndpoint(String);

impl fmt::Display for UnknownEndpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = NAMES.map(|(_, name)| name).join(", ");
        write!(formatter, "no endpoint is called `{}`; there are {names}", self.0)
    }
}

impl std::error::Error for UnknownEndpoint {}

impl Route {
    /// Returns the route of a method and path (docs/wire.md#endpoints and docs/wire.md#dialects).
    pub(crate) fn parse(method: &str, path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let (family, rest) = match parts.as_slice() {
            ["api", "dfc", rest @ ..] => (PathFamily::F2, rest),
            ["api", "v1", "device", rest @ ..] => (PathFamily::F3, rest),
            ["api", "atprotocol", ..] | ["oauth", ..] => (PathFamily::Aip, &parts[..]),
            ["api", "auth" | "users", rest @ ..] => (PathFamily::Romm, rest),
            ["api", rest @ ..] => (PathFamily::F1, rest),
            ["oauth2", rest @ ..] => (PathFamily::Rfc, rest),
            [".well-known", rest @ ..] => (PathFamily::WellKnown, rest),
            rest => (PathFamily::Pages, rest),
        };
        let (endpoint, ids) = match family {
            PathFamily::Pages => (Endpoint::Page, Vec::new()),
            PathFamily::F1 => match (method, rest) {
                ("POST", ["v1", "auth", "token"]) => (Endpoint::Token, Vec::new()),
                _ => (Endpoint::Unknown, Vec::new()),
            },
            PathFamily::F2 => dfc(method, rest),
            PathFamily::F3 => device(method, rest),
            PathFamily::WellKnown | PathFamily::Rfc | PathFamily::Aip => oauth(method, rest),
            PathFamily::Romm => romm(method, rest),
        };
        Self { endpoint, family, ids: ids.into_iter().map(str::to_owned).collect() }
    }

    /// Returns the F3 path that replaced an F2 path (docs/wire.md#endpoints).
    pub(crate) fn successor(&self) -> Option<String> {
        if self.family != PathFamily::F2 {
            return None;
        }
        let id = |at: usize| self.ids.get(at).map_or("", String::as_str);
        let device = "/api/v1/device";
        Some(match self.endpoint {
            Endpoint::Token => format!("{device}/auth/token"),
            Endpoint::Start => format!("{device}/batches/start"),
            Endpoint::Upload => format!("{device}/files/batches/{}/upload", id(0)),
            Endpoint::Complete | Endpoint::CompleteWithWarnings | Endpoint::Fail | Endpoint::Cancel => {
                format!("{device}/batches/{}/{}", id(0), self.endpoint)
            }
            Endpoint::Batch => format!("{device}/batches/{}", id(0)),
            Endpoint::File => format!("{device}/files/batches/{}/files/{}", id(0), id(1)),
            Endpoint::Error => format!("{device}/errors"),
            Endpoint::BatchError => format!("{device}/errors/batches/{}", id(0)),
            Endpoint::StoredError => format!("{device}/errors/{}", id(0)),
            _ => return None,
        })
    }
}

type Found<'p> = (Endpoint, Vec<&'p str>);

fn dfc<'p>(method: &str, rest: &[&'p str]) -> Found<'p> {
    match (method, rest) {
        ("POST", ["auth", "token"]) => (Endpoint::Token, vec![]),
        ("POST", ["batch", "start"]) => (Endpoint::Start, vec![]),
        ("POST", ["batch", id, "upload"]) => (Endpoint::Upload, vec![id]),
        ("POST", ["batch", id, verb]) => closing(id, verb),
        ("GET", ["batch", id]) => (Endpoint::Batch, vec![id]),
        ("GET", ["batch", id, "files", file]) => (Endpoint::File, vec![id, file]),
        ("POST", ["error"]) => (Endpoint::Error, vec![]),
        ("POST", ["error", id]) => (Endpoint::BatchError, vec![id]),
        ("GET", ["error", "log", id]) => (Endpoint::StoredError, vec![id]),
        _ => (Endpoint::Unknown, vec![]),
    }
}

fn device<'p>(method: &str, rest: &[&'p str]) -> Found<'p> {
    match (method, rest) {
        ("POST", ["auth", "token"]) => (Endpoint::Token, vec![]),
        ("POST", ["batches", "start"]) => (Endpoint::Start, vec![]),
        ("POST", ["files", "batches", id, "upload"]) => (Endpoint::Upload, vec![id]),
        ("POST", ["batches", id, verb]) => closing(id, verb),
        ("GET", ["batches", id]) => (Endpoint::Batch, vec![id]),
        ("GET", ["files", "batches", id, "files", file]) => (Endpoint::File, vec![id, file]),
        ("POST", ["errors"]) => (Endpoint::Error, vec![]),
        ("POST", ["errors", "batches", id]) => (Endpoint::BatchError, vec![id]),
        ("GET", ["errors", id]) => (Endpoint::StoredError, vec![id]),
        ("POST", ["authorize"]) => (Endpoint::Authorize, vec![]),
        ("POST", ["token"]) => (Endpoint::Poll, vec![]),
        ("POST", ["auth", "refresh"]) => (Endpoint::Refresh, vec![]),
        ("GET" | "POST" | "DELETE", ["verify" | "confirm"]) => (Endpoint::Verify, vec![]),
        _ => (Endpoint::Unknown, vec![]),
    }
}

fn oauth<'p>(method: &str, rest: &[&'p str]) -> Found<'p> {
    match (method, rest) {
        ("GET", ["oauth-authorization-server" | "openid-configuration"]) => (Endpoint::Metadata, vec![]),
        ("POST", ["device_authorization"] | ["oauth", "device" | "device_authorization"]) => {
            (Endpoint::Authorize, vec![])
        }
        ("POST", ["token"] | ["oauth", "token"]) => (Endpoint::Poll, vec![]),
        ("POST", ["oauth", "clients", "register"]) => (Endpoint::Register, vec![]),
        ("GET" | "PUT" | "DELETE", ["oauth", "clients", id]) => (Endpoint::Register, vec![id]),
        ("GET", ["api", "atprotocol", "session"]) => (Endpoint::Session, vec![]),
        _ => (Endpoint::Unknown, vec![]),
    }
}

fn romm<'p>(method: &str, rest: &[&'p str]) -> Found<'p> {
    match (method, rest) {
        ("POST", ["device", "init"]) => (Endpoint::Authorize, vec![]),
        ("POST", ["device", "token"]) => (Endpoint::Poll, vec![]),
        ("GET", ["device", "pending", code]) => (Endpoint::Verify, vec![code]),
        ("POST", ["device", "approve" | "deny"]) => (Endpoint::Verify, vec![]),
        ("GET", ["me"]) => (Endpoint::Session, vec![]),
        _ => (Endpoint::Unknown, vec![]),
    }
}

fn closing<'p>(id: &'p str, verb: &str) -> Found<'p> {
    match verb {
        "complete" => (Endpoint::Complete, vec![id]),
        "complete-with-warnings" => (Endpoint::CompleteWithWarnings, vec![id]),
        "fail" => (Endpoint::Fail, vec![id]),
        "cancel" => (Endpoint::Cancel, vec![id]),
        _ => (Endpoint::Unknown, vec![]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_of_the_two_families_map_one_to_one() {
        for (method, old, new) in [
            ("POST", "/api/dfc/auth/token", "/api/v1/device/auth/token"),
            ("POST", "/api/dfc/batch/start", "/api/v1/device/batches/start"),
            ("POST", "/api/dfc/batch/7/upload", "/api/v1/device/files/batches/7/upload"),
            ("POST", "/api/dfc/batch/7/complete", "/api/v1/device/batches/7/complete"),
            (
                "POST",
                "/api/dfc/batch/7/complete-with-warnings",
                "/api/v1/device/batches/7/complete-with-warnings",
            ),
            ("POST", "/api/dfc/batch/7/fail", "/api/v1/device/batches/7/fail"),
            ("POST", "/api/dfc/batch/7/cancel", "/api/v1/device/batches/7/cancel"),
            ("GET", "/api/dfc/batch/7", "/api/v1/device/batches/7"),
            ("GET", "/api/dfc/batch/7/files/8", "/api/v1/device/files/batches/7/files/8"),
            ("POST", "/api/dfc/error", "/api/v1/device/errors"),
            ("POST", "/api/dfc/error/7", "/api/v1/device/errors/batches/7"),
            ("GET", "/api/dfc/error/log/9", "/api/v1/device/errors/9"),
        ] {
            let (before, after) = (Route::parse(method, old), Route::parse(method, new));
            assert_eq!(before.successor().as_deref(), Some(new));
            assert_eq!((before.endpoint, before.ids), (after.endpoint, after.ids));
            assert_ne!(after.endpoint, Endpoint::Unknown);
        }
    }

    #[test]
    fn every_endpoint_name_parses_back() {
        for (endpoint, name) in NAMES {
            assert_eq!(name.parse(), Ok(endpoint));
            assert_eq!(endpoint.to_string(), name);
        }
        assert!("uploads".parse::<Endpoint>().is_err());
    }

    #[test]
    fn an_unlisted_path_is_unknown_below_api_and_a_page_elsewhere() {
        assert_eq!(Route::parse("POST", "/api/v1/device/batches").endpoint, Endpoint::Unknown);
        assert_eq!(Route::parse("GET", "/api/dfc/batch/start/x/y").endpoint, Endpoint::Unknown);
        assert_eq!(Route::parse("POST", "/api/upload").endpoint, Endpoint::Unknown);
        assert_eq!(Route::parse("GET", "/batches").endpoint, Endpoint::Page);
        assert_eq!(Route::parse("GET", "/device").endpoint, Endpoint::Page);
    }

    #[test]
    fn the_paths_of_every_grant_are_recognized() {
        for (method, path, family, endpoint) in [
            ("POST", "/api/v1/device/authorize", PathFamily::F3, Endpoint::Authorize),
            ("POST", "/api/v1/device/token", PathFamily::F3, Endpoint::Poll),
            ("POST", "/api/v1/device/auth/refresh", PathFamily::F3, Endpoint::Refresh),
            ("DELETE", "/api/v1/device/confirm", PathFamily::F3, Endpoint::Verify),
            ("GET", "/.well-known/openid-configuration", PathFamily::WellKnown, Endpoint::Metadata),
            ("POST", "/oauth2/token", PathFamily::Rfc, Endpoint::Poll),
            ("POST", "/oauth/device", PathFamily::Aip, Endpoint::Authorize),
            ("DELETE", "/oauth/clients/7", PathFamily::Aip, Endpoint::Register),
            ("GET", "/api/atprotocol/session", PathFamily::Aip, Endpoint::Session),
            ("POST", "/api/auth/device/init", PathFamily::Romm, Endpoint::Authorize),
            ("GET", "/api/users/me", PathFamily::Romm, Endpoint::Session),
            ("GET", "/api/v1/device/token", PathFamily::F3, Endpoint::Unknown),
        ] {
            let route = Route::parse(method, path);
            assert_eq!((route.family, route.endpoint), (family, endpoint), "{method} {path}");
        }
    }
}
