//! Shadow copies of disks, for files that other programs have opened exclusively: a [`ShadowCopyProvider`] creates a
//! [`ShadowCopy`].
//!
//! Only Windows has them, as Volume Shadow Copies ([`here`]). Files in a copy keep their permissions.

#[cfg(any(windows, test))]
mod vss;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Creates shadow copies.
pub trait ShadowCopyProvider: Send + Sync {
    /// Returns the disk of a file and the file's path on it; `None` where the disk supports no copies, as on a share.
    fn place(&self, file: &Path) -> Option<(PathBuf, PathBuf)>;

    /// Creates a shadow copy of a disk; may take many seconds.
    ///
    /// # Errors
    /// Why the system refuses.
    fn take(&self, disk: &Path) -> io::Result<Box<dyn ShadowCopy>>;
}

/// A shadow copy of a disk; released when it is dropped.
pub trait ShadowCopy: Send + Sync {
    /// Returns the root folder of the copy.
    fn root(&self) -> &Path;
}

/// Returns the provider of this machine.
pub fn here() -> Option<Arc<dyn ShadowCopyProvider>> {
    #[cfg(windows)]
    return Some(Arc::new(vss::VssProvider));
    #[cfg(not(windows))]
    None
}
