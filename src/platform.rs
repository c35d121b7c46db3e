//! What differs from machine to machine: folders, the clock, the machine's name, its browser.
//!
//! The only place that reads the wall clock or an environment variable that names a folder.

pub mod browser;
pub mod channel;
pub mod clock;
pub mod folders;
pub mod identity;
pub mod lock;

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound, Utc};

use crate::error::{Code, Error, Result};
pub use clock::{BootClock, Clock};
pub use folders::{Folders, System};
pub use identity::{device_name, install_id, system_name};
pub use lock::{FolderLock, Holder};

/// Now, to the millisecond, in UTC.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

/// The value of an environment variable; none when it is not set, empty, or no Unicode.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folders of this installation.
///
/// # Errors
/// [`Code::ConfigError`] when no environment variable names a place for them.
pub fn folders() -> Result<Folders> {
    let machine = folders::Machine {
        system: System::HERE,
        variable: &variable,
        exists: &Path::is_file,
        privileged: is_service(),
    };
    folders::folders(machine).map_err(|error| {
        Error::new(Code::ConfigError, error.to_string())
            .hint("set DATA_EXPORTER_HOME to a folder of your choice")
    })
}

/// The home folder of this account, where it has one.
pub fn home() -> Option<PathBuf> {
    let name = if System::HERE == System::Windows { "USERPROFILE" } else { "HOME" };
    variable(name).map(PathBuf::from)
}

/// Whether the service manager of the system started this program: systemd names its folder, and a Windows service
/// has its profile below the system's.
pub fn is_service() -> bool {
    match System::HERE {
        System::Linux => variable("STATE_DIRECTORY").is_some(),
        System::Windows => variable("USERPROFILE").is_some_and(|profile| {
            let profile = profile.to_lowercase();
            profile.contains("\\config\\systemprofile") || profile.contains("\\serviceprofiles\\")
        }),
        System::MacOs => false,
    }
}

/// How many bytes this account may still write on the disk of a folder.
///
/// # Errors
/// When the disk cannot be asked.
pub fn free_space(folder: &Path) -> std::io::Result<u64> {
    fs4::available_space(folder)
}

/// Whether these are the folders of a service of the whole machine.
pub fn is_system_service(folders: &Folders) -> bool {
    folders.data.starts_with("/var/lib")
}

/// Makes a folder, and those above it, that only their owner may enter; leaves one that is there as it is.
///
/// # Errors
/// When it cannot be made.
pub fn make_private_folder(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| Error::io("cannot make the folder", path, &error))
}
