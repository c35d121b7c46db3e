//! The memo file: [`MemoFile`] reads the memo a pointer names.
//!
//! dBASE III memos have no length, so the blocks that any row names are noted first ([`MemoFile::note_start`]). They
//! bound the search for the end of a memo, and tell by which mark this file ends its memos.

use std::io::{self, Read, Seek, SeekFrom};

use super::TableFormat;
pub use super::memo_kind::MemoKind;
use super::memo_kind::{At, block_size, classify};

/// Read-ahead of the memo file, in bytes.
const WINDOW: usize = 32 * 1024;
/// The end mark of dBASE III, which writes two, and Clipper, which writes one.
const END: u8 = 0x1A;
/// The block size of dBASE III, in bytes.
const BLOCK: u64 = 512;
/// How many memos of dBASE III decide by which mark the file ends them, and how far each is searched.
const VOTES: usize = 256;
const VOTE_BYTES: u64 = 1 << 20;

/// The pointer that a row stores in place of a memo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointer {
    /// No memo.
    None,
    /// A block number; for `.smt` with what the row says of the memo.
    Block(u64, Option<Six>),
    /// Bytes that are not a pointer.
    Invalid,
}

/// The type word and the length of a memo in a `.smt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Six {
    /// 0 nothing, 1 text, 2 integer, 3 double, 4 date, 5 logical, 6 array.
    pub kind: u16,
    /// In bytes.
    pub length: u64,
}

/// How reading a memo ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoEnd {
    /// All of it was there.
    Whole,
    /// The file ended first.
    Cut,
    /// It is longer than the most that is read.
    TooLong,
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
    /// Whether one mark ends a memo of dBASE III; decided at the first one.
    single_mark: Option<bool>,
    /// dBASE IV: the stored lengths leave out the 8 bytes of the block's header.
    header_left_out: bool,
    /// Maximum size of a memo, in bytes.
    limit: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl<R: Read + Seek> MemoFile<R> {
    /// Opens a memo file. `pointers` are the block numbers of some rows, for telling its format; `extension` is
    /// that of its name in lower case, `limit` the most bytes that are read of a memo.
    ///
    /// # Errors
    /// Those of the file.
    pub fn open(
        mut file: R,
        pointers: &[u64],
        format: TableFormat,
        extension: &str,
        limit: u64,
    ) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        let mut memo = Self {
            file,
            length,
            kind: MemoKind::Dbase3,
            block_size: 512,
            starts: Vec::new(),
            single_mark: None,
            header_left_out: false,
            limit,
            window: Vec::new(),
            window_at: 0,
        };
        let mut start = [0; 24];
        let known = memo.bytes(0, 24)?;
        start[..known.len()].copy_from_slice(known);
        if start[6..8] == [0, 0] {
            // FlexFile 3 states its block size in a header of its own.
            if let Some([size @ .., _, _]) =
                memo.bytes(512, 32)?.strip_prefix(b"FlexFile3").and_then(|rest| rest.get(19..23))
            {
                start[6..8].copy_from_slice(&[size[1], size[0]]);
            }
        }
        memo.kind = classify(&mut memo, &start, length, pointers, format, extension)?;
        memo.block_size = block_size(memo.kind, &start);
        if memo.kind == MemoKind::Dbase4 {
            memo.header_left_out = memo.leaves_headers_out(pointers)?;
        }
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

    /// Whether the stored lengths leave out the block headers, and the whole texts are read.
    pub fn header_is_left_out(&self) -> bool {
        self.header_left_out
    }

    /// The largest block number that can lead into the file, whatever its block size.
    pub fn last_block(&self) -> u64 {
        self.length
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
                Some([0xFF, 0xFF, 0x08, 0x00, rest @ ..]) => match u64::from(u32::from_le_bytes(rest)) {
                    length if self.header_left_out => self.read_length(offset + 8, length, out),
                    length @ 8.. => self.read_length(offset + 8, length - 8, out),
                    _ => Ok(MemoEnd::OutOfFile),
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
        let stored = length;
        let length = length.min(self.limit);
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
        Ok(match () {
            () if there < length => MemoEnd::Cut,
            () if length < stored => MemoEnd::TooLong,
            () => MemoEnd::Whole,
        })
    }

    /// Up to the mark by which this file ends its memos; where there is none, up to the NULs at a block's end or the
    /// next memo.
    fn read_dbase3(&mut self, block: u64, out: &mut Vec<u8>) -> io::Result<MemoEnd> {
        let single = match self.single_mark {
            Some(single) => single,
            None => self.decide_mark()?,
        };
        let start = block * BLOCK;
        let bound = self.bound(block);
        let searched = bound.min(start + self.limit + 1);
        let marks = self.marks(start, searched)?;
        let end = match marks.first {
            Some(first) if marks.pair != Some(first) && (single || self.nuls_follow(first + 1, bound)?) => {
                Some(first)
            }
            Some(first) if single => Some(first),
            first => marks.pair.or(first),
        };
        let end = match end {
            Some(end) => end,
            None => match self.nuls(start, searched)? {
                Some(end) => end,
                None if searched < bound => searched,
                None if bound == self.length => {
                    self.read_length(start, bound - start, out)?;
                    // NULs end a memo as well.
                    return Ok(if out.last() == Some(&0) { MemoEnd::Whole } else { MemoEnd::Cut });
                }
                None => bound,
            },
        };
        self.read_length(start, end - start, out)
    }

    /// Where the memo of this block must have ended: at the next block that a row names, or at the file's end.
    fn bound(&self, block: u64) -> u64 {
        self.next_start(block).map_or(self.length, |next| (next * BLOCK).min(self.length))
    }

    /// Decides for the file whether one mark ends a memo: by the first mark of each memo that rows name.
    fn decide_mark(&mut self) -> io::Result<bool> {
        let (mut singles, mut pairs, mut block) = (0_usize, 0_usize, 0);
        while let Some(next) = self.next_start(block).filter(|_| singles + pairs < VOTES) {
            block = next;
            let (start, bound) = (block * BLOCK, self.bound(block));
            let marks = self.marks(start, bound.min(start + VOTE_BYTES))?;
            match (marks.first, marks.pair) {
                (None, _) => {}
                (Some(first), Some(pair)) if first == pair => pairs += 1,
                (Some(first), _) if self.nuls_follow(first + 1, bound)? => singles += 1,
                // A mark inside a text that goes on without a NUL up to the pair.
                (Some(first), Some(pair)) if !self.holds_nul(first, pair)? => pairs += 1,
                _ => singles += 1,
            }
        }
        let single = singles > pairs;
        self.single_mark = Some(single);
        Ok(single)
    }

    /// The first end mark from `start` on, and the first pair of them.
    fn marks(&mut self, start: u64, bound: u64) -> io::Result<Marks> {
        let (mut marks, mut last, mut at) = (Marks { first: None, pair: None }, None, start);
        while at < bound {
            let piece = self.bytes(at, usize::try_from(bound - at).unwrap_or(WINDOW).min(WINDOW))?;
            if piece.is_empty() {
                break;
            }
            for (index, _) in piece.iter().enumerate().filter(|(_, byte)| **byte == END) {
                let place = at + index as u64;
                marks.first = marks.first.or(Some(place));
                if last.is_some_and(|last| last + 1 == place) {
                    marks.pair = last;
                    return Ok(marks);
                }
                last = Some(place);
            }
            at += piece.len() as u64;
        }
        Ok(marks)
    }

    /// Whether the rest of the block from this place on is NUL, and there is a rest.
    fn nuls_follow(&mut self, place: u64, bound: u64) -> io::Result<bool> {
        let end = ((place - 1) / BLOCK * BLOCK + BLOCK).min(bound);
        let rest = self.bytes(place, usize::try_from(end.saturating_sub(place)).unwrap_or(0))?;
        Ok(!rest.is_empty() && rest.iter().all(|&byte| byte == 0))
    }

    fn holds_nul(&mut self, from: u64, to: u64) -> io::Result<bool> {
        let mut at = from;
        while at < to {
            let piece = self.bytes(at, usize::try_from(to - at).unwrap_or(WINDOW).min(WINDOW))?;
            if piece.is_empty() || piece.contains(&0) {
                break;
            }
            at += piece.len() as u64;
        }
        Ok(at < to)
    }

    /// The first NUL from which on its block holds nothing else.
    fn nuls(&mut self, start: u64, bound: u64) -> io::Result<Option<u64>> {
        let mut at = start;
        while at < bound {
            let piece = self.bytes(at, usize::try_from(bound - at).unwrap_or(WINDOW).min(WINDOW))?;
            if piece.is_empty() {
                break;
            }
            if let Some(index) = piece.iter().position(|&byte| byte == 0) {
                let nul = at + index as u64;
                let end = (nul / BLOCK * BLOCK + BLOCK).min(bound);
                let rest = self.bytes(nul, usize::try_from(end - nul).unwrap_or(0))?;
                return Ok(rest.iter().all(|&byte| byte == 0).then_some(nul));
            }
            at += piece.len() as u64;
        }
        Ok(None)
    }

    /// Whether every text of dBASE IV goes on for 8 bytes after its stored length, which is what its header takes.
    fn leaves_headers_out(&mut self, pointers: &[u64]) -> io::Result<bool> {
        let mut seen = false;
        for pointer in pointers {
            let Some(offset) = pointer.checked_mul(self.block_size).filter(|&at| at < self.length) else {
                continue;
            };
            let Some([0xFF, 0xFF, 0x08, 0x00, rest @ ..]) = self.eight(offset)? else { continue };
            let length = u64::from(u32::from_le_bytes(rest));
            let end = offset + 8 + length;
            if length == 0 || end > self.length {
                continue;
            }
            let text = |byte: &u8| *byte >= b' ' || matches!(byte, b'\r' | b'\n' | b'\t' | 0x0C);
            let last = length.min(8);
            let goes_on = self.bytes(end - last, last as usize)?.iter().all(text);
            let ends = self.bytes(end, 1)?.first().is_none_or(|byte| matches!(*byte, 0 | END));
            if !goes_on || !ends {
                return Ok(false);
            }
            seen = true;
        }
        Ok(seen)
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

/// End marks of dBASE III, as places in the file.
struct Marks {
    first: Option<u64>,
    pair: Option<u64>,
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
/// type, length and block (2, 4 and 4 bytes, little-endian) beside a `.smt`. Four bytes are digits where they cannot be
/// a number up to `last_block`.
pub fn pointer(raw: &[u8], six: bool, last_block: u64) -> Pointer {
    let digits = trim(raw);
    let text = str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    if let &[a, b, c, d] = raw {
        let block = u64::from(u32::from_le_bytes([a, b, c, d]));
        if matches!(block, 0 | 0x2020_2020) {
            return Pointer::None;
        }
        if block <= last_block || raw.contains(&0) || text.is_none_or(str::is_empty) {
            return Pointer::Block(block, None);
        }
    }
    // Digits padded with NULs are digits.
    if six && raw.len() == 10 && text.is_none() && raw[..2].iter().any(|&byte| byte < b' ') {
        let kind = u16::from_le_bytes([raw[0], raw[1]]);
        let length = u64::from(u32::from_le_bytes([raw[2], raw[3], raw[4], raw[5]]));
        let block = u32::from_le_bytes([raw[6], raw[7], raw[8], raw[9]]);
        return if block == 0 {
            Pointer::None
        } else {
            Pointer::Block(block.into(), Some(Six { kind, length }))
        };
    }
    match text.map(|text| (text.is_empty(), text.parse())) {
        Some((true, _) | (_, Ok(0))) => Pointer::None,
        Some((_, Ok(block))) => Pointer::Block(block, None),
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

    const LIMIT: u64 = 1 << 20;

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
        let mut memo = MemoFile::open(Cursor::new(file), &[1, 2], TableFormat::Dbase3, "dbt", LIMIT).unwrap();
        (1..=5).for_each(|block| memo.note_start(block));
        assert_eq!(read(&mut memo, 1), (b"one".to_vec(), MemoEnd::Whole));
        assert_eq!(read(&mut memo, 2), (b"a\x1ab".to_vec(), MemoEnd::Whole));
        assert_eq!(read(&mut memo, 3), (b"clipper".to_vec(), MemoEnd::Whole));
        assert_eq!(read(&mut memo, 4), (b"bare".to_vec(), MemoEnd::Whole));
        assert_eq!(read(&mut memo, 5), (b"last".to_vec(), MemoEnd::Whole));
        assert_eq!(read(&mut memo, 0).1, MemoEnd::OutOfFile);
        assert_eq!(read(&mut memo, 60).1, MemoEnd::OutOfFile);
    }

    #[test]
    fn a_pair_across_two_pieces_is_found() {
        let mut body = vec![b'x'; WINDOW - 1];
        body.extend_from_slice(&[END, END, b'y']);
        let mut memo =
            MemoFile::open(Cursor::new(blocks(&[&body])), &[1], TableFormat::Dbase3, "dbt", LIMIT).unwrap();
        memo.note_start(1);
        let (text, end) = read(&mut memo, 1);
        assert_eq!((text.len(), end), (WINDOW - 1, MemoEnd::Whole));
    }

    #[test]
    fn a_dbase_3_memo_without_any_mark_at_the_end_of_the_file_is_cut() {
        let mut file = blocks(&[]);
        file.extend_from_slice(b"no end");
        let mut memo = MemoFile::open(Cursor::new(file), &[1], TableFormat::Dbase3, "dbt", LIMIT).unwrap();
        memo.note_start(1);
        assert_eq!(read(&mut memo, 1), (b"no end".to_vec(), MemoEnd::Cut));
    }

    #[test]
    fn a_dbase_4_memo_has_a_length_that_includes_its_header() {
        let file =
            blocks(&[b"\xff\xff\x08\x00\x0b\x00\x00\x00abcdef", b"\xff\xff\x08\x00\xff\x0f\x00\x00end"]);
        let length = file.len();
        // The extension says FoxPro: the content decides.
        let mut memo =
            MemoFile::open(Cursor::new(file), &[1, 2], TableFormat::FoxPro2, "fpt", LIMIT).unwrap();
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
        let mut memo = MemoFile::open(Cursor::new(file), &[512], TableFormat::Dbase3, "dbt", LIMIT).unwrap();
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
            assert_eq!(pointer(raw, false, 1 << 20), expected, "{raw:?}");
        }
        let six = Six { kind: 1, length: 5 };
        assert_eq!(pointer(&[1, 0, 5, 0, 0, 0, 9, 0, 0, 0], true, 99), Pointer::Block(9, Some(six)));
        assert_eq!(pointer(b"        12", true, 99), Pointer::Block(12, None));
        assert_eq!(pointer(&[0; 10], true, 99), Pointer::None);
        assert_eq!(pointer(b"  12", false, 99), Pointer::Block(12, None), "digits in four bytes");
        assert_eq!(pointer(b"7   ", false, 99), Pointer::Block(7, None));
        assert_eq!(pointer(b"0000", false, 99), Pointer::None);
        let number = u64::from(u32::from_le_bytes(*b"1234"));
        assert_eq!(pointer(b"1234", false, number), Pointer::Block(number, None), "the file is large enough");
    }
}
