//! The program itself.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(arguments: &[&str]) -> (Running, Vec<String>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_local-data-forge"))
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let lines = lines.take_while(|line| !line.starts_with("Ctrl-C")).collect();
    (Running(child), lines)
}

#[test]
fn the_binary_prints_its_address_and_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let (_running, lines) =
        run(&["--port", "0", "--data", data, "--site", "shop.example:a:b", "--fault", "start#1=503:7"]);
    let address = lines[0].strip_prefix("Local Data Forge listens on http://").unwrap();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    assert_eq!(
        lines[1..],
        [
            format!("Uploads go to {data}"),
            "Site shop.example with the secret a:b".to_owned(),
            format!("Codes of devices are taken at http://{address}/pair"),
        ]
    );
    let mut stream = TcpStream::connect(address).unwrap();
    let request =
        "POST /api/dfc/batch/start HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: 7"), "{answer}");
}

#[test]
fn without_a_configured_site_each_start_generates_a_secret() {
    let secret = || {
        let (_running, lines) = run(&["--port", "0"]);
        lines[2].strip_prefix("Site demo.local with the secret cs_").unwrap().to_owned()
    };
    let (first, second) = (secret(), secret());
    assert_eq!(first.len(), 32);
    assert_ne!(first, second);
}

#[test]
fn pairing_flags_apply() {
    let (_running, lines) =
        run(&["--port", "0", "--dialect", "romm", "--auto-approve", "0", "--absolute-urls"]);
    let address = lines[0].strip_prefix("Local Data Forge listens on http://").unwrap();
    let body =
        r#"{"client_device_identifier": "i", "name": "n", "client": "c", "requested_scopes": ["me.read"]}"#;
    let post = |path: &str, body: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let json = answer.split_once("\r\n\r\n").unwrap().1.to_owned();
        serde_json::from_str::<serde_json::Value>(&json).unwrap()
    };
    let code = post("/api/auth/device/init", body);
    assert_eq!(code["verification_url"], format!("http://{address}/pair/device"));
    let token = post("/api/auth/device/token", &format!("{{\"device_code\": {}}}", code["device_code"]));
    assert!(token["access_token"].as_str().unwrap().starts_with("rmm_"), "{token}");
}

#[test]
fn invalid_arguments_are_refused() {
    for arguments in [
        ["--site", "no-colon"],
        ["--fault", "upload=explode"],
        ["--listen", "everywhere"],
        ["--announced-interval", "soon"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_local-data-forge")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
