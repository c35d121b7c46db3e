//! [`ClientIds`]: the client identifiers under which this program has registered, one for each server. They are not
//! secret.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use parking_lot::Mutex;

use crate::platform::file::{self, Readers};

/// Stores the client identifier of a server.
pub trait ClientIds: Send + Sync {
    /// Returns the identifier for a base URL.
    fn recall(&self, base_url: &str) -> Option<String>;
    /// Stores an identifier; a failure is not an error, since the next pairing registers again.
    fn remember(&self, base_url: &str, client_id: &str);
    /// Removes an identifier that the server no longer knows.
    fn forget(&self, base_url: &str);
}

/// Identifiers that last as long as the process.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<BTreeMap<String, String>>);

impl ClientIds for InMemory {
    fn recall(&self, base_url: &str) -> Option<String> {
        self.0.lock().get(base_url).cloned()
    }

    fn remember(&self, base_url: &str, client_id: &str) {
        let mut ids = self.0.lock();
        ids.insert(base_url.to_owned(), client_id.to_owned());
    }

    fn forget(&self, base_url: &str) {
        self.0.lock().remove(base_url);
    }
}

/// Identifiers in a JSON file of the data folder.
#[derive(Debug, Clone)]
pub struct InFile(PathBuf);

impl InFile {
    /// Uses this file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    fn read(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) {
        let mut ids = self.read();
        change(&mut ids);
        let text = serde_json::to_string_pretty(&ids).map_err(std::io::Error::from);
        let written = text.and_then(|text| file::write(&self.0, Readers::Owner, text.as_bytes()));
        if let Err(error) = written {
            tracing::debug!(%error, "the client's name at the server cannot be kept");
        }
    }
}

impl ClientIds for InFile {
    fn recall(&self, base_url: &str) -> Option<String> {
        self.read().remove(base_url)
    }

    fn remember(&self, base_url: &str, client_id: &str) {
        self.change(|ids| {
            ids.insert(base_url.to_owned(), client_id.to_owned());
        });
    }

    fn forget(&self, base_url: &str) {
        self.change(|ids| {
            ids.remove(base_url);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_is_stored_per_server() {
        let folder = tempfile::tempdir().unwrap();
        let file = InFile::new(folder.path().join("clients.json"));
        for ids in [&file as &dyn ClientIds, &InMemory::default()] {
            assert_eq!(ids.recall("https://a.example"), None);
            ids.remember("https://a.example", "c1");
            assert_eq!(ids.recall("https://a.example").as_deref(), Some("c1"));
            assert_eq!(ids.recall("https://b.example"), None);
            ids.forget("https://a.example");
            assert_eq!(ids.recall("https://a.example"), None);
        }
    }
}
