//! The rows of a table in blocks: [`Records`] reads whole rows between two places of the file, in constant memory.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes read at once, at least; always a whole number of rows.
const BLOCK: usize = 512 << 10;

/// A reader of rows of one length.
pub(crate) struct Records<'a, R> {
    file: &'a mut R,
    record_length: usize,
    left: u64,
    buffer: Vec<u8>,
}

impl<'a, R: Read + Seek> Records<'a, R> {
    /// Reads `count` rows from `offset` on.
    pub(crate) fn new(file: &'a mut R, offset: u64, record_length: usize, count: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self { file, record_length, left: count, buffer: Vec::new() })
    }

    /// The next rows, one after the other; none at the end. A file that shrinks while it is read ends early.
    pub(crate) fn next_block(&mut self) -> io::Result<Option<&[u8]>> {
        let rows = (BLOCK / self.record_length).max(1) as u64;
        let wanted = usize::try_from(rows.min(self.left)).unwrap_or(0) * self.record_length;
        if wanted == 0 {
            return Ok(None);
        }
        self.buffer.resize(wanted, 0);
        let mut filled = 0;
        while filled < wanted {
            match self.file.read(&mut self.buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let whole = filled / self.record_length * self.record_length;
        self.left = if whole < wanted { 0 } else { self.left - (whole / self.record_length) as u64 };
        Ok((whole > 0).then(|| &self.buffer[..whole]))
    }
}
