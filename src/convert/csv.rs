//! [`CsvBlock`]: whole rows of CSV by RFC 4180 in UTF-8.
//!
//! Cells are written in place: decoded first, and quoted afterwards in the rare case that one needs it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::codepage::{LENGTH, QUOTE, Utf8Entry};

/// Number of bytes decoded at once.
const PIECE: usize = 1 << 20;

/// Bytes of CSV. The buffer keeps its full length, so that growing costs nothing per cell.
#[derive(Default)]
pub(crate) struct CsvBlock {
    buffer: Vec<u8>,
    len: usize,
}

impl CsvBlock {
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.buffer[..self.len]
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// Reserves space for `more` bytes.
    #[inline]
    fn reserve(&mut self, more: usize) {
        if self.buffer.len() - self.len < more {
            self.grow(more);
        }
    }

    #[cold]
    fn grow(&mut self, more: usize) {
        self.buffer.resize((self.len + more).next_power_of_two(), 0);
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.reserve(1);
        self.buffer[self.len] = byte;
        self.len += 1;
    }

    /// Bytes that need no quoting.
    #[inline]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        self.buffer[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    /// Writes a cell from the first `length` bytes of a register.
    #[inline]
    pub(crate) fn put_low(&mut self, bytes: u128, length: usize) {
        self.reserve(16);
        if let Some(out) = self.buffer[self.len..].first_chunk_mut::<16>() {
            *out = bytes.to_le_bytes();
            self.len += length;
        }
    }

    /// Writes a cell of UTF-8 text.
    pub(crate) fn text(&mut self, text: &[u8]) {
        let start = self.len;
        self.put(text);
        if text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')) {
            self.quote(start);
        }
    }

    /// Writes a cell of text in a single-byte page. Returns the flags of all its bytes together.
    pub(crate) fn single_byte_text(&mut self, raw: &[u8], entries: &[Utf8Entry; 256]) -> u8 {
        let start = self.len;
        let flags = if raw.len() <= PIECE {
            self.decoded(raw, entries)
        } else {
            // A long memo is decoded in pieces, so that space is reserved for its actual size.
            raw.chunks(PIECE).fold(0, |flags, piece| flags | self.decoded(piece, entries))
        };
        if flags & QUOTE != 0 {
            self.quote(start);
        }
        flags
    }

    /// Puts an apostrophe before the text of the cell that began at `start`, where a spreadsheet would take it for a
    /// formula.
    pub(crate) fn guard_formula(&mut self, start: usize) {
        let text = start + usize::from(self.as_slice().get(start) == Some(&b'"'));
        if matches!(self.as_slice().get(text), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')) {
            self.reserve(1);
            self.buffer.copy_within(text..self.len, text + 1);
            self.buffer[text] = b'\'';
            self.len += 1;
        }
    }

    #[inline]
    fn decoded(&mut self, raw: &[u8], entries: &[Utf8Entry; 256]) -> u8 {
        // Each entry is stored whole, its flags overwritten by the next: three bytes of text and one to spare.
        self.reserve(raw.len() * 3 + 1);
        let out = &mut self.buffer[self.len..];
        let (mut at, mut flags) = (0, 0);
        for &byte in raw {
            let entry = entries[usize::from(byte)];
            out[at..at + 4].copy_from_slice(&entry);
            at += usize::from(entry[3] & LENGTH);
            flags |= entry[3];
        }
        self.len += at;
        flags
    }

    /// Writes a cell of bytes as base64.
    pub(crate) fn base64(&mut self, bytes: &[u8]) {
        let room = bytes.len().div_ceil(3) * 4;
        self.reserve(room);
        let written = STANDARD.encode_slice(bytes, &mut self.buffer[self.len..self.len + room]).unwrap_or(0);
        self.len += written;
    }

    /// Ends a row that began at `start`; a row without any text is written `""`, for readers that skip empty lines.
    #[inline]
    pub(crate) fn end_row(&mut self, start: usize) {
        if self.len == start {
            self.put(b"\"\"");
        }
        self.push(b'\n');
    }

    /// Quotes the text written since `start`, doubling quotes inside.
    #[cold]
    fn quote(&mut self, start: usize) {
        let inner = self.buffer[start..self.len].iter().filter(|&&byte| byte == b'"').count();
        self.reserve(inner + 2);
        let (mut from, mut to) = (self.len, self.len + inner + 2);
        self.len = to;
        to -= 1;
        self.buffer[to] = b'"';
        while from > start {
            from -= 1;
            to -= 1;
            let byte = self.buffer[from];
            self.buffer[to] = byte;
            if byte == b'"' {
                to -= 1;
                self.buffer[to] = b'"';
            }
        }
        self.buffer[start] = b'"';
    }
}

impl fmt::Write for CsvBlock {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::codepage;

    fn cell(text: &[u8]) -> String {
        let mut block = CsvBlock::default();
        block.put(b"x,");
        block.text(text);
        String::from_utf8(block.as_slice()[2..].to_vec()).unwrap()
    }

    #[test]
    fn quotes_only_where_needed() {
        assert_eq!(cell(b"plain text; 'x' =1"), "plain text; 'x' =1");
        assert_eq!(cell(b" lead"), " lead");
        assert_eq!(cell(b"a,b"), "\"a,b\"");
        assert_eq!(cell(b"a\nb"), "\"a\nb\"");
        assert_eq!(cell(b"\""), "\"\"\"\"");
        assert_eq!(cell(b"say \"hi\", twice \"\""), "\"say \"\"hi\"\", twice \"\"\"\"\"");
    }

    #[test]
    fn an_empty_row_is_not_an_empty_line() {
        let mut block = CsvBlock::default();
        block.end_row(0);
        assert_eq!(block.as_slice(), b"\"\"\n");
    }

    proptest::proptest! {
        #[test]
        fn every_text_reads_back(cells in proptest::collection::vec("[\\PC\n\r\",a]{0,20}", 1..6)) {
            let mut block = CsvBlock::default();
            for (index, text) in cells.iter().enumerate() {
                if index > 0 { block.push(b','); }
                block.text(text.as_bytes());
            }
            block.end_row(0);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(block.as_slice());
            let row = reader.records().next().unwrap().unwrap();
            proptest::prop_assert_eq!(row.iter().collect::<Vec<_>>(), cells);
        }

        #[test]
        fn a_page_decodes_to_the_same_text_by_both_ways(raw in proptest::collection::vec(proptest::num::u8::ANY, 0..40)) {
            let page = codepage::find("CP1253").unwrap();
            let mut expected = String::new();
            page.decode(&raw, &mut expected);
            let mut by_text = CsvBlock::default();
            by_text.text(expected.as_bytes());
            let mut direct = CsvBlock::default();
            direct.single_byte_text(&raw, page.entries().unwrap());
            proptest::prop_assert_eq!(direct.as_slice(), by_text.as_slice());
        }
    }
}
