//! [`TestHome`]: a data folder for tests of its database, and its initial content.

use data_exporter::models::export::{FileReport, RowCounts, Trigger};
use data_exporter::store::delivered::Fingerprint;
use data_exporter::store::journal::{PlannedFile, SpooledPart};
use data_exporter::store::{BatchId, FileId, PartId, RunId, Store};

pub const SITE: &str = "http://127.0.0.1:1 demo";

pub struct TestHome(pub tempfile::TempDir);

impl TestHome {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn open(&self) -> Store {
        Store::open(self.0.path()).unwrap()
    }

    pub fn database(&self) -> std::path::PathBuf {
        self.0.path().join("state.db")
    }
}

pub fn planned(source: &str) -> PlannedFile {
    PlannedFile { source: source.to_owned(), table: source.replace(".dbf", ""), decision: None }
}

pub fn report(source: &str, written: u64) -> FileReport {
    FileReport {
        source: source.to_owned(),
        output: None,
        table: source.replace(".dbf", ""),
        dialect: Some("dBASE III".to_owned()),
        encoding: Some("CP866".to_owned()),
        encoding_source: None,
        rows: RowCounts { header: written, live: written, written, ..RowCounts::default() },
        bytes_in: 1000,
        bytes_out: 100,
        sha256: Some("ab".repeat(32)),
        warnings: Vec::new(),
        notes: Vec::new(),
        error: None,
    }
}

pub fn part(name: &str) -> SpooledPart {
    SpooledPart {
        wire_name: format!("{name}.csv.gz"),
        spool: format!("{name}.spool"),
        bytes: 100,
        sha256: "ab".repeat(32),
    }
}

pub fn fingerprint(size: u64) -> Fingerprint {
    Fingerprint { size, mtime_ns: 7, header_rows: 3, content: None, settings: "s".to_owned() }
}

/// Records a run with one table in one uploaded part of a started batch.
pub fn upload_one(store: &Store, source: &str) -> (RunId, FileId, PartId, BatchId) {
    let run = store.begin_run(Trigger::Manual).unwrap();
    let file = store.plan_files(run, &[planned(source)]).unwrap()[0];
    let parts = store.file_converted(file, &report(source, 3), &fingerprint(1000), &[part(source)]).unwrap();
    let batch = store.begin_batch(run, SITE).unwrap();
    store.batch_started(batch, "server-1", None).unwrap();
    store.part_uploading(parts[0], batch).unwrap();
    store.part_uploaded(parts[0], Some(true)).unwrap();
    (run, file, parts[0], batch)
}
