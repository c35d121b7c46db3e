//! Uploads: stored and refused files, and the size limits (docs/wire.md#upload).

use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::support::{Device, send, server};

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_file_is_stored_byte_for_byte_with_its_checksum() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    // Bytes that look like the end of the part and do not fit into one buffer.
    let mut bytes: Vec<u8> =
        (0..9_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    bytes.extend_from_slice(b"\r\n--b0undar\r\n");
    let answer = device.upload(&batch, &[("GOODS.csv.gz", &bytes)]).json();
    assert_eq!(answer["checksum"], hex(&bytes));
    assert_eq!(answer["fileSize"], bytes.len());
    let stored = &server.files(&batch)[0];
    assert!(server.bytes_of(stored).unwrap() == bytes, "the stored bytes differ");
    assert_eq!((stored.sha256.clone(), stored.size), (hex(&bytes), bytes.len() as u64));
    assert_eq!(server.path_of(stored), server.data().join(&batch).join("GOODS.csv.gz"));
    assert_eq!(std::fs::read_dir(server.data().join("incoming")).unwrap().count(), 0);
}

#[test]
fn the_device_family_keeps_only_the_first_part() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    assert_eq!(device.upload(&batch, &[("A.csv.gz", b"a"), ("B.csv.gz", b"b")]).status, 201);
    let names: Vec<_> = server.files(&batch).into_iter().map(|file| file.name).collect();
    assert_eq!(names, ["A.csv.gz"]);
}

#[test]
fn the_dfc_family_keeps_the_parts_before_a_bad_one() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    let parts: [(&str, &[u8]); 3] = [("A.csv.gz", b"a"), ("A.csv.gz", b"again"), ("B.csv.gz", b"b")];
    assert_eq!(device.dfc_upload(&batch, &parts).status, 400);
    let files = server.files(&batch);
    assert_eq!(files.len(), 1);
    assert_eq!(server.bytes_of(&files[0]).unwrap(), b"a");
}

#[test]
fn an_empty_file_is_refused_in_each_familys_way() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    assert_eq!(device.upload(&batch, &[("A.csv.gz", b"")]).status, 500);
    assert_eq!(device.dfc_upload(&batch, &[("A.csv.gz", b"")]).status, 400);
    assert!(server.files(&batch).is_empty());
}

#[test]
fn a_file_name_is_unique_in_the_store_within_a_minute() {
    let server = server(|_| {});
    server.clock().hold();
    let device = Device::new(&server);
    let again = |expected| {
        let batch = device.start();
        let answer = device.dfc_upload(&batch, &[("A.csv.gz", b"a")]);
        assert_eq!(answer.status, expected);
        device.close(&batch, "complete");
    };
    again(200);
    again(500);
    server.switch(|switches| switches.unique_keys = false);
    again(200);
    server.switch(|switches| switches.unique_keys = true);
    server.clock().advance(Duration::from_mins(1));
    again(200);
}

#[test]
fn size_limits_are_exact_to_the_byte() {
    let server = server(|switches| {
        switches.max_part = 1000;
        switches.max_request = 2000;
    });
    let device = Device::new(&server);
    let batch = device.start();
    assert_eq!(device.upload(&batch, &[("A.csv.gz", &[b'a'; 1000])]).status, 201);
    let refused = device.upload(&batch, &[("B.csv.gz", &[b'a'; 1001])]);
    assert_eq!((refused.status, &refused.json()["error"]), (413, &"Payload Too Large".into()));
    let parts = [("B.csv.gz", &[b'b'; 900][..]), ("C.csv.gz", &[b'c'; 900])];
    assert_eq!(device.dfc_upload(&batch, &parts).status, 413, "the request with its boundaries is over 2000");
    let names: Vec<_> = server.files(&batch).into_iter().map(|file| file.name).collect();
    assert_eq!(names, ["A.csv.gz"]);
    assert_eq!(std::fs::read_dir(server.data().join("incoming")).unwrap().count(), 0);
}

#[test]
fn the_default_limit_is_128_mebibytes() {
    let switches = local_data_forge::Switches::default();
    assert_eq!((switches.max_part, switches.max_request), (134_217_728, 136_314_880));
}

#[test]
fn any_file_name_is_accepted_and_stays_in_its_folder() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    let names = [
        "סחורה.csv.gz",
        "Товары 📦.csv.gz",
        "../../escape.csv.gz",
        "..",
        "a/b.gz",
        "a_b.gz",
        "goods.csv.gz",
        "GOODS.csv.gz",
    ];
    for name in names {
        assert_eq!(device.upload(&batch, &[(name, name.as_bytes())]).status, 201, "{name}");
    }
    let files = server.files(&batch);
    assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), names);
    for file in &files {
        assert_eq!(server.bytes_of(file).unwrap(), file.name.as_bytes());
        let path = std::fs::canonicalize(server.path_of(file)).unwrap();
        assert_eq!(path.parent().unwrap(), std::fs::canonicalize(server.data().join(&batch)).unwrap());
    }
}

#[test]
fn a_file_name_has_at_most_500_characters() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    assert_eq!(device.upload(&batch, &[("я".repeat(500).as_str(), b"a")]).status, 201);
    assert_eq!(device.upload(&batch, &[("x".repeat(501).as_str(), b"a")]).status, 500);
}

#[test]
fn a_part_without_content_type_or_file_name_is_not_stored() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    let path = format!("/api/v1/device/files/batches/{batch}/upload");
    let kind = ("Content-Type".to_owned(), "multipart/form-data; boundary=x".to_owned());
    for (disposition, expected) in [
        ("name=\"files\"; filename=\"A.csv.gz\"", 500),
        ("name=\"files\"", 400),
        ("name=\"file\"; filename=\"A.csv.gz\"\r\nContent-Type: application/gzip", 400),
    ] {
        let body = format!("--x\r\nContent-Disposition: form-data; {disposition}\r\n\r\nbytes\r\n--x--\r\n");
        let headers = [device.bearer(), kind.clone()];
        let answer = send(&server, "POST", &path, &headers, body.as_bytes());
        assert_eq!(answer.status, expected, "{disposition}");
    }
    assert!(server.files(&batch).is_empty());
}

#[test]
fn a_missing_or_malformed_form_gets_a_500() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    let path = format!("/api/v1/device/files/batches/{batch}/upload");
    assert_eq!(device.post(&path).status, 500);
    let kind = ("Content-Type".to_owned(), "multipart/form-data; boundary=x".to_owned());
    let body = b"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"A\"\r\n\r\nno end";
    assert_eq!(send(&server, "POST", &path, &[device.bearer(), kind], body).status, 500);
    assert!(server.files(&batch).is_empty());
}
