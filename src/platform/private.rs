//! Folders that only their account may enter: [`make_private_folder`].
//!
//! On Unix by their mode, on Windows by the system's own `icacls`, since anybody may look into what is made below
//! `%ProgramData%`.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};

/// The system and the administrators, by numbers that are the same in every language.
const ALWAYS: [&str; 2] = ["*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F"];

/// Makes a folder, and those above it, that only their owner may enter; leaves one that is there as it is.
///
/// # Errors
/// When it cannot be made.
pub fn make_private_folder(path: &Path) -> Result<()> {
    #[cfg(windows)]
    let is_new = !path.exists();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| Error::io("cannot make the folder", path, &error))?;
    #[cfg(windows)]
    if is_new {
        close(path);
    }
    Ok(())
}

/// Takes everybody's rights but the owner's. A disk without rights keeps the folder as it is.
#[cfg(windows)]
fn close(path: &Path) {
    use std::process::Stdio;

    /// Whoever owns a file.
    const OWNER: &str = "*S-1-3-4:(OI)(CI)F";
    let words = icacls(path, &[OWNER]);
    let mut command = super::system_command("icacls.exe");
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if !command.status().is_ok_and(|status| status.success()) {
        tracing::warn!(path = %path.display(), "the folder could not be closed to other accounts");
    }
}

/// The command of Windows that leaves these rights alone on a folder and on what is in it, beside those of the system
/// and of administrators.
pub fn icacls(folder: &Path, rights: &[&str]) -> Vec<String> {
    let folder = folder.display().to_string();
    let words = ["icacls", &folder, "/inheritance:r", "/grant:r"];
    words.iter().chain(rights).chain(&ALWAYS).chain(&["/q"]).map(|word| (*word).to_owned()).collect()
}
