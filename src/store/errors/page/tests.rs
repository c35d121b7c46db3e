//! Queries of errors compared with a plain filter over all of them; pages; query plans of SQLite.

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::json;

use super::*;
use crate::error::{Code, Error};
use crate::models::export::{RunState, Trigger};
use crate::platform;
use crate::store::errors::NewError;

const KINDS: [&str; 3] = ["TIMEOUT_ERROR", "FILE_DAMAGED", "Batch"];
const MESSAGES: [&str; 3] = ["Сервер не ответил", "the header makes no sense", "השרת דחה"];
const FILES: [&str; 3] = ["Склад\\Товары.dbf", "a.dbf", "100%.dbf"];
const TEXTS: [&str; 10] =
    ["СЕРВЕР", "склад\\т", "דחה", "Header", "timeout", "%", "fileName", "7", "look", "nowhere"];

/// An error as recorded, at this minute.
#[derive(Debug, Clone)]
struct Generated {
    error: NewError,
    minute: i64,
}

fn generated() -> impl Strategy<Value = Generated> {
    (
        select(&KINDS),
        select(&ErrorSeverity::ALL),
        select(&MESSAGES),
        proptest::option::of(select(&FILES)),
        any::<bool>(),
        0..300_i64,
    )
        .prop_map(|(kind, severity, message, file, hint, minute)| {
            let mut error = NewError::new(kind, severity, message);
            if let Some(file) = file {
                error = error.metadata("fileName", file).metadata("at", json!([{ "row": 70 }]));
            }
            Generated { error: if hint { error.hint("look into it") } else { error }, minute }
        })
}

fn query() -> impl Strategy<Value = ErrorQuery> {
    (
        subsequence(&ErrorSeverity::ALL, 0..=2),
        proptest::option::of(select(&["batch", "FILE_DAMAGED"][..])),
        proptest::option::of(select(&TEXTS)),
        proptest::option::of((0..300_i64).prop_map(at)),
        proptest::option::of((0..300_i64).prop_map(at)),
    )
        .prop_map(|(severities, kind, text, since, until)| ErrorQuery {
            severities,
            kind: kind.map(str::to_owned),
            text: text.map(str::to_owned),
            since,
            until,
        })
}

fn at(minute: i64) -> DateTime<Utc> {
    time(minute * 60_000)
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

fn add(store: &Store, generated: &Generated) {
    store.record_error_at(&generated.error, at(generated.minute)).unwrap();
}

/// Applies an [`ErrorQuery`] without its severity.
fn takes(query: &ErrorQuery, error: &RecordedError) -> bool {
    let texts = [&error.message, &error.kind].into_iter().chain(&error.hint).cloned();
    let details =
        error.metadata.get("fileName").map(|name| [name.as_str().unwrap().to_owned(), "70".to_owned()]);
    let mut texts = texts.chain(details.into_iter().flatten());
    query.kind.as_ref().is_none_or(|kind| kind.eq_ignore_ascii_case(&error.kind))
        && query.since.is_none_or(|since| error.last_at >= since)
        && query.until.is_none_or(|until| error.first_at < until)
        && query
            .text
            .as_ref()
            .is_none_or(|text| texts.any(|place| place.to_lowercase().contains(&text.to_lowercase())))
}

/// Returns the expected list and its counts by severity.
fn expected(store: &Store, query: &ErrorQuery) -> (Vec<i64>, BTreeMap<ErrorSeverity, u64>) {
    let mut all = store.error_page(&ErrorQuery::default(), None, u32::MAX).unwrap().errors;
    all.retain(|error| takes(query, error));
    let mut by_severity = BTreeMap::new();
    for error in &all {
        *by_severity.entry(error.severity).or_default() += 1;
    }
    all.retain(|error| query.severities.is_empty() || query.severities.contains(&error.severity));
    all.sort_by_key(|error| std::cmp::Reverse((error.last_at, error.id)));
    (all.into_iter().map(|error| error.id).collect(), by_severity)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]
    #[test]
    fn pages_form_the_whole_list_while_entries_are_added(
        errors in proptest::collection::vec(generated(), 0..20),
        later in 0..400_i64, query in query(), limit in 1..5_u32
    ) {
        let (_folder, store) = store();
        for error in &errors {
            add(&store, error);
        }
        let (list, _) = expected(&store, &query);
        let (mut seen, mut cursor, mut round) = (Vec::new(), None, 0);
        loop {
            let page = store.error_page(&query, cursor.as_deref(), limit).unwrap();
            let (all, by_severity) = expected(&store, &query);
            prop_assert_eq!((page.total, page.by_severity), (all.len() as u64, by_severity));
            prop_assert!(page.errors.len() == limit as usize || page.next.is_none());
            seen.extend(page.errors.into_iter().map(|error| error.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
            round += 1;
            let other = NewError::new("Batch", ErrorSeverity::Error, format!("Сервер {round}"));
            add(&store, &Generated { error: other, minute: later });
        }
        let unique: HashSet<_> = seen.iter().collect();
        prop_assert_eq!(unique.len(), seen.len());
        seen.retain(|id| list.contains(id));
        prop_assert_eq!(seen, list);
    }
}

#[test]
fn an_error_repeated_between_two_pages_is_shown_once() {
    let (_folder, store) = store();
    let error = |name: &str| NewError::new("A", ErrorSeverity::Error, name);
    for (name, minute) in [("first", 1), ("second", 2), ("third", 3)] {
        store.record_error_at(&error(name), at(minute)).unwrap();
    }
    let all = ErrorQuery::default();
    let page = store.error_page(&all, None, 2).unwrap();
    store.record_error_at(&error("third"), at(4)).unwrap();
    let rest = store.error_page(&all, page.next.as_deref(), 2).unwrap();
    let messages: Vec<_> =
        page.errors.iter().chain(&rest.errors).map(|error| error.message.as_str()).collect();
    assert_eq!(messages, ["third", "second", "first"]);
    assert_eq!((rest.total, rest.next), (3, None));
}

#[test]
fn recent_errors_are_warnings_or_worse_seen_since_the_given_time() {
    let (_folder, store) = store();
    for (minute, severity) in (0..).zip(ErrorSeverity::ALL) {
        store.record_error_at(&NewError::new("A", severity, "old, but seen again"), at(minute)).unwrap();
    }
    assert_eq!(store.recent_errors(at(0)).unwrap(), 3);
    assert_eq!(store.recent_errors(at(2)).unwrap(), 2);
    let again = NewError::new("A", ErrorSeverity::Warning, "old, but seen again");
    store.record_error_at(&again, at(5)).unwrap();
    assert_eq!(store.recent_errors(at(2)).unwrap(), 3);
    assert_eq!(store.recent_errors(at(6)).unwrap(), 0);
}

#[test]
fn an_invalid_cursor_is_refused() {
    let (_folder, store) = store();
    for cursor in ["", "1", "x.1", "1.2.3"] {
        let error = Error::from(store.error_page(&ErrorQuery::default(), Some(cursor), 1).unwrap_err());
        assert_eq!(error.code, Code::Usage, "{cursor}");
    }
}

#[test]
fn every_list_query_uses_the_index_and_sorts_nothing() {
    let (_folder, store) = store();
    let query = |since: Option<i64>, text: Option<&str>| ErrorQuery {
        kind: Some("A".to_owned()),
        until: Some(at(9)),
        since: since.map(at),
        text: text.map(str::to_owned),
        ..ErrorQuery::default()
    };
    for (query, plan) in [
        (ErrorQuery::default(), "SCAN errors USING COVERING INDEX errors_listed"),
        (query(None, None), "SCAN errors USING COVERING INDEX errors_listed"),
        (query(Some(1), None), "SEARCH errors USING COVERING INDEX errors_listed (last_at>?)"),
        (query(None, Some("a")), "SCAN errors USING INDEX errors_listed"),
        (query(Some(1), Some("a")), "SEARCH errors USING INDEX errors_listed (last_at>?)"),
    ] {
        assert_eq!(store.read(|sql| filter(&query).plan(sql, FROM, ORDER)).unwrap(), [plan]);
    }
}

#[test]
fn an_error_is_solved_by_a_later_delivery_of_its_table_or_a_later_run_that_completed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let failed = store.begin_run(Trigger::Manual).unwrap();
    for (severity, file) in [
        (ErrorSeverity::Error, None),
        (ErrorSeverity::Error, Some("a.dbf")),
        (ErrorSeverity::Error, Some("b.dbf")),
        (ErrorSeverity::Warning, Some("a.dbf")),
    ] {
        let error = NewError::new("FILE_DAMAGED", severity, "damaged").about(file).in_run(failed);
        store.record_error(&error).unwrap();
    }
    store.record_error(&NewError::new("STARTUP_ERROR", ErrorSeverity::Error, "outside a run")).unwrap();
    let solved = || {
        let mut errors = store.error_page(&ErrorQuery::default(), None, 10).unwrap().errors;
        errors.sort_by_key(|error| error.id);
        errors.iter().map(|error| error.solved).collect::<Vec<_>>()
    };
    store.finish_run(failed, RunState::Failed, None).unwrap();
    assert_eq!(solved(), [false; 5]);

    let next = store.begin_run(Trigger::Manual).unwrap();
    store.finish_run(next, RunState::CompleteWithWarnings, None).unwrap();
    assert_eq!(solved(), [true, false, false, false, false]);
    let later = platform::now().timestamp_millis() + 1;
    store
        .write(|sql| {
            let insert = "INSERT INTO delivered (destination, source, fingerprint, delivered_at) VALUES ('d', 'a.dbf', '', ?)";
            Ok(sql.execute(insert, [later])?)
        })
        .unwrap();
    assert_eq!(solved(), [true, true, false, false, false]);
}
