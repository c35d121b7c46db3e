//! `cargo xtask check-windows` and `cargo xtask test-windows`: the program for Windows, as far as Debian allows.
//!
//! Debian's newer compiler brings the source of its standard library, mingw the linker; [`wine`] runs the results.
//! Everything has a target folder of its own, `win` in the ordinary one.

mod wine;

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Done;
use crate::needs::{self, Need};
use crate::node::Npm;
use crate::place::Place;
use crate::programs::BIN;
use crate::run;
use crate::setup;
use crate::steps::Steps;
use wine::Prefix;

const TARGET: &str = "x86_64-pc-windows-gnu";
/// Tests that run under wine: those of Windows, and others whose behaviour depends on the system.
const TESTS: [&str; 4] = ["windows", "conversion", "store", "engine"];

/// Type-checks the whole workspace, including the tray application; warnings in our own code are errors.
pub fn check(yes: bool) -> Done {
    let place = Place::find()?;
    if !is_ready("check-windows", &needs::CROSS, yes) {
        return Ok(());
    }
    let mut steps = Steps::default();
    if !place.root.join("ui/dist/index.html").exists() {
        steps.step("build the window's pages", || Npm::ready(&place, yes)?.script("build"))?;
    }
    steps.step("type-check for Windows", || {
        run::show(cargo(&place, "check")?.args([
            "--workspace",
            "--config",
            "build.warnings='deny'",
            "-Zwarnings",
        ]))
    })
}

/// Links the command and its tests for Windows and runs them under wine.
pub fn test(yes: bool) -> Done {
    let place = Place::find()?;
    if !is_ready("test-windows", needs::CROSS.iter().chain([&needs::WINE]), yes) {
        return Ok(());
    }
    let mut steps = Steps::default();
    let prefix = steps.step("a Windows of its own", || Prefix::ready(&place))?;
    let tests = |mode: &[&str]| -> Done<Command> {
        let mut command = cargo(&place, "test")?;
        command.args(["--package", "data_exporter", "--no-fail-fast"]).args(mode);
        command.args(TESTS.iter().flat_map(|test| ["--test", test]));
        prefix.runs(&mut command);
        Ok(command)
    };
    steps.step("link for Windows", || run::show(&mut tests(&["--no-run"])?))?;
    let tested = steps.step("test under wine", || run::show(&mut tests(&[])?));
    prefix.end();
    tested
}

/// Returns whether everything is installed; prints a line when something cannot be installed.
fn is_ready<'a>(command: &str, needs: impl IntoIterator<Item = &'a Need>, yes: bool) -> bool {
    let installed = setup::packages(needs, yes);
    if let Err(error) = &installed {
        println!("SKIPPED {command}: {error}");
    }
    installed.is_ok()
}

/// Creates a command of Debian's cargo for Windows.
fn cargo(place: &Place, command: &str) -> Done<Command> {
    let before = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([PathBuf::from(BIN)].into_iter().chain(env::split_paths(&before)))?;
    let mut cargo = run::command(format!("{BIN}/cargo"), &place.root);
    cargo
        .args([command, "--locked", "-Zbuild-std=std,panic_abort", "--target", TARGET, "--target-dir"])
        .arg(place.target.join("win"))
        .env("PATH", path)
        .env("RUSTC", format!("{BIN}/rustc"))
        // Building the standard library from source is otherwise reserved for nightly compilers.
        .env("RUSTC_BOOTSTRAP", "1");
    Ok(cargo)
}
