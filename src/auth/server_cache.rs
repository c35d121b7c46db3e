//! The server cache in the store, which lasts across restarts.

use crate::api::{ServerCache, ServerPaths};
use crate::platform;
use crate::store::Store;

impl ServerCache for Store {
    fn recall(&self, base_url: &str) -> Option<ServerPaths> {
        match self.family(base_url) {
            Ok(text) => ServerPaths::parse(&text?),
            Err(error) => {
                tracing::debug!(%error, "what is known of the server cannot be read; it is found again");
                None
            }
        }
    }

    fn remember(&self, base_url: &str, known: ServerPaths) {
        if let Err(error) = self.remember_family(base_url, Some(&known.to_text())) {
            tracing::debug!(%error, "what was found of the server cannot be kept; it is found again");
        }
    }

    fn note_refusal(&self, base_url: &str, refused: bool) {
        let noted = if refused {
            self.remember_refused(base_url, Some(platform::now()))
        } else {
            // Written only when it changes: tokens are fetched often.
            match self.refused_at(base_url) {
                Ok(Some(_)) => self.remember_refused(base_url, None),
                known => known.map(drop),
            }
        };
        if let Err(error) = noted {
            tracing::debug!(%error, "whether the server takes the credential cannot be kept");
        }
    }
}
