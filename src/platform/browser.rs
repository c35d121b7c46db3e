//! Chooses the browser for a person ([`choose`], pure; [`here`]) and starts it ([`fn@open`]).
//!
//! The caller has checked the address; it is passed as one argument. A browser that does not start is not a failure.

use std::io;
use std::process::{Command, Stdio};
use std::thread;

use super::{System, variable, without_own_variables};

/// A browser to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Browser {
    /// The desktop's default.
    Default,
    /// The command in the variable BROWSER.
    Named(String),
}

/// Returns the browser of this session, as [`choose`] selects it.
pub fn here() -> Option<Browser> {
    choose(System::HERE == System::Linux, &variable)
}

/// Selects the browser; `None` over SSH, and on Linux without a display unless BROWSER is set.
pub fn choose(linux: bool, variable: &dyn Fn(&str) -> Option<String>) -> Option<Browser> {
    let set = |name: &str| variable(name).is_some();
    if ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"].iter().any(|name| set(name)) {
        return None;
    }
    if let Some(named) = variable("BROWSER").and_then(|list| first(&list)) {
        return Some(Browser::Named(named));
    }
    let display = !linux || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| set(name));
    display.then_some(Browser::Default)
}

/// Returns the first entry of a colon-separated list, without the placeholder of the address.
fn first(list: &str) -> Option<String> {
    // A drive letter of Windows is not a list.
    let entry = if list.get(1..3) == Some(":\\") { list } else { list.split(':').next()? };
    let entry = entry.trim().trim_end_matches("%s").trim();
    (!entry.is_empty()).then(|| entry.to_owned())
}

/// Starts the browser without waiting for it.
///
/// # Errors
/// When it cannot be started.
pub fn open(browser: &Browser, address: &str) -> io::Result<()> {
    start(match browser {
        Browser::Default => open::commands(address),
        Browser::Named(program) => vec![open::with_command(address, program)],
    })
}

/// Starts the first of these commands that there is, apart from this program's terminal.
fn start(commands: Vec<Command>) -> io::Result<()> {
    let mut result = Err(io::Error::from(io::ErrorKind::NotFound));
    for mut command in commands {
        without_own_variables(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        match command.spawn() {
            Ok(mut child) => {
                // Otherwise it would remain a zombie.
                let _ = thread::Builder::new().name("browser".to_owned()).spawn(move || child.wait());
                return Ok(());
            }
            Err(error) => result = Err(error),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(linux: bool, set: &[(&str, &str)]) -> Option<Browser> {
        choose(linux, &|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn no_browser_is_opened_over_ssh_or_without_a_display() {
        assert_eq!(chosen(true, &[]), None);
        assert_eq!(chosen(true, &[("DISPLAY", ":0"), ("SSH_CONNECTION", "x")]), None);
        assert_eq!(chosen(true, &[("BROWSER", "firefox"), ("SSH_TTY", "x")]), None);
        assert_eq!(chosen(true, &[("WAYLAND_DISPLAY", "w")]), Some(Browser::Default));
        assert_eq!(chosen(false, &[]), Some(Browser::Default));
    }

    #[test]
    fn the_variable_names_a_program_or_a_list() {
        let named = |text: &str| chosen(true, &[("BROWSER", text)]);
        let firefox = Some(Browser::Named("firefox".to_owned()));
        assert_eq!(named("firefox"), firefox);
        assert_eq!(named("firefox %s:lynx"), firefox);
        assert_eq!(named(" : "), None);
        assert_eq!(named("C:\\b.exe"), Some(Browser::Named("C:\\b.exe".to_owned())));
    }
}
