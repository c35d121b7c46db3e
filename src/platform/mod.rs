//! Differences between machines: folders, the clock, the machine's name, its browser.
//!
//! Only this module reads the wall clock and the environment variables that name folders.

pub mod browser;
pub mod channel;
pub mod clock;
pub mod file;
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
pub use private::{icacls, make_private_folder, open_private};

/// The flag with which the service control manager of Windows starts this program.
pub const SERVICE_FLAG: &str = "--service";

/// Returns the current time in UTC, to the millisecond.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

/// Returns the value of an environment variable; `None` when it is unset, empty or not Unicode.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns the names of the environment's variables that are Unicode.
pub fn variable_names() -> Vec<String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect()
}

/// Keeps this program's variables, which may hold a secret, from a program that it starts.
pub fn without_own_variables(command: &mut std::process::Command) -> &mut std::process::Command {
    for name in variable_names().iter().filter(|name| name.starts_with("DATA_EXPORTER_")) {
        command.env_remove(name);
    }
    // The folder of a service's secrets, set by systemd.
    command.env_remove("CREDENTIALS_DIRECTORY")
}

/// Keeps the memory of this process, with its secrets, from files on the disk and from other processes of its account.
pub fn forbid_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Where the system refuses, dumps are as they were.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// Returns the folders of this installation.
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
        Error::new(Code::ConfigError, error.to_string()).hint("set DATA_EXPORTER_HOME to a folder")
    })
}

/// Returns this account's home folder, where it has one.
pub fn home() -> Option<PathBuf> {
    let name = if System::HERE == System::Windows { "USERPROFILE" } else { "HOME" };
    variable(name).map(PathBuf::from)
}

/// Returns whether the system's service manager started this program: systemd names its folder, a Windows service has a
/// flag of its own.
pub fn is_service() -> bool {
    match System::HERE {
        System::Linux => variable("STATE_DIRECTORY").is_some(),
        System::Windows => std::env::args_os().any(|word| word == SERVICE_FLAG),
        System::MacOs => false,
    }
}

/// Returns whether this program may change the machine: only an elevated administrator may open the list of services in
/// this way.
#[cfg(windows)]
pub fn is_elevated() -> bool {
    use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};
    ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CREATE_SERVICE).is_ok()
}

/// On other systems, root has folders like any account.
#[cfg(not(windows))]
pub fn is_elevated() -> bool {
    false
}

/// Returns how many bytes this account may still write to the disk of a folder.
///
/// # Errors
/// When the disk cannot be queried.
pub fn free_space(folder: &Path) -> std::io::Result<u64> {
    fs4::available_space(folder)
}

/// Returns whether these are the folders of the machine's service.
pub fn is_system_service(folders: &Folders) -> bool {
    match System::HERE {
        System::Windows => variable("ProgramData").is_some_and(|common| folders.data.starts_with(common)),
        System::Linux | System::MacOs => folders.data.starts_with("/var/lib"),
    }
}

/// Returns the share behind a mapped drive letter, where a path begins with one.
pub fn share_behind(path: &Path) -> Option<String> {
    use std::path::{Component, Prefix};

    let Some(Component::Prefix(first)) = path.components().next() else { return None };
    if !matches!(first.kind(), Prefix::Disk(_)) {
        return None;
    }
    let real = std::fs::canonicalize(path).ok()?;
    real.to_str()?.strip_prefix(r"\\?\UNC\").map(|share| format!(r"\\{share}"))
}

/// Returns a command for a program of the system, by its path below the system's folder, without a console window.
#[cfg(windows)]
pub fn system_command(program: &str) -> std::process::Command {
    use std::os::windows::process::CommandExt as _;

    /// `CREATE_NO_WINDOW`.
    const NO_WINDOW: u32 = 0x0800_0000;
    let root = variable("SystemRoot").unwrap_or_else(|| "C:\\Windows".to_owned());
    let mut command = std::process::Command::new(Path::new(&root).join("System32").join(program));
    command.creation_flags(NO_WINDOW);
    without_own_variables(&mut command);
    command
}
