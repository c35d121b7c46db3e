//! [`Scripted`], a server that records the bytes of each request and answers from a list. Tests can inspect requests
//! byte for byte and send replies that no real server sends.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use local_data_forge::wire_fixture::Filled;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A received request.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers, in the order they arrived.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Recorded {
    /// Returns the value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The reply to one request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Sends these bytes, then closes the connection.
    Bytes(Vec<u8>),
    /// Sends nothing until the test ends.
    Silence,
    /// Closes the connection without a reply.
    Reset,
}

/// Returns a complete reply that closes the connection.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut text = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for (name, value) in headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    Answer::Bytes(format!("{text}\r\n{body}").into_bytes())
}

/// Returns a reply with a JSON body.
pub fn json(status: u16, body: &str) -> Answer {
    answer(status, &[("Content-Type", "application/json")], body)
}

/// Returns the rendered reply of a fixture.
pub fn filled(status: u16, filled: &Filled) -> Answer {
    let headers: Vec<(&str, &str)> = filled
        .headers
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    answer(status, &headers, std::str::from_utf8(&filled.body).unwrap())
}

/// A running server; it ends with the test's runtime.
pub struct Scripted {
    /// Its address.
    pub url: String,
    seen: Arc<Mutex<Vec<Recorded>>>,
}

impl Scripted {
    /// Answers requests one after the other; resets connections after the last reply.
    pub async fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(answers.into_iter()));
        let record = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&record), Arc::clone(&answers)));
            }
        });
        Self { url, seen }
    }

    /// Returns the requests so far.
    pub fn seen(&self) -> Vec<Recorded> {
        self.seen.lock().unwrap().clone()
    }

    /// Returns the paths of the requests so far.
    pub fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|request| request.path).collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: Arc<Mutex<Vec<Recorded>>>,
    answers: Arc<Mutex<std::vec::IntoIter<Answer>>>,
) {
    let Some(request) = read(&mut stream).await else { return };
    seen.lock().unwrap().push(request);
    let answer = answers.lock().unwrap().next();
    match answer {
        Some(Answer::Bytes(bytes)) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Some(Answer::Silence) => tokio::time::sleep(Duration::from_mins(1)).await,
        Some(Answer::Reset) | None => {}
    }
}

async fn read(stream: &mut TcpStream) -> Option<Recorded> {
    let mut bytes = Vec::new();
    let head_ends = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_ends].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let mut request = Recorded { method, path, headers, body: bytes[head_ends + 4..].to_vec() };
    assert_eq!(request.header("transfer-encoding"), None, "a length is sent with every body");
    let length: usize = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    while request.body.len() < length {
        if stream.read_buf(&mut request.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(request)
}
