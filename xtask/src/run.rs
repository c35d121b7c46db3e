//! Starts other programs and says what went wrong with them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::Done;

/// The cargo that runs us.
pub fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// A command in a folder.
pub fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}

/// Shows a command, runs it with our streams, and fails where it fails.
pub fn show(command: &mut Command) -> Done {
    println!("\n$ {}", line(command));
    let status = command.status().map_err(|error| format!("cannot start `{}`: {error}", line(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", line(command)).into()) }
}

/// Runs a command silently and returns what it wrote; fails where it fails, with its own words.
pub fn capture(command: &mut Command) -> Done<String> {
    let Output { status, stdout, stderr } =
        command.output().map_err(|error| format!("cannot start `{}`: {error}", line(command)))?;
    if !status.success() {
        let words = String::from_utf8_lossy(&stderr);
        return Err(format!("`{}` ended with {status}\n{}", line(command), words.trim_end()).into());
    }
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}

/// Whether a program can be started at all; some know no flag that they answer with success.
pub fn starts(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

/// Whether a program answers a harmless argument with success.
pub fn exists(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
}

/// The command as a person would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let words = command.get_args().map(|word| {
        let word = word.to_string_lossy();
        if word.contains([' ', '*', ';']) { format!("'{word}'") } else { word.into_owned() }
    });
    std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
}
