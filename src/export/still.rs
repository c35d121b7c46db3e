//! [`Stills`], the still copies of disks that one run uses for tables that other programs do not let go.
//!
//! A disk is copied when the first table needs it, at most once, and all copies are released with this value, which a
//! run drops however it ends.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::platform::snapshot::{self, Snapshot, Snapshots};

/// A copy, or why there is none.
type Taken = Result<Box<dyn Snapshot>, String>;

/// The still copies of a run.
#[derive(Default)]
pub struct Stills {
    maker: Option<Arc<dyn Snapshots>>,
    taken: Mutex<HashMap<PathBuf, Taken>>,
}

impl Stills {
    /// No copies yet, by this maker; none where the system has none.
    pub fn new(maker: Option<Arc<dyn Snapshots>>) -> Self {
        Self { maker, taken: Mutex::default() }
    }

    /// As this machine takes them.
    pub fn here() -> Self {
        Self::new(snapshot::here())
    }

    /// Where a file is found in the copy of its disk; none where its disk can have none.
    ///
    /// # Errors
    /// Why this disk was not copied.
    pub fn find(&self, file: &Path) -> Result<Option<PathBuf>, String> {
        let Some(maker) = &self.maker else { return Ok(None) };
        let Some((disk, below)) = maker.place(file) else { return Ok(None) };
        // Whoever needs the same disk meanwhile waits for its copy.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = taken.entry(disk.clone()).or_insert_with(|| {
            let copy = maker.take(&disk).map_err(|error| error.to_string());
            let disk = disk.display();
            match &copy {
                Ok(_) => tracing::info!("a still copy of `{disk}` was taken"),
                Err(why) => tracing::warn!("no still copy of `{disk}` could be taken: {why}"),
            }
            copy
        });
        match copy {
            Ok(copy) => Ok(Some(copy.root().join(below))),
            Err(why) => Err(format!("no still copy of `{}` could be taken: {why}", disk.display())),
        }
    }
}
