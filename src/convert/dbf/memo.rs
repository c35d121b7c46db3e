//! The memo file: [`MemoFile`] reads the memo a pointer names.
//!
//! dBASE III memos have no length, so the blocks that any row names are noted first ([`MemoFile::note_start`]) and
//! bound the search for their end.

use std::io::{self, Read, Seek, SeekFrom};

use super::TableFormat;
pub use super::memo_kind::MemoKind;
use super::memo_kind::{At, block_size, classify};

/// Read-ahead of the memo file, in bytes.
const WINDOW: usize = 32 * 1024;
/// The end mark of dBASE III and Clipper.
const END: u8 = 0x1A;

/// What a row stores in place of a memo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointer {
    /// No memo.
    None,
    /// A block number; for `.smt` with the length in bytes.
    Block(u64, Option<u64>),
    /// Bytes that are no pointer.
    Invalid,
}

/// How reading a memo ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoEnd {
    /// All of it was there.
    Whole,
    /// The file ended first.
    Cut,
    /// The pointer leads nowhere.
    OutOfFile,
}

/// An open memo file.
pub struct MemoFile<R> {
    file: R,
    length: u64,
    kind: MemoKind,
    block_size: u64,
    /// Bit n: block n is named by a row. dBASE III only.
    starts: Vec<u64>,
    window: Vec<u8>,
    window_at: u64,
}

impl<R: Read + Seek> MemoFile<R> {
    /// Opens a memo file. `pointers` are the block numbers of some rows, for telling its format; `extension` is
    /// that of its name in lower case.
    ///
    /// # Errors
    /// Those of the file.
    pub fn open(mut file: R, pointers: &[u64], format: TableFormat, extension: &str) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        let mut memo = Self {
            file,
            length,
            kind: MemoKind::Dbase3,
            block_size: 512,
            starts: Vec::new(),
            window: Vec::new(),
            window_at: 0,
        };
        let mut start = [0; 24];
        let known = memo.bytes(0, 24)?;
        start[..known.len()].copy_from_slice(known);
        memo.kind = classify(&mut memo, &start, length, pointers, format, extension)?;
        memo.block_size = block_size(memo.kind, &start);
        if memo.kind == MemoKind::Dbase3 {
            // A file that claims to be huge ends the reading of one table, not the process.
            let words = usize::try_from(length / 512 / 64 + 1).unwrap_or(usize::MAX);
            memo.starts.try_reserve_exact(words)?;
            memo.starts.resize(words, 0);
        }
        Ok(memo)
    }

    /// The format.
    pub fn kind(&self) -> MemoKind {
        self.kind
    }

    /// Whether [`Self::note_start`] has to be called for every row before the first [`Self::read`].
    pub fn wants_starts(&self) -> bool {
        self.kind == MemoKind::Dbase3
    }

    /// Notes that some row's memo begins at this block.
    pub fn note_start(&mut self, block: u64) {
        if let Some(word) = usize::try_from(block / 64).ok().and_then(|word| self.starts.get_mut(word)) {
            *word |= 1 << (block % 64);
        }
    }

    /// Reads a memo into `out`, which is cleared first.
    ///
    /// # Errors
    /// Those of the file.
    pub fn read(&mut self, block: u64, length: Option<u64>, out: &mut Vec<u8>) -> io::Result<MemoEnd> {
        out.clear();
        let Some(offset) = block.checked_mul(self.block_size).filter(|&at| at < self.length) else {
            return Ok(MemoEnd::OutOfFile);
        };
        match self.kind {
            MemoKind::Dbase3 if block == 0 => Ok(MemoEnd::OutOfFile),
            MemoKind::Dbase3 => self.read_dbase3(block, out),
            MemoKind::Dbase4 => match self.eight(offset)? {
                Some([0xFF, 0xFF, 0x08, 0x00, rest @ ..]) => match u32::from_le_bytes(rest).checked_sub(8) {
                    Some(length) => self.read_length(offset + 8, u64::from(length), out),
                    None => Ok(MemoEnd::OutOfFile),
                },
                _ => Ok(MemoEnd::OutOfFile),
            },
            MemoKind::FoxPro => match self.eight(offset)? {
                // The known types of blocks fill two bytes at most; what stands inside a text does not look like one.
                Some([0, 0, _, _, rest @ ..]) if offset >= 512 => {
                    self.read_length(offset + 8, u64::from(u32::from_be_bytes(rest)), out)
                }
                _ => Ok(MemoEnd::OutOfFile),
            },
            MemoKind::Six => match length {
                Some(length) => self.read_length(offset, length, out),
                None => Ok(MemoEnd::OutOfFile),
            },
        }
    }

    fn read_length(&mut self, offset: u64, length: u64, out: &mut Vec<u8>) -> io::Result<MemoEnd> {
        let there = length.min(self.length.saturating_sub(offset));
        out.try_reserve(usize::try_from(there).unwrap_or(usize::MAX))?;
        let mut at = offset;
        while at < offset + there {
            let piece = self.bytes(at, usize::try_from(offset + there - at).unwrap_or(WINDOW).min(WINDOW))?;
            if piece.is_empty() {
                return Ok(MemoEnd::Cut);
            }
            out.extend_from_slice(piece);
            at += piece.len() as u64;
        }
        Ok(if there < length { MemoEnd::Cut } else { MemoEnd::Whole })
    }

    /// Up to 1A 1A within the bound; where no pair stands there, up to the first 1A; else up to the bound.
    fn read_dbase3(&mut self, block: u64, out: &mut Vec<u8>) -> io::Result<MemoEnd> {
        let start = block * 512;
        let bound = self.next_start(block).map_or(self.length, |next| (next * 512).min(self.length));
        let mut at = start;
        while at < bound {
            let piece = self.bytes(at, usize::try_from(bound - at).unwrap_or(WINDOW).min(WINDOW))?;
            if piece.is_empty() {
                break;
            }
            // A pair may lie across two pieces.
            let from = out.len().saturating_sub(1);
            at += piece.len() as u64;
            out.try_reserve(piece.len())?;
            out.extend_from_slice(piece);
            if let Some(pair) = out[from..].windows(2).position(|pair| pair == [END, END]) {
                out.truncate(from + pair);
                return Ok(MemoEnd::Whole);
            }
        }
        if let Some(mark) = out.iter().position(|&byte| byte == END) {
            out.truncate(mark);
            return Ok(MemoEnd::Whole);
        }
        Ok(if bound == self.length { MemoEnd::Cut } else { MemoEnd::Whole })
    }

    fn next_start(&self, block: u64) -> Option<u64> {
        let first = block + 1;
        let mut word = usize::try_from(first / 64).ok()?;
        let mut bits = self.starts.get(word)? & (!0 << (first % 64));
        while bits == 0 {
            word += 1;
            bits = *self.starts.get(word)?;
        }
        Some(word as u64 * 64 + u64::from(bits.trailing_zeros()))
    }

    /// At most `wanted` bytes at `offset`; fewer only at the file's end.
    fn bytes(&mut self, offset: u64, wanted: usize) -> io::Result<&[u8]> {
        let inside =
            offset >= self.window_at && offset + wanted as u64 <= self.window_at + self.window.len() as u64;
        if !inside {
            self.window.clear();
            self.window_at = offset;
            self.file.seek(SeekFrom::Start(offset))?;
            (&mut self.file).take(wanted.max(WINDOW) as u64).read_to_end(&mut self.window)?;
        }
        let from = usize::try_from(offset - self.window_at).unwrap_or(0);
        let to = (from + wanted).min(self.window.len());
        Ok(&self.window[from..to])
    }
}

impl<R: Read + Seek> At for MemoFile<R> {
    fn eight(&mut self, offset: u64) -> io::Result<Option<[u8; 8]>> {
        if offset >= self.length {
            return Ok(None);
        }
        Ok(self.bytes(offset, 8)?.try_into().ok())
    }
}

/// Reads the pointer that a row stores: digits padded with blanks or NULs, four bytes in Visual FoxPro, or
/// type, length and block (2, 4 and 4 bytes, little-endian) beside a `.smt`.
pub fn pointer(raw: &[u8], six: bool) -> Pointer {
    if let &[a, b, c, d] = raw {
        return match u32::from_le_bytes([a, b, c, d]) {
            0 | 0x2020_2020 => Pointer::None,
            block => Pointer::Block(u64::from(block), None),
        };
    }
    let digits = trim(raw);
    if six && raw.len() == 10 && !digits.is_empty() && raw[..2].iter().any(|&byte| byte < b' ') {
        let length = u32::from_le_bytes([raw[2], raw[3], raw[4], raw[5]]);
        let block = u32::from_le_bytes([raw[6], raw[7], raw[8], raw[9]]);
        return if block == 0 { Pointer::None } else { Pointer::Block(block.into(), Some(length.into())) };
    }
    if digits.is_empty() {
        return Pointer::None;
    }
    match str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit())).map(str::parse)
    {
        Some(Ok(0)) => Pointer::None,
        Some(Ok(block)) => Pointer::Block(block, None),
        _ => Pointer::Invalid,
    }
}

fn trim(raw: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | 0);
    let start = raw.iter().position(|byte| !blank(byte)).unwrap_or(raw.len());
    let end = raw.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    &raw[start..end]
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn blocks(bodies: &[&[u8]]) -> Vec<u8> {
        let mut file = vec![0; 512];
        for body in bodies {
            file.extend_from_slice(body);
            file.resize(file.len().div_ceil(512) * 512, 0);
        }
        file
    }

    fn read(memo: &mut MemoFile<Cursor<Vec<u8>>>, block: u64) -> (Vec<u8>, MemoEnd) {
        let mut out = Vec::new();
        let end = memo.read(block, None, &mut out).unwrap();
        (out, end)
    }

    #[test]
    fn a_dbase_3_memo_ends_at_the_pair_then_at_the_single_mark_then_at_the_next_memo() {
        let file =
            blocks(&[b"one\x1a\x1ajunk\x1a", b"a\x1ab\x1a\x1a", b"clipper\x1a", b"bare", b"last\x1a\x1a"]);
        let mut memo = MemoFile::open(Cursor::new(file), &[1, 2], TableFormat::Dbase3, "dbt").unwrap();
        (1..=5).for_each(|block| memo.note_start(block));
        assert_eq!(read(&mut memo, 1), (b"one".to_vec(), MemoEnd::Whole));
        assert_eq!(read(&mut memo, 2), (b"a\x1ab".to_vec(), MemoEnd::Whole));
        assert_eq!(read(&mut memo, 3), (b"clipper".to_vec(), MemoEnd::Whole));
        assert_eq!(read(&mut memo, 4).0.trim_ascii_end().len(), 512);
        assert_eq!(read(&mut memo, 4).1, MemoEnd::Whole);
        assert_eq!(read(&mut memo, 5), (b"last".to_vec(), MemoEnd::Whole));
        assert_eq!(read(&mut memo, 0).1, MemoEnd::OutOfFile);
        assert_eq!(read(&mut memo, 60).1, MemoEnd::OutOfFile);
    }

    #[test]
    fn a_pair_across_two_pieces_is_found() {
        let mut body = vec![b'x'; WINDOW - 1];
        body.extend_from_slice(&[END, END, b'y']);
        let mut memo =
            MemoFile::open(Cursor::new(blocks(&[&body])), &[1], TableFormat::Dbase3, "dbt").unwrap();
        memo.note_start(1);
        let (text, end) = read(&mut memo, 1);
        assert_eq!((text.len(), end), (WINDOW - 1, MemoEnd::Whole));
    }

    #[test]
    fn a_dbase_3_memo_without_any_mark_at_the_end_of_the_file_is_cut() {
        let mut file = blocks(&[]);
        file.extend_from_slice(b"no end");
        let mut memo = MemoFile::open(Cursor::new(file), &[1], TableFormat::Dbase3, "dbt").unwrap();
        memo.note_start(1);
        assert_eq!(read(&mut memo, 1), (b"no end".to_vec(), MemoEnd::Cut));
    }

    #[test]
    fn a_dbase_4_memo_has_a_length_that_includes_its_header() {
        let file =
            blocks(&[b"\xff\xff\x08\x00\x0b\x00\x00\x00abcdef", b"\xff\xff\x08\x00\xff\x0f\x00\x00end"]);
        let length = file.len();
        // The extension says FoxPro: the content decides.
        let mut memo = MemoFile::open(Cursor::new(file), &[1, 2], TableFormat::FoxPro2, "fpt").unwrap();
        assert_eq!(memo.kind(), MemoKind::Dbase4);
        assert_eq!(read(&mut memo, 1), (b"abc".to_vec(), MemoEnd::Whole));
        let (text, end) = read(&mut memo, 2);
        assert_eq!((text.len(), end), (length - 1024 - 8, MemoEnd::Cut));
    }

    #[test]
    fn a_foxpro_memo_has_blocks_of_any_size() {
        let mut file = vec![0; 512];
        file[7] = 1;
        file.extend_from_slice(b"\0\0\0\x01\0\0\0\x05hello");
        let mut memo = MemoFile::open(Cursor::new(file), &[512], TableFormat::Dbase3, "dbt").unwrap();
        assert_eq!(memo.kind(), MemoKind::FoxPro);
        assert_eq!(read(&mut memo, 512), (b"hello".to_vec(), MemoEnd::Whole));
        assert_eq!(read(&mut memo, 3).1, MemoEnd::OutOfFile);
    }

    #[test]
    fn pointers_of_every_form() {
        for (raw, expected) in [
            (&b"          "[..], Pointer::None),
            (b"0000000000", Pointer::None),
            (b"\0\0\0\0\0\0\0\0\0\0", Pointer::None),
            (b"        12", Pointer::Block(12, None)),
            (b"12        ", Pointer::Block(12, None)),
            (b"0000000012", Pointer::Block(12, None)),
            (b"     1x   ", Pointer::Invalid),
            (&[7, 0, 0, 0], Pointer::Block(7, None)),
            (&[0, 0, 0, 0], Pointer::None),
        ] {
            assert_eq!(pointer(raw, false), expected, "{raw:?}");
        }
        assert_eq!(pointer(&[1, 0, 5, 0, 0, 0, 9, 0, 0, 0], true), Pointer::Block(9, Some(5)));
        assert_eq!(pointer(b"        12", true), Pointer::Block(12, None));
        assert_eq!(pointer(&[0; 10], true), Pointer::None);
    }
}
