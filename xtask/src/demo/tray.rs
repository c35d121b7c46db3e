//! The demonstration in the tray: the real application, ready to be paired with the stand-in server.

use std::fs;

use super::Stage;
use super::server::Server;
use crate::Done;
use crate::needs;
use crate::node::Npm;
use crate::place::Place;
use crate::run;
use crate::setup;

/// The server approves after this many polls, one a second: time to see the code, and to approve it by hand.
const SWITCHES: [&str; 6] = ["--announced-interval", "1", "--interval", "500", "--auto-approve", "15"];

/// Runs until the application quits.
pub fn run(yes: bool) -> Done {
    let place = Place::find()?;
    let here: &[_] = if cfg!(target_os = "linux") { &needs::TOOLKIT } else { &[] };
    setup::packages([needs::COMPILER].iter().chain(here), yes)?;
    println!("building (the first time takes some minutes) ...");
    Npm::ready(&place, yes)?.script("build")?;
    let mut build = run::command(run::cargo(), &place.root);
    let packages = ["--package", "data-exporter-desktop", "--package", "local-data-forge"];
    run::show(build.args(["build", "--quiet"]).args(packages))?;

    let stage = Stage::set(&place)?;
    let server = Server::start(&place, &stage.received, &SWITCHES)?;
    fs::write(stage.home.join("config.toml"), configuration(&stage, &server))?;
    stage.describe(&server.address);
    println!(
        "\nData Exporter is in the tray: `Pair…`, then `Export now`. A browser shows the server's page, where you can\n\
         say yes; after 15 seconds the server does so by itself. `Quit` ends the demonstration."
    );
    let mut program = run::command(place.program("debug", "data-exporter-desktop"), &place.root);
    run::show(program.env("DATA_EXPORTER_HOME", &stage.home))
}

/// Not paired yet; the secret stays out of the person's keychain.
fn configuration(stage: &Stage, server: &Server) -> String {
    format!(
        "[src]\nsource_dir = '{}'\n\n[scheduler]\ncrontab = \"0 */2 * * *\"\n\n[api]\nbase_url = \"{}\"\n\
         https_only = false\n\n[credential]\nsecret_store = \"file\"\n",
        stage.tables.display(),
        server.address
    )
}
