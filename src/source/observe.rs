//! [`Observation`]: the visible state of a table and its memo file, used to detect changes during a read
//! (docs/dbf.md#stable-read) or since the last delivery. Reads sizes, times and the header's row count.

use std::fs::Metadata;
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::convert::{TablePaths, is_in_use};
use crate::store::delivered::Fingerprint;

/// Equal before and after a read when nothing changed in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    table: Seen,
    memo: Option<Seen>,
    cpg: Option<Seen>,
    header_rows: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    size: u64,
    mtime_ns: i64,
}

impl Observation {
    /// Measures a table now.
    ///
    /// # Errors
    /// The error of opening or reading.
    pub fn measure(paths: &TablePaths) -> io::Result<Self> {
        let (table, header) = measure_file(paths, &paths.table, true)?;
        let (memo, cpg) = (neighbour(paths, paths.memo.as_deref())?, neighbour(paths, paths.cpg.as_deref())?);
        Ok(Self { table, memo, cpg, header_rows: u64::from(rows(header)) })
    }

    /// Returns the size of table and memo, in bytes.
    pub fn size(&self) -> u64 {
        self.table.size + self.memo.as_ref().map_or(0, |memo| memo.size)
    }

    /// Converts it to the form of the store.
    pub fn fingerprint(&self, content: Option<String>, settings: &str) -> Fingerprint {
        let newest = self.memo.iter().chain(&self.cpg).map(|seen| seen.mtime_ns).max().unwrap_or(i64::MIN);
        Fingerprint {
            size: self.size(),
            mtime_ns: self.table.mtime_ns.max(newest),
            header_rows: self.header_rows,
            content,
            settings: settings.to_owned(),
        }
    }
}

/// Reads size and time of the open file rather than of the name, and its first eight bytes.
fn measure_file(paths: &TablePaths, path: &Path, header: bool) -> io::Result<(Seen, [u8; 8])> {
    let mut file = paths.open(path)?;
    let metadata = file.metadata()?;
    let mut first = [0; 8];
    if header {
        let mut filled = 0;
        while filled < first.len() {
            match file.read(&mut first[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
    }
    Ok((Seen { size: metadata.len(), mtime_ns: mtime_ns(&metadata) }, first))
}

/// A memo or `.cpg` file; none where it cannot be read, which the conversion reports.
fn neighbour(paths: &TablePaths, path: Option<&Path>) -> io::Result<Option<Seen>> {
    match path.map(|path| measure_file(paths, path, false)) {
        Some(Ok((seen, _))) => Ok(Some(seen)),
        Some(Err(error)) if is_in_use(&error) => Err(error),
        Some(Err(_)) | None => Ok(None),
    }
}

fn mtime_ns(metadata: &Metadata) -> i64 {
    let since = |time: std::time::SystemTime| match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    };
    metadata.modified().map_or(0, since)
}

/// Returns the header's row count: two bytes in dBASE II (version 02), else four.
fn rows(header: [u8; 8]) -> u32 {
    let [version, a, b, _, c, d, e, f] = header;
    if version == 0x02 { u32::from(u16::from_le_bytes([a, b])) } else { u32::from_le_bytes([c, d, e, f]) }
}

/// Returns the SHA-256 over the bytes of the table, then of its memo and its `.cpg` file, each preceded by its length.
/// A file beside the table that cannot be read counts as missing.
///
/// # Errors
/// The error of opening or reading.
pub fn content_digest(paths: &TablePaths) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    for path in std::iter::once(&paths.table).chain(&paths.memo).chain(&paths.cpg) {
        let mut file = match paths.open(path) {
            Err(error) if *path != paths.table && !is_in_use(&error) => continue,
            file => file?,
        };
        digest.update(file.metadata()?.len().to_le_bytes());
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                read => digest.update(&buffer[..read]),
            }
        }
    }
    Ok(format!("{:x}", digest.finalize()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::convert::Access;

    fn table(dir: &tempfile::TempDir, header: [u8; 8]) -> TablePaths {
        let (table, memo) = (dir.path().join("a.dbf"), dir.path().join("a.fpt"));
        fs::write(&table, header).unwrap();
        fs::write(&memo, b"memo").unwrap();
        TablePaths { table, memo: Some(memo), cpg: None, access: Access::default() }
    }

    #[test]
    fn a_change_of_the_memo_alone_is_detected() {
        let dir = tempfile::tempdir().unwrap();
        let paths = table(&dir, [3, 0, 0, 0, 1, 2, 0, 0]);
        let before = (Observation::measure(&paths).unwrap(), content_digest(&paths).unwrap());
        assert_eq!(before.0, Observation::measure(&paths).unwrap());
        fs::write(paths.memo.as_ref().unwrap(), b"memo and more").unwrap();
        let after = (Observation::measure(&paths).unwrap(), content_digest(&paths).unwrap());
        assert_ne!(before.0, after.0);
        assert_ne!(before.1, after.1);
        assert_eq!(after.0.fingerprint(None, "").header_rows, 0x0201);
    }

    #[test]
    fn a_corrected_code_page_file_is_a_change() {
        let dir = tempfile::tempdir().unwrap();
        let mut paths = table(&dir, [3, 0, 0, 0, 1, 2, 0, 0]);
        let without = content_digest(&paths).unwrap();
        let cpg = dir.path().join("a.cpg");
        paths.cpg = Some(cpg.clone());
        let digests: Vec<String> = ["1251", "866"]
            .into_iter()
            .map(|page| {
                fs::write(&cpg, page).unwrap();
                content_digest(&paths).unwrap()
            })
            .collect();
        assert!(digests[0] != digests[1] && !digests.contains(&without));
        let before = Observation::measure(&paths).unwrap();
        fs::write(&cpg, "65001").unwrap();
        assert_ne!(before, Observation::measure(&paths).unwrap());
    }

    #[test]
    fn a_neighbour_that_cannot_be_read_counts_as_missing() {
        let dir = tempfile::tempdir().unwrap();
        let paths = table(&dir, [3, 0, 0, 0, 1, 2, 0, 0]);
        let memo = paths.memo.clone().unwrap();
        fs::remove_file(&memo).unwrap();
        let gone = (Observation::measure(&paths).unwrap(), content_digest(&paths).unwrap());
        fs::create_dir(&memo).unwrap();
        assert_eq!((Observation::measure(&paths).unwrap(), content_digest(&paths).unwrap()), gone);
    }

    #[test]
    fn dbase_2_stores_its_row_count_elsewhere() {
        let dir = tempfile::tempdir().unwrap();
        let paths = table(&dir, [2, 7, 1, 9, 9, 9, 9, 9]);
        assert_eq!(Observation::measure(&paths).unwrap().fingerprint(None, "").header_rows, 0x0107);
    }

    #[test]
    fn a_table_shorter_than_a_header_can_be_measured() {
        let dir = tempfile::tempdir().unwrap();
        let paths = table(&dir, [3, 0, 0, 0, 1, 0, 0, 0]);
        fs::write(&paths.table, b"\x03").unwrap();
        assert_eq!(Observation::measure(&paths).unwrap().fingerprint(None, "").header_rows, 0);
    }
}
