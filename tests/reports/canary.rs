//! Canaries: values that must stay private are planted in tables, secrets and server answers, and then searched for in
//! everything that the program printed, stored and sent.

#![cfg(unix)]

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use local_data_forge::{Endpoint, Fault, LocalServer, Options, Rule};
use serde_json::Value;
use test_support::TestHome;
use test_tables::{Dialect, Field, Table, Value as Cell};

use crate::TIMEOUT;

const ROW: &str = "canary-of-a-row";
const PERSON: &str = "canary-of-a-person";

/// A person's home folder with a data folder and tables.
struct CanaryHome {
    home: TestHome,
    server: LocalServer,
    /// Everything that was printed, except the user code of the pairing.
    printed: String,
}

impl CanaryHome {
    fn new() -> Self {
        let home = TestHome::new();
        std::fs::create_dir_all(home.path().join(PERSON).join("tables")).unwrap();
        Self { home, server: LocalServer::start(Options::default()).unwrap(), printed: String::new() }
    }

    fn person(&self) -> std::path::PathBuf {
        self.home.path().join(PERSON)
    }

    fn data(&self) -> std::path::PathBuf {
        self.person().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command(arguments);
        command.env("HOME", self.person()).env("DATA_EXPORTER_HOME", self.data());
        command.env("DATA_EXPORTER_LOG", "trace");
        command
    }

    fn run(&mut self, arguments: &[&str]) -> Option<i32> {
        let output = self.command(arguments).output().unwrap();
        self.printed += &String::from_utf8_lossy(&output.stdout);
        self.printed += &String::from_utf8_lossy(&output.stderr);
        output.status.code()
    }

    /// Pairs; returns the secret and the user code.
    fn pair(&mut self) -> (String, String) {
        let url = self.server.base_url();
        let tables = self.person().join("tables");
        let arguments = [
            "authorize-device",
            "--api-url",
            &url,
            "--no-https",
            "--no-browser",
            "--secret-store",
            "file",
            "--json",
            "--source-dir",
            tables.to_str().unwrap(),
        ];
        let mut command = self.command(&arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let begun = std::time::Instant::now();
        while self.server.pending().is_empty() && begun.elapsed() < TIMEOUT {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let code = self.server.pending()[0].user_code.clone();
        self.server.approve(&code).unwrap();
        let output = child.wait_with_output().unwrap();
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{log}");
        self.printed += &log;
        let secret = std::fs::read_to_string(self.data().join("secrets/client_secret")).unwrap();
        (secret.trim().to_owned(), code)
    }

    fn table(&self, name: &str, price: &str) {
        let table = Table::new(Dialect::DBase3).field(Field::numeric("PRICE", 20, 2));
        let table = table.row([Cell::Number(price.to_owned())]).build();
        table.write(self.person().join("tables"), name).unwrap();
    }

    /// Returns the text of the support bundle; `planted` is written to a log file first.
    fn bundle(&self, planted: &str) -> String {
        let logs = self.data().join("logs");
        std::fs::create_dir_all(&logs).unwrap();
        std::fs::write(logs.join("data_exporter-2026-11-21.log"), planted).unwrap();
        let path = self.home.path().join("support.zip");
        let output = self.command(&["diagnostics", "--output", path.to_str().unwrap()]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut zip = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
        let mut bundle = String::new();
        for index in 0..zip.len() {
            zip.by_index(index).unwrap().read_to_string(&mut bundle).unwrap();
        }
        for part in ["VALUES_DROPPED", "SOURCE_MISSING", "client_secret", "planted", "Export 1:"] {
            assert!(bundle.contains(part), "{part} is missing: {bundle}");
        }
        bundle
    }

    /// Returns everything in the data folder except the secret store.
    fn stored(&self) -> String {
        let mut stored = String::new();
        collect(&self.data(), &mut stored);
        assert!(
            stored.contains("VALUES_DROPPED") && stored.contains("SOURCE_MISSING"),
            "the database was read"
        );
        stored
    }
}

fn collect(folder: &Path, stored: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            if entry.file_name() != "secrets" {
                collect(&entry.path(), stored);
            }
        } else {
            *stored += &String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap_or_default());
        }
    }
}

/// A server fault whose answer repeats these words.
fn echo(status: u16, words: &str) -> Fault {
    let message = format!("not accepted: {words}");
    let body = serde_json::json!({"status": status, "error": "Refused", "message": message}).to_string();
    Fault::Reply { status, content_type: "application/json".to_owned(), body }
}

/// Returns whether a text contains a word in the form of a device code: 64 letters and digits of any case.
fn holds_device_code(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'))
        .any(|word| word.len() == 64 && word.contains(|c: char| c.is_ascii_uppercase()))
}

#[test]
fn planted_private_values_appear_nowhere() {
    let mut home = CanaryHome::new();
    let (secret, user_code) = home.pair();
    assert!(secret.len() > 8, "{secret}");
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjF9.Y2FuYXJ5";
    let echoed = format!(
        "{secret} Authorization: Bearer {token}, Basic Y2FuYXJ5OmNhbmFyeQ==, clientSecret=canary-of-another"
    );

    home.table("prices.dbf", ROW);
    home.table("stock.dbf", "7.00");
    std::fs::write(home.person().join("tables/bad.dbf"), format!("\u{3} {ROW}")).unwrap();
    home.server.fault(Rule::nth(1, echo(422, &echoed)).on(Endpoint::Upload));
    home.server.fault(Rule::nth(1, echo(503, &echoed)).on(Endpoint::Start));
    assert_eq!(home.run(&["export", "--json"]), Some(3));
    home.server.clear_faults();

    home.server.fault(Rule::always(echo(400, &echoed)).on(Endpoint::Start));
    home.run(&["export"]);
    home.server.clear_faults();
    std::fs::rename(home.person().join("tables"), home.person().join("moved")).unwrap();
    assert_eq!(home.run(&["export"]), Some(7));
    for arguments in
        [&["errors", "--json"][..], &["errors"], &["history", "1"], &["status"], &["config", "show"]]
    {
        home.run(arguments);
    }

    let reports: Vec<Value> =
        home.server.errors().iter().map(|report| serde_json::to_value(report).unwrap()).collect();
    let types: Vec<&str> = reports.iter().map(|report| report["type"].as_str().unwrap()).collect();
    for kind in ["FILE_ERROR", "SERVICE_UNAVAILABLE", "CONFIG_ERROR"] {
        assert!(types.contains(&kind), "{types:?}");
    }
    let sent = serde_json::to_string(&reports).unwrap();
    let stored = home.stored();
    assert!(
        home.printed.contains("[redacted]") && stored.contains("[redacted]"),
        "the server's echo was redacted"
    );
    let bundle = home.bundle(&format!("planted: {echoed} in {}\n", home.person().display()));
    for (place, text) in
        [("printed", &home.printed), ("stored", &stored), ("sent", &sent), ("bundled", &bundle)]
    {
        for canary in [secret.as_str(), &user_code, ROW, token, "eyJhbGci", "Y2FuYXJ5", "canary-of-another"] {
            assert!(!text.contains(canary), "`{canary}` was {place}: {}", around(text, canary));
        }
        assert!(!holds_device_code(text), "a device code was {place}");
    }
    for text in [&sent, &bundle] {
        assert!(!text.contains(PERSON), "{}", around(text, PERSON));
    }
    assert!(sent.contains("`~/tables`"), "{sent}");
    assert!(stored.contains(PERSON), "the local history contains the full path");
}

fn around<'a>(text: &'a str, found: &str) -> &'a str {
    let at = text.find(found).unwrap_or_default();
    let from = (0..=at.saturating_sub(200)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let to = (at + 200..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    &text[from..to]
}
