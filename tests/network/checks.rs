//! An [`Installation`] that trusts one authority, and what `export` and `doctor` report about its network.

use local_data_forge::BatchStatus;
use serde_json::Value;
use test_support::Installation;

use crate::authority::Authority;

/// Creates an installation with a table, and a trust store with one authority.
pub fn trusting(authority: &Authority) -> Installation {
    let installation = Installation::new();
    installation.table("GOODS.DBF", 1);
    let store = installation.home.write("authorities.pem", &authority.pem);
    installation.variable("SSL_CERT_FILE", store.to_str().unwrap())
}

/// Returns exit code, message and hint of a failing export.
pub fn export_failure(installation: &Installation) -> (i32, String, String) {
    let (code, json) = installation.export(&["--retry-for", "0s"]);
    assert!(installation.server.batches().is_empty(), "{json}");
    let error = &json["error"];
    (code, text(&error["message"]), text(&error["hint"]))
}

/// Exports, and checks that the batch is complete.
pub fn export_succeeds(installation: &Installation) {
    let answer = installation.home.run(&["export"]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    let batches = installation.server.batches();
    assert_eq!(batches.last().map(|batch| batch.status), Some(BatchStatus::Completed));
}

/// Returns status, message and hint of one check of the doctor.
pub fn check_of(installation: &Installation, name: &str) -> (String, String, String) {
    let (_, json) = installation.home.json(&["doctor"]);
    let checks = json["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == name).unwrap();
    (text(&check["status"]), text(&check["message"]), text(&check["hint"]))
}

/// Returns a JSON text, or an empty one.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
