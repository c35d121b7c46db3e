//! `cargo xtask test`: every check and test, fastest to fail first.

use std::process::Command;

use crate::Done;
use crate::compare;
use crate::demo;
use crate::needs;
use crate::node::Npm;
use crate::place::Place;
use crate::run;
use crate::setup;
use crate::steps::Steps;

/// Runs them; `yes` installs what is missing without asking.
pub fn run(yes: bool) -> Done {
    let place = Place::find()?;
    let linux = cfg!(target_os = "linux");
    let cargo = |arguments: &[&str]| -> Command {
        let mut command = run::command(run::cargo(), &place.root);
        command.args(arguments);
        command
    };
    let mut steps = Steps::default();
    steps.step("set-up", || {
        let everywhere = [needs::COMPILER, needs::PYTHON];
        let here = needs::KEYCHAIN.iter().chain(&needs::TOOLKIT).chain(&needs::SCREEN);
        setup::packages(everywhere.iter().chain(here.filter(|_| linux)), yes)?;
        setup::cargo_tool(&place, "deny")
    })?;
    steps.step("format", || run::show(&mut cargo(&["fmt", "--all", "--check"])))?;
    // The pages come first: the window's crate embeds them, even for a check.
    let npm = steps.step("packages of the window", || Npm::ready(&place, yes))?;
    steps.step("check and test the window's code", || {
        ["check", "test"].into_iter().try_for_each(|script| npm.script(script))
    })?;
    steps.step("build the window and test it in a browser", || npm.script("e2e"))?;
    // Not the examples: the specification's programs stay as printed, unused variables included.
    let ours = ["clippy", "--workspace", "--lib", "--bins", "--tests", "--benches"];
    steps.step("lint", || run::show(cargo(&ours).args(["--locked", "--", "-D", "warnings"])))?;
    let targets = ["check", "--manifest-path", "fuzz/Cargo.toml", "--locked"];
    steps.step("check the fuzz targets", || run::show(&mut cargo(&targets)))?;
    let deny = ["deny", "--workspace", "check", "bans", "licenses", "sources"];
    steps.step("dependencies", || run::show(&mut cargo(&deny)))?;
    steps.step("test", || {
        let mut tests = cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
        if linux {
            tests.env("DATA_EXPORTER_TEST_KEYCHAIN", "required");
        }
        run::show(&mut tests)
    })?;
    let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--locked", "--quiet"]);
    steps.step("document", || run::show(doc.env("RUSTDOCFLAGS", "-D warnings")))?;
    steps.step("compare", compare::run)?;
    steps.step("demonstrate", || demo::command_line(yes))?;
    drop(steps);
    println!("\neverything passed");
    Ok(())
}
