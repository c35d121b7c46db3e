//! The demonstration on the command line: a pairing, an export, the history.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::process::Command;

use super::Stage;
use super::server::Server;
use crate::Done;
use crate::needs;
use crate::place::Place;
use crate::run;
use crate::setup;

/// Runs it; `yes` installs without asking and lets the server approve the pairing, for runs without a person.
pub fn run(yes: bool) -> Done {
    let place = Place::find()?;
    setup::packages(&[needs::COMPILER], yes)?;
    println!("building (the first time takes some minutes) ...");
    let mut build = run::command(run::cargo(), &place.root);
    run::show(build.args([
        "build",
        "--quiet",
        "--package",
        "data_exporter",
        "--package",
        "local-data-forge",
    ]))?;

    let stage = Stage::set(&place)?;
    let alone = yes || !io::stdin().is_terminal();
    let approve = ["--auto-approve", "1"];
    let server = Server::start(&place, &stage.received, if alone { &approve } else { &[] })?;

    let exporter = |arguments: &[&str]| {
        let mut command = Command::new(place.program("debug", "data_exporter"));
        command.args(arguments).env("DATA_EXPORTER_HOME", &stage.home).env("DATA_EXPORTER_LANG", "en");
        command
    };
    println!();
    let pairing =
        ["authorize-device", "--device-name", "Demo shop", "--crontab", "0 */2 * * *", "--no-https"];
    let mut pair = exporter(&pairing);
    pair.args(["--api-url", &server.address, "--secret-store", "file", "--source-dir"]).arg(&stage.tables);
    if alone {
        pair.arg("--no-browser");
    }
    run::show(&mut pair)?;
    run::show(&mut exporter(&["export"]))?;
    run::show(&mut exporter(&["history"]))?;
    let history = run::capture(&mut exporter(&["history", "--json"]))?;
    check(&history, stage.count)?;

    stage.describe(&server.address);
    let program = place.program("debug", "data_exporter");
    let home = stage.home.display();
    println!("  once more               DATA_EXPORTER_HOME={home} {} export", program.display());
    if io::stdin().is_terminal() {
        println!("\nthe server runs until you press Enter");
        io::stdin().lock().read_line(&mut String::new())?;
    } else {
        println!("\nno terminal: the server ends now");
    }
    Ok(())
}

/// The newest run must be complete, with every table.
fn check(history: &str, count: usize) -> Done {
    let history: serde_json::Value = serde_json::from_str(history)?;
    let run = &history["runs"][0];
    let (state, sent) = (&run["state"], &run["totals"]["sent"]);
    if state == "complete" && sent.as_u64() == Some(count as u64) {
        println!("\nall {count} tables arrived");
        Ok(())
    } else {
        Err(format!("the run ended as {state} with {sent} of {count} tables delivered").into())
    }
}
