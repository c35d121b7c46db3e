//! [`Observation`]: the visible state of a table and its memo file, used to detect changes during a read
//! (docs/dbf.md#stable-read) or since the last delivery. Reads sizes, times and the header's row count.

use std::fs::Metadata;
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::convert::TablePaths;
use crate::store::delivered::Fingerprint;

/// Equal before and after a read when nothing changed in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    table: Seen,
    memo: Option<Seen>,
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
        let (table, header) = measure_file(&paths.table, true)?;
        let memo = match &paths.memo {
            Some(memo) => Some(measure_file(memo, false)?.0),
            None => None,
        };
        Ok(Self { table, memo, header_rows: u64::from(rows(header)) })
    }

    /// Returns the size of table and memo, in bytes.
    pub fn size(&self) -> u64 {
        self.table.size + self.memo.as_ref().map_or(0, |memo| memo.size)
    }

    /// Converts it to the form of the store.
    pub fn fingerprint(&self, content: Option<String>, settings: &str) -> Fingerprint {
        let memo = self.memo.as_ref().map_or(i64::MIN, |memo| memo.mtime_ns);
        Fingerprint {
            size: self.size(),
            mtime_ns: self.table.mtime_ns.max(memo),
            header_rows: self.header_rows,
            content,
            settings: settings.to_owned(),
        }
    }
}

/// Reads size and time of the open file rather than of the name, and its first eight bytes.
fn measure_file(path: &Path, header: bool) -> io::Result<(Seen, [u8; 8])> {
    let mut file = TablePaths::open(path)?;
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

/// Returns the SHA-256 over the bytes of the table, then of its memo, each preceded by its length.
///
/// # Errors
/// The error of opening or reading.
pub fn content_digest(paths: &TablePaths) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    for path in std::iter::once(&paths.table).chain(&paths.memo) {
        let mut file = TablePaths::open(path)?;
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

    fn table(dir: &tempfile::TempDir, header: [u8; 8]) -> TablePaths {
        let (table, memo) = (dir.path().join("a.dbf"), dir.path().join("a.fpt"));
        fs::write(&table, header).unwrap();
        fs::write(&memo, b"memo").unwrap();
        TablePaths { table, memo: Some(memo), cpg: None }
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
