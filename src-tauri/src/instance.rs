//! One program for a data folder: the name under which a second instance finds the first.

use std::fmt::Write as _;
use std::path::{Path, absolute};

use data_exporter::platform::{Folders, variable};
use sha2::{Digest as _, Sha256};

/// Returns the program's identifier. A folder named by the environment has its own, so that programs with different
/// folders run side by side.
pub fn identifier(base: &str, folders: &Folders) -> String {
    match variable("DATA_EXPORTER_HOME") {
        Some(_) => of_folder(base, &folders.data),
        None => base.to_owned(),
    }
}

fn of_folder(base: &str, folder: &Path) -> String {
    let folder = folder.canonicalize().or_else(|_| absolute(folder)).unwrap_or(folder.to_path_buf());
    let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    // An element of a bus name must not begin with a digit.
    let mut identifier = format!("{base}.home-");
    for byte in &digest[..8] {
        let _ = write!(identifier, "{byte:02x}");
    }
    identifier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_depends_only_on_the_data_folder() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let of = |path: &Path| of_folder("org.example", path);
        assert_eq!(of(one.path()), of(&one.path().join(".")));
        assert_ne!(of(one.path()), of(other.path()));
        assert_eq!(of(one.path()).len(), "org.example.home-".len() + 16);
    }
}
