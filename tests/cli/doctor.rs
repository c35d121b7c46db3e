//! `doctor` on a working installation and on each kind of problem.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;

use data_exporter::platform::FolderLock;
use local_data_forge::{Endpoint, Families, LocalServer, Options};
use serde_json::{Value, json};
use test_support::{TestHome, fields};
use test_tables::{Dialect, Field, Table, Value as Cell, codepage};

const SECRET: &str = "cs_secret123";

/// A home that is paired with a server and has a schedule and one table.
struct DoctorHome {
    home: TestHome,
    tables: PathBuf,
}

impl DoctorHome {
    fn new(base_url: &str) -> Self {
        let home = TestHome::new();
        #[cfg(unix)]
        fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let tables = home.path().join("tables");
        fs::create_dir_all(home.path().join("secrets")).unwrap();
        fs::create_dir(&tables).unwrap();
        let home = Self { home, tables };
        home.configure(base_url, "");
        home.secret(SECRET);
        home.table("GOODS.DBF", 3, b"bolt");
        home
    }

    fn configure(&self, base_url: &str, more: &str) {
        let text = format!(
            "[scheduler]\ncrontab = \"0 8 * * *\"\n[src]\nsource_dir = '{}'\n[credential]\nsecret_store = \"file\"\n\
             [credential.device]\ndomain = \"warehouse.example.com\"\n[api]\nbase_url = \"{base_url}\"\n\
             https_only = false\n{more}",
            self.tables.display()
        );
        self.home.write("config.toml", &text);
    }

    fn secret(&self, secret: &str) {
        self.home.write("secrets/client_secret", secret);
        #[cfg(unix)]
        fs::set_permissions(
            self.home.path().join("secrets/client_secret"),
            std::os::unix::fs::PermissionsExt::from_mode(0o600),
        )
        .unwrap();
    }

    /// A table with a language driver byte and one text value.
    fn table(&self, name: &str, language: u8, text: &[u8]) {
        let table = Table::new(Dialect::DBase3).language(language).field(Field::character("NAME", 20));
        table.row([Cell::Text(text.to_vec())]).build().write(&self.tables, name).unwrap();
    }

    fn doctor(&self, arguments: &[&str]) -> (i32, Value) {
        let (code, value) = self.home.json(&[&["doctor"], arguments].concat());
        assert!(!value.to_string().contains(SECRET), "no secret in the output");
        (code, value)
    }
}

fn server() -> LocalServer {
    LocalServer::start(Options::default()).unwrap()
}

fn check<'a>(value: &'a Value, name: &str) -> &'a Value {
    let checks = value["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name}: {value}"))
}

fn status<'a>(value: &'a Value, name: &str) -> &'a str {
    check(value, name)["status"].as_str().unwrap()
}

fn message<'a>(value: &'a Value, name: &str) -> &'a str {
    check(value, name)["message"].as_str().unwrap()
}

fn token_requests(server: &LocalServer) -> usize {
    server.requests().iter().filter(|request| request.endpoint == Endpoint::Token).count()
}

#[test]
fn a_new_machine_gets_the_documented_fields_and_the_first_steps() {
    let home = TestHome::new().variable("DATA_EXPORTER_SECRET_STORE", "file");
    let (code, value) = home.json(&["doctor"]);
    assert_eq!(code, 7, "there is no folder of tables");
    assert_eq!(fields(&value), ["checks", "summary"]);
    assert_eq!(fields(&value["summary"]), ["failed", "ok", "skipped", "warning"]);
    for check in value["checks"].as_array().unwrap() {
        assert_eq!(fields(check), ["code", "details", "hint", "message", "name", "status"]);
        let failed = check["status"] == "failed";
        assert_eq!(check["code"].is_string(), failed, "{check}");
        assert!(!failed || check["hint"].is_string(), "{check}");
    }
    let names: Vec<&Value> = value["checks"].as_array().unwrap().iter().map(|check| &check["name"]).collect();
    assert_eq!(
        json!(names),
        json!([
            "version",
            "configuration",
            "data_folder",
            "database",
            "disk",
            "source_folder",
            "code_pages",
            "last_run",
            "schedule",
            "keychain",
            "dns",
            "proxy",
            "connection",
            "tls",
            "clock",
            "pairing",
            "server"
        ])
    );
    assert_eq!(check(&value, "pairing")["code"], "NOT_PAIRED");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "no file was created");
}

#[test]
fn a_working_installation_passes_while_another_process_holds_the_lock() {
    let server = server();
    let home = DoctorHome::new(&server.base_url());
    let _lock = FolderLock::take(home.home.path(), "data_exporter run").unwrap();
    let (code, value) = home.doctor(&[]);
    assert_eq!(
        (code, &value["summary"]),
        (0, &json!({"ok": 16, "warning": 0, "failed": 0, "skipped": 1})),
        "{value}"
    );
    assert_eq!(status(&value, "tls"), "skipped");
    assert_eq!(check(&value, "data_folder")["details"]["pid"], std::process::id());
    assert_eq!(check(&value, "schedule")["details"]["next"].as_array().unwrap().len(), 5);
    assert_eq!(check(&value, "server")["details"]["family"], "device");
    assert_eq!(token_requests(&server), 1);
    assert!(server.batches().is_empty());
}

#[test]
fn the_dfc_paths_of_a_server_are_detected() {
    let mut options = Options::default();
    options.switches.families = Families::F2;
    let server = LocalServer::start(options).unwrap();
    let (_, value) = DoctorHome::new(&server.base_url()).doctor(&[]);
    assert_eq!(check(&value, "server")["details"]["family"], "dfc");
}

#[test]
fn a_rejected_credential_fails_and_is_not_tried_again_within_five_minutes() {
    let server = server();
    let home = DoctorHome::new(&server.base_url());
    home.secret("cs_revoked");
    let (code, value) = home.doctor(&[]);
    assert_eq!((code, status(&value, "pairing")), (4, "failed"), "{value}");
    home.home.run(&["export"]);
    let asked = token_requests(&server);
    let (code, value) = home.doctor(&[]);
    assert_eq!((code, token_requests(&server)), (4, asked), "no further request was sent");
    assert!(message(&value, "pairing").contains("is not asked again for 5 minutes"), "{value}");
}

#[test]
fn offline_sends_no_request() {
    let server = server();
    let home = DoctorHome::new(&server.base_url());
    let (code, value) = home.doctor(&["--offline"]);
    assert_eq!(code, 0, "{value}");
    for name in ["connection", "tls", "clock", "pairing", "server"] {
        assert_eq!(status(&value, name), "skipped", "{name}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn an_unreachable_server_is_a_network_failure() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let home = DoctorHome::new(&format!("http://127.0.0.1:{port}"));
    let (code, value) = home.doctor(&[]);
    assert_eq!((code, status(&value, "connection"), status(&value, "pairing")), (5, "failed", "failed"));
    assert_eq!(check(&value, "connection")["code"], "CONNECTION_FAILED");
    let home = DoctorHome::new("http://no-such-host.invalid:8080");
    let (code, value) = home.doctor(&[]);
    assert_eq!((code, status(&value, "dns")), (5, "failed"), "{value}");
    assert!(message(&value, "dns").starts_with("the name `no-such-host.invalid` cannot be resolved"));
}

#[test]
fn a_clock_that_is_an_hour_off_is_a_warning() {
    let server = LocalServer::start(Options { clock_offset_ms: 3_600_000, ..Options::default() }).unwrap();
    let (code, value) = DoctorHome::new(&server.base_url()).doctor(&[]);
    assert_eq!((code, status(&value, "clock")), (0, "warning"));
    assert!(message(&value, "clock").contains("behind the server's"), "{value}");
    let ahead = check(&value, "clock")["details"]["server_ahead_seconds"].as_i64().unwrap();
    assert!((3595..=3605).contains(&ahead), "{ahead}");
}

#[test]
fn unreadable_tables_and_a_missing_folder_are_named() {
    let home = DoctorHome::new("http://127.0.0.1:9");
    assert_eq!(check(&home.doctor(&["--offline"]).1, "source_folder")["details"]["tables"], 1);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", home.tables.join("LOST.DBF")).unwrap();
        let (code, value) = home.doctor(&["--offline"]);
        assert_eq!((code, status(&value, "source_folder")), (0, "warning"));
        assert!(message(&value, "source_folder").contains("1 of 2 tables"), "{value}");
        assert_eq!(check(&value, "source_folder")["details"]["cannot_be_opened"], json!(["LOST.DBF"]));
    }
    fs::rename(&home.tables, home.home.path().join("moved")).unwrap();
    let (code, value) = home.doctor(&["--offline"]);
    assert_eq!((code, check(&value, "source_folder")["code"].as_str()), (7, Some("SOURCE_MISSING")));
}

#[test]
fn uncertain_code_pages_are_named_with_the_reason() {
    let home = DoctorHome::new("http://127.0.0.1:9");
    let finding = |home: &DoctorHome| {
        let (_, value) = home.doctor(&["--offline"]);
        assert!(!value.to_string().contains("Гайка"), "no table value in the output");
        (status(&value, "code_pages").to_owned(), message(&value, "code_pages").to_owned())
    };
    assert_eq!(finding(&home), ("ok".to_owned(), "1 table in CP1252".to_owned()));
    home.table("BASE.DBF", 0x65, &codepage::cp866("Гайка"));
    assert_eq!(finding(&home).0, "ok", "the header names the code page");
    home.table("OLD.DBF", 0, &codepage::cp866("Гайка"));
    let (found, message_text) = finding(&home);
    assert_eq!(found, "warning");
    assert_eq!(message_text, "non-English text without a named code page; CP866 is assumed: `OLD.DBF`");
    home.configure("http://127.0.0.1:9", "[encoding]\noverrides = { \"OLD.DBF\" = \"CP866\" }\n");
    assert_eq!(finding(&home).0, "ok", "the configuration names the code page");
    fs::write(home.tables.join("BASE.cpg"), "1251").unwrap();
    assert_eq!(finding(&home).1, "header and `.cpg` file name different code pages: `BASE.DBF`");
    fs::remove_file(home.tables.join("BASE.cpg")).unwrap();
    home.table("ODD.DBF", 0x7D, &[0xD9, 0xDB]);
    assert_eq!(finding(&home).1, "bytes that the code page does not define: `ODD.DBF`");
}

#[test]
fn a_risky_configuration_is_a_warning_and_an_invalid_one_a_failure() {
    let home = DoctorHome::new("http://127.0.0.1:9");
    fs::remove_file(home.home.path().join("secrets/client_secret")).unwrap();
    let text = fs::read_to_string(home.home.path().join("config.toml")).unwrap();
    home.home.write(
        "config.toml",
        &text.replace("[api]", &format!("client_secret = \"{SECRET}\"\n[api]\npaht = 1")),
    );
    let (code, value) = home.doctor(&["--offline"]);
    assert_eq!((code, status(&value, "configuration")), (0, "warning"), "{value}");
    let message_text = message(&value, "configuration");
    assert!(
        message_text.contains("paht") && message_text.contains("contains the secret in plain text"),
        "{message_text}"
    );
    assert_eq!(status(&value, "keychain"), "ok", "the plain text secret is used");
    home.home.write("config.toml", "[api]\nbase_url = \"ftp://x\"\n");
    let (code, value) = home.doctor(&["--offline"]);
    assert_eq!(
        (code, status(&value, "configuration"), status(&value, "source_folder")),
        (7, "failed", "skipped")
    );
}

#[test]
fn a_schedule_without_a_running_process_or_with_a_pause_is_a_warning() {
    let home = DoctorHome::new("http://127.0.0.1:9");
    let (_, value) = home.doctor(&["--offline"]);
    assert!(message(&value, "schedule").starts_with("nothing is running this schedule"), "{value}");
    use data_exporter::store::timestamps::{FOREVER, Timestamp};
    home.home.store().set_timestamp(Timestamp::PausedUntil, Some(FOREVER)).unwrap();
    let (_, value) = home.doctor(&["--offline"]);
    assert!(message(&value, "schedule").starts_with("paused until resumed"), "{value}");
}

#[test]
fn the_text_output_shows_each_finding_with_its_remedy() {
    let home = DoctorHome::new("http://127.0.0.1:9");
    fs::remove_file(home.home.path().join("secrets/client_secret")).unwrap();
    let message_text = |language| {
        let answer = home.home.run(&["doctor", "--offline", "--lang", language]);
        assert_eq!(answer.code, 4, "no secret is stored");
        let masked = home.home.masked(&answer.out);
        let lines = masked
            .lines()
            .filter(|line| !line.contains(env!("CARGO_PKG_VERSION")) && !line.contains("MB free"));
        lines.map(|line| line.split("; next ").next().unwrap()).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(message_text("en"));
    insta::assert_snapshot!("in_russian", message_text("ru"));
    insta::assert_snapshot!("in_hebrew", message_text("he"));
}

#[test]
fn a_green_light_is_earned() {
    let home = DoctorHome::new("http://127.0.0.1:9");
    // A file with a table's name that can be opened and is no table.
    fs::write(home.tables.join("BAD.DBF"), b"no table").unwrap();
    let (_, value) = home.doctor(&["--offline"]);
    assert_eq!(status(&value, "source_folder"), "warning");
    assert!(message(&value, "source_folder").contains("1 of 2 tables"), "{value}");
    assert!(message(&value, "source_folder").contains("is not a DBF table"), "{value}");
    assert_eq!((status(&value, "last_run"), message(&value, "last_run")), ("ok", "no export yet"));

    let answer = home.home.run(&["export"]);
    assert_eq!(answer.code, 5, "{}", answer.err);
    let (_, value) = home.doctor(&[]);
    assert_eq!(status(&value, "last_run"), "warning");
    assert!(message(&value, "last_run").contains("failed: "), "{value}");
    assert_eq!((status(&value, "pairing"), status(&value, "server")), ("failed", "skipped"));

    #[cfg(unix)]
    {
        let secret = home.home.path().join("secrets/client_secret");
        fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        let (_, value) = home.doctor(&["--offline"]);
        assert_eq!(status(&value, "keychain"), "warning");
        assert!(message(&value, "keychain").contains("other accounts of this computer can read"), "{value}");
    }
}
