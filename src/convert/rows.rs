//! [`RowWriter`]: converts one row of a table to one row of CSV, without an allocation or a change of value.

use std::io::{self, Read, Seek};

use super::codepage::{self, Page, UNKNOWN};
use super::csv::CsvBlock;
use super::dbf::TableFormat;
use super::dbf::layout::{Column, ColumnKind, Layout};
use super::dbf::memo::{MemoEnd, MemoFile, MemoKind, Pointer, pointer};
use super::finding_code::FindingCode;
use super::findings::Findings;
use super::settings::ConvertSettings;
use super::value;
use crate::config::{Binary, SoftBreaks};

/// The memos of a table.
pub(crate) enum Memos<R> {
    /// In this file.
    File(MemoFile<R>),
    /// In a file that is missing.
    Missing,
    /// The table has none that the settings ask for.
    Unused,
}

/// Writes rows, and counts the values that it could not carry over.
pub(crate) struct RowWriter<'a, R> {
    layout: &'a Layout,
    page: &'a Page,
    format: TableFormat,
    base64: bool,
    formula_guard: bool,
    soft_breaks: bool,
    /// Whether 8D is a letter of the page, so that only a blank or a hyphen before it makes a soft break.
    soft_after_blank: bool,
    six: bool,
    /// The largest block number that leads into the memo file.
    last_block: u64,
    memos: Memos<R>,
    /// The findings so far.
    pub(crate) findings: Findings,
    memo: Vec<u8>,
    text: String,
    soft_breaks_removed: u64,
    /// Text that is not in the page, where the page may be wrong.
    doubtful: Option<Vec<u8>>,
}

/// How much text that is not in the page is kept, to say which page it looks like.
const DOUBTFUL: usize = 16 << 10;
/// The byte that begins a soft line break.
const SOFT: u8 = 0x8D;

impl<'a, R: Read + Seek> RowWriter<'a, R> {
    pub(crate) fn new(
        layout: &'a Layout,
        page: &'a Page,
        format: TableFormat,
        settings: &ConvertSettings,
        memos: Memos<R>,
        findings: Findings,
    ) -> Self {
        let kind = match &memos {
            Memos::File(file) => Some(file.kind()),
            _ => None,
        };
        let wraps = match kind {
            Some(MemoKind::Dbase3 | MemoKind::Dbase4) => true,
            Some(MemoKind::FoxPro) => format != TableFormat::VisualFoxPro,
            Some(MemoKind::Six) | None => false,
        };
        Self {
            layout,
            page,
            format,
            base64: settings.binary == Binary::Base64,
            formula_guard: settings.formula_guard,
            soft_after_blank: page.is_letter(SOFT),
            last_block: match &memos {
                Memos::File(file) => file.last_block(),
                Memos::Missing | Memos::Unused => u64::from(u32::MAX),
            },
            soft_breaks: wraps && page.is_single_byte() && settings.soft_breaks == SoftBreaks::Auto,
            six: kind.map_or(format == TableFormat::Six, |kind| kind == MemoKind::Six),
            memos,
            findings,
            memo: Vec::new(),
            text: String::new(),
            soft_breaks_removed: 0,
            doubtful: None,
        }
    }

    /// Keeps text that is not in the page, for [`Self::finish`] to say which page it looks like.
    pub(crate) fn doubt_page(&mut self) {
        self.doubtful = Some(Vec::new());
    }

    /// Writes the cells of a row, without its end. `number` counts from 1.
    ///
    /// # Errors
    /// Those of the memo file.
    pub(crate) fn cells(&mut self, record: &[u8], number: u64, out: &mut CsvBlock) -> io::Result<()> {
        let layout = self.layout;
        let (at, width) = layout.null_flags;
        let flags = record.get(at..at + width).unwrap_or_default();
        if record[layout.covered..].iter().any(|byte| !matches!(byte, b' ' | 0)) {
            self.findings.row(FindingCode::BytesOutsideColumns, number);
        }
        for (index, column) in layout.columns.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            let raw = &record[column.offset..column.offset + column.width];
            let cell = Cell { column: index as u32, row: number };
            let written = match column.kind {
                ColumnKind::Text if column.null_bit.is_none() && !column.binary => {
                    self.text(value::trim_end(raw), cell, out);
                    continue;
                }
                _ if is_set(flags, column.null_bit) => continue,
                ColumnKind::Number => value::number(raw, column.decimals, out),
                ColumnKind::Date => value::date(raw, out),
                ColumnKind::Logical => value::logical(raw, out),
                ColumnKind::Text
                | ColumnKind::Varchar
                | ColumnKind::Bytes
                | ColumnKind::Memo
                | ColumnKind::BinaryMemo => {
                    self.sized_cell(raw, flags, column, cell, out)?;
                    continue;
                }
                ColumnKind::Utf16 => {
                    self.utf16(raw, column, cell, out);
                    continue;
                }
                _ => self.fixed(raw, column, out),
            };
            if let Err(code) = written {
                self.findings.cell(code, cell.column, cell.row, 1, raw);
            }
        }
        Ok(())
    }

    /// The findings, complete.
    pub(crate) fn finish(mut self) -> Findings {
        self.findings.table(FindingCode::SoftBreaksRemoved, self.soft_breaks_removed);
        if let Memos::File(file) = &self.memos {
            self.findings.table(FindingCode::MemoLengthMended, u64::from(file.header_is_left_out()));
        }
        if let Some(page) = self.doubtful.as_deref().and_then(codepage::guess) {
            let name = self.page.name();
            let sentence =
                format!("the header says {name}, but the text is not {name}; it looks like `{page}`");
            self.findings.sentence(FindingCode::PageDoubtful, sentence);
        }
        self.findings
    }

    /// Text and bytes of every kind.
    fn sized_cell(
        &mut self,
        raw: &[u8],
        flags: &[u8],
        column: &Column,
        cell: Cell,
        out: &mut CsvBlock,
    ) -> io::Result<()> {
        let sized = match column.kind {
            ColumnKind::Memo | ColumnKind::BinaryMemo => return self.memo(raw, column, cell, out),
            ColumnKind::Text => raw,
            _ => self.sized(raw, flags, column, cell),
        };
        // NULs fill a field up, except where a length says that they belong to its bytes.
        let exact = column.kind == ColumnKind::Bytes && (column.size_bit.is_some() || column.unknown);
        let raw = if exact { sized } else { value::trim_nuls(sized) };
        if column.kind == ColumnKind::Bytes || column.binary && !is_plain(raw) {
            self.bytes(raw, cell, out);
        } else {
            self.stored_text(
                if column.kind == ColumnKind::Text { value::trim_end(raw) } else { raw },
                column,
                cell,
                out,
            );
        }
        Ok(())
    }

    /// Numbers and times of a fixed width in binary.
    fn fixed(&self, raw: &[u8], column: &Column, out: &mut CsvBlock) -> Result<(), FindingCode> {
        if column.beyond {
            // A column cut by the end of the record, which is reported once for the column.
            return Ok(());
        }
        match column.kind {
            ColumnKind::Integer => value::integer(raw, out),
            ColumnKind::JulianDate => return value::julian_date(raw, out),
            ColumnKind::IntegerSortable => {
                if let Ok(four) = raw.try_into() {
                    value::integer_sortable(four, out);
                }
            }
            kind => {
                let Ok(eight) = raw.try_into() else { return Ok(()) };
                match kind {
                    ColumnKind::Double => return value::double(eight, out),
                    ColumnKind::DoubleSortable => {
                        return value::double_sortable(eight, self.format == TableFormat::Dbase7, out);
                    }
                    ColumnKind::Milliseconds => return value::milliseconds(eight, out),
                    ColumnKind::DateTime => return value::date_time(eight, out),
                    ColumnKind::DateTimeOrMilliseconds => {
                        return value::date_time_or_milliseconds(eight, false, out);
                    }
                    ColumnKind::MillisecondsOrDateTime => {
                        return value::date_time_or_milliseconds(eight, true, out);
                    }
                    ColumnKind::Currency => value::currency(eight, out),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Text of two bytes a unit, without the blanks and NULs at its end.
    fn utf16(&mut self, raw: &[u8], column: &Column, cell: Cell, out: &mut CsvBlock) {
        let units = raw.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let decoded: String = char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{FFFD}')).collect();
        let text = decoded.trim_end_matches(['\0', ' ']);
        let nuls = text.matches('\0').count() as u64;
        let broken = text.matches('\u{FFFD}').count() as u64;
        for (code, count) in [(FindingCode::TextNul, nuls), (FindingCode::TextUndecodable, broken)] {
            if count > 0 {
                self.findings.cell(code, cell.column, cell.row, count, raw);
            }
        }
        if text.is_empty() && column.null_bit.is_some() {
            out.put(b"\"\"");
        } else {
            let start = out.len();
            out.text(text.replace('\0', "\u{FFFD}").as_bytes());
            self.guard(start, out);
        }
    }

    fn guard(&self, start: usize, out: &mut CsvBlock) {
        if self.formula_guard {
            out.guard_formula(start);
        }
    }

    /// Text of a column that may be null: what is empty and not null is quoted.
    fn stored_text(&mut self, raw: &[u8], column: &Column, cell: Cell, out: &mut CsvBlock) {
        if raw.is_empty() && column.null_bit.is_some() {
            out.put(b"\"\"");
        } else {
            self.text(raw, cell, out);
        }
    }

    fn text(&mut self, raw: &[u8], cell: Cell, out: &mut CsvBlock) {
        let start = out.len();
        if let Some(entries) = self.page.entries() {
            if out.single_byte_text(raw, entries) & UNKNOWN != 0 {
                let unknown =
                    raw.iter().filter(|&&byte| entries[usize::from(byte)][3] & UNKNOWN != 0).count();
                self.undecodable(raw, unknown as u64, cell);
            }
        } else if raw.is_ascii() && !raw.contains(&0) {
            out.text(raw);
        } else {
            self.text.clear();
            let unknown = self.page.decode(raw, &mut self.text);
            out.text(self.text.as_bytes());
            self.undecodable(raw, unknown, cell);
        }
        self.guard(start, out);
    }

    fn undecodable(&mut self, raw: &[u8], unknown: u64, cell: Cell) {
        if unknown == 0 {
            return;
        }
        let nuls = raw.iter().filter(|&&byte| byte == 0).count() as u64;
        for (code, count) in
            [(FindingCode::TextNul, nuls), (FindingCode::TextUndecodable, unknown.saturating_sub(nuls))]
        {
            if count > 0 {
                self.findings.cell(code, cell.column, cell.row, count, raw);
            }
        }
        if let Some(doubtful) =
            self.doubtful.as_mut().filter(|doubtful| doubtful.len() < DOUBTFUL && unknown > nuls)
        {
            doubtful.extend_from_slice(&raw[..raw.len().min(DOUBTFUL)]);
            doubtful.push(b' ');
        }
    }

    fn bytes(&mut self, raw: &[u8], cell: Cell, out: &mut CsvBlock) {
        if self.base64 {
            out.base64(raw);
        } else if !raw.is_empty() {
            self.findings.column(FindingCode::BinaryOmitted, cell.column, 1);
        }
    }

    /// Reads what a pointer names into `memo`, which stays empty where there is nothing or nothing is wanted. Returns
    /// the type word of a `.smt`.
    fn read_memo(
        &mut self,
        raw: &[u8],
        column: &Column,
        cell: Cell,
        memo: &mut Vec<u8>,
    ) -> io::Result<Option<u16>> {
        // Four bytes are a number.
        if raw.len() > 4 && value::is_filler(value::trim(raw)) {
            self.findings.cell(FindingCode::FillerIgnored, cell.column, cell.row, 1, raw);
            return Ok(None);
        }
        let mut kind = None;
        let end = match (pointer(raw, self.six, self.last_block), &mut self.memos) {
            (Pointer::None, _) => MemoEnd::Whole,
            (Pointer::Invalid, _) => MemoEnd::OutOfFile,
            (Pointer::Block(..), _) if column.kind == ColumnKind::BinaryMemo && !self.base64 => {
                self.findings.column(FindingCode::BinaryOmitted, cell.column, 1);
                MemoEnd::Whole
            }
            (Pointer::Block(block, six), Memos::File(file)) => {
                kind = six.map(|six| six.kind);
                file.read(block, six.map(|six| six.length), memo)?
            }
            (Pointer::Block(..), Memos::Missing | Memos::Unused) => {
                self.findings.row(FindingCode::MemoMissing, cell.row);
                MemoEnd::Whole
            }
        };
        match end {
            MemoEnd::Whole => {}
            MemoEnd::Cut => self.findings.cell(FindingCode::MemoCut, cell.column, cell.row, 1, raw),
            MemoEnd::TooLong => self.findings.cell(FindingCode::MemoTooLong, cell.column, cell.row, 1, raw),
            MemoEnd::OutOfFile => {
                self.findings.cell(FindingCode::MemoPointerInvalid, cell.column, cell.row, 1, raw);
            }
        }
        Ok(kind)
    }

    /// The part of a V or Q that is its value.
    fn sized<'r>(&mut self, raw: &'r [u8], flags: &[u8], column: &Column, cell: Cell) -> &'r [u8] {
        let Some((&last, before)) = raw.split_last().filter(|_| is_set(flags, column.size_bit)) else {
            return raw;
        };
        before.get(..usize::from(last)).unwrap_or_else(|| {
            self.findings.cell(FindingCode::LengthInvalid, cell.column, cell.row, 1, raw);
            before
        })
    }

    fn memo(&mut self, raw: &[u8], column: &Column, cell: Cell, out: &mut CsvBlock) -> io::Result<()> {
        let mut memo = std::mem::take(&mut self.memo);
        let kind = self.read_memo(raw, column, cell, &mut memo)?;
        let length = value::trim_nuls(&memo).len();
        let value = kind.filter(|_| column.kind == ColumnKind::Memo).map(|kind| six_value(kind, &memo, out));
        match value {
            Some(SixValue::Written(Ok(()))) => {}
            Some(SixValue::Written(Err(code))) => self.findings.cell(code, cell.column, cell.row, 1, raw),
            Some(SixValue::Binary) => self.bytes(&memo, cell, out),
            _ if column.kind == ColumnKind::BinaryMemo || column.binary && !is_plain(&memo[..length]) => {
                self.bytes(&memo, cell, out);
            }
            _ => {
                memo.truncate(length);
                if self.soft_breaks {
                    self.soft_breaks_removed += remove_soft_breaks(&mut memo, self.soft_after_blank);
                }
                self.stored_text(&memo, column, cell, out);
            }
        }
        // A single giant must not keep its memory for the rest of the table.
        memo.clear();
        memo.shrink_to(1 << 20);
        self.memo = memo;
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Cell {
    column: u32,
    row: u64,
}

fn is_set(flags: &[u8], bit: Option<usize>) -> bool {
    bit.is_some_and(|bit| flags.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1))
}

/// Whether bytes without a code page are text all the same.
fn is_plain(raw: &[u8]) -> bool {
    raw.is_ascii() && !raw.contains(&0)
}

/// What the type word of HiPer-SIX says of a memo.
enum SixValue {
    /// A value that was written, or nothing.
    Written(Result<(), FindingCode>),
    /// An array, which has no text.
    Binary,
    /// Text; also where the length is not that of the type.
    Text,
}

/// Writes a value of HiPer-SIX by its type word: 0 nothing, 2 integer, 3 double, 4 date, 5 logical.
fn six_value(kind: u16, memo: &[u8], out: &mut CsvBlock) -> SixValue {
    SixValue::Written(match (kind, memo) {
        (0, _) => Ok(()),
        (2, &[a, b, c, d]) => {
            value::integer(&[a, b, c, d], out);
            Ok(())
        }
        (3, &[a, b, c, d, e, f, g, h]) => value::double([a, b, c, d, e, f, g, h], out),
        (4, four @ &[_, _, _, _]) => value::julian_date(four, out),
        (5, &[byte]) => {
            out.put(if byte == 0 { b"false" } else { b"true" });
            Ok(())
        }
        (6, _) => return SixValue::Binary,
        _ => return SixValue::Text,
    })
}

/// Removes `8D 0A` where a memo holds no bare line feed, and returns how many there were. With `after_blank` only those
/// after a blank or a hyphen are removed.
fn remove_soft_breaks(memo: &mut Vec<u8>, after_blank: bool) -> u64 {
    const BREAK: [u8; 2] = [SOFT, b'\n'];
    let bare = |at: usize| at == 0 || !matches!(memo[at - 1], b'\r' | SOFT);
    if !memo.windows(2).any(|pair| pair == BREAK)
        || memo.iter().enumerate().any(|(at, &byte)| byte == b'\n' && bare(at))
    {
        return 0;
    }
    let (mut from, mut to, mut removed) = (0, 0, 0);
    while from < memo.len() {
        let allowed = !after_blank || from > 0 && matches!(memo[from - 1], b' ' | b'-');
        if allowed && memo[from..].starts_with(&BREAK) {
            from += 2;
            removed += 1;
        } else {
            memo[to] = memo[from];
            from += 1;
            to += 1;
        }
    }
    memo.truncate(to);
    removed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_breaks_go_only_where_every_line_feed_is_one_of_an_editor() {
        for (memo, expected, removed) in [
            (&b"word\x8D\nwrap\x8D\n"[..], &b"wordwrap"[..], 2),
            (b"hard\r\nsoft\x8D\nend", b"hard\r\nsoftend", 1),
            (b"bare\nsoft\x8D\nend", b"bare\nsoft\x8D\nend", 0),
            (b"\n\x8D\n", b"\n\x8D\n", 0),
            (b"no breaks \x8D", b"no breaks \x8D", 0),
            (b"", b"", 0),
        ] {
            let mut text = memo.to_vec();
            assert_eq!(remove_soft_breaks(&mut text, false), removed);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_soft_break_of_a_page_with_a_letter_there_follows_a_blank_or_a_hyphen() {
        for (memo, expected, removed) in [
            (&b"word \x8D\nwrap-\x8D\nend"[..], &b"word wrap-end"[..], 2),
            (b"word\x8D\nend", b"word\x8D\nend", 0),
            (b"\x8D\nend \x8D\n\x8D\n", b"\x8D\nend \x8D\n", 1),
        ] {
            let mut text = memo.to_vec();
            assert_eq!(remove_soft_breaks(&mut text, true), removed);
            assert_eq!(text, expected);
        }
    }
}
