//! [`Spool`]: the private folder in which converted tables wait for upload, within its quota and the disk's limits.
//!
//! A [`SpooledFile`] is deleted when it is dropped; the files of a dead process stay for the next one.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::convert::PartSink;
use crate::error::{Code, Error, Result};
use crate::platform;

/// Minimum free space of the disk in bytes; below it nothing is written (docs/reliability.md#disk-full).
pub const MIN_FREE: u64 = 500_000_000;
/// Number of bytes written between two checks of the free space.
const CHECK_EVERY_BYTES: u64 = 32 << 20;

/// Why the spool accepted no more bytes; passed through the converter as an [`Error`] inside an [`io::Error`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpoolError {
    /// The disk is nearly full.
    #[error(
        "the disk of `{}` has less than {} MB free; exports stop below that",
        folder.display(), least / 1_000_000
    )]
    DiskFull {
        /// The spool.
        folder: PathBuf,
        /// The required free space. The remaining space would make each occurrence a different error.
        least: u64,
    },
    /// A single table exceeds the quota.
    #[error("the table needs more than the {} MiB of the spool", quota >> 20)]
    OverQuota {
        /// The quota, in bytes.
        quota: u64,
    },
}

impl From<SpoolError> for Error {
    fn from(error: SpoolError) -> Self {
        let message = error.to_string();
        match error {
            SpoolError::DiskFull { folder, .. } => Self::new(Code::DiskFull, message)
                .hint("free some space on that disk; nothing that was delivered is lost")
                .path(folder)
                .retry_later(),
            SpoolError::OverQuota { .. } => {
                Self::new(Code::FileTooLarge, message).hint("raise `[export] spool_max_mb`")
            }
        }
    }
}

/// The folder and its contents. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Spool {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    quota: u64,
    min_free: u64,
    used: Mutex<u64>,
    freed: Condvar,
    written: AtomicU64,
    /// Files of an earlier process that may still be needed, with their sizes.
    kept_files: Mutex<HashMap<String, u64>>,
}

impl Spool {
    /// Opens `spool/` in the data folder as a private folder, and deletes files that are not in `kept_files`. `quota` and
    /// `min_free` are bytes: the maximum size of the spool, and the minimum free space of the disk.
    ///
    /// # Errors
    /// When the folder cannot be created or read.
    pub fn open(data: &Path, quota: u64, min_free: u64, kept_files: &HashSet<String>) -> Result<Self> {
        let folder = data.join("spool");
        platform::make_private_folder(&folder)?;
        let unreadable = |error: io::Error| Error::io("cannot read the spool", &folder, &error);
        let mut found = HashMap::new();
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            if kept_files.contains(&*entry.file_name().to_string_lossy()) {
                let size = entry.metadata().map_or(0, |metadata| metadata.len());
                found.insert(entry.file_name().to_string_lossy().into_owned(), size);
            } else if let Err(error) = fs::remove_file(entry.path()) {
                tracing::warn!(path = %entry.path().display(), %error, "a leftover in the spool cannot be deleted");
            }
        }
        let inner = Inner {
            folder,
            quota,
            min_free,
            used: Mutex::new(found.values().sum()),
            freed: Condvar::new(),
            written: AtomicU64::new(0),
            kept_files: Mutex::new(found),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Checks the free space of the disk.
    ///
    /// # Errors
    /// [`SpoolError::DiskFull`] when less than the minimum is free.
    pub fn check_disk(&self) -> Result<(), SpoolError> {
        // A disk that cannot be queried reports an error when it is full.
        let free = platform::free_space(&self.inner.folder).unwrap_or(u64::MAX);
        let least = self.inner.min_free;
        if free < least {
            return Err(SpoolError::DiskFull { folder: self.inner.folder.clone(), least });
        }
        Ok(())
    }

    /// Starts the parts of one table. `name` distinguishes its files from those of other runs; `stop` interrupts the
    /// writing.
    pub fn writer(&self, name: &str, stop: CancellationToken) -> SpoolWriter {
        // A table that is converted again must not overwrite files that are about to be deleted.
        let name = format!("{name}-{}", self.inner.written.fetch_add(1, Ordering::Relaxed));
        SpoolWriter {
            spool: self.clone(),
            name,
            stop,
            done: Vec::new(),
            open: None,
            since_check: CHECK_EVERY_BYTES,
        }
    }

    /// Returns a file of an earlier process, when it is unchanged.
    ///
    /// # Errors
    /// When it exists and cannot be read.
    pub fn left(&self, name: &str, size: u64, sha256: &str) -> io::Result<Option<SpooledFile>> {
        let path = self.inner.folder.join(name);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut digest = Sha256::new();
        let found = io::copy(&mut file, &mut digest)?;
        let sha256_found = format!("{:x}", digest.finalize());
        if found != size || sha256_found != sha256 {
            return Ok(None);
        }
        self.inner.kept_files.lock().remove(name);
        Ok(Some(SpooledFile { spool: self.clone(), name: name.to_owned(), size, sha256: sha256_found }))
    }

    /// Deletes kept files that nothing claimed.
    pub fn delete_left(&self) {
        let kept_files = std::mem::take(&mut *self.inner.kept_files.lock());
        for (name, size) in kept_files {
            drop(SpooledFile { spool: self.clone(), name, size, sha256: String::new() });
        }
    }

    /// Reserves space for more bytes; waits while other tables occupy it.
    fn reserve(&self, bytes: u64, own: u64, stop: &CancellationToken) -> Result<()> {
        let inner = &*self.inner;
        let mut used = inner.used.lock();
        while *used + bytes > inner.quota {
            if own + bytes > inner.quota {
                return Err(SpoolError::OverQuota { quota: inner.quota }.into());
            }
            if stop.is_cancelled() {
                return Err(Error::stopped());
            }
            inner.freed.wait_for(&mut used, Duration::from_millis(200));
        }
        *used += bytes;
        Ok(())
    }

    fn release(&self, bytes: u64) {
        let mut used = self.inner.used.lock();
        *used = used.saturating_sub(bytes);
        self.inner.freed.notify_all();
    }
}

/// A complete part on the disk, with its digest; deleted when it is dropped.
#[derive(Debug)]
pub struct SpooledFile {
    spool: Spool,
    /// Its file name in the spool.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

impl SpooledFile {
    /// Returns its path.
    pub fn path(&self) -> PathBuf {
        self.spool.inner.folder.join(&self.name)
    }
}

impl Drop for SpooledFile {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(self.path()) {
            tracing::debug!(name = self.name, %error, "a file of the spool cannot be deleted");
        }
        self.spool.release(self.size);
    }
}

/// Writes the parts of one table; counts and hashes the bytes.
#[derive(Debug)]
pub struct SpoolWriter {
    spool: Spool,
    name: String,
    stop: CancellationToken,
    done: Vec<SpooledFile>,
    open: Option<OpenPart>,
    since_check: u64,
}

#[derive(Debug)]
struct OpenPart {
    out: BufWriter<File>,
    digest: Sha256,
    file: SpooledFile,
}

impl SpoolWriter {
    /// Ends the last part; returns all parts in order.
    ///
    /// # Errors
    /// When the last bytes cannot be written.
    pub fn finish(mut self) -> io::Result<Vec<SpooledFile>> {
        self.close()?;
        Ok(self.done)
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some(OpenPart { mut out, digest, mut file }) = self.open.take() {
            out.flush()?;
            file.sha256 = format!("{:x}", digest.finalize());
            self.done.push(file);
        }
        Ok(())
    }

    fn own(&self) -> u64 {
        let open = self.open.as_ref().map_or(0, |part| part.file.size);
        self.done.iter().map(|file| file.size).sum::<u64>() + open
    }
}

impl PartSink for SpoolWriter {
    fn next_part(&mut self) -> io::Result<()> {
        self.close()?;
        let name = format!("{}-{:04}", self.name, self.done.len() + 1);
        let path = self.spool.inner.folder.join(&name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        let file = platform::open_private(&mut options, &path)?;
        let out = BufWriter::with_capacity(128 * 1024, file);
        let file = SpooledFile { spool: self.spool.clone(), name, size: 0, sha256: String::new() };
        self.open = Some(OpenPart { out, digest: Sha256::new(), file });
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = bytes.len() as u64;
        self.since_check += length;
        if self.since_check >= CHECK_EVERY_BYTES {
            self.since_check = 0;
            self.spool.check_disk().map_err(|full| io::Error::other(Error::from(full)))?;
        }
        if self.stop.is_cancelled() {
            return Err(io::Error::other(Error::stopped()));
        }
        self.spool.reserve(length, self.own(), &self.stop).map_err(io::Error::other)?;
        let Some(part) = &mut self.open else {
            self.spool.release(length);
            return Err(io::Error::other("bytes before the first part"));
        };
        part.file.size += length;
        part.digest.update(bytes);
        part.out.write_all(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spool(data: &Path, quota: u64) -> Spool {
        Spool::open(data, quota, 0, &HashSet::new()).unwrap()
    }

    fn write(spool: &Spool, name: &str, parts: &[&[u8]]) -> io::Result<Vec<SpooledFile>> {
        let mut writer = spool.writer(name, CancellationToken::new());
        for part in parts {
            writer.next_part()?;
            writer.write_all(part)?;
        }
        writer.finish()
    }

    #[test]
    fn parts_are_digested_and_deleted_when_dropped() {
        let data = tempfile::tempdir().unwrap();
        let spool = spool(data.path(), 1000);
        let files = write(&spool, "1-1", &[b"abc", b"de"]).unwrap();
        assert_eq!(files.iter().map(|file| file.size).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(files[0].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let path = files[1].path();
        assert_eq!(fs::read(&path).unwrap(), b"de");
        drop(files);
        assert!(!path.exists());
        assert_eq!(*spool.inner.used.lock(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn the_spool_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let files = write(&spool(data.path(), 1000), "1-1", &[b"abc"]).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&data.path().join("spool")), mode(&files[0].path())), (0o700, 0o600));
    }

    #[test]
    fn a_table_larger_than_the_quota_is_refused_and_leaves_nothing() {
        let data = tempfile::tempdir().unwrap();
        let spool = spool(data.path(), 4);
        let error = write(&spool, "1-1", &[b"abc", b"de"]).unwrap_err();
        let cause = error.into_inner().unwrap().downcast::<Error>().unwrap();
        assert_eq!(*cause, Error::from(SpoolError::OverQuota { quota: 4 }));
        assert_eq!(fs::read_dir(data.path().join("spool")).unwrap().count(), 0);
    }

    #[test]
    fn a_table_waits_for_free_quota() {
        let data = tempfile::tempdir().unwrap();
        let spool = spool(data.path(), 4);
        let first = write(&spool, "1-1", &[b"abc"]).unwrap();
        let other = std::thread::spawn({
            let spool = spool.clone();
            move || write(&spool, "1-2", &[b"de"]).unwrap().len()
        });
        std::thread::sleep(Duration::from_millis(50));
        assert!(!other.is_finished());
        drop(first);
        assert_eq!(other.join().unwrap(), 1);
    }

    #[test]
    fn leftover_files_are_deleted_and_needed_ones_are_kept() {
        let data = tempfile::tempdir().unwrap();
        let files = write(&spool(data.path(), 1000), "1-1", &[b"abc", b"de"]).unwrap();
        let (kept_files, sha256) = (files[0].name.clone(), files[0].sha256.clone());
        std::mem::forget(files);
        let spool = Spool::open(data.path(), 1000, 0, &HashSet::from([kept_files.clone()])).unwrap();
        assert_eq!(fs::read_dir(data.path().join("spool")).unwrap().count(), 1);
        assert!(spool.left("1-1-0-0002", 2, &sha256).unwrap().is_none());
        assert!(spool.left(&kept_files, 3, &"0".repeat(64)).unwrap().is_none(), "other bytes are not taken");
        assert_eq!(spool.left(&kept_files, 3, &sha256).unwrap().unwrap().size, 3);
        std::mem::forget(write(&spool, "1-2", &[b"abc"]).unwrap());
        let kept_files = HashSet::from(["1-2-0-0001".to_owned()]);
        Spool::open(data.path(), 1000, 0, &kept_files).unwrap().delete_left();
        assert_eq!(fs::read_dir(data.path().join("spool")).unwrap().count(), 0);
    }
}
