//! Installs missing requirements of a command: [`packages`] of the system, [`python`] with its readers,
//! [`cargo_tool`]s.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::Command;

use crate::Done;
use crate::needs::Need;
use crate::place::Place;
use crate::run;

/// Installs missing packages with apt where that is possible, else names them.
///
/// On a terminal it shows the command and asks once, unless `yes`; without a terminal it does not ask.
pub fn packages<'a>(needs: impl IntoIterator<Item = &'a Need>, yes: bool) -> Done {
    let missing: Vec<&Need> = needs.into_iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what: Vec<&str> = missing.iter().map(|need| need.what).collect();
    let names: Vec<&str> = missing.iter().map(|need| need.package).collect();
    println!("missing on this machine: {}", what.join(", "));
    let Some(prefix) = apt() else {
        return Err(format!(
            "install {} and try again (on Debian and Ubuntu: apt-get install {})",
            what.join(", "),
            names.join(" ")
        )
        .into());
    };
    let words = [prefix.as_slice(), &["apt-get", "install", "--yes"], &names].concat();
    println!("to be run: {}", words.join(" "));
    if !yes && io::stdin().is_terminal() && !agreed()? {
        return Err(
            format!("nothing was installed; install {} yourself and try again", what.join(", ")).into()
        );
    }
    let apt_get = |arguments: &[&str]| {
        let words: Vec<&str> = prefix.iter().copied().chain(["apt-get"]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        run::show(&mut command)
    };
    apt_get(&["update", "--quiet"])?;
    apt_get(&[&["install", "--yes", "--quiet", "--no-install-recommends"], names.as_slice()].concat())
}

/// Returns the words before `apt-get`: none as root, `sudo` where it works without a question or on a terminal.
fn apt() -> Option<Vec<&'static str>> {
    if !run::exists("apt-get", "--version") {
        return None;
    }
    let user = Command::new("id").arg("-u").output().ok()?;
    if user.stdout.trim_ascii() == b"0" {
        return Some(Vec::new());
    }
    if Command::new("sudo").args(["-n", "true"]).output().is_ok_and(|output| output.status.success()) {
        return Some(vec!["sudo", "-n"]);
    }
    (io::stdin().is_terminal() && run::exists("sudo", "--version")).then(|| vec!["sudo"])
}

fn agreed() -> Done<bool> {
    print!("install? [Y/n] ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

/// Returns the interpreter of a virtual environment below the target folder, with the independent readers.
pub fn python(place: &Place) -> Done<PathBuf> {
    const READERS: &str = "dbfread==2.0.7";
    let folder = place.target.join("python");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let ready = Command::new(&python).args(["-c", "import dbfread"]).output();
    if ready.is_ok_and(|output| output.status.success()) {
        return Ok(python);
    }
    println!("making a Python environment with {READERS} in `{}`", folder.display());
    run::capture(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    run::capture(Command::new(&python).args(["-m", "pip", "install", "--quiet", READERS]))?;
    Ok(python)
}

/// Installs a cargo subcommand where it is missing.
pub fn cargo_tool(place: &Place, name: &str) -> Done {
    let mut asked = run::command(run::cargo(), &place.root);
    if asked.args([name, "--version"]).output().is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    println!("cargo {name} is missing; building it takes some minutes, once");
    let package = format!("cargo-{name}");
    run::show(run::command(run::cargo(), &place.root).args(["install", "--locked", "--quiet", &package]))
}
