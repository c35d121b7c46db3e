//! Error reports and their limits (docs/wire.md#error-reports).

use serde_json::{Map, Value, json};

use super::support::{Device, OTHER_SITE, server};

const GLOBAL: &str = "/api/v1/device/errors";

fn status(device: &Device<'_>, report: &Value) -> u16 {
    device.report(GLOBAL, &report.to_string()).status
}

#[test]
fn lengths_are_limited_exactly_in_utf16_units() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let report = |kind: &str, message: &str| json!({"type": kind, "message": message});
    assert_eq!(status(&device, &report(&"Ж".repeat(100), &"ж".repeat(10_000))), 201);
    assert_eq!(status(&device, &report("T", &"📦".repeat(5_000))), 201);
    assert_eq!(status(&device, &report("T", &"📦".repeat(5_001))), 400);
    assert_eq!(status(&device, &report("T", &"m".repeat(10_001))), 400);
    assert_eq!(status(&device, &report(&"T".repeat(101), "m")), 400);
    assert_eq!(status(&device, &report(" ", "m")), 400);
    assert_eq!(status(&device, &report("T", "")), 400);
    assert_eq!(server.errors().len(), 2);
}

#[test]
fn metadata_holds_20_entries_and_10240_bytes() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let with = |metadata: Value| status(&device, &json!({"type": "T", "message": "m", "metadata": metadata}));
    let entries = |count: usize| -> Map<String, Value> {
        (0..count).map(|n| (format!("key{n}"), Value::from(n))).collect()
    };
    assert_eq!(with(entries(20).into()), 201);
    assert_eq!(with(entries(21).into()), 400);
    let room = 10_240 - r#"{"a":""}"#.len();
    assert_eq!(with(json!({"a": "x".repeat(room)})), 201);
    assert_eq!(with(json!({"a": "x".repeat(room + 1)})), 400);
    assert_eq!(with(json!({"a": "ж".repeat(room / 2 + 1)})), 400, "bytes, not characters");
    assert_eq!(with(json!({"k".repeat(100): 1})), 201);
    assert_eq!(with(json!({"k".repeat(101): 1})), 400);
    assert_eq!(with(json!({"": 1})), 400);
    assert_eq!(with(Value::Null), 201);
}

#[test]
fn every_problem_is_named_with_its_field() {
    let server = server(|_| {});
    let answer = Device::new(&server).report(GLOBAL, "{}");
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["message"], "type: must not be blank, message: must not be blank");
}

#[test]
fn reports_that_crash_the_real_server_get_a_500() {
    let server = server(|_| {});
    let device = Device::new(&server);
    for body in [
        "{\"type\": ",
        r#"{"type": "T", "message": "m", "severity": "error"}"#,
        r#"{"type": "T", "message": "m", "metadata": []}"#,
        "",
    ] {
        assert_eq!(device.report(GLOBAL, body).status, 500, "{body}");
    }
    assert_eq!(device.post(GLOBAL).status, 500, "no content type");
    assert!(server.errors().is_empty());
}

#[test]
fn severity_is_optional_and_unknown_fields_are_ignored() {
    let server = server(|_| {});
    let device = Device::new(&server);
    device.report(GLOBAL, r#"{"type": "T", "message": "m", "clientVersion": "1", "filename": "x"}"#);
    device.report("/api/dfc/error", r#"{"type": "T", "message": "m", "severity": "WARNING"}"#);
    let severities: Vec<_> = server.errors().into_iter().map(|report| report.severity).collect();
    assert_eq!(severities, ["ERROR", "WARNING"]);
}

#[test]
fn a_report_about_a_batch_marks_the_batch_even_when_closed() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    let path = format!("/api/dfc/error/{batch}");
    let report = r#"{"type": "T", "message": "m"}"#;
    assert_eq!(Device::at(&server, OTHER_SITE).report(&path, report).status, 403);
    assert!(!server.batch(&batch).unwrap().has_errors);
    device.close(&batch, "complete");
    assert_eq!(device.report(&path, report).status, 201);
    assert_eq!(device.get(&format!("/api/dfc/batch/{batch}")).json()["hasErrors"], true);
    assert_eq!(server.errors()[0].batch_id.as_deref(), Some(batch.as_str()));
}

#[test]
fn a_stored_report_is_shown_to_its_own_site_only() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let id = device.report(GLOBAL, r#"{"type": "T", "message": "m"}"#).json()["id"].clone();
    let path = format!("{GLOBAL}/{}", id.as_str().unwrap());
    assert_eq!(device.get(&path).json()["title"], "T");
    assert_eq!(Device::at(&server, OTHER_SITE).get(&path).status, 403);
    let unknown = format!("{GLOBAL}/8f14e45f-ceea-467f-9575-1d1f6b0a3c21");
    assert_eq!(device.get(&unknown).status, 404);
}
