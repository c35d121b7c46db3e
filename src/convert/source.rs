//! The files of a table: [`TablePaths`], found beside each other without regard to case.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::regular;
use super::watch::{Watch, WatchedFile, watched};

/// The extensions of memo files.
const MEMO_EXTENSIONS: [&str; 3] = ["fpt", "dbt", "smt"];

/// A table with the files that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePaths {
    /// The table.
    pub table: PathBuf,
    /// Its memo file.
    pub memo: Option<PathBuf>,
    /// The file that names its code page.
    pub cpg: Option<PathBuf>,
    /// How they are opened.
    pub access: Access,
}

/// How files are opened and read.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The folder, without links, below which they must be; anywhere where there is none.
    pub root: Option<Arc<Path>>,
    /// Who looks at the reading.
    pub watch: Option<Arc<Watch>>,
}

/// The same files are the same, whoever looks at their reading.
impl PartialEq for Access {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl Eq for Access {}

impl Access {
    fn open(&self, path: &Path) -> io::Result<WatchedFile> {
        WatchedFile::open(self.watch.clone(), || regular::open(path, self.root.as_deref()))
    }
}

impl TablePaths {
    /// Opens one of these files. What is no file, such as a pipe, could keep its reader waiting for ever, and what lies
    /// outside the root is not for everyone who may write below it.
    ///
    /// # Errors
    /// When it cannot be opened, is no file or lies outside the root.
    pub fn open(&self, path: &Path) -> io::Result<WatchedFile> {
        self.access.open(path)
    }

    /// Has the reading of these files watched.
    #[must_use]
    pub fn watched_by(&self, watch: &Arc<Watch>) -> Self {
        let access = Access { watch: Some(Arc::clone(watch)), ..self.access.clone() };
        Self { access, ..self.clone() }
    }

    /// Finds the files again, since a memo file may have appeared or disappeared.
    #[must_use]
    pub fn find_again(&self) -> Self {
        watched(self.access.watch.as_deref(), || Self::find(&self.table))
            .map_or_else(|_| self.clone(), |found| Self { access: self.access.clone(), ..found })
    }

    /// Finds the files beside one table. For many tables of a folder, list it once: [`Siblings::read`].
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn find(table: &Path) -> io::Result<Self> {
        let folder = table.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Siblings::read(folder)?.paths_for(table))
    }
}

/// The memo and code page files of a folder.
#[derive(Debug, Clone, Default)]
pub struct Siblings {
    access: Access,
    /// Lower-cased stem and extension -> names.
    names: HashMap<(String, &'static str), Vec<OsString>>,
}

impl Siblings {
    /// Creates an empty list of files that are opened in this way.
    pub fn new(access: Access) -> Self {
        Self { access, ..Self::default() }
    }

    /// Lists a folder.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut siblings = Self::default();
        for entry in fs::read_dir(folder)? {
            siblings.add(entry?.file_name());
        }
        Ok(siblings)
    }

    /// Adds a file's name, when it is that of a memo or code page file.
    pub fn add(&mut self, name: OsString) {
        let path = Path::new(&name);
        let Some(extension) = path.extension().and_then(|extension| {
            MEMO_EXTENSIONS.into_iter().chain(["cpg"]).find(|known| extension.eq_ignore_ascii_case(known))
        }) else {
            return;
        };
        self.names.entry((stem(path), extension)).or_default().push(name);
    }

    /// The files of a table of this folder.
    pub fn paths_for(&self, table: &Path) -> TablePaths {
        let mut memos =
            MEMO_EXTENSIONS.iter().filter_map(|extension| self.find(table, extension)).collect::<Vec<_>>();
        // A folder of that name is taken only where there is no file.
        if memos.len() > 1 && memos.iter().any(|memo| memo.is_file()) {
            memos.retain(|memo| memo.is_file());
        }
        // Only a table that was converted once has two; its version byte says which is its own.
        let memo = if memos.len() > 1 {
            memos.remove(self.preferred(table, &memos))
        } else {
            memos.pop().unwrap_or_default()
        };
        TablePaths {
            table: table.to_path_buf(),
            memo: Some(memo).filter(|memo| !memo.as_os_str().is_empty()),
            cpg: self.find(table, "cpg"),
            access: self.access.clone(),
        }
    }

    fn find(&self, table: &Path, extension: &str) -> Option<PathBuf> {
        let extension = MEMO_EXTENSIONS.into_iter().chain(["cpg"]).find(|known| *known == extension)?;
        let names = self.names.get(&(stem(table), extension))?;
        let is_file = |name: &&OsString| names.len() == 1 || table.with_file_name(name).is_file();
        let same_case = |name: &&OsString| Path::new(name).file_stem() == table.file_stem();
        let files = || names.iter().filter(is_file);
        let name =
            files().find(same_case).or(files().next()).or(names.iter().find(same_case)).or(names.first())?;
        Some(table.with_file_name(name))
    }

    fn preferred(&self, table: &Path, memos: &[PathBuf]) -> usize {
        let mut version = [0];
        let read = self.access.open(table).and_then(|mut file| io::Read::read_exact(&mut file, &mut version));
        let wanted = match (read, version[0]) {
            (Ok(()), 0x30..=0x32 | 0xF5 | 0xFB) => "fpt",
            (Ok(()), 0xE5) => "smt",
            _ => "dbt",
        };
        memos
            .iter()
            .position(|memo| memo.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(wanted)))
            .unwrap_or(0)
    }
}

/// Whether another program holds the file: sharing and lock violations of Windows, and their like.
pub(crate) fn is_in_use(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
        || error.kind() == io::ErrorKind::ResourceBusy
        || (cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33)))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memo_and_page_files_are_found_without_regard_to_case() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["Товар.DBF", "ТОВАР.Fpt", "товар.cpg", "b.dbf", "B.DBT", "b.fpt", "c.dbf", "cc.dbt"]
        {
            fs::write(at(name), [0x83]).unwrap();
        }
        let found = TablePaths::find(&at("Товар.DBF")).unwrap();
        assert_eq!((found.memo, found.cpg), (Some(at("ТОВАР.Fpt")), Some(at("товар.cpg"))));
        assert_eq!(TablePaths::find(&at("b.dbf")).unwrap().memo, Some(at("B.DBT")), "by the version byte");
        assert_eq!(TablePaths::find(&at("c.dbf")).unwrap().memo, None);
    }
}
