//! Queries of runs compared with a plain filter over all of them; pages; query plans of SQLite.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::error::{Code, Error};
use crate::models::export::{RunReport, RunState, Trigger};
use crate::store::RunId;
use crate::store::journal::PlannedFile;

const TABLES: [&str; 4] = ["Склад/Товары.dbf", "מחסן/מלאי.dbf", "old/ITEMS.DBF", "100%_a.dbf"];
const ERRORS: [(&str, Option<&str>); 2] =
    [("the server did not answer", Some("check the network")), ("`Склад` is gone", None)];
const TEXTS: [&str; 12] = [
    "склад",
    "ТОВАРЫ",
    "מלאי",
    "items.dbf",
    "%",
    "_",
    "1",
    "BATCH-1",
    "Network",
    "gone",
    "SOURCE_M",
    "nowhere",
];
const STATES: [RunState; 3] = [RunState::Running, RunState::Complete, RunState::Failed];
const TRIGGERS: [Trigger; 2] = [Trigger::Manual, Trigger::Schedule];

/// A run to be stored.
#[derive(Debug, Clone)]
struct Generated {
    trigger: Trigger,
    state: RunState,
    hour: i64,
    tables: Vec<&'static str>,
    batch: bool,
    error: Option<(&'static str, Option<&'static str>)>,
}

fn generated() -> impl Strategy<Value = Generated> {
    (
        select(&TRIGGERS),
        select(&STATES),
        0..10_i64,
        subsequence(&TABLES, 0..=3),
        any::<bool>(),
        proptest::option::of(select(&ERRORS)),
    )
        .prop_map(|(trigger, state, hour, tables, batch, error)| Generated {
            trigger,
            state,
            hour,
            tables,
            batch,
            error: error.filter(|_| state == RunState::Failed),
        })
}

fn query() -> impl Strategy<Value = HistoryQuery> {
    (
        subsequence(&STATES, 0..=2),
        subsequence(&TRIGGERS, 0..=1),
        proptest::option::of(select(&TEXTS)),
        proptest::option::of((0..10_i64).prop_map(at)),
        proptest::option::of((0..10_i64).prop_map(at)),
    )
        .prop_map(|(states, triggers, text, since, until)| HistoryQuery {
            states,
            triggers,
            text: text.map(str::to_owned),
            since,
            until,
        })
}

fn at(hour: i64) -> DateTime<Utc> {
    crate::store::time(hour * 3_600_000)
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

fn add(store: &Store, generated: &Generated) -> RunId {
    let run = store.begin_run(generated.trigger).unwrap();
    let planned = |source: &&str| PlannedFile {
        source: (*source).to_owned(),
        table: source.replace(['/', '.'], "_"),
        decision: None,
    };
    store.plan_files(run, &generated.tables.iter().map(planned).collect::<Vec<_>>()).unwrap();
    if generated.batch {
        let batch = store.begin_batch(run, "here").unwrap();
        store.batch_started(batch, &format!("batch-{}", run.0), None).unwrap();
    }
    if generated.state != RunState::Running {
        let error = generated.error.map(|(message, hint)| {
            let error = Error::new(Code::SourceMissing, message);
            if let Some(hint) = hint { error.hint(hint) } else { error }
        });
        store.finish_run(run, generated.state, error.as_ref()).unwrap();
    }
    let started = at(generated.hour).timestamp_millis();
    store
        .write(|sql| Ok(sql.execute("UPDATE runs SET started_at = ? WHERE id = ?", [started, run.0])?))
        .unwrap();
    run
}

/// Applies a [`HistoryQuery`].
fn takes(query: &HistoryQuery, run: &RunReport) -> bool {
    let texts = || {
        let files = run.files.iter().flatten();
        let tables = files.flat_map(|file| [file.report.source.clone(), file.report.table.clone()]);
        let error = run.error.iter().flat_map(|error| {
            [
                Some(error.code.as_str().to_owned()),
                Some(error.message.clone()),
                error.hint.clone(),
                error.path.clone(),
            ]
        });
        let number = [run.run_id.to_string()].into_iter();
        number.chain(run.batch_ids.clone()).chain(tables).chain(error.flatten())
    };
    (query.states.is_empty() || query.states.contains(&run.state))
        && (query.triggers.is_empty() || query.triggers.contains(&run.trigger))
        && query.since.is_none_or(|since| run.started_at >= since)
        && query.until.is_none_or(|until| run.started_at < until)
        && query
            .text
            .as_ref()
            .is_none_or(|text| texts().any(|place| place.to_lowercase().contains(&text.to_lowercase())))
}

fn expected(store: &Store, query: &HistoryQuery) -> Vec<i64> {
    let all = store.recent_runs(u64::MAX).unwrap();
    let whole = all.iter().map(|run| store.run(RunId(run.run_id)).unwrap());
    whole.filter(|run| takes(query, run)).map(|run| run.run_id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn pages_form_the_whole_list_while_entries_are_added(
        runs in proptest::collection::vec(generated(), 0..12),
        later in generated(), query in query(), limit in 1..5_u32
    ) {
        let (_folder, store) = store();
        for run in &runs {
            add(&store, run);
        }
        let list = expected(&store, &query);
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = store.history_page(&query, cursor.as_deref(), limit).unwrap();
            prop_assert_eq!(page.total, expected(&store, &query).len() as u64);
            prop_assert!(page.runs.len() == limit as usize || page.next.is_none());
            seen.extend(page.runs.into_iter().map(|run| run.run_id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
            add(&store, &later);
        }
        prop_assert_eq!(seen, list);
    }
}

fn found(store: &Store, text: &str) -> Vec<i64> {
    let query = HistoryQuery { text: Some(text.to_owned()), ..HistoryQuery::default() };
    store.history_page(&query, None, 100).unwrap().runs.into_iter().map(|run| run.run_id).collect()
}

#[test]
fn a_continued_batch_is_found_in_both_runs() {
    let (_folder, store) = store();
    let begun = store.begin_run(Trigger::Manual).unwrap();
    let batch = store.begin_batch(begun, "here").unwrap();
    store.batch_started(batch, "0B5C-77", None).unwrap();
    let resuming = store.begin_run(Trigger::Manual).unwrap();
    store.resume_batch(batch, resuming).unwrap();
    assert_eq!(found(&store, "b5c"), [resuming.0, begun.0]);
}

#[test]
fn tables_planned_in_several_calls_are_all_found() {
    let (_folder, store) = store();
    let run = store.begin_run(Trigger::Manual).unwrap();
    for source in ["a.dbf", "b.dbf"] {
        let planned = PlannedFile { source: source.to_owned(), table: "t".to_owned(), decision: None };
        store.plan_files(run, &[planned]).unwrap();
    }
    assert_eq!((found(&store, "A.DBF"), found(&store, "b.dbf")), (vec![run.0], vec![run.0]));
}

#[test]
fn an_invalid_cursor_is_refused() {
    let (_folder, store) = store();
    store.begin_run(Trigger::Manual).unwrap();
    for cursor in ["", "x", "1.2", "9999999999999999999", "1; DROP TABLE runs"] {
        let error = Error::from(store.history_page(&HistoryQuery::default(), Some(cursor), 1).unwrap_err());
        assert_eq!((error.code, error.message), (Code::Usage, format!("`{cursor}` is not a valid cursor")));
    }
}

#[test]
fn every_list_query_uses_the_index_and_sorts_nothing() {
    let (_folder, store) = store();
    let whole = HistoryQuery {
        states: STATES.to_vec(),
        triggers: TRIGGERS.to_vec(),
        text: Some("a".to_owned()),
        since: Some(at(1)),
        until: Some(at(2)),
    };
    let plan = |query: &HistoryQuery| {
        let filter = filter(query).unwrap();
        store.read(|sql| filter.plan(sql, FROM, ORDER)).unwrap()
    };
    assert_eq!(plan(&HistoryQuery::default()), ["SCAN runs USING COVERING INDEX runs_listed"]);
    insta::assert_snapshot!(plan(&whole).join("\n"));
}
