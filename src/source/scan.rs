//! [`scan`]: the tables in a folder, and entries that could not be read. Reads folders, never a table.
//!
//! Links to folders are followed, and each real folder is visited once, so that neither a loop nor a second path yields
//! a table twice. An unreadable entry is reported; the scan never ends as an empty success.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};

use crate::config::{FollowLinks, SourceConfig};
use crate::convert::{Access, Siblings, TablePaths, Watch, watched};
use crate::error::{Code, Error};
use crate::models::ErrorSeverity;

/// The tables and the problems of the folders.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// The tables, in the order of their names.
    pub tables: Vec<FoundTable>,
    /// Folders and entries that could not be read (WARNING) or were skipped (INFO).
    pub findings: Vec<Error>,
}

impl Scan {
    /// Whether a part of the folder could not be read.
    pub fn is_partial(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity >= ErrorSeverity::Warning)
    }
}

/// A file that matches the patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTable {
    /// Path relative to the source folder, with `/`.
    pub source: String,
    /// Paths of the table and its companion files.
    pub paths: TablePaths,
}

/// Why the scan failed.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// No folder is configured.
    #[error("no source folder is configured")]
    NoFolder,
    /// The folder is missing, not a folder or unreadable.
    #[error("the source folder `{}` cannot be read: {why}", path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// The cause.
        why: String,
    },
    /// A pattern is not a glob.
    #[error("the pattern `{pattern}` is not a valid glob: {why}")]
    Pattern {
        /// The pattern as configured.
        pattern: String,
        /// The fault.
        why: String,
    },
}

impl From<ScanError> for Error {
    fn from(error: ScanError) -> Self {
        let message = error.to_string();
        match error {
            ScanError::NoFolder => {
                Self::new(Code::ConfigError, message).hint("set `[src] source_dir` to the folder of the tables")
            }
            ScanError::Unreadable { path, .. } => Self::new(Code::SourceMissing, message)
                .hint("check `[src] source_dir`, that its disk or share is connected, and that this account may read it")
                .path(path),
            ScanError::Pattern { .. } => Self::new(Code::ConfigError, message)
                .hint("correct it in `[src]`; `*` matches any text, `?` any one character"),
        }
    }
}

/// A set of patterns, matched against the file name or, when one contains a `/`, the relative path; case is ignored.
#[derive(Debug, Default)]
pub struct Patterns {
    names: Vec<GlobMatcher>,
    paths: Vec<GlobMatcher>,
}

impl Patterns {
    /// Compiles patterns; `\` counts as `/`.
    ///
    /// # Errors
    /// The first invalid pattern.
    pub fn new(patterns: &[String]) -> Result<Self, ScanError> {
        let mut made = Self::default();
        for pattern in patterns {
            let text = pattern.replace('\\', "/");
            let glob = GlobBuilder::new(text.trim_start_matches("./"))
                .case_insensitive(true)
                .literal_separator(true)
                .build()
                .map_err(|error| ScanError::Pattern {
                    pattern: pattern.clone(),
                    why: error.kind().to_string(),
                })?
                .compile_matcher();
            if text.contains('/') { made.paths.push(glob) } else { made.names.push(glob) }
        }
        Ok(made)
    }

    /// Returns whether any pattern matches the relative path.
    pub fn take(&self, source: &str) -> bool {
        let name = source.rsplit('/').next().unwrap_or(source);
        self.names.iter().any(|glob| glob.is_match(name))
            || self.paths.iter().any(|glob| glob.is_match(source))
    }
}

/// The tables that the configuration wants, by their names.
#[derive(Debug)]
pub struct Wanted {
    include: Patterns,
    exclude: Patterns,
}

impl Wanted {
    /// Compiles the patterns of the configuration.
    ///
    /// # Errors
    /// The first invalid pattern.
    pub fn new(source: &SourceConfig) -> Result<Self, ScanError> {
        let include = Patterns::new(&source.include_patterns)?;
        Ok(Self { include, exclude: Patterns::new(&source.exclude_patterns)? })
    }

    /// Returns whether a table is wanted, by its path relative to the source folder.
    pub fn takes(&self, source: &str) -> bool {
        self.include.take(source) && !self.exclude.take(source)
    }
}

/// Scans the source folder.
///
/// # Errors
/// Only when the folder itself or a pattern cannot be used; problems below it are findings.
pub fn scan(source: &SourceConfig) -> Result<Scan, ScanError> {
    scan_watched(source, None)
}

/// Like [`scan`], with someone who looks at it and at the reading of the tables.
///
/// # Errors
/// As [`scan`].
pub fn scan_watched(source: &SourceConfig, watch: Option<Arc<Watch>>) -> Result<Scan, ScanError> {
    let root = source.source_dir.as_deref().ok_or(ScanError::NoFolder)?;
    let wanted = Wanted::new(source)?;
    let unreadable =
        |error: io::Error| ScanError::Unreadable { path: root.to_path_buf(), why: error.to_string() };
    let real = watched(watch.as_deref(), || {
        let real = fs::canonicalize(root)?;
        fs::read_dir(&real).map(|_| real)
    })
    .map_err(unreadable)?;
    let below = (source.follow_links == FollowLinks::Inside).then(|| real.as_path().into());
    let mut walk = Walk {
        access: Access { root: below, watch },
        takes: &|source| wanted.takes(source),
        visited: HashSet::new(),
        links: Vec::new(),
        scan: Scan::default(),
    };
    walk.folder(root, &real, "");
    // Links come last, so that a folder inside the source is found under its own name.
    while !walk.links.is_empty() {
        let mut links = std::mem::take(&mut walk.links);
        links.sort();
        for (source, path) in links {
            walk.link(&source, &path);
        }
    }
    walk.scan.tables.sort_by(|a, b| a.source.cmp(&b.source));
    Ok(walk.scan)
}

struct Walk<'a> {
    access: Access,
    takes: &'a dyn Fn(&str) -> bool,
    visited: HashSet<PathBuf>,
    links: Vec<(String, PathBuf)>,
    scan: Scan,
}

impl Walk<'_> {
    /// `path` is the path as reached, `real` the resolved path, `source` the path relative to the source folder.
    fn folder(&mut self, path: &Path, real: &Path, source: &str) {
        let mut open = vec![(path.to_path_buf(), real.to_path_buf(), source.to_owned())];
        while let Some((path, real, source)) = open.pop() {
            if !self.visited.insert(real.clone()) {
                self.passed_over(&source, &path);
                continue;
            }
            let entries = match self.call(|| fs::read_dir(&path)) {
                Ok(entries) => entries,
                Err(error) => {
                    self.unreadable(&path, &error);
                    continue;
                }
            };
            let mut siblings = Siblings::new(self.access.clone());
            let mut tables = Vec::new();
            let mut entries = entries.into_iter();
            loop {
                let entry = match self.call(|| Ok(entries.next())) {
                    Ok(Some(entry)) => entry,
                    Ok(None) => break,
                    Err(error) => {
                        self.unreadable(&path, &error);
                        break;
                    }
                };
                let read = entry.and_then(|entry| Ok((self.call(|| entry.file_type())?, entry)));
                let (entry, kind) = match read {
                    Ok((kind, entry)) => (entry, kind),
                    Err(error) => {
                        self.unreadable(&path, &error);
                        continue;
                    }
                };
                let name = entry.file_name();
                siblings.add(name.clone());
                let below = match source.as_str() {
                    "" => name.to_string_lossy().into_owned(),
                    source => format!("{source}/{}", name.to_string_lossy()),
                };
                if kind.is_dir() {
                    open.push((entry.path(), real.join(&name), below));
                } else if kind.is_symlink()
                    && self.call(|| fs::metadata(entry.path())).is_ok_and(|target| target.is_dir())
                {
                    self.links.push((below, entry.path()));
                } else if (self.takes)(&below) {
                    // A dangling link counts as a table, so that its absence is reported.
                    tables.push((below, entry.path()));
                }
            }
            self.scan.tables.extend(
                tables
                    .into_iter()
                    .map(|(source, path)| FoundTable { source, paths: siblings.paths_for(&path) }),
            );
        }
    }

    fn call<T>(&self, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        watched(self.access.watch.as_deref(), call)
    }

    fn link(&mut self, source: &str, path: &Path) {
        match self.call(|| fs::canonicalize(path)) {
            Ok(real) if self.access.root.as_ref().is_some_and(|root| !real.starts_with(root)) => {
                self.outside(path);
            }
            Ok(real) if self.visited.contains(&real) => self.passed_over(source, path),
            Ok(real) => self.folder(path, &real, source),
            Err(error) => self.unreadable(path, &error),
        }
    }

    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        self.scan.findings.push(
            Error::io("cannot read the folder", path, error).severity(ErrorSeverity::Warning).retry_later(),
        );
    }

    fn outside(&mut self, path: &Path) {
        let message =
            format!("the folder `{}` is a link that leads out of the source folder", path.display());
        self.scan.findings.push(
            Error::new(Code::FileUnreadable, message)
                .severity(ErrorSeverity::Warning)
                .hint("set `[src] follow_links = \"anywhere\"` where its tables are to be exported too")
                .path(path),
        );
    }

    fn passed_over(&mut self, source: &str, path: &Path) {
        self.scan.findings.push(
            Error::new(
                Code::FileUnreadable,
                format!("`{source}` leads to a folder that was already read; skipped"),
            )
            .severity(ErrorSeverity::Info)
            .path(path),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        dir
    }

    fn source(dir: &Path) -> SourceConfig {
        SourceConfig {
            source_dir: Some(dir.to_path_buf()),
            follow_links: FollowLinks::Anywhere,
            ..SourceConfig::default()
        }
    }

    fn sources(scan: &Scan) -> Vec<&str> {
        scan.tables.iter().map(|table| table.source.as_str()).collect()
    }

    #[test]
    fn tables_are_found_in_every_folder_and_case() {
        let dir = folder(&["B.DBF", "a.dbf", "deep/er/C.Dbf", "note.txt", "a.fpt", "d.dbf.bak"]);
        fs::create_dir(dir.path().join("folder.dbf")).unwrap();
        let scan = scan(&source(dir.path())).unwrap();
        assert_eq!(sources(&scan), ["B.DBF", "a.dbf", "deep/er/C.Dbf"]);
        assert!(!scan.is_partial() && scan.findings.is_empty());
    }

    #[test]
    fn patterns_match_names_and_with_a_slash_paths() {
        let dir = folder(&["GOODS.dbf", "tmp1.dbf", "old/GOODS.dbf", "old/x/STOCK.dbf"]);
        let mut source = source(dir.path());
        source.exclude_patterns = vec!["TMP*".to_owned(), "old\\goods.dbf".to_owned()];
        assert_eq!(sources(&scan(&source).unwrap()), ["GOODS.dbf", "old/x/STOCK.dbf"]);
        source.exclude_patterns = vec!["old/**".to_owned()];
        assert_eq!(sources(&scan(&source).unwrap()), ["GOODS.dbf", "tmp1.dbf"]);
        source.include_patterns = vec!["[".to_owned()];
        assert!(matches!(scan(&source), Err(ScanError::Pattern { .. })));
    }

    #[test]
    fn a_missing_folder_is_an_error_and_an_empty_one_is_not() {
        let dir = folder(&[]);
        assert_eq!(scan(&source(dir.path())).unwrap(), Scan::default());
        let missing = Error::from(scan(&source(&dir.path().join("gone"))).unwrap_err());
        assert_eq!((missing.code, missing.code.exit_code()), (Code::SourceMissing, 7));
        let file = folder(&["a.dbf"]);
        assert!(scan(&source(&file.path().join("a.dbf"))).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_no_folder_is_scanned_twice() {
        use std::os::unix::fs::symlink;
        let outside = folder(&["far.dbf"]);
        let dir = folder(&["in/near.dbf"]);
        symlink(dir.path(), dir.path().join("in/loop")).unwrap();
        symlink(outside.path(), dir.path().join("a-link")).unwrap();
        symlink(outside.path(), dir.path().join("b-link")).unwrap();
        symlink(dir.path(), outside.path().join("back")).unwrap();
        symlink("nowhere", dir.path().join("gone.dbf")).unwrap();
        let scan = scan(&source(dir.path())).unwrap();
        assert_eq!(sources(&scan), ["a-link/far.dbf", "gone.dbf", "in/near.dbf"]);
        assert_eq!(scan.findings.len(), 3, "{:?}", scan.findings);
        assert!(!scan.is_partial());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_the_folder_only_unless_the_configuration_says_otherwise() {
        use std::os::unix::fs::symlink;
        let outside = folder(&["far.dbf", "secret"]);
        let dir = folder(&["a.dbf", "old/b.dbf"]);
        symlink(outside.path(), dir.path().join("far")).unwrap();
        symlink(outside.path().join("secret"), dir.path().join("a.dbt")).unwrap();
        symlink(outside.path().join("far.dbf"), dir.path().join("c.dbf")).unwrap();
        symlink(dir.path().join("a.dbf"), dir.path().join("d.dbf")).unwrap();
        let anywhere = source(dir.path());
        let inside = SourceConfig { follow_links: FollowLinks::Inside, ..anywhere.clone() };
        let scanned = scan(&inside).unwrap();
        assert_eq!(sources(&scanned), ["a.dbf", "c.dbf", "d.dbf", "old/b.dbf"]);
        assert!(scanned.is_partial(), "{:?}", scanned.findings);
        assert!(scanned.findings[0].message.contains("leads out of the source folder"));
        let opens = |table: usize| {
            let paths = &scanned.tables[table].paths;
            (paths.open(&paths.table).is_ok(), paths.memo.as_ref().map(|memo| paths.open(memo).is_ok()))
        };
        assert_eq!((opens(0), opens(1), opens(2)), ((true, Some(false)), (false, None), (true, None)));
        let scanned = scan(&anywhere).unwrap();
        assert_eq!(sources(&scanned).len(), 5);
        assert!(scanned.tables.iter().all(|table| table.paths.open(&table.paths.table).is_ok()));
    }

    #[cfg(unix)]
    #[test]
    fn an_unreadable_folder_is_reported_and_the_rest_is_found() {
        use std::os::unix::fs::PermissionsExt;
        let dir = folder(&["a.dbf", "shut/b.dbf"]);
        let shut = dir.path().join("shut");
        fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
        let privileged = fs::read_dir(&shut).is_ok();
        let result = scan(&source(dir.path()));
        fs::set_permissions(&shut, fs::Permissions::from_mode(0o700)).unwrap();
        if privileged {
            return; // Root may read every folder.
        }
        let scan = result.unwrap();
        assert_eq!(sources(&scan), ["a.dbf"]);
        assert!(scan.is_partial());
    }
}
