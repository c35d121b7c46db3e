//! [`Server`]: the stand-in server as a separate process.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Done;
use crate::place::Place;

/// A server process, ended when dropped.
pub struct Server {
    child: Child,
    /// Its address.
    pub address: String,
}

impl Server {
    /// Starts it with these switches and waits for the line with its address.
    pub fn start(place: &Place, received: &Path, switches: &[&str]) -> Done<Self> {
        let port = if std::net::TcpListener::bind(("127.0.0.1", 8787)).is_ok() { "8787" } else { "0" };
        let mut child = Command::new(place.program("debug", "local-data-forge"))
            .args(["--port", port, "--data"])
            .arg(received)
            .args(switches)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start the stand-in server: {error}"))?;
        let stdout = child.stdout.take();
        let mut server = Self { child, address: String::new() };
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
        // A full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        println!("a stand-in Data Forge server listens at {}", server.address);
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(line: &str) -> Option<String> {
    let start = line.find("http://")?;
    let word =
        line[start..].split(|letter: char| letter.is_whitespace() || "\"',".contains(letter)).next()?;
    Some(word.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_address_is_found_in_any_line() {
        let expected = Some("http://127.0.0.1:8787".to_owned());
        assert_eq!(address("listening on http://127.0.0.1:8787/, data in x"), expected);
        assert_eq!(address("http://127.0.0.1:8787"), expected);
        assert_eq!(address("starting"), None);
    }
}
