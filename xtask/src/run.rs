//! Runs other programs and reports their failures.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::Done;

/// Returns the cargo that runs this program.
pub fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Creates a command in a folder.
pub fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}

/// Prints a command and runs it with inherited streams.
///
/// # Errors
/// When it fails.
pub fn show(command: &mut Command) -> Done {
    println!("\n$ {}", line(command));
    let status = command.status().map_err(|error| format!("cannot start `{}`: {error}", line(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", line(command)).into()) }
}

/// Runs a command silently and returns its output.
///
/// # Errors
/// When it fails, with its own words.
pub fn capture(command: &mut Command) -> Done<String> {
    let Output { status, stdout, stderr } =
        command.output().map_err(|error| format!("cannot start `{}`: {error}", line(command)))?;
    if !status.success() {
        let words = String::from_utf8_lossy(&stderr);
        return Err(format!("`{}` ended with {status}\n{}", line(command), words.trim_end()).into());
    }
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}

/// Returns whether a program can be started; some have no harmless flag.
pub fn starts(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// Returns whether a program accepts a harmless argument.
pub fn exists(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
}

/// Formats the command as a person would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let words = command.get_args().map(|word| {
        let word = word.to_string_lossy();
        if word.contains([' ', '*', ';']) { format!("'{word}'") } else { word.into_owned() }
    });
    std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
}
