//! [`ShadowCopies`]: the shadow copies of disks that one run uses for tables that other programs have opened
//! exclusively.
//!
//! A disk is copied when the first table needs it, at most once. A run drops this value however it ends, which releases
//! all copies.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::platform::shadow_copy::{self, ShadowCopy, ShadowCopyProvider};

/// A copy, or the reason why there is none.
type Taken = Result<Box<dyn ShadowCopy>, String>;

/// The shadow copies of a run.
#[derive(Default)]
pub struct ShadowCopies {
    maker: Option<Arc<dyn ShadowCopyProvider>>,
    taken: Mutex<HashMap<PathBuf, Taken>>,
}

impl ShadowCopies {
    /// Creates an empty set with a provider; `None` where the system has none.
    pub fn new(maker: Option<Arc<dyn ShadowCopyProvider>>) -> Self {
        Self { maker, taken: Mutex::default() }
    }

    /// Creates an empty set with this machine's provider.
    pub fn here() -> Self {
        Self::new(shadow_copy::here())
    }

    /// Returns the path of a file in the copy of its disk; `None` where the disk supports no copies.
    ///
    /// # Errors
    /// Why this disk was not copied.
    pub fn find(&self, file: &Path) -> Result<Option<PathBuf>, String> {
        let Some(maker) = &self.maker else { return Ok(None) };
        let Some((disk, below)) = maker.place(file) else { return Ok(None) };
        // Other callers that need the same disk wait for its copy.
        let mut taken = self.taken.lock();
        let copy = taken.entry(disk.clone()).or_insert_with(|| {
            let copy = maker.take(&disk).map_err(|error| error.to_string());
            let disk = disk.display();
            match &copy {
                Ok(_) => tracing::info!("a shadow copy of `{disk}` was taken"),
                Err(why) => tracing::warn!("no shadow copy of `{disk}` could be taken: {why}"),
            }
            copy
        });
        match copy {
            Ok(copy) => Ok(Some(copy.root().join(below))),
            Err(why) => Err(format!("no shadow copy of `{}` could be taken: {why}", disk.display())),
        }
    }
}
