//! An HTTP [`Proxy`]: `CONNECT` for https, absolute addresses for http; only it knows the hosts.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::front::runtime;

/// Listens on loopback until it is dropped.
pub struct Proxy {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    _runtime: Runtime,
}

impl Proxy {
    /// Maps every host to `behind`; `login`, such as the base64 of `anna:hush`, is required if given.
    pub fn new(behind: SocketAddr, login: Option<&'static str>) -> Self {
        let runtime = runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, behind, login, Arc::clone(&noted)));
            }
        });
        Self { address, seen, _runtime: runtime }
    }

    /// Returns the first line of each request.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(
    mut client: TcpStream,
    behind: SocketAddr,
    login: Option<&'static str>,
    seen: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let (head, body) = head(&mut client).await?;
    let line = head.lines().next()?.to_owned();
    seen.lock().unwrap().push(line.clone());
    let given = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("proxy-authorization").then_some(value)
    });
    if let Some(login) = login
        && given != Some(&format!("Basic {login}"))
    {
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"installation\"\r\n\
                       Content-Length: 0\r\nConnection: close\r\n\r\n";
        return client.write_all(refusal.as_bytes()).await.ok();
    }
    let mut server = TcpStream::connect(behind).await.ok()?;
    if line.starts_with("CONNECT ") {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
    } else {
        let (method, rest) = line.split_once(" http://")?;
        let path = &rest[rest.find('/')?..];
        let others: Vec<&str> = head
            .lines()
            .skip(1)
            .filter(|line| !line.to_lowercase().starts_with("proxy-") && !line.is_empty())
            .collect();
        // One request per connection, so that each is recorded here.
        let passed = format!("{method} {path}\r\n{}\r\nConnection: close\r\n\r\n", others.join("\r\n"));
        server.write_all(passed.as_bytes()).await.ok()?;
    }
    server.write_all(&body).await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}

/// Reads the head of a request, and the part of the body that arrived with it.
async fn head(client: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            return Some((String::from_utf8(bytes).ok()?, body));
        }
        if client.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
