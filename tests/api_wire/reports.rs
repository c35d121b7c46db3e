//! Reports of errors as the contract writes them, at both families.

use data_exporter::api::Family;
use data_exporter::error::ErrorReporter;
use data_exporter::models::{ErrorSeverity, GlobalErrorReport};
use local_data_forge::wire_fixture::{self, Values};
use serde_json::json;
use test_support::scripted::{Scripted, filled};

use super::fixtures::{BATCH, Fixed};

#[tokio::test]
async fn every_error_report_fixture_is_sent_and_parsed() {
    let metadata = json!({"host": "db.example.com", "port": 5432, "retryCount": 3, "lastError": "ETIMEDOUT"});
    let report = GlobalErrorReport::new(
        "CONNECTION_FAILED",
        "Failed to connect to database server: timeout after 30s",
        ErrorSeverity::Critical,
        metadata.as_object().cloned(),
    );
    let mut tested = 0;
    for exchange in wire_fixture::load_all().unwrap() {
        let (family, what) = match exchange.name.split_once("-error-") {
            Some(("f2", what)) => (Family::Dfc, what),
            Some(("f3", what)) => (Family::Device, what),
            _ => continue,
        };
        if !matches!(what, "global" | "batch" | "batch-foreign" | "batch-unknown") {
            // Fixtures that this client never sends.
            continue;
        }
        tested += 1;
        let name = &exchange.name;
        let values = Values::from([("batch".to_owned(), BATCH.to_owned())]);
        let reply = filled(exchange.reply.status, &exchange.reply.fill(&values));
        let server = Scripted::start(vec![reply.clone(), reply]).await;
        let reporter = ErrorReporter::new(false).unwrap();
        let result = match what {
            "global" => reporter.send_global_error(&server.url, &Fixed, family, &report).await,
            _ => reporter.send_batch_error(&server.url, &Fixed, family, BATCH, &report).await,
        };
        let seen = server.seen();
        let first = &seen[0];
        let matched =
            exchange.request.matches(&first.method, &first.path, &first.headers, &first.body, &values);
        assert!(matched.is_ok(), "{name}: {:?}", matched.err().map(|mismatch| mismatch.to_string()));
        assert_eq!(result.is_ok(), (200..300).contains(&exchange.reply.status), "{name}: {result:?}");
        assert_eq!(seen.len(), if result.is_ok() { 1 } else { 2 }, "{name}");
    }
    assert_eq!(tested, 8);
}
