//! What differs from machine to machine: folders, the clock, the machine's name, its browser.
//!
//! The only place that reads the wall clock or an environment variable that names a folder.

pub mod browser;
pub mod channel;
pub mod clock;
pub mod folders;
pub mod identity;
pub mod lock;
mod private;
pub mod shadow_copy;

use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound, Utc};

use crate::error::{Code, Error, Result};
pub use clock::{BootClock, Clock};
pub use folders::{Folders, System};
pub use identity::{device_name, install_id, system_name};
pub use lock::{FolderLock, LockOwner};
pub use private::{icacls, make_private_folder};

/// What the service control manager of Windows starts this program with, after the command.
pub const SERVICE_FLAG: &str = "--service";

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
        privileged: is_service() || is_elevated(),
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

/// Whether the service manager of the system started this program: systemd names its folder, and a Windows service has
/// a flag of its own.
pub fn is_service() -> bool {
    match System::HERE {
        System::Linux => variable("STATE_DIRECTORY").is_some(),
        System::Windows => std::env::args_os().any(|word| word == SERVICE_FLAG),
        System::MacOs => false,
    }
}

/// Whether this program may change the machine: only an administrator's, elevated, may open the list of services so.
#[cfg(windows)]
fn is_elevated() -> bool {
    use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};
    ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CREATE_SERVICE).is_ok()
}

/// Elsewhere root has folders like everybody's.
#[cfg(not(windows))]
fn is_elevated() -> bool {
    false
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
    match System::HERE {
        System::Windows => variable("ProgramData").is_some_and(|common| folders.data.starts_with(common)),
        System::Linux | System::MacOs => folders.data.starts_with("/var/lib"),
    }
}

/// The share that a drive letter of this account stands for, where a path begins with one.
pub fn share_behind(path: &Path) -> Option<String> {
    use std::path::{Component, Prefix};

    let Some(Component::Prefix(first)) = path.components().next() else { return None };
    if !matches!(first.kind(), Prefix::Disk(_)) {
        return None;
    }
    let real = std::fs::canonicalize(path).ok()?;
    real.to_str()?.strip_prefix(r"\\?\UNC\").map(|share| format!(r"\\{share}"))
}

/// A program of the system itself, by its path below the system's folder, without a console's window.
#[cfg(windows)]
pub fn system_command(program: &str) -> std::process::Command {
    use std::os::windows::process::CommandExt as _;

    /// `CREATE_NO_WINDOW`.
    const NO_WINDOW: u32 = 0x0800_0000;
    let root = variable("SystemRoot").unwrap_or_else(|| "C:\\Windows".to_owned());
    let mut command = std::process::Command::new(Path::new(&root).join("System32").join(program));
    command.creation_flags(NO_WINDOW);
    command
}
