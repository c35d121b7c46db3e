//! What is remembered of servers over restarts, kept by the store.

use crate::api::{Known, Memory};
use crate::store::Store;

impl Memory for Store {
    fn recall(&self, base_url: &str) -> Option<Known> {
        match self.family(base_url) {
            Ok(text) => Known::parse(&text?),
            Err(error) => {
                tracing::debug!(%error, "what is known of the server cannot be read; it is found again");
                None
            }
        }
    }

    fn remember(&self, base_url: &str, known: Known) {
        if let Err(error) = self.remember_family(base_url, Some(&known.to_text())) {
            tracing::debug!(%error, "what was found of the server cannot be kept; it is found again");
        }
    }
}
