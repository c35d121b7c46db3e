//! [`FolderLock`]: one process locks a data folder; the operating system releases the lock when the process ends.
//!
//! The file `lock` names the owner for other processes. It is never deleted, since another process may have it open.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::open_private;
use crate::error::{Code, Error, Result};
pub use crate::models::snapshot::LockOwner;

/// Number of attempts before the folder counts as locked: `status` takes the lock for an instant to look.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(20);

/// The right to write to a data folder, for as long as this value lives.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Locks the folder for `program`.
    ///
    /// # Errors
    /// [`Code::FolderHeld`] with the owner's name and process identifier; when the folder cannot be written.
    pub fn take(folder: &Path, program: &str) -> Result<Self> {
        let path = folder.join("lock");
        let mut file = open(&path)?;
        for attempt in 1..=ATTEMPTS {
            match file.try_lock() {
                Ok(()) => {
                    let owner = LockOwner { pid: std::process::id(), program: program.to_owned() };
                    write(&mut file, &path, &owner)
                        .map_err(|error| Error::io("cannot write", &path, &error))?;
                    return Ok(Self { _file: file });
                }
                Err(TryLockError::WouldBlock) if attempt < ATTEMPTS => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => break,
                Err(TryLockError::Error(error)) => return Err(Error::io("cannot lock", &path, &error)),
            }
        }
        let LockOwner { pid, program } = read(&path);
        Err(Error::new(
            Code::FolderHeld,
            format!("the data folder `{}` is in use by {program} (pid {pid})", folder.display()),
        )
        .hint("wait until it ends, or stop it")
        .path(folder)
        .retry_later())
    }

    /// Returns the lock owner without taking the lock.
    pub fn owner(folder: &Path) -> Option<LockOwner> {
        let path = folder.join("lock");
        let file = File::open(&path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(read(&path)),
            _ => None,
        }
    }
}

fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    open_private(&mut options, path).map_err(|error| Error::io("cannot open", path, &error))
}

/// Windows lets nobody read a locked file, so that the owner is written to a file beside it.
fn beside(path: &Path) -> Option<std::path::PathBuf> {
    cfg!(windows).then(|| path.with_extension("holder"))
}

fn write(file: &mut File, path: &Path, owner: &LockOwner) -> std::io::Result<()> {
    let text = format!("{} {}\n", owner.pid, owner.program);
    if let Some(beside) = beside(path) {
        return std::fs::write(beside, text);
    }
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(text.as_bytes())
}

fn read(path: &Path) -> LockOwner {
    let mut text = String::new();
    if let Ok(file) = File::open(beside(path).as_deref().unwrap_or(path)) {
        // A hundred letters are enough for a name; any process that may write to the folder can write the file.
        let _ = file.take(200).read_to_string(&mut text);
    }
    let (pid, program) = text.trim_end().split_once(' ').unwrap_or_default();
    LockOwner {
        pid: pid.parse().unwrap_or_default(),
        program: if program.is_empty() { "another process".to_owned() } else { program.to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_names_its_owner_and_is_released_when_dropped() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(FolderLock::owner(folder.path()), None);
        let lock = FolderLock::take(folder.path(), "data_exporter export").unwrap();
        let owner = FolderLock::owner(folder.path()).unwrap();
        assert_eq!(owner, LockOwner { pid: std::process::id(), program: "data_exporter export".to_owned() });
        let error = FolderLock::take(folder.path(), "data_exporter run").unwrap_err();
        assert_eq!(error.code, Code::FolderHeld);
        assert!(
            error
                .message
                .ends_with(&format!("is in use by data_exporter export (pid {})", std::process::id()))
        );
        drop(lock);
        assert_eq!(FolderLock::owner(folder.path()), None);
        FolderLock::take(folder.path(), "data_exporter run").unwrap();
    }

    #[test]
    fn locking_a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = FolderLock::take(&folder.path().join("gone"), "x").unwrap_err();
        assert_eq!(error.code, Code::FileUnreadable);
    }
}
