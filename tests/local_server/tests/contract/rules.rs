//! Batches: how they open, close, and time out; one at a time (docs/wire.md#batches).

use std::time::{Duration, Instant};

use local_data_forge::{BatchStatus, Families, LocalServer, Options, PathFamily, Site};

use super::support::{Device, OTHER_SITE, server};

#[test]
fn a_site_has_one_open_batch_independent_of_other_sites() {
    let server = server(|_| {});
    let (device, other) = (Device::new(&server), Device::at(&server, OTHER_SITE));
    let batch = device.start();
    let refused = device.post("/api/dfc/batch/start");
    assert_eq!(refused.status, 409);
    assert!(!refused.text().contains(&batch), "the reply does not reveal the id of the open batch");
    other.start();
    assert_eq!(device.close(&batch, "cancel").status, 200);
    device.start();
}

#[test]
fn an_account_has_a_limit_of_open_batches() {
    let server = server(|switches| switches.account_batch_limit = 1);
    let (device, other) = (Device::new(&server), Device::at(&server, OTHER_SITE));
    let batch = device.start();
    assert_eq!(other.post("/api/v1/device/batches/start").status, 429);
    device.close(&batch, "fail");
    other.start();
}

#[test]
fn a_closed_batch_cannot_change() {
    let verbs = [
        ("complete", BatchStatus::Completed, false),
        ("complete-with-warnings", BatchStatus::CompletedWithWarnings, false),
        ("fail", BatchStatus::Failed, true),
        ("cancel", BatchStatus::Cancelled, false),
    ];
    let server = server(|_| {});
    let device = Device::new(&server);
    for (first, status, has_errors) in verbs {
        let batch = device.start();
        let answer = device.close(&batch, first);
        assert_eq!((answer.status, &answer.json()["hasErrors"]), (200, &has_errors.into()), "{first}");
        for (second, ..) in verbs {
            let again = device.close(&batch, second);
            assert_eq!(again.status, 400, "{first}, then {second}");
            assert!(again.json()["message"].as_str().unwrap().contains(status.as_str()));
        }
        assert_eq!(device.upload(&batch, &[("A.csv.gz", b"1")]).status, 409);
        assert_eq!(device.dfc_upload(&batch, &[("A.csv.gz", b"1")]).status, 400);
        let stored = server.batch(&batch).unwrap();
        assert_eq!((stored.status, stored.has_errors, stored.files.len()), (status, has_errors, 0));
    }
}

#[test]
fn an_expired_batch_is_swept_by_the_clock_of_the_server() {
    let server = server(|switches| {
        switches.batch_timeout = Duration::from_millis(100);
        switches.sweep_every = Duration::from_millis(10);
    });
    let device = Device::new(&server);
    let batch = device.start();
    let started = Instant::now();
    while server.batch(&batch).unwrap().status == BatchStatus::InProgress {
        assert!(started.elapsed() < Duration::from_secs(10), "never swept");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(server.batch(&batch).unwrap().status, BatchStatus::NotCompleted);
    assert_eq!(device.close(&batch, "complete").status, 400);
    assert_eq!(device.upload(&batch, &[("A.csv.gz", b"1")]).status, 409);
    device.start();
}

#[test]
fn an_unexpired_batch_is_not_swept() {
    let server = server(|_| {});
    server.clock().hold();
    let device = Device::new(&server);
    let batch = device.start();
    server.clock().advance(Duration::from_millis(3_599_999));
    assert!(server.sweep().is_empty());
    server.clock().advance(Duration::from_millis(1));
    assert_eq!(server.sweep()[0].id, batch);
}

#[test]
fn each_family_can_be_served_alone() {
    for (families, token, start) in [
        (Families::Both, [true, true, true], [true, true]),
        (Families::F2, [false, true, true], [false, true]),
        (Families::F3, [true, false, false], [true, false]),
        (Families::Specification, [false, true, false], [false, false]),
        (Families::V2Only, [true, false, false], [false, false]),
    ] {
        let server = server(|_| {});
        let device = Device::new(&server);
        server.switch(|switches| switches.families = families);
        let is_served = |path: &str| {
            let header = super::support::basic(super::support::SITE);
            super::support::send(&server, "POST", path, &[header], b"").status == 200
        };
        let tokens =
            ["/api/v1/device/auth/token", "/api/dfc/auth/token", "/api/v1/auth/token"].map(is_served);
        assert_eq!(tokens, token, "{families:?}");
        let starts = ["/api/v1/device/batches/start", "/api/dfc/batch/start"].map(|path| {
            let status = device.post(path).status;
            assert!(matches!(status, 201 | 401 | 409), "{families:?} {path}: {status}");
            status != 401
        });
        assert_eq!(starts, start, "{families:?}");
        let report = r#"{"type": "STARTUP_SUCCESS", "message": "up", "severity": "INFO"}"#;
        let global = device.report("/api/dfc/error", report).status;
        let expected = if matches!(families, Families::F3 | Families::V2Only) { 401 } else { 204 };
        assert_eq!(global, expected, "{families:?}");
    }
}

#[test]
fn unknown_paths_answer_with_the_status_of_the_switch() {
    let server = server(|_| {});
    let device = Device::new(&server);
    for status in [401, 403, 404] {
        server.switch(|switches| switches.unknown_status = status);
        let answer = device.post("/api/dfc/schema");
        assert_eq!((answer.status, answer.body.len()), (status, 0));
    }
    assert!(server.requests().iter().any(|request| request.family == PathFamily::F2));
}

#[test]
fn a_restart_keeps_batches_files_errors_and_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        data: Some(folder.path().to_path_buf()),
        sites: vec![Site::new("warehouse.example.com", "cs_secret123")],
        ..Options::default()
    };
    let server = LocalServer::start(options()).unwrap();
    server.clock().hold();
    let device = Device::new(&server);
    let batch = device.start();
    device.upload(&batch, &[("GOODS.csv.gz", b"bytes")]);
    let report = r#"{"type": "DISK_FULL", "message": "no room"}"#;
    device.report(&format!("/api/v1/device/errors/batches/{batch}"), report);
    let (before, errors, token) = (server.batches(), server.errors(), device.token.clone());
    let address = server.address();
    drop(server);

    let server = LocalServer::start(Options { listen: address, ..options() }).unwrap();
    assert_eq!(server.batches(), before);
    assert_eq!(server.errors(), errors);
    assert!(before[0].has_errors);
    let device = Device { server: &server, token };
    assert_eq!(device.upload(&batch, &[("GOODS.csv.gz", b"bytes")]).status, 500, "the name is taken");
    assert_eq!(device.upload(&batch, &[("STOCK.csv.gz", b"more")]).status, 201);
    assert_eq!(device.close(&batch, "complete").status, 200);
    assert_eq!(server.bytes_of(&server.files(&batch)[0]).unwrap(), b"bytes");
}

#[test]
fn every_reply_has_the_date_of_the_servers_clock() {
    let server = server(|_| {});
    server.clock().hold();
    server.clock().advance(Duration::from_mins(90));
    let expected = server.clock().now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for path in ["/", "/api/dfc/batch/start", "/api/nowhere"] {
        assert_eq!(Device::new(&server).post(path).header("date"), Some(expected.as_str()), "{path}");
    }
}
