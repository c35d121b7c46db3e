//! The machine's name, and the identifier of this installation for servers that require one.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::file::{self, Readers};
use crate::error::{Error, Result};
use crate::models::clean::is_one_line;

const FILE: &str = "install_id";

/// Returns the machine's network name; `computer` where it has none.
pub fn device_name() -> String {
    #[cfg(unix)]
    let name = Some(rustix::system::uname().nodename().to_string_lossy().into_owned());
    #[cfg(not(unix))]
    let name = super::variable("COMPUTERNAME");
    name.map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty() && is_one_line(name))
        .unwrap_or_else(|| "computer".to_owned())
}

/// Returns the operating system and its version, as far as known.
#[cfg(unix)]
pub fn system_name() -> String {
    let kernel = rustix::system::uname();
    let kernel = format!("{} {}", kernel.sysname().to_string_lossy(), kernel.release().to_string_lossy());
    let about = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = about.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map_or(kernel.clone(), |name| format!("{}, {kernel}", name.trim_matches('"')))
}

/// Returns the operating system and its version, as far as known.
#[cfg(not(unix))]
pub fn system_name() -> String {
    let output = std::process::Command::new("cmd").args(["/C", "ver"]).output();
    let name =
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    if name.is_empty() { std::env::consts::OS.to_owned() } else { name }
}

/// Returns the identifier of this installation: 32 random hex digits, created at first use and stored in the data
/// folder.
///
/// # Errors
/// When it can neither be read nor stored.
pub fn install_id(data: &Path) -> Result<String> {
    let path = data.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) if is_id(text.trim()) => return Ok(text.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::io("cannot read", &path, &error)),
    }
    let mut id = String::new();
    for _ in 0..4 {
        let _ = write!(id, "{:08x}", fastrand::u32(..));
    }
    file::write(&path, Readers::Owner, id.as_bytes())
        .map_err(|error| Error::io("cannot write", &path, &error))?;
    Ok(id)
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_stable_and_differs_between_installations() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let id = install_id(one.path()).unwrap();
        assert!(is_id(&id));
        assert_eq!(install_id(one.path()).unwrap(), id);
        assert_ne!(install_id(other.path()).unwrap(), id);
        fs::write(one.path().join(FILE), "damaged").unwrap();
        assert!(is_id(&install_id(one.path()).unwrap()));
    }

    #[test]
    fn the_host_name_is_not_empty() {
        assert!(!device_name().is_empty());
    }
}
