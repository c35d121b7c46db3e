//! Folders that only their account may enter: [`make_private_folder`]; files that only it may read: [`open_private`].
//!
//! On Unix by mode; on Windows by the system's `icacls`, since everybody may read new folders below `%ProgramData%`.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

/// SYSTEM and the administrators, by identifiers that are the same in every language.
const ALWAYS: [&str; 2] = ["*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F"];

/// Creates a folder and its missing parents, accessible to the owner only; leaves an existing folder as it is.
///
/// # Errors
/// When the folder cannot be created.
pub fn make_private_folder(path: &Path) -> Result<()> {
    #[cfg(windows)]
    let is_new = !path.exists();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| Error::io("cannot create the folder", path, &error))?;
    #[cfg(windows)]
    if is_new {
        close(path);
    }
    Ok(())
}

/// Opens a file that only this account may read when it is new. A link in its place is refused: whoever could put it
/// there would have its target overwritten with the rights of this account.
///
/// # Errors
/// When it cannot be opened, or is no regular file.
pub fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt as _;
        /// `FILE_FLAG_OPEN_REPARSE_POINT`
        const NOT_FOLLOWED: u32 = 0x0020_0000;
        options.custom_flags(NOT_FOLLOWED);
    }
    let no_file = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file; remove it");
    match options.open(path) {
        Ok(file) if file.metadata()?.is_file() => Ok(file),
        Ok(_) => Err(no_file()),
        Err(_) if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) => Err(no_file()),
        Err(error) => Err(error),
    }
}

/// Removes the rights of everybody but the owner. On a disk without rights the folder stays as it is.
#[cfg(windows)]
fn close(path: &Path) {
    use std::process::Stdio;

    /// The owner of a file.
    const OWNER: &str = "*S-1-3-4:(OI)(CI)F";
    let words = icacls(path, &[OWNER]);
    let mut command = super::system_command("icacls.exe");
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if !command.status().is_ok_and(|status| status.success()) {
        tracing::warn!(path = %path.display(), "cannot make the folder private");
    }
}

/// The `icacls` command that leaves only these rights, and those of SYSTEM and the administrators, on a folder and its
/// contents.
pub fn icacls(folder: &Path, rights: &[&str]) -> Vec<String> {
    let folder = folder.display().to_string();
    let words = ["icacls", &folder, "/inheritance:r", "/grant:r"];
    words.iter().chain(rights).chain(&ALWAYS).chain(&["/q"]).map(|word| (*word).to_owned()).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_link_in_place_of_a_private_file_is_refused_and_its_target_stays() {
        let folder = tempfile::tempdir().unwrap();
        let [target, link, dangling] = ["target", "link", "dangling"].map(|name| folder.path().join(name));
        fs::write(&target, "kept").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        std::os::unix::fs::symlink(folder.path().join("new"), &dangling).unwrap();
        for path in [&link, &dangling] {
            let error = open_private(OpenOptions::new().write(true).create(true).truncate(true), path);
            assert_eq!(error.unwrap_err().to_string(), "it is not a regular file; remove it");
        }
        assert_eq!(fs::read_to_string(&target).unwrap(), "kept");
        assert!(!folder.path().join("new").exists());
        assert!(open_private(OpenOptions::new().append(true).create(true), &target).is_ok());
    }
}
