//! [`NewFile`]: the one way in which this program writes a whole file, and [`remove`], the one in which it removes a file
//! that must stay removed.
//!
//! A reader sees either the old or the new file, also after a power cut: the file is synced, renamed, and its folder is
//! synced, before anything relies on it (docs/reliability.md#rule-1-journal-first).

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// How the names of unfinished files begin.
pub const UNFINISHED: &str = ".data_exporter-";

/// Who may read a new file. Windows knows only the rights of its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Only its owner.
    Owner,
    /// Those who might read the file that it replaces; only its owner where there is none.
    AsBefore,
    /// Those who may read the account's other files.
    Usual,
    /// Every account.
    Everyone,
}

/// A file that is being written under a temporary name. Dropped without [`Self::commit`], it is removed.
#[derive(Debug)]
pub struct NewFile {
    file: NamedTempFile,
    #[cfg_attr(windows, expect(dead_code, reason = "Windows knows only the rights of the folder"))]
    readers: Readers,
}

impl NewFile {
    /// Begins a file in the folder where it is going to stand.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn begin(folder: &Path, readers: Readers) -> io::Result<Self> {
        let mut builder = Builder::new();
        builder.prefix(UNFINISHED).suffix(".tmp");
        #[cfg(unix)]
        if readers == Readers::Usual {
            // The account's mask takes away what its other files do not grant either.
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        }
        Ok(Self { file: builder.tempfile_in(folder)?, readers })
    }

    /// Returns the file, for writing.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives the file its name, replacing another of that name, and makes both durable.
    ///
    /// # Errors
    /// When a step fails; before the last one the former file is unchanged.
    pub fn commit(self, path: &Path) -> io::Result<()> {
        #[cfg(unix)]
        self.grant(path)?;
        self.file.as_file().sync_all()?;
        self.file.persist(path)?;
        sync_folder(folder_of(path))
    }

    #[cfg(unix)]
    fn grant(&self, path: &Path) -> io::Result<()> {
        let permissions = match self.readers {
            Readers::Owner | Readers::Usual => None,
            Readers::AsBefore => fs::metadata(path).ok().map(|former| former.permissions()),
            Readers::Everyone => Some(std::os::unix::fs::PermissionsExt::from_mode(0o644)),
        };
        permissions.map_or(Ok(()), |permissions| self.file.as_file().set_permissions(permissions))
    }
}

/// Creates a private file with a text, for a person's editor; it is removed when the value is dropped.
///
/// # Errors
/// When the system's folder for temporary files cannot be written.
pub fn scratch(suffix: &str, text: &str) -> io::Result<NamedTempFile> {
    let mut file = Builder::new().prefix("data_exporter-").suffix(suffix).tempfile()?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

/// Writes a file with these contents.
///
/// # Errors
/// As [`NewFile`].
pub fn write(path: &Path, readers: Readers, contents: &[u8]) -> io::Result<()> {
    let mut new = NewFile::begin(folder_of(path), readers)?;
    new.file().write_all(contents)?;
    new.commit(path)
}

/// Removes a file durably; returns whether there was one.
///
/// # Errors
/// When it cannot be removed, or its folder cannot be synced.
pub fn remove(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => sync_folder(folder_of(path)).map(|()| true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes files whose names begin with one of these words: what a process that was killed left half written.
///
/// # Errors
/// When the folder cannot be read or a file cannot be removed. A folder that does not exist holds none.
pub fn sweep(folder: &Path, beginnings: &[&str]) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if beginnings.iter().any(|beginning| name.as_encoded_bytes().starts_with(beginning.as_bytes())) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Returns whether a file is there, or may be: reading one that this account may not see says so.
pub fn may_exist(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}

/// Returns the folder of a file.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the entries of a folder durable. Windows does so with the rename.
///
/// # Errors
/// When the folder cannot be opened or synced.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_replacement_keeps_the_former_file_and_leaves_no_temporary_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        write(&path, Readers::Owner, b"old").unwrap();
        let mut new = NewFile::begin(folder.path(), Readers::Owner).unwrap();
        new.file().write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        drop(new);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        write(&path, Readers::Owner, b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let error = write(&folder.path().join("not/there.csv"), Readers::Owner, b"").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }

    #[test]
    fn a_removed_file_is_told_from_one_that_was_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        assert!(!remove(&path).unwrap());
        write(&path, Readers::Owner, b"x").unwrap();
        assert!(remove(&path).unwrap());
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_readable_by_those_who_are_named() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let written = |readers| {
            write(&path, readers, b"x").unwrap();
            mode(&path)
        };
        assert_eq!(written(Readers::AsBefore), 0o600);
        assert_eq!(written(Readers::Everyone), 0o644);
        assert_eq!(written(Readers::AsBefore), 0o644);
        assert_eq!(written(Readers::Owner), 0o600);
        let other = folder.path().join("other");
        File::create(&other).unwrap();
        assert_eq!(written(Readers::Usual), mode(&other));
    }
}
