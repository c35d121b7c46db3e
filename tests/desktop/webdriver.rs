//! [`WebDriver`]: the part of the W3C protocol for `WebKitWebDriver` that the tests need.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use serde_json::{Value, json};

use crate::session::{Process, Session};
use crate::wait::until;

/// A running driver; it ends with its browser when dropped.
pub struct WebDriver {
    port: u16,
    _process: Process,
}

impl WebDriver {
    /// Starts a driver whose browser can be automated.
    pub fn start(session: &Session) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let mut command = session.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = Self { port, _process: Process(command.spawn().unwrap()) };
        until("the driver of the window", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());
        driver
    }

    /// Sends a command; returns its value or the error.
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let mut stream =
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).map_err(|error| error.to_string())?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        );
        let mut answer = String::new();
        stream
            .write_all(request.as_bytes())
            .and_then(|()| stream.read_to_string(&mut answer))
            .map_err(|error| error.to_string())?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or("the driver gave no answer")?;
        let mut body: Value = serde_json::from_str(body).map_err(|error| format!("{error}: {body}"))?;
        match body["value"].take() {
            Value::Object(value) if value.contains_key("error") => {
                Err(format!("{}: {}", value["error"], value["message"]))
            }
            value => Ok(value),
        }
    }

    /// Starts a program and waits without a limit until it has a window; returns the path of the driver's session.
    pub fn browse(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let options = json!({ "binary": program, "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let session = self.call("POST", "/session", &wanted)?;
        Ok(format!("/session/{}", session["sessionId"].as_str().ok_or("the session has no id")?))
    }
}
