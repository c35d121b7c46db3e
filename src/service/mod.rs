//! Installation as a service of the system: the steps to install and remove it ([`InstallPlan`]), and its state
//! ([`ServiceStatus`]).
//!
//! systemd on Linux, launchd on macOS, the service control manager on Windows. A plan is a plain value, shown before it
//! runs and compared in tests. The service itself is `data_exporter run`.

mod launchd;
mod rights;
mod systemd;
#[cfg(windows)]
pub mod windows;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Code, Error, Result};
use crate::platform::System;
use crate::platform::file::{self, Readers};

/// The owner of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The machine; the service has an account of its own.
    System,
    /// A person; the service runs while that person is logged in.
    User,
}

/// Inputs of a plan.
#[derive(Debug, Clone)]
pub struct Site {
    /// The system.
    pub system: System,
    /// The owner of the service.
    pub scope: Scope,
    /// The program's absolute path.
    pub program: PathBuf,
    /// The person's home folder.
    pub home: PathBuf,
    /// The data folder.
    pub folder: PathBuf,
    /// The folder named by `DATA_EXPORTER_HOME`, where it is set.
    pub data: Option<PathBuf>,
    /// A file with the pairing's secret for a system service, where there is one.
    pub secret: Option<PathBuf>,
    /// Files that a system service takes over from the person who installs it: source and target.
    pub takes: Vec<(PathBuf, PathBuf)>,
}

/// The steps, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstallPlan {
    /// Commands that run first; a failure is ignored.
    pub before: Vec<Vec<String>>,
    /// Folders to create.
    pub folders: Vec<PathBuf>,
    /// Files to write, with their text.
    pub writes: Vec<(PathBuf, String)>,
    /// Files to remove.
    pub removes: Vec<PathBuf>,
    /// Commands that run last and must succeed.
    pub after: Vec<Vec<String>>,
}

/// State of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceStatus {
    /// The manager does not know the service.
    NotInstalled,
    /// The service is installed and not running.
    Stopped,
    /// The service is running.
    Running,
}

/// Returns the plan to install; on Windows the steps beside those of the service control manager (`windows::install`).
pub fn install(site: &Site) -> InstallPlan {
    match site.system {
        System::Linux => systemd::install(site),
        System::MacOs => launchd::install(site),
        System::Windows => rights::grant(&site.folder),
    }
}

/// Returns the plan to remove the service; configuration, data and pairing stay. On Windows the manager does
/// everything.
pub fn uninstall(site: &Site) -> InstallPlan {
    match site.system {
        System::Linux => systemd::uninstall(site),
        System::MacOs => launchd::uninstall(site),
        System::Windows => InstallPlan::default(),
    }
}

/// Returns the state of the service.
///
/// # Errors
/// When the manager cannot be asked.
pub fn status(site: &Site) -> Result<ServiceStatus> {
    match site.system {
        System::Linux => systemd::status(site),
        System::MacOs => Ok(launchd::status(site)),
        #[cfg(windows)]
        System::Windows => windows::status(),
        #[cfg(not(windows))]
        System::Windows => Ok(ServiceStatus::NotInstalled),
    }
}

impl InstallPlan {
    /// Runs the plan.
    ///
    /// # Errors
    /// The first step that fails, with its description.
    pub fn carry_out(&self) -> Result<()> {
        for command in &self.before {
            let _ = run(command);
        }
        for path in &self.folders {
            crate::platform::make_private_folder(path)?;
        }
        for (path, text) in &self.writes {
            write(path, text).map_err(|error| {
                let made = Error::io("cannot write", path, &error);
                match error.kind() {
                    std::io::ErrorKind::PermissionDenied => made
                        .hint("run it as an administrator, or use `--user` to install for this account only"),
                    _ => made,
                }
            })?;
        }
        for path in &self.removes {
            match fs::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::io("cannot remove", path, &error));
                }
                _ => {}
            }
        }
        self.after.iter().try_for_each(|command| run(command).map(drop))
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    fs::create_dir_all(file::folder_of(path))?;
    file::write(path, Readers::Everyone, text.as_bytes())
}

/// Runs a command of the manager and returns its standard output.
fn run(command: &[String]) -> Result<String> {
    let shown = command.join(" ");
    let failed = |why: String| {
        Error::new(Code::UnknownError, format!("`{shown}` failed: {why}"))
            .hint("run it yourself for details; the earlier steps were not undone")
    };
    let Some((program, arguments)) = command.split_first() else { return Ok(String::new()) };
    let output = Command::new(program).args(arguments).output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// Splits a command into words.
fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}
