//! A table opened exclusively, and a shadow copy of its disk, in a whole run.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use data_exporter::export::{RunContext, RunRequest, export};
use data_exporter::models::export::RunState;
use data_exporter::platform::shadow_copy::{self, ShadowCopy, ShadowCopyProvider};
use local_data_forge::BatchStatus;
use test_support::export_harness::{ExportHarness, file};
use tokio_util::sync::CancellationToken;

use super::under_wine;

/// A provider that copies a folder which stands for a disk; the copy is made before the table is locked.
struct Disk {
    root: PathBuf,
    copy: PathBuf,
    held: Arc<AtomicU32>,
    /// Cancelled while the copy is created.
    stop: Option<CancellationToken>,
}

struct Copy(PathBuf, Arc<AtomicU32>);

impl ShadowCopyProvider for Disk {
    fn place(&self, file: &Path) -> Option<(PathBuf, PathBuf)> {
        Some((self.root.clone(), file.strip_prefix(&self.root).ok()?.to_path_buf()))
    }

    fn take(&self, _disk: &Path) -> io::Result<Box<dyn ShadowCopy>> {
        if let Some(stop) = &self.stop {
            stop.cancel();
        }
        self.held.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Copy(self.copy.clone(), Arc::clone(&self.held))))
    }
}

impl ShadowCopy for Copy {
    fn root(&self) -> &Path {
        &self.0
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Ordering::SeqCst);
    }
}

fn alone(path: &Path) -> File {
    OpenOptions::new().read(true).write(true).share_mode(0).open(path).unwrap()
}

/// A harness with two tables, both opened exclusively, and the copy.
fn locked() -> (ExportHarness, tempfile::TempDir, Vec<File>) {
    let harness = ExportHarness::with_tables(2);
    let copy = tempfile::tempdir().unwrap();
    let names = ["T00.DBF", "T01.DBF"];
    for name in names {
        fs::copy(harness.path(name), copy.path().join(name)).unwrap();
    }
    let held = names.map(|name| alone(&harness.path(name))).into();
    (harness, copy, held)
}

fn context(
    harness: &ExportHarness,
    copy: &Path,
    held: &Arc<AtomicU32>,
    stop: Option<CancellationToken>,
) -> RunContext {
    let root = harness.path("");
    let disk = Disk { root, copy: copy.to_path_buf(), held: Arc::clone(held), stop };
    RunContext { shadow_copy_provider: Some(Arc::new(disk)), ..harness.context() }
}

#[tokio::test]
async fn locked_tables_are_read_from_one_copy_that_is_removed_after_the_run() {
    let (harness, copy, _files) = locked();
    let held = Arc::new(AtomicU32::new(0));
    let outcome = export(&context(&harness, copy.path(), &held, None), &RunRequest::default()).await.unwrap();
    assert_eq!((outcome.report.state, outcome.exit_code), (RunState::Complete, 0));
    assert_eq!(harness.arrived().len(), 2);
    for name in ["T00.DBF", "T01.DBF"] {
        assert_eq!(file(&outcome, name).report.notes[0].code, "READ_IN_COPY");
    }
    assert_eq!(held.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_copy_is_removed_after_a_cancelled_run() {
    let (harness, copy, _files) = locked();
    let held = Arc::new(AtomicU32::new(0));
    let context = context(&harness, copy.path(), &held, Some(harness.stop.clone()));
    let outcome = export(&context, &RunRequest::default()).await.unwrap();
    assert_eq!(outcome.report.state, RunState::Cancelled);
    assert!(!harness.statuses().contains(&BatchStatus::Completed));
    assert_eq!(held.load(Ordering::SeqCst), 0);
}

/// The provider of the system: it places a path on a disk, has no copy of a share, and explains refusals.
#[test]
fn the_system_copies_local_disks_only() {
    let folder = tempfile::tempdir().unwrap();
    let system = shadow_copy::here().unwrap();
    let (disk, below) = system.place(&folder.path().join("GOODS.DBF")).unwrap();
    assert_eq!(disk.as_os_str().len(), 3, "{disk:?}");
    assert_eq!(
        fs::canonicalize(disk.join(below.parent().unwrap())).unwrap(),
        folder.path().canonicalize().unwrap()
    );
    if under_wine() {
        // Shares of wine are links to its disks, and it creates no copies.
        let error = system.take(&disk).err().unwrap();
        assert_eq!(error.to_string(), "Windows made none and gave no reason");
    } else {
        assert_eq!(system.place(Path::new(r"\\localhost\C$\GOODS.DBF")), None);
    }
}
