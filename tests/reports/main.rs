//! Error reports to the server and their records in the local history: real sockets and processes, the test server.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod canary;
mod causes;
mod delivery;
mod engine_fault;
#[cfg(unix)]
mod processes;

use std::time::{Duration, Instant};

use data_exporter::models::errors::{ErrorQuery, RecordedError};
use data_exporter::store::Store;
use local_data_forge::{LocalServer, StoredReport};

/// Longer than any step takes on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Waits until the server has a report of a type and returns all of them.
fn reported(server: &LocalServer, kind: &str) -> Vec<StoredReport> {
    let started = Instant::now();
    loop {
        let reports: Vec<_> = server.errors().into_iter().filter(|report| report.kind == kind).collect();
        if !reports.is_empty() {
            return reports;
        }
        assert!(started.elapsed() < TIMEOUT, "the server has only {:?}", server.errors());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Returns a text of a report's metadata.
fn detail<'a>(report: &'a StoredReport, key: &str) -> &'a str {
    report.metadata.as_ref().and_then(|details| details.get(key)?.as_str()).unwrap_or_default()
}

fn history(store: &Store) -> Vec<RecordedError> {
    store.error_page(&ErrorQuery::default(), None, u32::MAX).unwrap().errors
}
