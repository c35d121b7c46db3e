//! A small HTTP client that exposes raw replies, and the usual requests.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use local_data_forge::{LocalServer, Options, Switches};
use serde_json::Value;

pub const SITE: (&str, &str) = ("warehouse.example.com", "cs_secret123");
pub const OTHER_SITE: (&str, &str) = ("acme_scanner", "pa:ss-word");

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

pub fn server(change: impl FnOnce(&mut Switches)) -> LocalServer {
    let mut options = Options::default();
    change(&mut options.switches);
    LocalServer::start(options).unwrap()
}

/// Sends a request over a new connection and reads until the server closes it.
pub fn try_send(
    server: &LocalServer,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(server.address())?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", server.address());
    for (name, value) in headers.iter().filter(|(name, _)| name != "Content-Length") {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw)?;
    parse(&raw).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Returns none when the reply is incomplete.
fn parse(raw: &[u8]) -> Option<Answer> {
    let end = raw.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&raw[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> =
        lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let answer = Answer { status, headers, body: raw[end + 4..].to_vec() };
    match answer.header("content-length") {
        Some(length) if length.parse() != Ok(answer.body.len()) => None,
        _ => Some(answer),
    }
}

pub fn send(
    server: &LocalServer,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Answer {
    try_send(server, method, path, headers, body).unwrap()
}

pub fn get(server: &LocalServer, path: &str) -> Answer {
    send(server, "GET", path, &[], b"")
}

pub fn post_json(server: &LocalServer, path: &str, body: &Value) -> Answer {
    let kind = ("Content-Type".to_owned(), "application/json".to_owned());
    send(server, "POST", path, &[kind], body.to_string().as_bytes())
}

/// Posts an urlencoded form.
pub fn post_form(server: &LocalServer, path: &str, fields: &[(&str, &str)]) -> Answer {
    post_form_with(server, path, fields, &[])
}

pub fn post_form_with(
    server: &LocalServer,
    path: &str,
    fields: &[(&str, &str)],
    headers: &[(String, String)],
) -> Answer {
    let escaped = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => (byte as char).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect::<String>()
    };
    let body = fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    let body = body.collect::<Vec<_>>().join("&");
    let kind = ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned());
    let headers: Vec<_> = headers.iter().cloned().chain([kind]).collect();
    send(server, "POST", path, &headers, body.as_bytes())
}

pub fn basic((user, password): (&str, &str)) -> (String, String) {
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    ("Authorization".to_owned(), format!("Basic {encoded}"))
}

/// A device with its token.
pub struct Device<'s> {
    pub server: &'s LocalServer,
    pub token: String,
}

impl<'s> Device<'s> {
    pub fn new(server: &'s LocalServer) -> Self {
        Self::at(server, SITE)
    }

    pub fn at(server: &'s LocalServer, site: (&str, &str)) -> Self {
        let answer = send(server, "POST", "/api/v1/device/auth/token", &[basic(site)], b"");
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        Self { server, token }
    }

    pub fn bearer(&self) -> (String, String) {
        ("Authorization".to_owned(), format!("Bearer {}", self.token))
    }

    pub fn post(&self, path: &str) -> Answer {
        send(self.server, "POST", path, &[self.bearer()], b"")
    }

    pub fn get(&self, path: &str) -> Answer {
        send(self.server, "GET", path, &[self.bearer()], b"")
    }

    pub fn start(&self) -> String {
        let answer = self.post("/api/v1/device/batches/start");
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub fn close(&self, batch: &str, verb: &str) -> Answer {
        self.post(&format!("/api/v1/device/batches/{batch}/{verb}"))
    }

    pub fn upload(&self, batch: &str, files: &[(&str, &[u8])]) -> Answer {
        self.try_upload(batch, files).unwrap()
    }

    pub fn try_upload(&self, batch: &str, files: &[(&str, &[u8])]) -> io::Result<Answer> {
        self.form(&format!("/api/v1/device/files/batches/{batch}/upload"), files)
    }

    pub fn dfc_upload(&self, batch: &str, files: &[(&str, &[u8])]) -> Answer {
        self.form(&format!("/api/dfc/batch/{batch}/upload"), files).unwrap()
    }

    fn form(&self, path: &str, files: &[(&str, &[u8])]) -> io::Result<Answer> {
        let mut body = Vec::new();
        for (name, bytes) in files {
            body.extend_from_slice(
                format!(
                    "--b0undary\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                     Content-Type: application/gzip\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b0undary--\r\n");
        let kind = ("Content-Type".to_owned(), "multipart/form-data; boundary=b0undary".to_owned());
        try_send(self.server, "POST", path, &[self.bearer(), kind], &body)
    }

    pub fn report(&self, path: &str, body: &str) -> Answer {
        let kind = ("Content-Type".to_owned(), "application/json".to_owned());
        send(self.server, "POST", path, &[self.bearer(), kind], body.as_bytes())
    }
}
