//! `run` under load is killed repeatedly: no table is lost or delivered twice, and the history records the kills.
//!
//! `KILLS=100 cargo test --test run kills -- --nocapture` for more of them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use data_exporter::models::errors::ErrorQuery;
use data_exporter::models::export::RunState;
use data_exporter::models::history::HistoryQuery;
use data_exporter::store::Store;
use local_data_forge::{BatchStatus, Endpoint, Fault, Rule};

use test_support::wait::wait_within;
use test_support::{Installation, Service, wait_until};

const EVERY_SECOND: &str = "[export]\nskip_unchanged = true\n[scheduler]\ncrontab = \"* * * * * *\"\n";

/// The number of new tables before each kill.
const TABLES: usize = 12;

/// A batch that is sent again waits for the next minute.
const LONG_TIMEOUT: Duration = Duration::from_mins(4);

fn uploads(installation: &Installation) -> usize {
    installation.server.requests().iter().filter(|request| request.endpoint == Endpoint::Upload).count()
}

/// Returns the file names of completed batches, with repetitions.
fn arrived(installation: &Installation) -> Vec<String> {
    let done = |status| matches!(status, BatchStatus::Completed | BatchStatus::CompletedWithWarnings);
    let batches = installation.server.batches();
    let files = batches.iter().filter(|batch| done(batch.status)).flat_map(|batch| &batch.files);
    files.map(|file| file.name.clone()).collect()
}

/// If the answer to a start was lost with its process, no one knows the batch; lets the server's sweep close it.
fn sweep_unknown_batch(installation: &Installation) {
    let last = Store::view(installation.home.path()).unwrap().last_run().unwrap();
    if last
        .and_then(|run| run.error)
        .is_some_and(|error| error.code == data_exporter::error::Code::BatchActive)
    {
        installation.server.clock().advance(Duration::from_mins(61));
        installation.server.sweep();
    }
}

#[test]
fn a_kill_at_any_moment_loses_nothing_and_delivers_nothing_twice() {
    let kills = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(6);
    let installation = Installation::with_a_table().paired(EVERY_SECOND);
    let mut expected = BTreeSet::from(["GOODS.csv.gz".to_owned()]);
    let mut random = fastrand::Rng::with_seed(7);
    installation.server.fault(Rule::always(Fault::Delay(Duration::from_millis(60))).on(Endpoint::Upload));
    for kill in 0..kills {
        for number in 0..TABLES {
            installation.text_table(&format!("K{kill}N{number}.DBF"), &format!("row of {kill}"));
            expected.insert(format!("K{kill}N{number}.csv.gz"));
        }
        let before = uploads(&installation);
        let service = Service::start(&installation);
        wait_within(LONG_TIMEOUT, "the tables arrived", || {
            sweep_unknown_batch(&installation);
            uploads(&installation) > before
        });
        std::thread::sleep(Duration::from_millis(random.u64(0..300)));
        assert_eq!(service.end("KILL"), None);
    }
    let service = Service::start(&installation);
    wait_within(LONG_TIMEOUT, "the tables arrived", || {
        sweep_unknown_batch(&installation);
        arrived(&installation).len() >= expected.len()
    });
    installation.until_run(RunState::NothingToDo);
    assert_eq!(service.end("TERM"), Some(0));

    let arrived = arrived(&installation);
    assert_eq!(arrived.iter().cloned().collect::<BTreeSet<_>>(), expected, "nothing is lost");
    assert_eq!(arrived.len(), expected.len(), "nothing is delivered twice");
    let store = Store::view(installation.home.path()).unwrap();
    let interrupted = HistoryQuery { states: vec![RunState::Interrupted], ..HistoryQuery::default() };
    let interrupted = store.history_page(&interrupted, None, 1).unwrap().total;
    let died = ErrorQuery { kind: Some("SHUTDOWN_ERROR".to_owned()), ..ErrorQuery::default() };
    let died = store.error_page(&died, None, 1).unwrap().total;
    assert!(interrupted > 0 && died > 0);
    println!(
        "{kills} kills, {} tables in {} batches, each once; {interrupted} runs interrupted, {} uploads",
        arrived.len(),
        installation.server.batches().len(),
        uploads(&installation)
    );
    assert_eq!(std::fs::read_dir(installation.home.path().join("spool")).map_or(0, Iterator::count), 0);
}

#[test]
fn a_signal_under_load_ends_it_cleanly_and_the_next_start_delivers_the_rest() {
    let installation = Installation::with_a_table().paired(EVERY_SECOND);
    for number in 0..40 {
        installation.text_table(&format!("T{number}.DBF"), "row");
    }
    installation.server.fault(Rule::always(Fault::Delay(Duration::from_millis(400))).on(Endpoint::Upload));
    let service = Service::start(&installation);
    wait_until("parts are uploaded", || uploads(&installation) > 4);
    let started = Instant::now();
    assert_eq!(service.end("TERM"), Some(0));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    installation.until_run(RunState::Cancelled);
    assert!(installation.server.batches().iter().all(|batch| batch.status == BatchStatus::Cancelled));
    assert!(!installation.home.path().join("control.sock").exists());
    installation.server.clear_faults();
    let (code, status) = installation.home.json(&["status"]);
    assert!(code == 0 && status["lock_holder"].is_null(), "{status}");
    let _service = Service::start(&installation);
    wait_within(LONG_TIMEOUT, "every table arrived", || arrived(&installation).len() == 41);
}
