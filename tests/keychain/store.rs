//! The tests of [`Keychain`] itself.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use data_exporter::auth::secrets::{
    Keychain, KeychainError, Renewal, SecretError, SecretStore, StoredCredential,
};
use data_exporter::error::{Code, Error};
use data_exporter::models::Secret;

use crate::session::{Bus, inside};
use crate::stand_in;

const SERVER: Option<&str> = Some("https://dfm.example.com/base");

fn keychain(user: &str, data: &str) -> Keychain {
    Keychain::new(user, SERVER, Path::new(data))
}

fn basic(text: &str) -> StoredCredential {
    StoredCredential::Basic { secret: Secret::new(text) }
}

/// Returns the message, after checking that it has the exit code of keychains and names the remedy.
fn sentence(error: SecretError) -> String {
    let error = Error::from(error);
    assert_eq!((error.code, error.code.exit_code()), (Code::KeychainError, 8));
    let hint = error.hint.unwrap();
    assert!(hint.contains("`data_exporter authorize-device --secret-store file`"), "{hint}");
    format!("{}; {hint}", error.message)
}

fn secret_tool(arguments: &[&str]) -> String {
    let output = Command::new("secret-tool").args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn an_unlocked_keychain_stores_replaces_and_deletes() {
    if !inside(Bus::Unlocked, "store::an_unlocked_keychain_stores_replaces_and_deletes") {
        return;
    }
    let (ours, other) = (keychain("shop", "/data/a"), keychain("shop", "/data/b"));
    assert_eq!(ours.load(), Ok(None));
    assert_eq!(ours.remove(), Ok(false));
    ours.probe().unwrap();
    assert!(
        !secret_tool(&["search", "--all", "service", "data_exporter"]).contains("label"),
        "a probe leaves no item"
    );
    ours.save(&basic("one")).unwrap();
    ours.save(&basic("cs_canary")).unwrap();
    ours.probe().unwrap();
    assert_eq!(ours.load(), Ok(Some(basic("cs_canary"))));
    assert_eq!(other.load(), Ok(None), "another data folder has its own item");
    let refresh =
        StoredCredential::Refresh { token: Secret::new("rt"), renewal: Renewal::Dfm, expires_at: None };
    other.save(&refresh).unwrap();
    assert_eq!(other.load(), Ok(Some(refresh)));
    assert!(ours.user().starts_with("shop@https://dfm.example.com "), "{}", ours.user());
    assert_eq!(secret_tool(&["lookup", "service", "data_exporter", "username", ours.user()]), "cs_canary");
    assert_eq!(ours.remove(), Ok(true));
    assert_eq!(ours.load(), Ok(None));
    assert!(other.load().unwrap().is_some());
}

#[test]
fn a_secret_over_the_limit_of_windows_is_refused_everywhere() {
    if !inside(Bus::Unlocked, "store::a_secret_over_the_limit_of_windows_is_refused_everywhere") {
        return;
    }
    let store = keychain("shop", "/data");
    store.save(&basic(&"é".repeat(1280))).unwrap();
    let error = store.save(&basic(&"é".repeat(1281))).unwrap_err();
    assert_eq!(error, SecretError::Keychain(KeychainError::TooLong { units: 1281 }));
    assert_eq!(store.load(), Ok(Some(basic(&"é".repeat(1280)))), "the former secret is still stored");
}

#[test]
fn a_locked_keychain_is_reported() {
    if !inside(Bus::Unlocked, "store::a_locked_keychain_is_reported") {
        return;
    }
    let store = keychain("shop", "/data");
    store.save(&basic("one")).unwrap();
    assert_eq!(secret_tool(&["lock", "--collection=login"]), "");
    let started = Instant::now();
    let message = [
        store.load().unwrap_err(),
        store.save(&basic("two")).unwrap_err(),
        store.probe().unwrap_err(),
        store.remove().unwrap_err(),
    ]
    .map(sentence);
    assert!(started.elapsed() < Duration::from_secs(45), "{:?}", started.elapsed());
    for message in message {
        assert!(
            message.starts_with("the keychain is locked; unlock the keychain of this account, or"),
            "{message}"
        );
    }
}

#[test]
fn a_keychain_without_a_password_counts_as_locked() {
    if !inside(Bus::NeverUnlocked, "store::a_keychain_without_a_password_counts_as_locked") {
        return;
    }
    let message = sentence(keychain("shop", "/data").probe().unwrap_err());
    assert!(message.starts_with("the keychain is locked"), "{message}");
}

#[test]
fn a_missing_keychain_is_reported() {
    if !inside(Bus::Empty, "store::a_missing_keychain_is_reported") {
        return;
    }
    let store = keychain("shop", "/data");
    let message = sentence(store.probe().unwrap_err());
    assert!(message.starts_with("this account has no keychain: "), "{message}");
    assert!(sentence(store.load().unwrap_err()).starts_with("this account has no keychain: "));
    // The same process finds a keychain that starts later.
    let _service = stand_in::forgetful();
    assert_eq!(store.load(), Ok(None));
}

#[test]
fn an_unresponsive_keychain_times_out_and_blocks_one_thread_only() {
    if !inside(Bus::Empty, "store::an_unresponsive_keychain_times_out_and_blocks_one_thread_only") {
        return;
    }
    let _service = stand_in::silent();
    let started = Instant::now();
    let message = sentence(keychain("shop", "/data").load().unwrap_err());
    assert!(message.starts_with("the keychain did not answer within 10 s; check whether"), "{message}");
    assert!((9.9..12.0).contains(&started.elapsed().as_secs_f64()), "{:?}", started.elapsed());
    let store = keychain("shop", "/data").within_limit(Duration::from_millis(50));
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    for _ in 0..4 {
        store.load().unwrap_err();
    }
    let before = threads();
    for _ in 0..20 {
        store.load().unwrap_err();
    }
    assert!(threads() <= before, "{} threads after {before}", threads());
}

#[test]
fn a_failed_write_is_reported_with_its_reason() {
    if !inside(Bus::Empty, "store::a_failed_write_is_reported_with_its_reason") {
        return;
    }
    let _service = stand_in::unwritable();
    let store = keychain("shop", "/data");
    assert_eq!(store.load(), Ok(None), "it can be read");
    let message = sentence(store.probe().unwrap_err());
    assert!(
        message.starts_with("the keychain could not keep the secret: ")
            && message.contains("no space left in the keyring"),
        "{message}"
    );
}

#[test]
fn a_secret_that_cannot_be_read_back_was_not_stored() {
    if !inside(Bus::Empty, "store::a_secret_that_cannot_be_read_back_was_not_stored") {
        return;
    }
    let _service = stand_in::forgetful();
    let message = sentence(keychain("shop", "/data").save(&basic("one")).unwrap_err());
    assert!(message.starts_with("the keychain returned a different value than was stored"), "{message}");
}
