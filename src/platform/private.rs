//! Folders that only their account may enter: [`make_private_folder`].
//!
//! On Unix by mode; on Windows by the system's `icacls`, since everybody may read new folders below `%ProgramData%`.

use std::fs;
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
