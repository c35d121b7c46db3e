//! Installation as a service of the system: the steps to install and remove it ([`InstallPlan`]), its state
//! ([`ServiceStatus`]) and its control ([`ServiceAction`]).
//!
//! systemd on Linux, launchd on macOS, the service control manager on Windows. A plan is a plain value, shown before it
//! runs and compared in tests. The service itself is `data_exporter run`.

mod launchd;
mod plan;
mod rights;
mod systemd;
#[cfg(windows)]
pub mod windows;

use std::path::PathBuf;

use crate::error::{Code, Error, Result};
use crate::platform::System;
pub use plan::{AccessCheck, InstallPlan, Preparation, SystemCommand};

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
    /// The folder of tables, where it is set.
    pub source: Option<PathBuf>,
    /// A file with the pairing's secret for a system service, where there is one.
    pub secret: Option<PathBuf>,
    /// Files that a system service takes over from the person who installs it: source and target.
    pub takes: Vec<(PathBuf, PathBuf)>,
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

/// A change of a service's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceAction {
    /// Start it.
    Start,
    /// Stop it; it starts again with the system.
    Stop,
    /// Stop it and start it.
    Restart,
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

/// Changes the state of the installed service.
///
/// # Errors
/// When it is not installed; the manager's error.
pub fn control(site: &Site, action: ServiceAction) -> Result<()> {
    if status(site)? == ServiceStatus::NotInstalled {
        return Err(Error::new(Code::StartupError, "the service is not installed")
            .hint("run `data_exporter install`, with `--user` for this account only"));
    }
    match site.system {
        System::Linux => systemd::control(site, action),
        System::MacOs => launchd::control(site, action),
        #[cfg(windows)]
        System::Windows => windows::control(action),
        #[cfg(not(windows))]
        System::Windows => Ok(()),
    }
}

/// Splits a command into words.
fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}
