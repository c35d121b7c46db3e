//! The recorded requests, which contain no secret.

use local_data_forge::wire_fixture::{Values, load};
use local_data_forge::{Endpoint, PathFamily};

use super::support::{Device, SITE, get, server};

#[test]
fn a_request_is_recorded_with_its_main_fields() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    device.upload(&batch, &[("A.csv.gz", b"12345")]);
    let requests = server.requests();
    let summary: Vec<_> =
        requests.iter().map(|r| (r.number, r.endpoint, r.family, r.status, r.handled)).collect();
    assert_eq!(
        summary,
        [
            (1, Endpoint::Token, PathFamily::F3, Some(200), Some(200)),
            (2, Endpoint::Start, PathFamily::F3, Some(201), Some(201)),
            (3, Endpoint::Upload, PathFamily::F3, Some(201), Some(201)),
        ]
    );
    let upload = &requests[2];
    assert_eq!(upload.path, format!("/api/v1/device/files/batches/{batch}/upload"));
    assert_eq!(upload.bytes.to_string(), upload.header("content-length").unwrap());
    assert_eq!((upload.parts[0].bytes, upload.parts[0].field.as_str()), (5, "files"));
    assert_eq!(upload.parts[0].file_name.as_deref(), Some("A.csv.gz"));
    server.forget_requests();
    assert!(server.requests().is_empty());
}

#[test]
fn a_recorded_request_is_compared_with_a_fixture_byte_for_byte() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    device.upload(&batch, &[("GOODS.csv.gz", b"bytes")]);
    device.upload(&batch, &[("STOCK.csv.gz", b"bytes")]);
    let requests = server.requests();
    let values = Values::from([("boundary".to_owned(), "b0undary".to_owned())]);
    requests[0].matches(&load("token-device").unwrap().request, &values).unwrap();
    let matched = requests[2].matches(&load("f3-upload").unwrap().request, &values).unwrap();
    assert_eq!(matched["batch"], batch);
    let wrong = requests[3].matches(&load("f3-upload").unwrap().request, &values).unwrap_err();
    assert_eq!(wrong.at, "body/0/Content-Disposition");
}

#[test]
fn records_pages_and_files_contain_no_secret() {
    let server = server(|_| {});
    let device = Device::new(&server);
    device.report(
        "/api/dfc/error",
        r#"{"type": "T", "message": "m", "clientSecret": "cs_canary", "metadata": {"a": {"token": "cs_canary"}}}"#,
    );
    device.post("/api/v1/device/batches/start");
    let mut shown = format!("{:?}", server.requests());
    for request in server.requests() {
        shown.push_str(&format!("{:?} {:?}", request.headers, request.body));
    }
    let wrong = load("token-wrong-secret").unwrap().request;
    shown.push_str(&server.requests()[0].matches(&wrong, &Values::new()).unwrap_err().to_string());
    shown.push_str(&get(&server, "/requests").text());
    shown.push_str(&std::fs::read_to_string(server.data().join("journal.jsonl")).unwrap().replace(
        // The client has to keep secrets out of metadata; the server shows it unchanged.
        r#"{"token":"cs_canary"}"#,
        "",
    ));
    let encoded = super::support::basic(SITE).1;
    for secret in [SITE.1, &encoded, &device.token, "cs_canary"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(shown.contains("Basic warehouse.example.com:[redacted]"));
}
