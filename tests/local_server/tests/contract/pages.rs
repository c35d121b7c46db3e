//! The pages for a person.

use super::support::{Device, get, send, server};

#[test]
fn a_batch_can_be_found_and_its_file_downloaded() {
    let server = server(|_| {});
    assert!(get(&server, "/").text().contains("No batch was started yet"));
    let device = Device::new(&server);
    let batch = device.start();
    device.upload(&batch, &[("Товары.csv.gz", b"bytes of it")]);
    let start = get(&server, "/").text();
    assert!(start.contains("in progress") && start.contains(&format!("href=\"/batches/{batch}\"")));
    let page = get(&server, &format!("/batches/{batch}")).text();
    let file = &server.files(&batch)[0];
    assert!(page.contains("Товары.csv.gz") && page.contains(&file.sha256));
    let download = get(&server, &format!("/batches/{batch}/files/{}", file.id));
    assert_eq!(download.body, b"bytes of it");
    let name = "attachment; filename*=UTF-8''%D0%A2%D0%BE%D0%B2%D0%B0%D1%80%D1%8B.csv.gz";
    assert_eq!(download.header("content-disposition"), Some(name));
}

#[test]
fn client_input_is_shown_and_never_executed() {
    let server = server(|_| {});
    let device = Device::new(&server);
    let batch = device.start();
    let script = "<script>alert(1)</script>";
    let name = "<script>alert(1)<b>.gz";
    assert_eq!(device.upload(&batch, &[(name, b"a")]).status, 201);
    let body = serde_json::json!({"type": script, "message": script, "metadata": {script: script}});
    assert_eq!(device.report(&format!("/api/dfc/error/{batch}"), &body.to_string()).status, 201);
    device.post("/api/v1/<script>");
    for path in ["/", "/errors", "/requests", &format!("/batches/{batch}")] {
        let page = get(&server, path);
        assert!(!page.text().contains("<script"), "{path}");
        assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    }
    assert!(get(&server, "/errors").text().contains("&lt;script&gt;"));
}

#[test]
fn pages_are_labelled_for_screen_readers() {
    let server = server(|_| {});
    let device = Device::new(&server);
    device.report("/api/dfc/error", r#"{"type": "DISK_FULL", "message": "no room"}"#);
    let page = get(&server, "/errors").text();
    for part in [
        r#"<html lang="en">"#,
        "<title>Errors · Local Data Forge</title>",
        r#"<nav aria-label="Main">"#,
        r#"aria-current="page""#,
        "<main>",
        "<h1>Errors</h1>",
        "<caption>1 report, the newest first</caption>",
        r#"<th scope="col">Severity</th>"#,
        r#"<th scope="row">"#,
        "color-scheme: light dark",
    ] {
        assert!(page.contains(part), "{part} is missing in {page}");
    }
}

#[test]
fn unknown_pages_are_404_and_posts_are_405() {
    let server = server(|_| {});
    for path in ["/batches/8f14e45f-ceea-467f-9575-1d1f6b0a3c21", "/nothing", "/batches/x/files/y", "/../etc"]
    {
        let page = get(&server, path);
        assert_eq!(page.status, 404, "{path}");
        assert!(page.text().contains("There is no such page"));
    }
    assert_eq!(send(&server, "POST", "/", &[], b"").status, 405);
}
