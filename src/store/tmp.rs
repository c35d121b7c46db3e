//! For the hour until the paged lists of this module have landed: whoever lands them deletes this file.
#![allow(missing_docs, clippy::missing_errors_doc)]

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Store, StoreError, errors};
use crate::models::listing::{ErrorPage, ErrorQuery, HistoryPage, HistoryQuery, List, ListFormat};

impl Store {
    pub fn history_page(&self, _: &HistoryQuery, _: Option<&str>, _: u32) -> Result<HistoryPage, StoreError> {
        let runs = self.history(None, None)?;
        Ok(HistoryPage { total: runs.len() as u64, runs, next: None })
    }

    pub fn error_page(&self, q: &ErrorQuery, _: Option<&str>, _: u32) -> Result<ErrorPage, StoreError> {
        let query = errors::ErrorQuery { kind: q.kind.clone(), ..errors::ErrorQuery::default() };
        let errors = self.errors(&query)?;
        let by_severity = std::collections::BTreeMap::new();
        Ok(ErrorPage { total: errors.len() as u64, errors, by_severity, next: None })
    }

    pub fn save_list(&self, _: &List, _: ListFormat, _: &Path) -> Result<(), StoreError> {
        Ok(())
    }

    pub fn recent_errors(&self, _: DateTime<Utc>) -> Result<u64, StoreError> {
        Ok(self.errors(&errors::ErrorQuery::default())?.len() as u64)
    }
}
