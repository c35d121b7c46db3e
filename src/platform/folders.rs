//! [`Folders`]: the locations of the program's files, a pure function of the [`Machine`].
//!
//! The rules are those of docs/command-line.md#folders. Creates no folder; see [`super::make_private_folder`].

use std::path::{Path, PathBuf};

/// Families of operating systems with different conventions for folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Windows.
    Windows,
    /// macOS.
    MacOs,
    /// Linux and similar systems.
    Linux,
}

impl System {
    /// The system that this program was built for.
    pub const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };
}

/// Inputs for the choice of folders.
#[derive(Clone, Copy)]
pub struct Machine<'a> {
    /// The operating system.
    pub system: System,
    /// Looks up an environment variable; an empty one counts as unset.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Returns whether a file exists.
    pub exists: &'a dyn Fn(&Path) -> bool,
    /// Whether the program is a service of the system or, on Windows, runs elevated.
    pub privileged: bool,
}

/// The two locations of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// Path of config.toml.
    pub config: PathBuf,
    /// The data folder: state.db, spool, logs, lock, control socket and secrets.
    pub data: PathBuf,
}

/// No environment variable names a place for this account's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot determine the data folder: {0} is not set")]
pub struct NoFolder(&'static str);

const NAME: &str = "data_exporter";
const FILE: &str = "config.toml";

/// Returns the folders on this machine.
///
/// # Errors
/// [`NoFolder`] when neither `DATA_EXPORTER_HOME` nor the system's variable is set.
pub fn folders(machine: Machine<'_>) -> Result<Folders, NoFolder> {
    if let Some(home) = machine.get("DATA_EXPORTER_HOME") {
        let data = PathBuf::from(home);
        return Ok(Folders { config: data.join(FILE), data });
    }
    match machine.system {
        System::Windows => windows(machine),
        System::MacOs => {
            let home = machine.get("HOME").ok_or(NoFolder("HOME"))?;
            let data = PathBuf::from(home).join("Library/Application Support").join(NAME);
            Ok(Folders { config: data.join(FILE), data })
        }
        System::Linux => {
            let common = Folders {
                config: Path::new("/etc").join(NAME).join(FILE),
                data: Path::new("/var/lib").join(NAME),
            };
            if machine.privileged {
                return Ok(common);
            }
            let base = |variable, below| {
                // The XDG specification requires programs to ignore relative paths.
                let set = machine.get(variable).map(PathBuf::from).filter(|path| path.has_root());
                match set {
                    Some(path) => Ok(path),
                    None => {
                        machine.get("HOME").map(|home| Path::new(&home).join(below)).ok_or(NoFolder("HOME"))
                    }
                }
            };
            let own = Folders {
                config: base("XDG_CONFIG_HOME", ".config")?.join(NAME).join(FILE),
                data: base("XDG_STATE_HOME", ".local/state")?.join(NAME),
            };
            // An administrator, or a member of the service's group, means the machine's service.
            let in_use = (machine.exists)(&common.config) && !(machine.exists)(&own.config);
            Ok(if in_use { common } else { own })
        }
    }
}

fn windows(machine: Machine<'_>) -> Result<Folders, NoFolder> {
    let below = |base: &str, name: &str| PathBuf::from(format!("{}\\{name}", base.trim_end_matches('\\')));
    let in_folder = |base: &str| {
        let data = below(base, NAME);
        Folders { config: below(&data.to_string_lossy(), FILE), data }
    };
    let common = machine.get("ProgramData").map(|base| in_folder(&base));
    let own = machine.get("LOCALAPPDATA").map(|base| in_folder(&base));
    let mut chosen = match (common, own) {
        (Some(common), _) if machine.privileged || (machine.exists)(&common.config) => common,
        (_, Some(own)) => own,
        (Some(common), None) => common,
        (None, None) => return Err(NoFolder("LOCALAPPDATA")),
    };
    if !(machine.exists)(&chosen.config) {
        let old =
            below(&machine.get("ProgramFiles").unwrap_or("C:\\Program Files".to_owned()), "data-exporter");
        let old = below(&old.to_string_lossy(), FILE);
        if (machine.exists)(&old) {
            chosen.config = old;
        }
    }
    Ok(chosen)
}

impl Machine<'_> {
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(system: System, privileged: bool, variables: &[(&str, &str)], files: &[&str]) -> (String, String) {
        let machine = Machine {
            system,
            privileged,
            variable: &|name| {
                variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            },
            exists: &|path| files.iter().any(|file| Path::new(file) == path),
        };
        let folders = folders(machine).unwrap();
        (folders.config.display().to_string(), folders.data.display().to_string())
    }

    const WINDOWS: [(&str, &str); 2] =
        [("ProgramData", "C:\\ProgramData"), ("LOCALAPPDATA", "C:\\Users\\anna\\AppData\\Local")];

    #[test]
    fn one_variable_sets_all_folders() {
        for system in [System::Linux, System::MacOs] {
            let variables = [("DATA_EXPORTER_HOME", "/x"), ("HOME", "/home/anna"), ("XDG_STATE_HOME", "/s")];
            assert_eq!(on(system, true, &variables, &[]), ("/x/config.toml".to_owned(), "/x".to_owned()));
        }
    }

    #[test]
    fn linux_uses_xdg_for_a_user_and_the_fhs_for_a_service() {
        let own = on(System::Linux, false, &[("HOME", "/home/anna")], &[]);
        assert_eq!(own.0, "/home/anna/.config/data_exporter/config.toml");
        assert_eq!(own.1, "/home/anna/.local/state/data_exporter");
        let xdg = [("HOME", "/home/anna"), ("XDG_CONFIG_HOME", "/c"), ("XDG_STATE_HOME", "relative")];
        let own = on(System::Linux, false, &xdg, &[]);
        assert_eq!(own.0, "/c/data_exporter/config.toml");
        assert_eq!(own.1, "/home/anna/.local/state/data_exporter");
        let common = "/etc/data_exporter/config.toml";
        assert_eq!(on(System::Linux, false, &[("HOME", "/root")], &[common]).1, "/var/lib/data_exporter");
        let both = [common, "/home/anna/.config/data_exporter/config.toml"];
        let own = on(System::Linux, false, &[("HOME", "/home/anna")], &both);
        assert_eq!(own.1, "/home/anna/.local/state/data_exporter");
        let service = on(System::Linux, true, &[("HOME", "/root")], &[]);
        assert_eq!(service.0, "/etc/data_exporter/config.toml");
        assert_eq!(service.1, "/var/lib/data_exporter");
    }

    #[test]
    fn macos_uses_application_support() {
        let own = on(System::MacOs, false, &[("HOME", "/Users/anna")], &[]);
        assert_eq!(own.0, "/Users/anna/Library/Application Support/data_exporter/config.toml");
        assert_eq!(own.1, "/Users/anna/Library/Application Support/data_exporter");
    }

    #[test]
    fn windows_uses_the_common_folder_when_used_or_writable() {
        let common = "C:\\ProgramData\\data_exporter";
        let own = "C:\\Users\\anna\\AppData\\Local\\data_exporter";
        let file = |folder: &str| format!("{folder}\\config.toml");
        assert_eq!(on(System::Windows, false, &WINDOWS, &[]), (file(own), own.to_owned()));
        assert_eq!(on(System::Windows, true, &WINDOWS, &[]), (file(common), common.to_owned()));
        let configured = file(common);
        assert_eq!(on(System::Windows, false, &WINDOWS, &[&configured]), (file(common), common.to_owned()));
    }

    #[test]
    fn windows_reads_an_old_installation_without_a_newer_file() {
        let old = "C:\\Program Files\\data-exporter\\config.toml";
        let own = "C:\\Users\\anna\\AppData\\Local\\data_exporter";
        assert_eq!(on(System::Windows, false, &WINDOWS, &[old]), (old.to_owned(), own.to_owned()));
        let newer = format!("{own}\\config.toml");
        assert_eq!(on(System::Windows, false, &WINDOWS, &[old, &newer]), (newer.clone(), own.to_owned()));
    }

    #[test]
    fn without_any_variable_the_missing_one_is_named() {
        let none =
            Machine { system: System::Linux, variable: &|_| None, exists: &|_| false, privileged: false };
        assert_eq!(
            folders(none).unwrap_err().to_string(),
            "cannot determine the data folder: HOME is not set"
        );
    }
}
