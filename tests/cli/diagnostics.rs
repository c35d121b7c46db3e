//! `diagnostics`: the contents of the bundle for a working and for a broken installation. `tests/reports/canary.rs`
//! checks that it contains no secret and no table data.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use data_exporter::platform::FolderLock;
use serde_json::Value;
use test_support::TestHome;

/// A home that is paired with an unreachable server.
fn home() -> TestHome {
    let home = TestHome::with_config(
        "[scheduler]\ncrontab = \"0 8 * * *\"\n[src]\nsource_dir = '/not/there'\n[credential]\n\
         secret_store = \"file\"\n[credential.device]\ndomain = \"warehouse.example.com\"\n[api]\n\
         base_url = \"http://127.0.0.1:9\"\nhttps_only = false\n",
    );
    fs::create_dir(home.path().join("secrets")).unwrap();
    home.write("secrets/client_secret", "canary-of-a-secret");
    home
}

/// Returns name and text of each file of a zip.
fn unpacked(path: &Path) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

fn text<'a>(files: &'a [(String, String)], name: &str) -> &'a str {
    &files.iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("no {name}: {files:?}")).1
}

/// Creates a bundle; returns its files and the `--json` output.
fn gathered(home: &TestHome) -> (Vec<(String, String)>, Value) {
    let path = home.path().join("support.zip");
    let (code, json) = home.json(&["diagnostics", "--output", path.to_str().unwrap()]);
    assert_eq!(code, 0, "{json}");
    assert_eq!(json["path"], path.to_str().unwrap());
    (unpacked(&path), json)
}

#[test]
fn the_contents_list_every_file_and_each_can_be_read() {
    let home = home();
    home.run(&["export"]);
    fs::create_dir(home.path().join("logs")).unwrap();
    home.write("logs/data_exporter-2026-11-21.log", "a line of the log\n");
    let (files, json) = gathered(&home);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "README.txt",
            "doctor.txt",
            "system.txt",
            "status.txt",
            "configuration.txt",
            "errors.txt",
            "history.txt",
            "logs/data_exporter-2026-11-21.log",
        ]
    );
    for (name, file) in names.iter().zip(json["files"].as_array().unwrap()) {
        assert_eq!((file["name"].as_str(), &file["missing"]), (Some(*name), &Value::Null));
        assert!(*name == "README.txt" || text(&files, "README.txt").contains(*name), "{name}");
    }
    assert!(text(&files, "doctor.txt").contains("the source folder `/not/there`"));
    assert!(text(&files, "system.txt").contains(env!("CARGO_PKG_VERSION")));
    assert!(text(&files, "status.txt").contains("warehouse.example.com"));
    assert!(text(&files, "configuration.txt").contains("source_dir = \"/not/there\"\n"));
    assert!(text(&files, "configuration.txt").contains("gzip_level = 6  # default"));
    assert!(text(&files, "errors.txt").contains("Critical  SOURCE_MISSING"));
    assert!(text(&files, "history.txt").contains("Export 1: failed"));
    assert_eq!(text(&files, "logs/data_exporter-2026-11-21.log"), "a line of the log\n");
}

#[test]
fn the_bundle_is_created_while_another_process_holds_the_folder() {
    let home = home();
    let _lock = FolderLock::take(home.path(), "data_exporter run").unwrap();
    let (files, _) = gathered(&home);
    let owner_line = format!("Locked by:      data_exporter run (pid {})", std::process::id());
    assert!(text(&files, "system.txt").contains(&owner_line));
}

#[test]
fn unavailable_parts_are_reported_and_the_others_are_included() {
    let home = TestHome::with_config("[credential.device]\nclient_secret = \"canary-of-a-secret\n");
    home.write("state.db", &"no database ".repeat(1000));
    let (files, json) = gathered(&home);
    let whole = format!("{files:?} {json}");
    assert!(!whole.contains("canary"), "{whole}");
    let missing: Vec<&str> = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| !file["missing"].is_null())
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert_eq!(missing, ["status.txt", "configuration.txt", "errors.txt", "history.txt"]);
    assert!(text(&files, "configuration.txt").contains("line 2: not valid TOML"));
    assert!(text(&files, "errors.txt").starts_with("Not available: the local database"));
    assert!(text(&files, "README.txt").contains("not available: the local database"));
    assert!(text(&files, "doctor.txt").starts_with("ok       version"));
    assert!(text(&files, "system.txt").contains("state.db"));
}

#[test]
fn the_history_is_included_when_the_configuration_is_invalid() {
    let home = home();
    home.run(&["export"]);
    home.write("config.toml", "[api]\nmax_upload_mb = true\n");
    let (files, _) = gathered(&home);
    assert!(text(&files, "status.txt").contains("max_upload_mb"));
    assert!(text(&files, "status.txt").contains("Last export:   20"));
    assert!(text(&files, "history.txt").contains("Export 1: failed"));
}

#[cfg(unix)]
#[test]
fn the_bundle_is_private_even_when_it_replaces_a_public_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = home();
    let path = home.write("support.zip", "");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    gathered(&home);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_bundle_is_written_to_the_given_or_the_current_folder() {
    let home = home();
    let folder = home.path().join("for support");
    fs::create_dir(&folder).unwrap();
    let json = home.run(&["diagnostics", "--output", folder.to_str().unwrap()]);
    assert!(json.out.contains("README.txt") && json.out.contains("Nothing was sent."), "{}", json.out);
    let mut command = home.command(&["diagnostics"]);
    assert!(command.current_dir(&folder).output().unwrap().status.success());
    let names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        !names.is_empty()
            && names.iter().all(|name| {
                name.starts_with("data_exporter-diagnostics-20")
                    && Path::new(name).extension().unwrap() == "zip"
            }),
        "{names:?}"
    );
}

#[test]
fn an_unwritable_destination_is_an_error() {
    let home = home();
    let (code, json) = home.json(&["diagnostics", "--output", "/not/there/support.zip"]);
    assert_eq!((code, json["error"]["code"].as_str()), (1, Some("FILE_UNREADABLE")));
}
