//! The hidden start at login: [`is_on`] and [`set`].

use data_exporter::error::Result;

/// The flag of the start at login.
pub const HIDDEN: &str = "--hidden";

/// Returns whether it is on.
pub fn is_on() -> bool {
    system::is_on()
}

/// Turns it on or off.
///
/// # Errors
/// When the system's list of programs cannot be changed.
pub fn set(on: bool) -> Result<()> {
    system::set(on)
}

/// An entry in the autostart folder of the desktop specification.
#[cfg(target_os = "linux")]
mod system {
    use std::path::{Path, PathBuf};
    use std::{fs, io};

    use data_exporter::error::{Code, Error, Result};
    use data_exporter::platform::file::{self, Readers};
    use data_exporter::platform::variable;

    use super::HIDDEN;

    pub(super) fn is_on() -> bool {
        file().and_then(|file| fs::read_to_string(file).ok()).is_some_and(|entry| is_live(&entry))
    }

    pub(super) fn set(on: bool) -> Result<()> {
        let file = file().ok_or_else(|| {
            Error::new(
                Code::ConfigError,
                "no folder for the programs started at login is known: HOME is not set",
            )
        })?;
        let done = if on { write(&file) } else { fs::remove_file(&file) };
        match done {
            Err(error) if on || error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("cannot change", &file, &error))
            }
            _ => Ok(()),
        }
    }

    fn file() -> Option<PathBuf> {
        let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let base = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))?;
        Some(base.join("autostart/data-exporter.desktop"))
    }

    fn write(path: &Path) -> io::Result<()> {
        // An AppImage runs from a mount that no longer exists at the next login.
        let program = match variable("APPIMAGE") {
            Some(image) => image,
            None => std::env::current_exe()?.display().to_string(),
        };
        fs::create_dir_all(file::folder_of(path))?;
        file::write(path, Readers::Owner, entry(&program).as_bytes())
    }

    fn entry(program: &str) -> String {
        format!(
            "[Desktop Entry]\nType=Application\nName=Data Exporter\nExec={} {HIDDEN}\n\
             Icon=data-exporter-desktop\nTerminal=false\nStartupNotify=false\n",
            quoted(program)
        )
    }

    /// Quotes an argument of `Exec`; backslashes are doubled again because the value itself is a string.
    fn quoted(program: &str) -> String {
        let mut quoted = String::from("\"");
        for letter in program.chars() {
            match letter {
                '\\' => quoted.push_str("\\\\\\\\"),
                '"' | '`' | '$' => {
                    quoted.push_str("\\\\");
                    quoted.push(letter);
                }
                '%' => quoted.push_str("%%"),
                _ => quoted.push(letter),
            }
        }
        quoted + "\""
    }

    /// Desktops turn an entry off by a line in it.
    fn is_live(entry: &str) -> bool {
        let says =
            |wanted: &str| entry.lines().any(|line| line.replace(' ', "").eq_ignore_ascii_case(wanted));
        !says("Hidden=true") && !says("X-GNOME-Autostart-enabled=false")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_program_path_with_special_characters_is_one_argument() {
            assert!(entry("/usr/bin/x").contains("\nExec=\"/usr/bin/x\" --hidden\n"));
            assert_eq!(quoted("/a b/50%"), "\"/a b/50%%\"");
            assert_eq!(quoted("/a$b\\c"), "\"/a\\\\$b\\\\\\\\c\"");
        }

        #[test]
        fn an_entry_that_the_desktop_turned_off_is_off() {
            assert!(is_live(&entry("/usr/bin/x")));
            assert!(!is_live("[Desktop Entry]\nHidden=true\n"));
            assert!(!is_live("[Desktop Entry]\nX-GNOME-Autostart-enabled = false\n"));
        }
    }
}

/// The registry of Windows, for this person only; a launch agent of macOS.
#[cfg(not(target_os = "linux"))]
mod system {
    use auto_launch::{AutoLaunch, AutoLaunchBuilder};
    use data_exporter::error::{Code, Error, Result};

    use super::HIDDEN;

    pub(super) fn is_on() -> bool {
        entry().and_then(|entry| entry.is_enabled()).unwrap_or_else(|error| {
            tracing::warn!("cannot see whether the program is started at login: {error}");
            false
        })
    }

    pub(super) fn set(on: bool) -> Result<()> {
        entry().and_then(|entry| if on { entry.enable() } else { entry.disable() }).map_err(|error| {
            Error::new(Code::FileUnreadable, format!("cannot change the programs started at login: {error}"))
        })
    }

    fn entry() -> std::result::Result<AutoLaunch, auto_launch::Error> {
        let program = std::env::current_exe()?.display().to_string();
        let mut builder = AutoLaunchBuilder::new();
        builder.set_app_name("Data Exporter").set_args(&[HIDDEN]);
        #[cfg(windows)]
        builder
            .set_app_path(&format!("\"{program}\""))
            .set_windows_enable_mode(auto_launch::WindowsEnableMode::CurrentUser);
        #[cfg(not(windows))]
        builder.set_app_path(&program).set_macos_launch_mode(auto_launch::MacOSLaunchMode::LaunchAgent);
        builder.build()
    }
}
