//! Credential Manager.

use data_exporter::auth::secrets::{Keychain, SecretStore, StoredCredential};
use data_exporter::models::Secret;

#[test]
fn a_secret_is_stored_replaced_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let of = |user| Keychain::new(user, Some("https://dfm.example.com"), folder.path());
    let keychain = of("warehouse.example.com");
    keychain.probe().unwrap();
    assert!(keychain.load().unwrap().is_none());
    for text in ["cs_first", "cs_второй"] {
        let credential = StoredCredential::Basic { secret: Secret::new(text) };
        keychain.save(&credential).unwrap();
        assert_eq!(keychain.load().unwrap().unwrap().to_text(), credential.to_text());
    }
    assert!(of("other.example.com").load().unwrap().is_none());
    assert!(keychain.remove().unwrap());
    assert!(!keychain.remove().unwrap());
    assert!(keychain.load().unwrap().is_none());
}
