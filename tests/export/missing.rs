//! Tables that were delivered before and are not in the folder any more.

use data_exporter::export::{NoProgress, RunRequest, dry_run};
use data_exporter::models::ErrorSeverity;
use data_exporter::models::errors::ErrorQuery;
use data_exporter::models::export::RunState;
use test_support::export_harness::{ExportHarness, error_code, state};
use tokio_util::sync::CancellationToken;

async fn delivered() -> ExportHarness {
    let mut harness = ExportHarness::with_tables(3);
    harness.config.export.skip_unchanged = true;
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    harness
}

fn remove(harness: &ExportHarness, tables: &[&str]) {
    for table in tables {
        std::fs::remove_file(harness.path(table)).unwrap();
    }
}

fn accepting() -> RunRequest {
    RunRequest { accept_missing: true, ..RunRequest::default() }
}

#[tokio::test]
async fn a_table_that_is_gone_is_a_warning_once() {
    let harness = delivered().await;
    remove(&harness, &["T00.DBF", "T02.DBF"]);
    let dry = dry_run(
        &harness.config,
        &harness.store(),
        &harness.context().destination,
        &RunRequest::default(),
        &NoProgress,
        &CancellationToken::new(),
    );
    assert_eq!(state(&dry.unwrap()), (RunState::CompleteWithWarnings, 3));
    assert_eq!(state(&harness.export().await), (RunState::CompleteWithWarnings, 3));
    let told = || {
        let query = ErrorQuery { text: Some("any more".to_owned()), ..ErrorQuery::default() };
        harness.store().error_page(&query, None, 9).unwrap().errors
    };
    let [warning] = told().try_into().unwrap();
    assert_eq!(warning.severity, ErrorSeverity::Warning);
    assert_eq!(
        warning.message,
        "`T00.DBF`, `T02.DBF` are not in the source folder any more, but delivered before"
    );
    assert_eq!(state(&harness.export().await), (RunState::NothingToDo, 0), "it is told once");

    harness.table("T00.DBF", &["back again"]);
    harness.next_minute();
    assert_eq!(state(&harness.export().await), (RunState::Complete, 0));
    remove(&harness, &["T00.DBF"]);
    assert_eq!(state(&harness.export().await), (RunState::CompleteWithWarnings, 3), "gone a second time");
    assert_eq!(told().len(), 2);
}

#[tokio::test]
async fn an_empty_folder_that_held_tables_fails_until_a_person_confirms_it() {
    let harness = delivered().await;
    remove(&harness, &["T00.DBF", "T01.DBF", "T02.DBF"]);
    for _ in 0..2 {
        let outcome = harness.export().await;
        assert_eq!((error_code(&outcome), state(&outcome)), ("SOURCE_EMPTY", (RunState::Failed, 7)));
    }
    let error = harness.export().await.report.error.unwrap();
    assert!(error.message.starts_with("all 3 tables delivered before from the source folder `"), "{error:?}");
    assert!(error.hint.unwrap().ends_with("run `data_exporter export --accept-missing`"));
    assert_eq!(state(&harness.export_with(accepting()).await), (RunState::NothingToDo, 0));
    assert_eq!(state(&harness.export().await), (RunState::NothingToDo, 0));
}

#[tokio::test]
async fn a_confirmed_table_is_forgotten_and_an_excluded_one_is_not_missed() {
    let mut harness = delivered().await;
    remove(&harness, &["T00.DBF"]);
    assert_eq!(state(&harness.export_with(accepting()).await), (RunState::NothingToDo, 0));
    assert_eq!(state(&harness.export().await), (RunState::NothingToDo, 0));
    harness.config.src.exclude_patterns = vec!["T01.DBF".to_owned()];
    assert_eq!(state(&harness.export().await), (RunState::NothingToDo, 0));
}
