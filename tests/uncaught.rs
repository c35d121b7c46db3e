//! An uncaught panic. The test has its own binary because the panic hook belongs to the whole process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use data_exporter::models::Config;
use data_exporter::models::errors::ErrorQuery;
use data_exporter::reports::Reports;
use data_exporter::store::Store;

#[tokio::test(flavor = "multi_thread")]
async fn an_uncaught_panic_is_recorded_with_its_location_and_without_values() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let reports = Reports::new(store.clone());
    reports.serve(Arc::new(Config::default()), folder.path());
    let value = String::from("canary");
    let broken = tokio::spawn(async move { assert!(value.is_empty(), "the value is {value}") });
    assert!(broken.await.is_err());
    let started = Instant::now();
    let found = loop {
        let page = store.error_page(&ErrorQuery::default(), None, 1).unwrap();
        if let Some(error) = page.errors.into_iter().next() {
            break error;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "the panic was not recorded");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(found.kind, "UNKNOWN_ERROR");
    assert!(found.message.contains("tests/uncaught.rs:"), "{}", found.message);
    assert!(!serde_json::to_string(&found).unwrap().contains("canary"));
}
