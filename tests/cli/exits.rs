//! `export` without a delivery: every exit code with its message.

use std::fs;
use std::net::TcpListener;

use data_exporter::platform::FolderLock;
use local_data_forge::{Endpoint, Fault, Rule};
use serde_json::json;
use test_support::{Installation, TestHome, error_code, fields};

#[test]
fn without_a_credential_export_exits_4_and_starts_no_run() {
    let installation = Installation::new();
    installation.home.write(
        "config.toml",
        &format!(
            "[src]\nsource_dir = '{}'\n[api]\nbase_url = \"https://127.0.0.1:1\"\n",
            installation.tables.display()
        ),
    );
    let (exit, value) = installation.export(&[]);
    assert_eq!((exit, error_code(&value)), (4, "NOT_PAIRED"));
    assert_eq!(fields(&value), ["error"]);
    assert_eq!(fields(&value["error"]), ["code", "hint", "message", "path"]);
    assert!(installation.home.json(&["history"]).1["runs"].as_array().unwrap().is_empty());
    assert_eq!(installation.home.json(&["errors"]).1["errors"][0]["type"], "NOT_PAIRED");
}

#[test]
fn a_wrong_secret_exits_4_and_needs_attention() {
    let installation =
        Installation::new().variable("DATA_EXPORTER_CREDENTIAL_DEVICE_CLIENT_SECRET", "cs_wrong");
    let server = &installation.server;
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 1);
    let (exit, run) = installation.export(&[]);
    assert_eq!((exit, error_code(&run), &run["state"]), (4, "AUTHENTICATION_FAILED", &json!("failed")));
    assert_eq!(installation.home.json(&["status"]).1["state"], "needs_attention");
    assert!(!run.to_string().contains("cs_wrong"));
}

#[test]
fn an_unreachable_or_failing_server_exits_5() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let installation = Installation::new();
    installation.pair_in_plain_text(&format!("http://{free}"), "");
    installation.table("goods.dbf", 1);
    let (exit, run) = installation.export(&["--retry-for", "0s"]);
    assert_eq!((exit, error_code(&run), &run["state"]), (5, "CONNECTION_FAILED", &json!("failed")));
    assert!(run["run_id"].is_i64(), "a failed run is reported as a run");

    let installation = Installation::new();
    let server = &installation.server;
    server.fault(Rule::always(Fault::Status(503)));
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 1);
    let (exit, run) = installation.export(&["--retry-for", "0s"]);
    assert_eq!((exit, error_code(&run)), (5, "SERVICE_UNAVAILABLE"));
    assert_eq!(installation.home.json(&["status"]).1["state"], "error");
}

#[test]
fn an_open_batch_of_another_program_exits_1() {
    let installation = Installation::new();
    let server = &installation.server;
    let body = r#"{"status":409,"error":"Conflict","message":"Site already has an active batch"}"#;
    server.fault(
        Rule::always(Fault::Reply {
            status: 409,
            content_type: "application/json".to_owned(),
            body: body.to_owned(),
        })
        .on(Endpoint::Start),
    );
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 1);
    let (exit, run) = installation.export(&[]);
    assert_eq!((exit, error_code(&run)), (1, "BATCH_ACTIVE"));
}

#[test]
fn a_site_that_requires_api_v2_exits_1() {
    let installation = Installation::new();
    let server = &installation.server;
    server.switch(|switches| switches.api_v2_required = true);
    installation.pair_in_plain_text(&server.base_url(), "");
    installation.table("goods.dbf", 1);
    let (exit, run) = installation.export(&[]);
    assert_eq!((exit, error_code(&run)), (1, "API_V2_REQUIRED"));
}

#[test]
fn a_held_folder_exits_6_and_names_the_holder() {
    let installation = Installation::new();
    installation.pair_in_plain_text("http://127.0.0.1:1", "");
    let _lock = FolderLock::take(installation.home.path(), "data_exporter run").unwrap();
    let (exit, value) = installation.export(&[]);
    assert_eq!((exit, error_code(&value)), (6, "FOLDER_HELD"));
    let message = value["error"]["message"].as_str().unwrap();
    assert!(message.contains(&format!("data_exporter run (pid {})", std::process::id())), "{message}");
    for free in ["status", "history", "errors"] {
        assert_eq!(installation.home.run(&[free]).code, 0, "{free} needs no lock");
    }
    assert_eq!(installation.export(&["--dry-run"]).0, 0);
}

#[test]
fn an_invalid_configuration_or_source_folder_exits_7() {
    let installation = Installation::new();
    installation.pair_in_plain_text("http://127.0.0.1:1", "");
    fs::remove_dir(&installation.tables).unwrap();
    let (exit, value) = installation.export(&[]);
    assert_eq!((exit, error_code(&value)), (7, "SOURCE_MISSING"));
    let installation = Installation::new().variable("DATA_EXPORTER_API_HTTPS_ONLY", "true");
    installation.pair_in_plain_text("http://127.0.0.1:1", "");
    assert_eq!((installation.export(&[]).0, error_code(&installation.export(&[]).1)), (7, "HTTP_REFUSED"));
    let installation = Installation::new();
    installation.pair_in_plain_text("http://127.0.0.1:1", "[export]\ngzip_level = 77\n");
    assert_eq!((installation.export(&[]).0, error_code(&installation.export(&[]).1)), (7, "CONFIG_ERROR"));
    let (exit, value) = TestHome::new().json(&["export"]);
    assert_eq!(exit, 7, "nothing configured: {value}");
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_is_an_error_instead_of_an_empty_export() {
    use std::os::unix::fs::PermissionsExt as _;
    let installation = Installation::new();
    installation.pair_in_plain_text("http://127.0.0.1:1", "");
    fs::set_permissions(&installation.tables, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(&installation.tables).is_ok() {
        eprintln!("skipped: this account reads every folder");
        return;
    }
    let (exit, value) = installation.export(&[]);
    fs::set_permissions(&installation.tables, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!((exit, error_code(&value)), (7, "SOURCE_MISSING"));
}
