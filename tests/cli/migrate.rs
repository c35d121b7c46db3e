//! `config migrate`: the layouts of the former program, the dry run, changed and kept settings.

use serde_json::Value;
use test_support::TestHome;

/// The layout of version 2.0.
pub const SECOND: &str = "\
# the shop's till\n[schedule]\ncrontab = \"0 0 8 * * *\" # mornings\n[source]\ndirectory = \"/tmp\"\n\
[auth]\ndomain = \"till\"\nclient_secret = \"cs_canary\"\n[api]\nbase_url = \"https://dfm.example.com\"\n\
[batch]\nmax_retries = 3\n[credential]\nsecret_store = \"file\"\n";

/// The last layout.
const FINAL: &str = "\
[scheduler]\ncrontab = \"0 0 8,12,16,18 * * *\"\n[src]\nsource_dir = \"/data\"\n\
[credential.device]\ndomain = \"till\"\nclient_secret = \"cs_canary\"\n[api]\nbase_url = \"https://dfm.example.com\"\n\
[encoding]\ndbf_encoding = \"CP866\"\n";

/// A home with a configuration, in a time zone where the former program used another clock.
pub fn home(text: &str) -> TestHome {
    TestHome::with_config(text)
        .variable("TZ", "Asia/Jerusalem")
        .variable("DATA_EXPORTER_SECRET_STORE", "file")
}

#[test]
fn a_dry_run_lists_every_change_and_changes_nothing() {
    let home = home(SECOND);
    let answer = home.run(&["config", "migrate"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    for part in [
        "[schedule] crontab becomes [scheduler] crontab",
        "[batch] max_retries is removed",
        "--keep-times",
        "Nothing was changed",
    ] {
        assert!(answer.out.contains(part), "{}", answer.out);
    }
    assert!(!answer.out.contains("canary"));
    assert_eq!(std::fs::read_to_string(home.path().join("config.toml")).unwrap(), SECOND);
}

#[test]
fn a_migration_keeps_comments_moves_the_secret_and_leaves_a_backup() {
    let home = home(SECOND);
    assert_eq!(home.run(&["config", "migrate", "--yes", "--keep-times"]).code, 0);
    let text = std::fs::read_to_string(home.path().join("config.toml")).unwrap();
    for part in [
        "# the shop's till",
        "[scheduler]",
        "timezone = \"UTC\"",
        "source_dir = \"/tmp\"",
        "domain = \"till\"",
    ] {
        assert!(text.contains(part), "{text}");
    }
    for gone in ["[schedule]", "[source]", "[auth]", "[batch]", "canary"] {
        assert!(!text.contains(gone), "{text}");
    }
    let backup = std::fs::read_to_string(home.path().join("config.toml.bak")).unwrap();
    assert!(!backup.contains("canary"));
    let secret = std::fs::read_to_string(home.path().join("secrets/client_secret")).unwrap();
    assert_eq!(secret.trim_end(), "cs_canary");
    assert_eq!(home.json(&["config", "migrate"]).1["plan"]["moved"], serde_json::json!([]));
    assert_eq!(home.run(&["config", "validate"]).code, 0);
}

#[test]
fn the_next_runs_are_shown_for_both_clocks() {
    let (_, answer) = home(FINAL).json(&["config", "migrate"]);
    let runs = &answer["plan"]["runs"];
    assert_eq!(runs["former"].as_array().unwrap().len(), 5);
    assert_ne!(runs["former"], runs["now"]);
    assert_eq!(answer["done"], false);
}

#[test]
fn a_second_migration_has_nothing_to_do() {
    for keep in [&[][..], &["--keep-times"], &["--keep-pages"]] {
        let home = home(FINAL);
        assert_eq!(home.run(&[&["config", "migrate", "--yes"], keep].concat()).code, 0);
        let (_, answer) = home.json(&["config", "migrate"]);
        assert_eq!((&answer["plan"]["runs"], &answer["plan"]["secret"]), (&Value::Null, &Value::from(false)));
        let zone = &home.json(&["config", "show"]).1["config"]["scheduler"]["timezone"];
        assert_eq!(zone, if keep == ["--keep-times"] { "UTC" } else { "local" });
    }
}

#[test]
fn a_table_with_another_former_code_page_is_named_and_can_keep_it() {
    use test_tables::{Dialect, Field, Table, Value};
    let source = tempfile::tempdir().unwrap();
    // "shalom" in windows-1255, with the language driver that the former program took for Hebrew.
    let mut table = Table::new(Dialect::DBase3)
        .field(Field::character("NAME", 10))
        .row([Value::from(&b"\xf9\xec\xe5\xed"[..])])
        .build()
        .table;
    table[29] = 0x57;
    std::fs::write(source.path().join("NAMES.DBF"), table).unwrap();
    let home = home(&FINAL.replace("/data", &source.path().display().to_string()));
    let (_, answer) = home.json(&["config", "migrate"]);
    let change = &answer["plan"]["pages"][0];
    assert_eq!((&change["source"], &change["now"]), (&"NAMES.DBF".into(), &"CP866".into()));
    assert_eq!(change["sample"][0], "שלום");
    assert_eq!(home.run(&["config", "migrate", "--yes", "--keep-pages"]).code, 0);
    let shown = home.json(&["preview", &source.path().join("NAMES.DBF").display().to_string()]).1;
    assert_eq!(shown["rows"][0][0], "שלום");
}

#[test]
fn without_a_secret_store_a_migration_changes_nothing() {
    // There is no session bus, so no keychain.
    let text = SECOND.replace("secret_store = \"file\"", "secret_store = \"keychain\"");
    let home = TestHome::with_config(&text).variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/not/there");
    let (code, answer) = home.json(&["config", "migrate", "--yes"]);
    assert_eq!((code, answer["error"]["code"].as_str()), (8, Some("KEYCHAIN_ERROR")), "{answer}");
    assert!(answer["done"].is_null(), "{answer}");
    assert_eq!(std::fs::read_to_string(home.path().join("config.toml")).unwrap(), text);
    assert!(!home.path().join("config.toml.bak").exists());
}
