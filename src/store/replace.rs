//! [`replace`] and [`replace_private`]: write a file so that a reader sees either the old or the new one. Knows no
//! format.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// Writes a temporary file beside the old one, copies the old one's mode, syncs and renames it.
///
/// # Errors
/// When `write` fails, or the file cannot be written; then the old file is unchanged.
pub(super) fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    written(path, fs::metadata(path).ok().map(|former| former.permissions()), write)
}

/// Writes a file atomically; only its owner may read it, whatever the old file's mode.
///
/// # Errors
/// When `write` fails, or the file cannot be written; then the old file is unchanged.
pub fn replace_private(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    written(path, None, write)
}

/// Without `permissions` the file keeps the mode of a temporary file, which only its owner may read.
fn written(
    path: &Path,
    permissions: Option<fs::Permissions>,
    write: impl FnOnce(&mut dyn Write) -> Result<()>,
) -> Result<()> {
    let failed = |error: &std::io::Error| Error::io("cannot write", path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".data_exporter-")
        .tempfile_in(folder)
        .map_err(|error| failed(&error))?;
    let mut out = BufWriter::new(&mut file);
    write(&mut out)?;
    let flushed = out.flush();
    drop(out);
    let written = flushed.and_then(|()| match permissions {
        Some(permissions) if cfg!(unix) => file.as_file().set_permissions(permissions),
        _ => Ok(()),
    });
    written.and_then(|()| file.as_file().sync_all()).map_err(|error| failed(&error))?;
    file.persist(path).map_err(|error| failed(&error.error))?;
    if cfg!(unix) {
        let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| failed(&error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn a_failed_replacement_keeps_the_former_file_and_leaves_no_temporary_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.csv");
        let written = |text: &'static str| {
            move |out: &mut dyn Write| {
                out.write_all(text.as_bytes()).unwrap();
                Ok(())
            }
        };
        replace(&path, written("old")).unwrap();
        let failed = replace(&path, |out| {
            written("new")(out)?;
            Err(Error::new(Code::Cancelled, "stopped"))
        });
        assert_eq!(failed.unwrap_err().message, "stopped");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        replace(&path, written("new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let error = replace(&folder.path().join("not/there.csv"), written("new")).unwrap_err();
        assert_eq!(error.code, Code::FileUnreadable);
    }
}
