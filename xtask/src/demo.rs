//! `cargo xtask demo`: the main job on a fresh machine. A stand-in server, the tables of a small shop, a pairing, one
//! export, and where to look.

use std::fs;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Done;
use crate::needs;
use crate::place::Place;
use crate::run;
use crate::setup;

/// A server of ours, ended when dropped.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs it; `yes` installs without asking and lets the server approve the pairing by itself, as where nobody sits at a
/// terminal.
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

    let folder = place.fresh("demo")?;
    let tables = folder.join("shop");
    let home = folder.join("home");
    let received = folder.join("server");
    fs::create_dir_all(&home)?;
    fs::create_dir_all(&received)?;
    let count = test_tables::demo::demo_folder(&tables)?;
    println!("\n{count} tables of a small shop are in `{}`", tables.display());

    let alone = yes || !io::stdin().is_terminal();
    let server = start(&place, &received, alone)?;
    println!("a stand-in Data Forge server listens at {}", server.address);

    let exporter = |arguments: &[&str]| {
        let mut command = Command::new(place.program("debug", "data_exporter"));
        command.args(arguments).env("DATA_EXPORTER_HOME", &home).env("DATA_EXPORTER_LANG", "en");
        command
    };
    println!();
    let pairing =
        ["authorize-device", "--device-name", "Demo shop", "--crontab", "0 */2 * * *", "--no-https"];
    let mut pair = exporter(&pairing);
    pair.args(["--api-url", &server.address, "--secret-store", "file", "--source-dir"]).arg(&tables);
    if alone {
        pair.arg("--no-browser");
    }
    run::show(&mut pair)?;
    run::show(&mut exporter(&["export"]))?;
    run::show(&mut exporter(&["history"]))?;
    let history = run::capture(&mut exporter(&["history", "--json"]))?;
    check(&history, count)?;

    println!("\nwhere to look");
    println!("  the server's pages      {}/", server.address);
    println!("  what the server holds   {}", received.display());
    println!("  the tables              {}", tables.display());
    println!("  configuration, history  {}", home.display());
    let program = place.program("debug", "data_exporter");
    println!("  once more               DATA_EXPORTER_HOME={} {} export", home.display(), program.display());
    if io::stdin().is_terminal() {
        println!("\nthe server runs until you press Enter");
        io::stdin().lock().read_line(&mut String::new())?;
    } else {
        println!("\nno terminal: the server ends now");
    }
    Ok(())
}

/// Starts the server and waits for the line with its address.
fn start(place: &Place, received: &Path, approve: bool) -> Done<Server> {
    let port = if std::net::TcpListener::bind(("127.0.0.1", 8787)).is_ok() { "8787" } else { "0" };
    let mut child = Command::new(place.program("debug", "local-data-forge"))
        .args(["--port", port, "--data"])
        .arg(received)
        .args(if approve { &["--auto-approve", "1"][..] } else { &[] })
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start the stand-in server: {error}"))?;
    let stdout = child.stdout.take();
    let mut server = Server { child, address: String::new() };
    let mut lines = BufReader::new(stdout.ok_or("the stand-in server has no output")?).lines();
    for line in lines.by_ref() {
        if let Some(address) = address(&line?) {
            server.address = address;
            break;
        }
    }
    if server.address.is_empty() {
        return Err("the stand-in server ended before it said its address".into());
    }
    // It may go on talking; nobody listening would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    Ok(server)
}

fn address(line: &str) -> Option<String> {
    let start = line.find("http://")?;
    let word =
        line[start..].split(|letter: char| letter.is_whitespace() || "\"',".contains(letter)).next()?;
    Some(word.trim_end_matches('/').to_owned())
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

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_address_is_found_in_any_sentence() {
        let expected = Some("http://127.0.0.1:8787".to_owned());
        assert_eq!(address("listening on http://127.0.0.1:8787/, data in x"), expected);
        assert_eq!(address("http://127.0.0.1:8787"), expected);
        assert_eq!(address("starting"), None);
    }
}
