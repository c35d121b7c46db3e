//! `cargo xtask test`: every check and test there is, in the order in which they are quick to fail.

use std::process::Command;

use crate::Done;
use crate::compare;
use crate::demo;
use crate::place::Place;
use crate::run;
use crate::setup;

/// Runs them; `yes` installs what is missing without asking.
pub fn run(yes: bool) -> Done {
    let place = Place::find()?;
    setup::packages(&[setup::COMPILER, setup::PYTHON], yes)?;
    let keychain = cfg!(target_os = "linux");
    if keychain {
        setup::packages(&setup::KEYCHAIN, yes)?;
    }
    let cargo = |arguments: &[&str]| -> Command {
        let mut command = run::command(run::cargo(), &place.root);
        command.args(arguments);
        command
    };
    run::show(&mut cargo(&["fmt", "--all", "--check"]))?;
    // Not the examples: the specification's programs stand as printed, unused variables included.
    let ours = ["clippy", "--workspace", "--lib", "--bins", "--tests", "--benches"];
    run::show(cargo(&ours).args(["--locked", "--", "-D", "warnings"]))?;
    setup::cargo_tool(&place, "deny")?;
    run::show(&mut cargo(&["deny", "--workspace", "check", "bans", "licenses", "sources"]))?;
    let mut tests = cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
    if keychain {
        tests.env("DATA_EXPORTER_TEST_KEYCHAIN", "required");
    }
    run::show(&mut tests)?;
    run::show(
        cargo(&["doc", "--workspace", "--no-deps", "--locked", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    compare::run()?;
    demo::run(yes)?;
    println!("\neverything passed");
    Ok(())
}
