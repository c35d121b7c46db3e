//! Settings of the window: shown, checked and saved; and the preview of a table.

use data_exporter::models::command::Command;
use data_exporter::models::preview::PreviewRequest;
use data_exporter::models::settings::{Language, UserSettings};

use test_support::engine_harness::EngineHarness;

#[tokio::test(flavor = "multi_thread")]
async fn changed_settings_are_written_and_everything_else_stays() {
    let harness = EngineHarness::new();
    harness.configure("gzip_level = 9 # small\n# ours\n");
    let mut engine = harness.engine().await;
    let before = harness.config_text();
    let shown = engine.engine.snapshot().settings;
    engine.send(Command::SaveSettings { settings: shown.clone() }).await;
    assert_eq!(harness.config_text(), before);
    let settings = UserSettings {
        crontab: Some("*/15 8-18 * * 1-5".to_owned()),
        exclude_patterns: vec!["tmp*.dbf".to_owned()],
        language: Language::He,
        overrides: [("old/*.dbf".to_owned(), "CP1251".to_owned())].into(),
        ..shown
    };
    engine.send(Command::SaveSettings { settings: settings.clone() }).await;
    let seen = engine.until(|now| now.schedule.is_some()).await;
    assert_eq!(seen.settings, settings);
    assert_eq!(seen.schedule.unwrap().next.len(), 5);
    let text = harness.config_text();
    for expected in ["# ours", "gzip_level = 9 # small", "secret_store = \"file\""] {
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_is_reported_at_once_and_nothing_is_saved() {
    let harness = EngineHarness::new();
    let engine = harness.engine().await;
    let before = harness.config_text();
    let settings = UserSettings {
        source_dir: Some(harness.path("not there").display().to_string()),
        crontab: Some("61 * * * *".to_owned()),
        dbf_encoding: "klingon".to_owned(),
        timezone: Some("Mars/Olympus".to_owned()),
        include_patterns: vec!["[".to_owned()],
        ..engine.engine.snapshot().settings
    };
    let check = engine.engine.check(settings.clone()).await.unwrap();
    let mut fields: Vec<&str> = check.problems.iter().map(|problem| problem.field.as_str()).collect();
    fields.sort_unstable();
    assert!(["crontab", "dbf_encoding", "timezone"].iter().all(|field| fields.contains(field)), "{fields:?}");
    assert!(fields.contains(&"include_patterns") || fields.contains(&"source_dir"), "{fields:?}");
    assert!(check.problems.iter().all(|problem| !problem.message.is_empty() && !problem.remedy.is_empty()));
    assert_eq!((check.schedule, check.tables), (None, None));
    engine.engine.send(Command::SaveSettings { settings }).await.unwrap_err();
    assert_eq!(harness.config_text(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_of_a_pairing_can_only_be_changed_by_pairing() {
    let harness = EngineHarness::new();
    harness.paired("");
    let engine = harness.engine().await;
    let settings = UserSettings {
        base_url: Some("https://other.example.com".to_owned()),
        ..engine.engine.snapshot().settings
    };
    let check = engine.engine.check(settings).await.unwrap();
    assert_eq!(check.problems[0].field, "base_url");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_counts_the_tables_and_lists_the_next_runs() {
    let harness = EngineHarness::new();
    harness.table("STAFF.DBF", &["Anna"]);
    let engine = harness.engine().await;
    let settings = UserSettings {
        crontab: Some("@daily".to_owned()),
        exclude_patterns: vec!["goods*".to_owned()],
        ..engine.engine.snapshot().settings
    };
    let check = engine.engine.check(settings).await.unwrap();
    assert_eq!(check.problems, []);
    assert_eq!(check.tables.unwrap().first, ["STAFF.DBF"]);
    assert_eq!(check.schedule.unwrap().sentence, "at 00:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_begins_with_the_table_that_shows_most() {
    let harness = EngineHarness::new();
    let engine = harness.engine().await;
    let first = async || engine.engine.preview(PreviewRequest::default()).await.unwrap().source;
    harness.table("ABSENT.DBF", &[]);
    harness.table("CODES.DBF", &["a1", "a2", "a3", "a4"]);
    harness.damaged("BROKEN.DBF");
    assert_eq!(first().await, "CODES.DBF", "it has the most rows");
    harness.table("STAFF.DBF", &["болт", "nut"]);
    assert_eq!(first().await, "STAFF.DBF", "its text depends on the code page");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_uses_the_chosen_code_page_and_reads_only_the_source_folder() {
    let harness = EngineHarness::new();
    let engine = harness.engine().await;
    let shown = engine.engine.preview(PreviewRequest::default()).await.unwrap();
    assert_eq!((shown.source.as_str(), shown.encoding.as_str()), ("GOODS.DBF", "CP866"));
    assert_eq!(
        (shown.columns, shown.rows),
        (vec!["NAME".to_owned()], vec![vec!["bolt".to_owned()], vec!["nut".to_owned()]])
    );
    let chosen = PreviewRequest { encoding: Some("windows-1255".to_owned()), ..PreviewRequest::default() };
    assert_eq!(engine.engine.preview(chosen).await.unwrap().encoding, "CP1255");
    let outside = PreviewRequest { source: Some("../config.toml".to_owned()), ..PreviewRequest::default() };
    engine.engine.preview(outside).await.unwrap_err();
}
