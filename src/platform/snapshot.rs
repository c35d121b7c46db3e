//! Still copies of disks, for files that other programs do not let go: [`Snapshots`] takes a [`Snapshot`].
//!
//! Only Windows has them here, as Volume Shadow Copies ([`here`]). Files in one keep their permissions.

#[cfg(any(windows, test))]
mod shadow;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What takes still copies.
pub trait Snapshots: Send + Sync {
    /// The disk on which a file lies, and the file's path on it; none where it can have no copy, as on a share.
    fn place(&self, file: &Path) -> Option<(PathBuf, PathBuf)>;

    /// Takes a still copy of a disk, which may last many seconds.
    ///
    /// # Errors
    /// Why the system does not.
    fn take(&self, disk: &Path) -> io::Result<Box<dyn Snapshot>>;
}

/// A still copy of a disk, released when it is dropped.
pub trait Snapshot: Send + Sync {
    /// The folder in which the disk's files are found.
    fn root(&self) -> &Path;
}

/// What takes them on this machine.
pub fn here() -> Option<Arc<dyn Snapshots>> {
    #[cfg(windows)]
    return Some(Arc::new(shadow::VolumeShadows));
    #[cfg(not(windows))]
    None
}
