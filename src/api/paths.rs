//! The path families of a Data Forge server (docs/wire.md#path-families), and what is known of a server:
//! [`ServerPaths`].

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::config::Paths;

/// A family of batch and error endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// `/api/v1/device/...`
    Device,
    /// `/api/dfc/...`
    Dfc,
}

impl Family {
    /// Returns the other family.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Device => Self::Dfc,
            Self::Dfc => Self::Device,
        }
    }

    /// The endpoint that opens a batch.
    pub fn start(self) -> String {
        match self {
            Self::Device => "/api/v1/device/batches/start".to_owned(),
            Self::Dfc => "/api/dfc/batch/start".to_owned(),
        }
    }

    /// The batch itself; `/complete` and the other endings are appended.
    pub fn batch(self, id: &str) -> String {
        match self {
            Self::Device => format!("/api/v1/device/batches/{id}"),
            Self::Dfc => format!("/api/dfc/batch/{id}"),
        }
    }

    /// The endpoint for files of a batch.
    pub fn upload(self, id: &str) -> String {
        match self {
            Self::Device => format!("/api/v1/device/files/batches/{id}/upload"),
            Self::Dfc => format!("/api/dfc/batch/{id}/upload"),
        }
    }

    /// The endpoint for errors outside a batch.
    pub fn errors(self) -> &'static str {
        match self {
            Self::Device => "/api/v1/device/errors",
            Self::Dfc => "/api/dfc/error",
        }
    }

    /// The endpoint for errors of a batch.
    pub fn batch_errors(self, id: &str) -> String {
        match self {
            Self::Device => format!("/api/v1/device/errors/batches/{id}"),
            Self::Dfc => format!("/api/dfc/error/{id}"),
        }
    }

    /// The word of [`ServerPaths`] in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Dfc => "dfc",
        }
    }
}

/// The endpoints that issue a token for a Basic credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenPath {
    /// `/api/v1/device/auth/token`
    Device,
    /// `/api/dfc/auth/token`
    Dfc,
    /// `/api/v1/auth/token`
    V1,
}

impl TokenPath {
    /// The path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Device => "/api/v1/device/auth/token",
            Self::Dfc => "/api/dfc/auth/token",
            Self::V1 => "/api/v1/auth/token",
        }
    }

    /// Returns the family that goes with it.
    pub fn family(self) -> Family {
        match self {
            Self::Device => Family::Device,
            Self::Dfc | Self::V1 => Family::Dfc,
        }
    }

    /// Returns the paths to try, in order, for a setting.
    pub fn candidates(paths: Paths) -> &'static [Self] {
        match paths {
            Paths::Auto => &[Self::Device, Self::Dfc, Self::V1],
            Paths::Device => &[Self::Device],
            Paths::Dfc => &[Self::Dfc, Self::V1],
        }
    }
}

/// Paths that have worked at a base URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerPaths {
    /// The path that issued a token.
    pub token: TokenPath,
    /// The family in which a batch was opened; `None` before the first.
    pub batch: Option<Family>,
}

impl ServerPaths {
    /// Formats the value for the store: `device`, `dfc+device`, ...
    pub fn to_text(self) -> String {
        let token = match self.token {
            TokenPath::Device => "device",
            TokenPath::Dfc => "dfc",
            TokenPath::V1 => "v1",
        };
        match self.batch {
            Some(family) => format!("{token}+{}", family.as_str()),
            None => token.to_owned(),
        }
    }

    /// Parses [`Self::to_text`]; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (token, batch) = text.split_once('+').map_or((text, None), |(token, batch)| (token, Some(batch)));
        let token = match token {
            "device" => TokenPath::Device,
            "dfc" => TokenPath::Dfc,
            "v1" => TokenPath::V1,
            _ => return None,
        };
        let batch = match batch {
            None => None,
            Some("device") => Some(Family::Device),
            Some("dfc") => Some(Family::Dfc),
            Some(_) => return None,
        };
        Some(Self { token, batch })
    }
}

/// Remembers for each base URL which paths have worked, across restarts.
pub trait ServerCache: Send + Sync {
    /// Returns what is known of a server.
    fn recall(&self, base_url: &str) -> Option<ServerPaths>;
    /// Stores what was found; a failure to store is not an error, since it can be found again.
    fn remember(&self, base_url: &str, known: ServerPaths);
    /// Stores whether the server has just refused or accepted our credential.
    fn note_refusal(&self, _base_url: &str, _refused: bool) {}
}

/// A [`ServerCache`] that lasts as long as the process.
#[derive(Debug, Default)]
pub struct InMemoryServerCache(Mutex<HashMap<String, ServerPaths>>);

impl ServerCache for InMemoryServerCache {
    fn recall(&self, base_url: &str) -> Option<ServerPaths> {
        self.0.lock().get(base_url).copied()
    }

    fn remember(&self, base_url: &str, known: ServerPaths) {
        self.0.lock().insert(base_url.to_owned(), known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_paths_round_trip_as_text() {
        for token in [TokenPath::Device, TokenPath::Dfc, TokenPath::V1] {
            for batch in [None, Some(Family::Device), Some(Family::Dfc)] {
                let known = ServerPaths { token, batch };
                assert_eq!(ServerPaths::parse(&known.to_text()), Some(known));
            }
        }
        assert_eq!(ServerPaths::parse("grpc"), None);
        assert_eq!(ServerPaths::parse("dfc+"), None);
    }

    #[test]
    fn each_family_has_the_paths_of_the_contract() {
        assert_eq!(Family::Device.upload("b1"), "/api/v1/device/files/batches/b1/upload");
        assert_eq!(Family::Dfc.upload("b1"), "/api/dfc/batch/b1/upload");
        assert_eq!(Family::Device.batch("b1"), "/api/v1/device/batches/b1");
        assert_eq!(Family::Dfc.start(), "/api/dfc/batch/start");
        assert_eq!(Family::Device.batch_errors("b1"), "/api/v1/device/errors/batches/b1");
        assert_eq!(Family::Dfc.batch_errors("b1"), "/api/dfc/error/b1");
    }
}
