//! The command with a keychain in every state: its message and exit code.

use std::path::Path;
use std::process::Command;

use data_exporter::auth::migrate::{Migration, migrate_plaintext};
use data_exporter::auth::secrets::{Keychain, SecretStore, StoredCredential};
use data_exporter::config::{Sources, load};
use data_exporter::models::Secret;
use local_data_forge::{LocalServer, Options};
use serde_json::json;
use test_support::{Answer, TestHome};

use crate::session::{Bus, inside};
use crate::stand_in;

const DOMAIN: &str = "warehouse.example.com";
const SECRET: &str = "cs_secret123";

/// A home paired with a server, on the bus of the session; `more` is added to `[credential.device]`.
fn home(base_url: &str, more: &str) -> TestHome {
    let home = TestHome::new();
    std::fs::create_dir(home.path().join("tables")).unwrap();
    home.write(
        "config.toml",
        &format!(
            "[src]\nsource_dir = '{}'\n[credential.device]\ndomain = \"{DOMAIN}\"\n{more}[api]\nbase_url = \
             \"{base_url}\"\nhttps_only = false\n",
            home.path().join("tables").display()
        ),
    );
    ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME"]
        .into_iter()
        .fold(home, |home, name| home.variable(name, &std::env::var(name).unwrap()))
}

fn keychain(home: &TestHome, base_url: &str) -> Keychain {
    Keychain::new(DOMAIN, Some(base_url), home.path())
}

fn plain() -> String {
    format!("client_secret = \"{SECRET}\"\n")
}

/// Returns the message of an export that cannot read its secret.
fn refused(base_url: &str) -> String {
    let Answer { code, err, .. } = home(base_url, "").run(&["export"]);
    assert_eq!(code, 8, "{err}");
    assert!(err.contains("`data_exporter authorize-device --secret-store file`"), "{err}");
    err
}

fn server() -> LocalServer {
    LocalServer::start(Options::default()).unwrap()
}

fn table(home: &TestHome) {
    use test_tables::{Dialect, Field, Table, Value};
    let mut table = Table::new(Dialect::DBase3).field(Field::character("NAME", 10));
    table.push(b' ', [Value::Text(b"goods".to_vec())]);
    table.build().write(home.path().join("tables"), "goods.dbf").unwrap();
}

#[test]
fn the_doctor_reads_the_keychain_without_changing_it() {
    if inside(Bus::Unlocked, "command::the_doctor_reads_the_keychain_without_changing_it") {
        let server = server();
        let home = home(&server.base_url(), "");
        table(&home);
        let none = home.json(&["doctor"]);
        let stored = StoredCredential::Basic { secret: Secret::new(SECRET) };
        keychain(&home, &server.base_url()).save(&stored).unwrap();
        let some = home.json(&["doctor"]);
        assert_eq!((none.0, some.0), (4, 0), "{none:?} {some:?}");
        assert!(!some.1.to_string().contains(SECRET));
        assert_eq!(keychain(&home, &server.base_url()).load(), Ok(Some(stored)));
    }
}

#[test]
fn the_doctor_names_a_missing_keychain_and_its_remedy() {
    if inside(Bus::Empty, "command::the_doctor_names_a_missing_keychain_and_its_remedy") {
        let Answer { code, out, .. } = home("http://127.0.0.1:9", "").run(&["doctor", "--offline"]);
        assert_eq!(code, 8, "{out}");
        assert!(out.contains("`data_exporter authorize-device --secret-store file`"), "{out}");
    }
}

#[test]
fn an_export_uses_the_secret_of_the_keychain_and_unpair_deletes_it() {
    if !inside(Bus::Unlocked, "command::an_export_uses_the_secret_of_the_keychain_and_unpair_deletes_it") {
        return;
    }
    let server = server();
    let home = home(&server.base_url(), "");
    table(&home);
    assert_eq!(home.run(&["export"]).code, 4, "nothing is stored yet");
    let keychain = keychain(&home, &server.base_url());
    keychain.save(&StoredCredential::Basic { secret: Secret::new(SECRET) }).unwrap();
    let answer = home.run(&["export"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let (code, answer) = home.json(&["unpair"]);
    assert_eq!((code, &answer["removed"][0]), (0, &json!("the keychain")));
    assert_eq!(keychain.load(), Ok(None));
}

#[test]
fn a_plain_text_secret_moves_into_the_keychain() {
    if !inside(Bus::Unlocked, "command::a_plain_text_secret_moves_into_the_keychain") {
        return;
    }
    let base_url = "http://127.0.0.1:1";
    let home = home(base_url, &plain());
    let path = home.path().join("config.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let sources = Sources {
        path: Some(&path),
        text: Some(&text),
        environment: &|_| None,
        variables: &[],
        overrides: &data_exporter::config::Overrides::default(),
        known_page: &|_| true,
        check_schedule: &|_| Vec::new(),
    };
    let moved = migrate_plaintext(&load(sources).unwrap(), &path, home.path()).unwrap();
    assert_eq!(moved, Migration::Moved { place: "the keychain".to_owned() });
    let stored = keychain(&home, base_url).load().unwrap().unwrap();
    assert_eq!(stored.secret().expose(), SECRET);
    for entry in std::fs::read_dir(home.path()).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        let text = std::fs::read(entry.path()).unwrap();
        assert!(!String::from_utf8_lossy(&text).contains(SECRET), "{:?}", entry.path());
    }
}

#[test]
fn a_locked_keychain_fails_an_export_unless_the_secret_is_plain_text() {
    if !inside(Bus::Unlocked, "command::a_locked_keychain_fails_an_export_unless_the_secret_is_plain_text") {
        return;
    }
    let server = server();
    let paired = home(&server.base_url(), "");
    let old = home(&server.base_url(), &plain());
    for home in [&paired, &old] {
        table(home);
        let secret = StoredCredential::Basic { secret: Secret::new(SECRET) };
        keychain(home, &server.base_url()).save(&secret).unwrap();
    }
    // The exit code of this step is not reliable: it locks the keychain and fails.
    Command::new("secret-tool").args(["lock", "--collection=login"]).status().unwrap();
    let answer = paired.run(&["export"]);
    assert_eq!(answer.code, 8, "{}", answer.err);
    assert!(
        answer.err.contains("error: the keychain is locked\nhint: unlock the keychain of this account, or"),
        "{}",
        answer.err
    );
    assert_eq!(paired.json(&["errors"]).1["errors"][0]["type"], "KEYCHAIN_ERROR");
    let answer = old.run(&["export"]);
    assert_eq!(answer.code, 0, "a plain text secret always works: {}", answer.err);
}

#[test]
fn each_keychain_fault_has_its_own_message() {
    if !inside(Bus::Empty, "command::each_keychain_fault_has_its_own_message") {
        return;
    }
    let base_url = "http://127.0.0.1:1";
    let answer = refused(base_url);
    assert!(answer.contains("error: this account has no keychain: "), "{answer}");
    let server = server();
    let paired = home(base_url, "");
    let address = server.base_url();
    let (code, answer) =
        paired.json(&["authorize-device", "--api-url", &address, "--no-https", "--no-browser"]);
    assert_eq!(
        (code, &answer["event"], &answer["code"]),
        (8, &json!("failed"), &json!("keychain")),
        "{answer}"
    );
    assert!(server.requests().is_empty(), "no code is requested");
    let silent = stand_in::silent();
    let answer = refused(base_url);
    assert!(answer.contains("error: the keychain did not answer within 10 s\n"), "{answer}");
    let answer = home(base_url, "").run(&["unpair"]);
    assert_eq!(answer.code, 8, "it may still hold the secret: {}", answer.err);
    drop(silent);
}

#[test]
fn every_spelling_of_the_data_folder_finds_the_same_item() {
    let folder = tempfile::tempdir().unwrap();
    let one = Keychain::new("shop", None, folder.path());
    let same = Keychain::new("shop", None, &folder.path().join("."));
    assert_eq!(one, same);
    assert_ne!(one, Keychain::new("shop", None, Path::new("/elsewhere")));
}
