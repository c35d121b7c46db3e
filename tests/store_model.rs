//! Compares the journal with a model: after any sequence of calls, with crashes in between, a table is sent exactly
//! when each of its parts was confirmed in a completed batch.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use data_exporter::models::export::{FileReport, RowCounts, Trigger, UploadState};
use data_exporter::store::delivered::Fingerprint;
use data_exporter::store::journal::{BatchEnd, PlannedFile, SpooledPart};
use data_exporter::store::{BatchId, PartId, RunId, Store};
use proptest::prelude::*;

const SITE: &str = "site";
/// The parts of the two tables in every case.
const PARTS: [usize; 2] = [1, 2];

#[derive(Debug, Clone)]
enum Step {
    Begin,
    Upload(usize),
    Confirm(usize),
    Lose(usize),
    End(BatchEnd),
    Die,
}

fn step() -> impl Strategy<Value = Step> {
    let part = 0..PARTS.iter().sum::<usize>();
    prop_oneof![
        2 => Just(Step::Begin),
        6 => part.clone().prop_map(Step::Upload),
        6 => part.clone().prop_map(Step::Confirm),
        1 => part.prop_map(Step::Lose),
        2 => prop_oneof![
            Just(BatchEnd::Completed),
            Just(BatchEnd::CompletedWithWarnings),
            Just(BatchEnd::Failed),
            Just(BatchEnd::NotCompleted),
        ]
        .prop_map(Step::End),
        1 => Just(Step::Die),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Spooled,
    OnTheWay,
    Confirmed,
    Delivered,
    Undelivered,
}

/// The model.
struct Model {
    parts: Vec<Part>,
    uploads: [Option<UploadState>; 2],
    delivered: [bool; 2],
    open: Option<BatchId>,
}

impl Model {
    fn of_table(&self, table: usize) -> &[Part] {
        if table == 0 { &self.parts[..1] } else { &self.parts[1..] }
    }

    fn end(&mut self, end: BatchEnd) {
        let touched: Vec<bool> = (0..2)
            .map(|table| {
                self.of_table(table).iter().any(|part| matches!(part, Part::OnTheWay | Part::Confirmed))
            })
            .collect();
        for part in &mut self.parts {
            *part = match *part {
                Part::Confirmed if end.delivers() => Part::Delivered,
                Part::Confirmed | Part::OnTheWay => Part::Undelivered,
                other => other,
            };
        }
        for table in (0..2).filter(|table| touched[*table]) {
            if self.of_table(table).iter().all(|part| *part == Part::Delivered) {
                self.uploads[table] = Some(UploadState::Sent);
                self.delivered[table] = true;
            } else if self.of_table(table).contains(&Part::Undelivered) {
                self.uploads[table] = Some(UploadState::Failed);
            }
        }
        self.open = None;
    }
}

fn report(source: &str) -> FileReport {
    FileReport {
        source: source.to_owned(),
        output: None,
        table: source.to_owned(),
        dialect: None,
        encoding: None,
        encoding_source: None,
        rows: RowCounts::default(),
        bytes_in: 1,
        bytes_out: 1,
        sha256: None,
        warnings: Vec::new(),
        notes: Vec::new(),
        error: None,
    }
}

/// Begins a run with the two tables in the spool.
fn begin(store: &Store) -> (RunId, Vec<PartId>) {
    let run = store.begin_run(Trigger::Manual).unwrap();
    let planned: Vec<PlannedFile> = ["one", "two"]
        .map(|source| PlannedFile { source: source.to_owned(), table: source.to_owned(), decision: None })
        .to_vec();
    let files = store.plan_files(run, &planned).unwrap();
    let print = Fingerprint { size: 1, mtime_ns: 1, header_rows: 1, content: None, settings: String::new() };
    let mut parts = Vec::new();
    for (table, file) in files.into_iter().enumerate() {
        let spooled: Vec<SpooledPart> = (0..PARTS[table])
            .map(|number| SpooledPart {
                wire_name: format!("{table}-{number}"),
                spool: format!("{table}-{number}"),
                bytes: 1,
                sha256: String::new(),
            })
            .collect();
        let source = &planned[table].source;
        parts.extend(store.file_converted(file, &report(source), &print, &spooled).unwrap());
    }
    (run, parts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_table_is_sent_when_all_its_parts_are_in_completed_batches(steps in prop::collection::vec(step(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let (run, parts) = begin(&store);
        let mut model =
            Model { parts: vec![Part::Spooled; 3], uploads: [None; 2], delivered: [false; 2], open: None };
        for step in steps {
            match (step, model.open) {
                (Step::Begin, None) => {
                    let batch = store.begin_batch(run, SITE).unwrap();
                    store.batch_started(batch, "id", None).unwrap();
                    model.open = Some(batch);
                }
                (Step::Upload(part), Some(batch))
                    if !matches!(model.parts[part], Part::Confirmed | Part::Delivered) =>
                {
                    store.part_uploading(parts[part], batch).unwrap();
                    model.parts[part] = Part::OnTheWay;
                    model.uploads[usize::from(part > 0)] = None;
                }
                (Step::Confirm(part), Some(_)) if model.parts[part] == Part::OnTheWay => {
                    store.part_uploaded(parts[part], Some(true)).unwrap();
                    model.parts[part] = Part::Confirmed;
                }
                (Step::Lose(part), Some(_)) if model.parts[part] == Part::OnTheWay => {
                    store.part_unknown(parts[part]).unwrap();
                }
                (Step::End(end), Some(batch)) => {
                    store.batch_finished(batch, end).unwrap();
                    model.end(end);
                }
                (Step::Die, open) => {
                    drop(store);
                    store = Store::open(folder.path()).unwrap();
                    let found: Vec<_> = store.open_batches().unwrap().iter().map(|batch| batch.id).collect();
                    prop_assert_eq!(found, open.into_iter().collect::<Vec<_>>());
                }
                _ => {}
            }
        }
        let report = store.run(run).unwrap();
        let uploads: Vec<_> = report.files.unwrap().iter().map(|file| file.upload).collect();
        prop_assert_eq!(&uploads[..], &model.uploads[..]);
        for (table, source) in ["one", "two"].iter().enumerate() {
            prop_assert_eq!(store.delivered(SITE, source).unwrap().is_some(), model.delivered[table]);
        }
        prop_assert_eq!(report.totals.sent, model.delivered.iter().filter(|delivered| **delivered).count() as u64);
    }
}
