//! `export` against the stand-in server: what arrives, what is said, and every exit code.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use data_exporter::platform::FolderLock;
use local_data_forge::{BatchStatus, Endpoint, Fault, LocalServer, Options, Rule};
use serde_json::{Value, json};
use test_tables::{Dialect, Field, Table, Value as Cell};

use crate::home::{Home, fields};

const SECRET: &str = "cs_secret123";

/// A shop: a home that is configured for a folder of tables and a server that is not there yet.
struct Shop {
    home: Home,
    tables: PathBuf,
}

impl Shop {
    fn new() -> Self {
        let home = Home::new();
        let tables = home.path().join("tables");
        fs::create_dir(&tables).unwrap();
        Self { home, tables }
    }

    /// Writes the configuration; `more` is appended.
    fn configured(self, base_url: &str, more: &str) -> Self {
        self.home.write(
            "config.toml",
            &format!(
                "[src]\nsource_dir = '{}'\n[credential.device]\ndomain = \"warehouse.example.com\"\n\
                 client_secret = \"{SECRET}\"\n[api]\nbase_url = \"{base_url}\"\nhttps_only = false\n{more}",
                self.tables.display()
            ),
        );
        self
    }

    fn table(&self, name: &str, rows: usize) {
        let mut table = Table::new(Dialect::DBase3)
            .field(Field::character("NAME", 10))
            .field(Field::numeric("PRICE", 8, 2));
        for row in 0..rows {
            table.push(b' ', [Cell::Text(b"goods".to_vec()), Cell::Number(format!("{row}.50"))]);
        }
        table.build().write(&self.tables, name).unwrap();
    }

    fn damaged(&self, name: &str) {
        fs::write(self.tables.join(name), b"\x03 no table").unwrap();
    }

    /// Begins an export without waiting for its end.
    fn start(&self) -> Child {
        let mut command = self.home.command(&["export", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn export(&self, arguments: &[&str]) -> (i32, Value) {
        self.home.json(&[&["export"], arguments].concat())
    }
}

fn wait_for(holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_mins(1), "it comes to that");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn server() -> LocalServer {
    LocalServer::start(Options::default()).unwrap()
}

fn code(value: &Value) -> &str {
    value["error"]["code"].as_str().unwrap_or("none")
}

#[test]
fn a_folder_becomes_a_completed_batch() {
    let server = server();
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 3);
    shop.table("STOCK.DBF", 5);
    let answer = shop.home.run(&["export", "--json"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert_eq!(answer.out.trim().lines().count(), 1, "one object");
    let run = answer.json();
    assert_eq!(
        fields(&run),
        [
            "batch_id",
            "batch_ids",
            "files",
            "finished_at",
            "run_id",
            "started_at",
            "state",
            "totals",
            "trigger"
        ]
    );
    assert_eq!(
        (&run["state"], &run["trigger"], &run["run_id"]),
        (&json!("complete"), &json!("manual"), &json!(1))
    );
    let batch = &server.batches()[0];
    assert_eq!(batch.status, BatchStatus::Completed);
    assert_eq!((&run["batch_id"], &run["batch_ids"]), (&json!(batch.id), &json!([batch.id])));
    for file in run["files"].as_array().unwrap() {
        assert_eq!((&file["upload"], &file["checksum_verified"]), (&json!("sent"), &json!(true)));
        let stored = server.files(&batch.id);
        let stored = stored.iter().find(|stored| file["wire_name"] == stored.name.as_str()).unwrap();
        assert_eq!(file["sha256"], stored.sha256.as_str());
    }
    assert!(answer.err.contains("2 tables found, 2 to send"), "{}", answer.err);
    assert!(!answer.err.contains(SECRET));

    assert_eq!(shop.home.json(&["history", "1"]).1, run, "history says the same");
    assert_eq!(shop.home.json(&["status"]).1["state"], "ok");
    assert!(shop.home.json(&["errors"]).1["errors"].as_array().unwrap().is_empty());
}

#[test]
fn a_person_reads_what_happened() {
    for (language, ending) in [("en", ""), ("ru", "_in_ru"), ("he", "_in_he")] {
        let server = server();
        let shop = Shop::new().configured(&server.base_url(), "");
        shop.table("goods.dbf", 3);
        shop.damaged("bad.dbf");
        let answer = shop.home.run(&["export", "--lang", language]);
        assert_eq!(answer.code, 3);
        let batch = &server.batches()[0].id;
        let masked = |text: &str| shop.home.masked(text).replace(batch.as_str(), "BATCH");
        insta::assert_snapshot!(format!("result{ending}"), masked(&answer.out));
        let mut lines: Vec<&str> = answer.err.lines().collect();
        lines.sort_unstable();
        insta::assert_snapshot!(format!("progress{ending}"), masked(&lines.join("\n")));
    }
}

#[test]
fn a_long_list_is_shortened_to_what_needs_a_look() {
    let server = server();
    let shop = Shop::new().configured(&server.base_url(), "");
    for number in 0..41 {
        shop.table(&format!("t{number}.dbf"), 1);
    }
    shop.damaged("bad.dbf");
    let out = shop.home.run(&["export"]).out;
    assert!(out.contains("bad.dbf") && !out.contains("t7.dbf"), "{out}");
    assert!(out.ends_with("41 more tables without findings: `data_exporter history 1`\n"), "{out}");
}

/// Reliability P4 and docs/dbf.md: neither a secret nor a row's value is in anything the program keeps or says.
#[test]
fn no_secret_and_no_value_stays_behind() {
    let server = server();
    let shop = Shop::new().configured(&server.base_url(), "[credential]\nsecret_store = \"keychain\"\n");
    let mut table = Table::new(Dialect::DBase3).field(Field::numeric("PRICE", 12, 2));
    table.push(b' ', [Cell::Number("canary,value".to_owned())]);
    table.build().write(&shop.tables, "goods.dbf").unwrap();
    let mut said = String::new();
    for arguments in [
        &["export", "--json"][..],
        &["export", "--dry-run"],
        &["history", "1"],
        &["errors"],
        &["status"],
        &["config", "show"],
    ] {
        let answer = shop.home.command(arguments).env("DATA_EXPORTER_LOG", "trace").output().unwrap();
        said += &String::from_utf8_lossy(&answer.stdout);
        said += &String::from_utf8_lossy(&answer.stderr);
    }
    assert!(said.contains("NUMBER_INVALID") || said.contains("no number"), "the value was met: {said}");
    assert!(!said.contains("canary"), "{said}");
    assert!(!said.contains(SECRET), "{said}");
    for entry in fs::read_dir(shop.home.path()).unwrap().flatten() {
        if entry.path().is_file() && entry.file_name() != "config.toml" {
            let bytes = String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
            assert!(!bytes.contains(SECRET) && !bytes.contains("canary"), "{:?}", entry.path());
        }
    }
}

#[test]
fn an_empty_folder_is_exit_0_and_opens_no_batch() {
    let server = server();
    let shop = Shop::new().configured(&server.base_url(), "");
    let (exit, run) = shop.export(&[]);
    assert_eq!((exit, &run["state"], &run["batch_id"]), (0, &json!("nothing_to_do"), &Value::Null));
    assert_eq!(run["batch_ids"], json!([]));
    assert!(server.batches().is_empty());
}

#[test]
fn a_refused_table_is_exit_3_and_stops_nothing() {
    let server = server();
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 3);
    shop.damaged("bad.dbf");
    let (exit, run) = shop.export(&[]);
    assert_eq!((exit, &run["state"]), (3, &json!("complete_with_warnings")));
    assert_eq!(server.batches()[0].status, BatchStatus::CompletedWithWarnings);
    let bad = run["files"].as_array().unwrap().iter().find(|file| file["source"] == "bad.dbf").unwrap();
    assert_eq!((&bad["upload"], &bad["error"]["code"]), (&json!("failed"), &json!("FILE_DAMAGED")));
    let errors = shop.home.json(&["errors"]).1;
    assert_eq!(errors["errors"][0]["metadata"]["fileName"], "bad.dbf");
    assert_eq!(errors["errors"][0]["run_id"], 1);
    assert_eq!(shop.home.json(&["status"]).1["state"], "warnings");
}

#[test]
fn a_dry_run_asks_nobody_and_leaves_nothing() {
    let server = server();
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 3);
    let (exit, run) = shop.export(&["--dry-run"]);
    assert_eq!((exit, &run["state"]), (0, &json!("complete")));
    let file = &run["files"][0];
    assert_eq!((&file["upload"], &file["rows"]["written"]), (&Value::Null, &json!(3)));
    assert!(file["decision"].is_string());
    assert!(server.requests().is_empty());
    for name in ["state.db", "spool", "lock"] {
        assert!(!shop.home.path().join(name).exists(), "{name}");
    }
    insta::assert_snapshot!("dry_run", shop.home.masked(&shop.home.run(&["export", "--dry-run"]).out));
}

#[test]
fn unchanged_tables_are_left_out_where_it_is_asked_and_sent_with_full() {
    let server = server();
    server.switch(|switches| switches.unique_keys = false);
    let shop = Shop::new().configured(&server.base_url(), "[export]\nskip_unchanged = true\n");
    shop.table("goods.dbf", 3);
    assert_eq!(shop.export(&[]).0, 0);
    let (exit, run) = shop.export(&[]);
    assert_eq!((exit, &run["state"]), (0, &json!("nothing_to_do")));
    assert_eq!(run["files"][0]["upload"], "skipped_unchanged");
    assert_eq!(server.batches().len(), 1);
    assert_eq!(shop.home.json(&["status"]).1["state"], "ok");
    let (exit, run) = shop.export(&["--dry-run", "--full"]);
    assert_eq!((exit, &run["files"][0]["upload"]), (0, &Value::Null));
}

#[test]
fn only_the_tables_that_are_asked_for_go() {
    let server = server();
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 1);
    shop.table("stock.dbf", 1);
    let (exit, run) = shop.export(&["--file", "GOO*"]);
    assert_eq!((exit, run["files"].as_array().unwrap().len()), (0, 1));
    assert_eq!(run["files"][0]["source"], "goods.dbf");
    assert_eq!(shop.home.run(&["export", "--file", "["]).code, 2);
    assert_eq!(shop.home.run(&["export", "--retry-for", "soon"]).code, 2);
}

#[test]
fn without_a_credential_it_is_exit_4_and_no_run() {
    let shop = Shop::new();
    shop.home.write(
        "config.toml",
        &format!(
            "[src]\nsource_dir = '{}'\n[api]\nbase_url = \"https://127.0.0.1:1\"\n",
            shop.tables.display()
        ),
    );
    let (exit, value) = shop.export(&[]);
    assert_eq!((exit, code(&value)), (4, "NOT_PAIRED"));
    assert_eq!(fields(&value), ["error"]);
    assert_eq!(fields(&value["error"]), ["code", "hint", "message", "path"]);
    assert!(shop.home.json(&["history"]).1["runs"].as_array().unwrap().is_empty());
    assert_eq!(shop.home.json(&["errors"]).1["errors"][0]["type"], "NOT_PAIRED");
}

#[test]
fn a_wrong_secret_is_exit_4_and_needs_attention() {
    let server = server();
    let shop = Shop::new()
        .configured(&server.base_url(), "")
        .with_variable("DATA_EXPORTER_CREDENTIAL_DEVICE_CLIENT_SECRET", "cs_wrong");
    shop.table("goods.dbf", 1);
    let (exit, run) = shop.export(&[]);
    assert_eq!((exit, code(&run), &run["state"]), (4, "AUTHENTICATION_FAILED", &json!("failed")));
    assert_eq!(shop.home.json(&["status"]).1["state"], "needs_attention");
    assert!(!run.to_string().contains("cs_wrong"));
}

#[test]
fn a_server_that_is_not_there_or_not_well_is_exit_5() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let shop = Shop::new().configured(&format!("http://{free}"), "");
    shop.table("goods.dbf", 1);
    let (exit, run) = shop.export(&["--retry-for", "0s"]);
    assert_eq!((exit, code(&run), &run["state"]), (5, "CONNECTION_FAILED", &json!("failed")));
    assert!(run["run_id"].is_i64(), "a run that failed is told as a run");

    let server = server();
    server.fault(Rule::always(Fault::Status(503)));
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 1);
    let (exit, run) = shop.export(&["--retry-for", "0s"]);
    assert_eq!((exit, code(&run)), (5, "SERVICE_UNAVAILABLE"));
    assert_eq!(shop.home.json(&["status"]).1["state"], "error");
}

#[test]
fn a_foreign_batch_is_exit_1() {
    let server = server();
    let body = r#"{"status":409,"error":"Conflict","message":"Site already has an active batch"}"#;
    server.fault(
        Rule::always(Fault::Reply {
            status: 409,
            content_type: "application/json".to_owned(),
            body: body.to_owned(),
        })
        .on(Endpoint::Start),
    );
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 1);
    let (exit, run) = shop.export(&[]);
    assert_eq!((exit, code(&run)), (1, "BATCH_ACTIVE"));
}

#[test]
fn a_site_of_the_second_interface_is_exit_1() {
    let server = server();
    server.switch(|switches| switches.api_v2_required = true);
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 1);
    let (exit, run) = shop.export(&[]);
    assert_eq!((exit, code(&run)), (1, "API_V2_REQUIRED"));
}

#[test]
fn a_held_folder_is_exit_6_naming_the_holder() {
    let shop = Shop::new().configured("http://127.0.0.1:1", "");
    let _lock = FolderLock::take(shop.home.path(), "data_exporter run").unwrap();
    let (exit, value) = shop.export(&[]);
    assert_eq!((exit, code(&value)), (6, "FOLDER_HELD"));
    let message = value["error"]["message"].as_str().unwrap();
    assert!(message.contains(&format!("data_exporter run (pid {})", std::process::id())), "{message}");
    for free in ["status", "history", "errors"] {
        assert_eq!(shop.home.run(&[free]).code, 0, "{free} needs no lock");
    }
    assert_eq!(shop.export(&["--dry-run"]).0, 0);
}

#[test]
fn configuration_and_folder_are_exit_7() {
    let shop = Shop::new().configured("http://127.0.0.1:1", "");
    fs::remove_dir(&shop.tables).unwrap();
    let (exit, value) = shop.export(&[]);
    assert_eq!((exit, code(&value)), (7, "SOURCE_MISSING"));
    let shop = Shop::new()
        .configured("http://127.0.0.1:1", "")
        .with_variable("DATA_EXPORTER_API_HTTPS_ONLY", "true");
    assert_eq!((shop.export(&[]).0, code(&shop.export(&[]).1)), (7, "HTTP_REFUSED"));
    let shop = Shop::new().configured("http://127.0.0.1:1", "[export]\ngzip_level = 77\n");
    assert_eq!((shop.export(&[]).0, code(&shop.export(&[]).1)), (7, "CONFIG_ERROR"));
    let (exit, value) = Home::new().json(&["export"]);
    assert_eq!(exit, 7, "nothing configured: {value}");
}

#[cfg(unix)]
#[test]
fn a_folder_nobody_may_read_is_no_empty_success() {
    use std::os::unix::fs::PermissionsExt as _;
    let shop = Shop::new().configured("http://127.0.0.1:1", "");
    fs::set_permissions(&shop.tables, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(&shop.tables).is_ok() {
        eprintln!("skipped: this account reads every folder");
        return;
    }
    let (exit, value) = shop.export(&[]);
    fs::set_permissions(&shop.tables, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!((exit, code(&value)), (7, "SOURCE_MISSING"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_exit_130_and_cancels_the_batch() {
    let server = server();
    server.fault(Rule::always(Fault::Silence).on(Endpoint::Upload));
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 1);
    let child = shop.start();
    wait_for(|| server.requests().iter().any(|request| request.path.ends_with("/upload")));
    assert_eq!(shop.home.json(&["status"]).1["state"], "running");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let run: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&run["state"], code(&run)), (&json!("cancelled"), "CANCELLED"));
    assert_eq!(server.batches()[0].status, BatchStatus::Cancelled);
}

/// R1: the process is killed while a file is on its way; the next run leaves every table in exactly one completed batch.
#[cfg(unix)]
#[test]
fn after_kill_9_the_next_export_delivers_everything_once() {
    let server = server();
    server.switch(|switches| switches.unique_keys = false);
    server.fault(Rule::nth(2, Fault::SilenceAfter).on(Endpoint::Upload));
    let shop = Shop::new().configured(&server.base_url(), "uploads_in_flight = 1\n");
    for name in ["a.dbf", "b.dbf", "c.dbf"] {
        shop.table(name, 2);
    }
    let mut child = shop.start();
    wait_for(|| server.requests().iter().filter(|request| request.path.ends_with("/upload")).count() == 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let (_, value) = shop.home.json(&["status"]);
    assert_eq!((&value["state"], &value["last_run"]["state"]), (&json!("error"), &json!("interrupted")));

    let (exit, run) = shop.export(&[]);
    assert_eq!((exit, &run["state"]), (0, &json!("complete")), "{run}");
    let mut delivered: Vec<String> = Vec::new();
    for batch in server.batches() {
        assert_ne!(batch.status, BatchStatus::InProgress);
        if batch.status == BatchStatus::Completed {
            delivered.extend(server.files(&batch.id).into_iter().map(|file| file.name));
        }
    }
    delivered.sort_unstable();
    assert_eq!(delivered, ["a.csv.gz", "b.csv.gz", "c.csv.gz"]);
}

/// R20: of several at once one exports, and the others say who does.
#[test]
fn of_four_at_once_one_exports() {
    let server = server();
    server.fault(Rule::always(Fault::Delay(Duration::from_secs(1))).on(Endpoint::Upload));
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 1);
    let children: Vec<_> = (0..4).map(|_| shop.start()).collect();
    let mut codes: Vec<_> =
        children.into_iter().map(|child| child.wait_with_output().unwrap().status.code()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(6), Some(6), Some(6)]);
    assert_eq!(server.batches().len(), 1);
}

#[cfg(unix)]
#[test]
fn the_data_folder_is_private_and_so_is_what_is_in_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = server();
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 1);
    let data = shop.home.path().join("deep/data");
    let mut command = shop.home.command(&["export", "--config"]);
    command.arg(shop.home.path().join("config.toml")).env("DATA_EXPORTER_HOME", &data);
    assert!(command.output().unwrap().status.success());
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&data).unwrap().flatten() {
        let mode = entry.metadata().unwrap().permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{:?}", entry.path());
    }
}

#[test]
fn a_damaged_database_is_said_and_the_export_goes_on() {
    let server = server();
    let shop = Shop::new().configured(&server.base_url(), "");
    shop.table("goods.dbf", 1);
    shop.home.write("state.db", &"x".repeat(4096));
    let answer = shop.home.run(&["export"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.err.contains("warning: the local database was damaged"), "{}", answer.err);
    assert!(shop.home.path().join("state.db.damaged-1").exists());
}

impl Shop {
    fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.home = self.home.variable(name, value);
        self
    }
}
