//! Paired and pending devices: [`Pairings`], and the part that survives a restart, in `pairings.json` beside the
//! uploads.
//!
//! Only digests of secrets and tokens are saved. Pending codes are not saved.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::grants::Grants;
use crate::grants::limits::Limits;
use crate::grants::tokens::{AccessToken, RefreshToken, Tokens};
use crate::options::Site;

/// The file's name in the data folder.
const NAME: &str = "pairings.json";

/// The state of pairing, except the sites.
pub(crate) struct Pairings {
    pub grants: Grants,
    pub limits: Limits,
    pub tokens: Tokens,
    /// The registered clients.
    pub clients: Vec<Client>,
    path: PathBuf,
}

/// A client that registered itself (docs/wire.md#aip-grant).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Client {
    pub id: String,
    /// SHA-256 of the token that manages it.
    pub digest: String,
    /// The time of registration, in seconds since 1970.
    pub issued_at: i64,
    /// Its metadata.
    pub metadata: Map<String, Value>,
}

impl Client {
    /// Returns whether a list of its metadata contains a word.
    pub(crate) fn lists(&self, name: &str, word: &str) -> bool {
        let list = self.metadata.get(name).and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(|entry| entry == word))
    }
}

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct SavedState {
    sites: Vec<SavedSite>,
    access: Vec<AccessToken>,
    refresh: Vec<RefreshToken>,
    clients: Vec<Client>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedSite {
    domain: String,
    name: String,
    account: String,
    digest: String,
}

impl Pairings {
    /// Loads the pairings of a data folder, and the sites with paired devices.
    pub(crate) fn open(folder: &Path) -> io::Result<(Self, Vec<Site>)> {
        let path = folder.join(NAME);
        let saved: SavedState = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => SavedState::default(),
            Err(error) => return Err(error),
        };
        let mut tokens = Tokens::default();
        saved.access.into_iter().for_each(|token| tokens.restore_access(token));
        saved.refresh.into_iter().for_each(|token| tokens.restore_refresh(token));
        let sites = saved.sites.into_iter().map(|site| Site {
            name: site.name,
            account: site.account,
            digest: site.digest,
            paired: true,
            ..Site::new(site.domain, "")
        });
        let (grants, limits) = (Grants::default(), Limits::default());
        Ok((Self { grants, limits, tokens, clients: saved.clients, path }, sites.collect()))
    }

    /// Saves the part that survives a restart.
    pub(crate) fn save(&self, sites: &[Site]) -> io::Result<()> {
        let (access, refresh) = self.tokens.all();
        let sites = sites.iter().filter(|site| site.paired).map(|site| SavedSite {
            domain: site.domain.clone(),
            name: site.name.clone(),
            account: site.account.clone(),
            digest: site.digest(),
        });
        let saved = SavedState { sites: sites.collect(), access, refresh, clients: self.clients.clone() };
        let temporary = self.path.with_extension("json.new");
        std::fs::write(&temporary, serde_json::to_vec(&saved)?)?;
        std::fs::rename(temporary, &self.path)
    }
}
