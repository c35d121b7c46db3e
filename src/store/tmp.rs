//! For the hour until lists are written to files: whoever lands that deletes this file.
#![allow(missing_docs, clippy::missing_errors_doc)]

use std::path::Path;

use super::{Store, StoreError};
use crate::models::listing::{List, ListFormat};

impl Store {
    pub fn save_list(&self, _: &List, _: ListFormat, _: &Path) -> Result<(), StoreError> {
        Ok(())
    }
}
