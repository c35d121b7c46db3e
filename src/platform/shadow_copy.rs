//! VssCopy copies of disks, for files that other programs do not let go: [`ShadowCopyProvider`] takes a [`ShadowCopy`].
//!
//! Only Windows has them here, as Volume Shadow Copies ([`here`]). Files in one keep their permissions.

#[cfg(any(windows, test))]
mod vss;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What takes shadow copies.
pub trait ShadowCopyProvider: Send + Sync {
    /// The disk on which a file lies, and the file's path on it; none where it can have no copy, as on a share.
    fn place(&self, file: &Path) -> Option<(PathBuf, PathBuf)>;

    /// Takes a shadow copy of a disk, which may last many seconds.
    ///
    /// # Errors
    /// Why the system does not.
    fn take(&self, disk: &Path) -> io::Result<Box<dyn ShadowCopy>>;
}

/// A shadow copy of a disk, released when it is dropped.
pub trait ShadowCopy: Send + Sync {
    /// The folder in which the disk's files are found.
    fn root(&self) -> &Path;
}

/// What takes them on this machine.
pub fn here() -> Option<Arc<dyn ShadowCopyProvider>> {
    #[cfg(windows)]
    return Some(Arc::new(vss::VssProvider));
    #[cfg(not(windows))]
    None
}
