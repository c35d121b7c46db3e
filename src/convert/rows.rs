//! One row of a table to one row of CSV: [`RowWriter`]. The heart: no allocation per value, no value changed.

use std::io::{self, Read, Seek};

use super::codepage::{Page, UNKNOWN};
use super::csv::CsvBlock;
use super::dbf::TableFormat;
use super::dbf::layout::{Column, ColumnKind, Layout};
use super::dbf::memo::{MemoEnd, MemoFile, MemoKind, Pointer, pointer};
use super::findings::{FindingCode, Findings};
use super::settings::ConvertSettings;
use super::value;
use crate::models::config::{Binary, SoftBreaks};

/// Where the memos of a table are.
pub(crate) enum Memos<R> {
    /// In this file.
    File(MemoFile<R>),
    /// In a file that is missing.
    Missing,
    /// The table has none that the settings ask for.
    Unused,
}

/// Writes rows, and counts what it could not carry.
pub(crate) struct RowWriter<'a, R> {
    layout: &'a Layout,
    page: &'a Page,
    format: TableFormat,
    base64: bool,
    soft_breaks: bool,
    six: bool,
    memos: Memos<R>,
    /// What was found so far.
    pub(crate) findings: Findings,
    memo: Vec<u8>,
    text: String,
    soft_breaks_removed: u64,
}

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
            soft_breaks: wraps && page.is_single_byte() && settings.soft_breaks == SoftBreaks::Auto,
            six: kind.map_or(format == TableFormat::Six, |kind| kind == MemoKind::Six),
            memos,
            findings,
            memo: Vec::new(),
            text: String::new(),
            soft_breaks_removed: 0,
        }
    }

    /// Writes the cells of a row, without its end. `number` counts from 1.
    ///
    /// # Errors
    /// Those of the memo file.
    pub(crate) fn cells(&mut self, record: &[u8], number: u64, out: &mut CsvBlock) -> io::Result<()> {
        let layout = self.layout;
        let (at, width) = layout.null_flags;
        let flags = record.get(at..at + width).unwrap_or_default();
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
                ColumnKind::Number => value::number(raw, out),
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
                kind => self.fixed(raw, kind, out),
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
        let raw = match column.kind {
            ColumnKind::Memo | ColumnKind::BinaryMemo => return self.memo(raw, column, cell, out),
            ColumnKind::Text => raw,
            _ => self.sized(raw, flags, column, cell),
        };
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
    fn fixed(&self, raw: &[u8], kind: ColumnKind, out: &mut CsvBlock) -> Result<(), FindingCode> {
        if let Ok(four) = <[u8; 4]>::try_from(raw) {
            match kind {
                ColumnKind::Integer => value::integer(four, out),
                ColumnKind::IntegerSortable => value::integer_sortable(four, out),
                _ => {}
            }
        } else if let Ok(eight) = <[u8; 8]>::try_from(raw) {
            match kind {
                ColumnKind::Double => return value::double(eight, out),
                ColumnKind::DoubleSortable => {
                    return value::double_sortable(eight, self.format == TableFormat::Dbase7, out);
                }
                ColumnKind::Milliseconds => return value::milliseconds(eight, out),
                ColumnKind::DateTime => return value::date_time(eight, out),
                ColumnKind::Currency => value::currency(eight, out),
                _ => {}
            }
        }
        // Any other width is a column cut by the end of the record, which was said once for the column.
        Ok(())
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
    }

    fn undecodable(&mut self, raw: &[u8], unknown: u64, cell: Cell) {
        let nuls = raw.iter().filter(|&&byte| byte == 0).count() as u64;
        for (code, count) in
            [(FindingCode::TextNul, nuls), (FindingCode::TextUndecodable, unknown.saturating_sub(nuls))]
        {
            if count > 0 {
                self.findings.cell(code, cell.column, cell.row, count, raw);
            }
        }
    }

    fn bytes(&mut self, raw: &[u8], cell: Cell, out: &mut CsvBlock) {
        if self.base64 {
            out.base64(raw);
        } else if !raw.is_empty() {
            self.findings.column(FindingCode::BinaryOmitted, cell.column, 1);
        }
    }

    /// Reads what a pointer names into `memo`, which stays empty where there is nothing or nothing is wanted.
    fn read_memo(&mut self, raw: &[u8], column: &Column, cell: Cell, memo: &mut Vec<u8>) -> io::Result<()> {
        let end = match (pointer(raw, self.six), &mut self.memos) {
            (Pointer::None, _) => MemoEnd::Whole,
            (Pointer::Invalid, _) => MemoEnd::OutOfFile,
            (Pointer::Block(..), _) if column.kind == ColumnKind::BinaryMemo && !self.base64 => {
                self.findings.column(FindingCode::BinaryOmitted, cell.column, 1);
                MemoEnd::Whole
            }
            (Pointer::Block(block, length), Memos::File(file)) => file.read(block, length, memo)?,
            (Pointer::Block(..), Memos::Missing | Memos::Unused) => {
                self.findings.row(FindingCode::MemoMissing, cell.row);
                MemoEnd::Whole
            }
        };
        match end {
            MemoEnd::Whole => {}
            MemoEnd::Cut => self.findings.cell(FindingCode::MemoCut, cell.column, cell.row, 1, raw),
            MemoEnd::OutOfFile => {
                self.findings.cell(FindingCode::MemoPointerInvalid, cell.column, cell.row, 1, raw);
            }
        }
        Ok(())
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
        self.read_memo(raw, column, cell, &mut memo)?;
        if column.kind == ColumnKind::BinaryMemo || column.binary && !is_plain(&memo) {
            self.bytes(&memo, cell, out);
        } else {
            while memo.last() == Some(&0) {
                memo.pop();
            }
            if self.soft_breaks {
                self.soft_breaks_removed += remove_soft_breaks(&mut memo);
            }
            self.stored_text(&memo, column, cell, out);
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

/// Removes `8D 0A` where a memo holds no bare line feed, and returns how many there were.
fn remove_soft_breaks(memo: &mut Vec<u8>) -> u64 {
    const SOFT: [u8; 2] = [0x8D, b'\n'];
    let bare = |at: usize| at == 0 || !matches!(memo[at - 1], b'\r' | 0x8D);
    if !memo.windows(2).any(|pair| pair == SOFT)
        || memo.iter().enumerate().any(|(at, &byte)| byte == b'\n' && bare(at))
    {
        return 0;
    }
    let (mut from, mut to, mut removed) = (0, 0, 0);
    while from < memo.len() {
        if memo[from..].starts_with(&SOFT) {
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
            assert_eq!(remove_soft_breaks(&mut text), removed);
            assert_eq!(text, expected);
        }
    }
}
