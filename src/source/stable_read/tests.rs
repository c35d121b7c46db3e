//! A table that keeps changing, with and without a shadow copy of its disk.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::platform::shadow_copy::{ShadowCopy, ShadowCopyProvider};

/// A folder in the role of a disk, with a copy made before; or none, and the reason.
struct Disk {
    root: PathBuf,
    copy: Result<PathBuf, &'static str>,
    taken: AtomicU32,
    released: Arc<AtomicU32>,
}

struct Copy(PathBuf, Arc<AtomicU32>);

impl ShadowCopyProvider for Disk {
    fn place(&self, file: &Path) -> Option<(PathBuf, PathBuf)> {
        Some((self.root.clone(), file.strip_prefix(&self.root).ok()?.to_path_buf()))
    }

    fn take(&self, disk: &Path) -> io::Result<Box<dyn ShadowCopy>> {
        assert_eq!(disk, self.root);
        self.taken.fetch_add(1, Ordering::SeqCst);
        let copy = self.copy.clone().map_err(io::Error::other)?;
        Ok(Box::new(Copy(copy, Arc::clone(&self.released))))
    }
}

impl ShadowCopy for Copy {
    fn root(&self) -> &Path {
        &self.0
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

/// A table with a memo on a disk, and another version of both in its copy.
struct LockedTable {
    folder: tempfile::TempDir,
    disk: Arc<Disk>,
    table: TablePaths,
}

impl LockedTable {
    fn new(copied: Result<(), &'static str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [root, copy] = ["disk", "copy"].map(|name| folder.path().join(name));
        for (side, text) in [(&root, "now"), (&copy, "then")] {
            fs::create_dir_all(side.join("locked")).unwrap();
            fs::write(side.join("locked/GOODS.DBF"), format!("{text}, the table")).unwrap();
            fs::write(side.join("locked/GOODS.FPT"), format!("{text}, the memo")).unwrap();
        }
        let table = TablePaths::find(&root.join("locked/GOODS.DBF")).unwrap();
        let (taken, released) = (AtomicU32::new(0), Arc::default());
        let disk = Arc::new(Disk { root, copy: copied.map(|()| copy), taken, released });
        Self { folder, disk, table }
    }

    fn shadow_copies(&self) -> ShadowCopies {
        ShadowCopies::new(Some(self.disk.clone()))
    }

    /// Changes a file as soon as it is read, unless it is in the copy.
    fn read(&self, paths: &TablePaths) -> String {
        let text = [Some(&paths.table), paths.memo.as_ref()]
            .map(|path| fs::read_to_string(path.unwrap()).unwrap())
            .join("; ");
        if paths.table.starts_with(&self.disk.root) {
            fs::write(&paths.table, format!("{text} again")).unwrap();
        }
        text
    }

    fn stable(&self, shadow_copies: &ShadowCopies) -> Result<Reading<String>> {
        stable(&self.table, shadow_copies, &CancellationToken::new(), |paths| Ok(self.read(paths)))
    }

    /// The number of copies created and released.
    fn copies(&self) -> (u32, u32) {
        (self.disk.taken.load(Ordering::SeqCst), self.disk.released.load(Ordering::SeqCst))
    }
}

#[test]
fn table_and_memo_are_read_from_one_copy_that_lasts_for_the_run() {
    let locked = LockedTable::new(Ok(()));
    let shadow_copies = locked.shadow_copies();
    for _ in 0..2 {
        let reading = locked.stable(&shadow_copies).unwrap();
        assert_eq!(reading.value, "then, the table; then, the memo");
        assert_eq!(reading.observed.size(), reading.value.len() as u64 - 2, "the copy was looked at");
        assert_eq!(reading.note.unwrap().code, "READ_IN_COPY");
        assert_eq!(locked.copies(), (1, 0));
    }
    drop(shadow_copies);
    assert_eq!(locked.copies(), (1, 1));
}

#[test]
fn a_stable_table_needs_no_copy() {
    let locked = LockedTable::new(Ok(()));
    let stop = CancellationToken::new();
    let reading = stable(&locked.table, &locked.shadow_copies(), &stop, |_| Ok(())).unwrap();
    assert!(reading.note.is_none());
    assert_eq!(locked.copies(), (0, 0));
}

#[test]
fn without_a_copy_the_table_fails_with_the_reason() {
    let refused = LockedTable::new(Err("access is denied"));
    let shadow_copies = refused.shadow_copies();
    for _ in 0..2 {
        let error = refused.stable(&shadow_copies).unwrap_err();
        assert_eq!(error.code, Code::FileChanging);
        assert!(error.message.contains("GOODS.DBF` was in use or changed while it was read, 3 times"));
        let hint = error.hint.unwrap();
        assert!(hint.ends_with("/disk` could be taken: access is denied"), "{hint}");
    }
    assert_eq!(refused.copies(), (1, 0), "a disk that refuses is not asked again");

    let none = LockedTable::new(Ok(())).stable(&ShadowCopies::default()).unwrap_err();
    assert_eq!(none.hint.as_deref(), Some("export while no other program writes to it"));

    let elsewhere = LockedTable::new(Ok(()));
    fs::remove_file(elsewhere.folder.path().join("copy/locked/GOODS.DBF")).unwrap();
    let error = elsewhere.stable(&elsewhere.shadow_copies()).unwrap_err();
    assert_eq!(error.code, Code::FileChanging);
    assert!(error.hint.unwrap().ends_with("the table cannot be read there either"));
    assert_eq!(elsewhere.copies(), (1, 1));
}

#[test]
fn a_copy_is_released_after_a_fault_and_after_a_cancel() {
    let locked = LockedTable::new(Ok(()));
    let faulty = catch_unwind(AssertUnwindSafe(|| {
        let shadow_copies = locked.shadow_copies();
        stable(&locked.table, &shadow_copies, &CancellationToken::new(), |paths| {
            assert!(paths.table.starts_with(&locked.disk.root), "a fault of the converter");
            Ok(locked.read(paths))
        })
    }));
    assert!(faulty.is_err());
    assert_eq!(locked.copies(), (1, 1));

    let stop = CancellationToken::new();
    let stopped = stable(&locked.table, &locked.shadow_copies(), &stop, |paths| {
        if paths.table.starts_with(&locked.disk.root) {
            return Ok(locked.read(paths));
        }
        stop.cancel();
        Err(ReadError::Output(io::Error::other(Error::stopped())))
    });
    assert_eq!(stopped.unwrap_err().code, Code::Cancelled);
    assert_eq!(locked.copies(), (2, 2));
}
