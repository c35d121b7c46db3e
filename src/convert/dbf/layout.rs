//! Where each value of a row stands and how it is read: [`Layout`], from a [`Header`] and the file's size.

use std::io;

use super::TableFormat;
use super::header::{Field, Header, NULLABLE};

/// The byte after the last row.
pub(crate) const END_MARK: u8 = 0x1A;

/// How a column's bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// C: text, padded with blanks.
    Text,
    /// N and F: digits as text.
    Number,
    /// D: eight digits.
    Date,
    /// D of 3 or 4 bytes: a Julian day, little-endian, as Harbour writes it.
    JulianDate,
    /// L: one letter.
    Logical,
    /// I and + elsewhere, and ^: 1, 2, 3, 4 or 8 bytes, little-endian, signed.
    Integer,
    /// I and + of dBASE 7: 32 bits, big-endian, sign bit flipped.
    IntegerSortable,
    /// B of Visual FoxPro: a little-endian double.
    Double,
    /// O: a big-endian double, sign bit flipped; in dBASE 7 all bits complemented when negative.
    DoubleSortable,
    /// @ of dBASE 7: a big-endian double of milliseconds; 86 400 000 is 0001-01-01.
    Milliseconds,
    /// @ elsewhere: as T, as Harbour writes it, unless only the double makes sense.
    DateTimeOrMilliseconds,
    /// As the one before, in a column whose values are doubles.
    MillisecondsOrDateTime,
    /// T, 7 and =: a Julian day and milliseconds, both 32 bits little-endian.
    DateTime,
    /// W of any other width than a pointer's: text in UTF-16, little-endian, as FoxPro's `SystemParameter` holds it.
    Utf16,
    /// Y: 64 bits little-endian in units of 1/10 000.
    Currency,
    /// V: text of a stored length.
    Varchar,
    /// Q and what is unknown: bytes.
    Bytes,
    /// M: text in the memo file.
    Memo,
    /// G, P, W and B outside Visual FoxPro: bytes in the memo file.
    BinaryMemo,
}

impl ColumnKind {
    /// Whether the value stands in the memo file.
    pub fn is_memo(self) -> bool {
        matches!(self, Self::Memo | Self::BinaryMemo)
    }

    /// Whether its bytes are text, so that an end mark among them is none of the value.
    fn is_textual(self) -> bool {
        matches!(self, Self::Text | Self::Number | Self::Date | Self::Logical)
    }
}

/// One exported column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name's bytes.
    pub name: Vec<u8>,
    /// How it is read.
    pub kind: ColumnKind,
    /// Where it begins in the row; the flag is at 0.
    pub offset: usize,
    /// Its width, as far as it lies within the record.
    pub width: usize,
    /// The digits after the point of an N or F.
    pub decimals: u8,
    /// Flag 0x04 of Visual FoxPro: its text has no code page.
    pub binary: bool,
    /// The bit that says it is null.
    pub null_bit: Option<usize>,
    /// The bit that says a V or Q is shorter than its width.
    pub size_bit: Option<usize>,
    /// Whether its type or width is none of the known ones.
    pub unknown: bool,
    /// Whether a part of it lies beyond the record.
    pub beyond: bool,
}

/// A table's rows and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The exported columns, in the order of the record.
    pub columns: Vec<Column>,
    /// The number of hidden columns.
    pub hidden: usize,
    /// Where `_NullFlags` stands: offset and width; (0, 0) without one.
    pub null_flags: (usize, usize),
    /// The length of a row with its flag.
    pub record_length: usize,
    /// Whether that is not the header's.
    pub length_corrected: bool,
    /// Where the rows begin, in bytes.
    pub start: u64,
    /// Whether that is not the header's length.
    pub start_mended: bool,
    /// The bytes of a row that belong to columns, with its flag; what follows belongs to none.
    pub covered: usize,
    /// Whether the last byte of a row is text or belongs to no column.
    pub ends_in_text: bool,
}

/// How far the stored length of a header may be off.
const OFF: u64 = 32;
/// The back-link of Visual FoxPro after the list of fields, in bytes.
const BACK_LINK: u64 = 263;

impl Layout {
    /// Decides the record length and places the columns. `byte_at` reads one byte of the file, `None` past its end.
    ///
    /// # Errors
    /// Those of `byte_at`.
    pub fn new(
        header: &Header,
        file_length: u64,
        mut byte_at: impl FnMut(u64) -> io::Result<Option<u8>>,
    ) -> io::Result<Self> {
        let mut fields = header.fields.clone();
        let mut file = FileEnd { rows: u64::from(header.rows), length: file_length, byte_at: &mut byte_at };
        let mut start = header.length;
        if let Some(last) = &header.overrun {
            // A last descriptor across the stored length counts where the rows prove it.
            let whole = 1 + fields.iter().map(|field| field.width).sum::<usize>() + last.width;
            if whole == header.record_length
                && (header.rows == 0 || file.ends_exactly(header.list_end, header.record_length)?)
            {
                fields.push(last.clone());
                start = header.list_end;
            }
        }
        let (record_length, wide) = record_length(header, &fields, start, &mut file)?;
        let length_corrected = record_length != header.record_length;
        if start == header.length {
            start = data_start(header, record_length, &mut file)?;
        }

        let mut layout = Self {
            columns: Vec::new(),
            hidden: 0,
            null_flags: (0, 0),
            record_length,
            length_corrected,
            start,
            start_mended: start != header.length,
            covered: record_length,
            ends_in_text: true,
        };
        let vfp = header.format == TableFormat::VisualFoxPro;
        let flags_at = fields
            .iter()
            .position(Field::is_null_flags)
            .or_else(|| fields.iter().position(|field| field.kind == b'0').filter(|_| vfp));
        let flagged = flags_at.is_some();
        let (mut offset, mut bit) = (1, 0);
        let mut next_bit = |wanted: bool| {
            (flagged && wanted).then(|| {
                bit += 1;
                bit - 1
            })
        };
        for (index, field) in fields.iter().enumerate() {
            let whole = if wide[index] { wide_width(field) } else { field.width };
            let inside = record_length.saturating_sub(offset).min(whole);
            let (kind, unknown) = kind_of(field, whole, header.format);
            if field.kind == b'0' {
                layout.hidden += 1;
                if Some(index) == flags_at {
                    layout.null_flags = (offset.min(record_length), inside);
                }
            } else {
                let size_bit = next_bit(matches!(field.kind, b'V' | b'Q'));
                let null_bit = next_bit(field.flags & NULLABLE != 0);
                layout.columns.push(Column {
                    name: field.name.clone(),
                    kind,
                    offset: offset.min(record_length),
                    width: inside,
                    decimals: field.decimals,
                    binary: field.flags & 0x04 != 0,
                    null_bit,
                    size_bit,
                    unknown,
                    beyond: inside < whole,
                });
            }
            if inside > 0 && offset + inside == record_length {
                // The digits of a pointer are text as well.
                layout.ends_in_text =
                    field.kind != b'0' && (kind.is_textual() || kind.is_memo() && whole == 10);
            }
            offset += whole;
        }
        layout.covered = offset.min(record_length);
        Ok(layout)
    }
}

/// Where the rows that a header counts end in the file.
struct FileEnd<'a, F> {
    rows: u64,
    length: u64,
    byte_at: &'a mut F,
}

impl<F: FnMut(u64) -> io::Result<Option<u8>>> FileEnd<'_, F> {
    fn end(&self, start: u64, record_length: usize) -> u64 {
        start + self.rows * record_length as u64
    }

    /// Whether they end at an end mark or at the file's end.
    fn ends(&mut self, start: u64, record_length: usize) -> io::Result<bool> {
        let end = self.end(start, record_length);
        Ok(end == self.length || (self.byte_at)(end)? == Some(END_MARK))
    }

    /// As [`Self::ends`]; an end mark that would be the last byte of the last row is none of its bytes.
    fn ends_exactly(&mut self, start: u64, record_length: usize) -> io::Result<bool> {
        let end = self.end(start, record_length);
        if end == self.length && end > 0 {
            return Ok((self.byte_at)(end - 1)? != Some(END_MARK));
        }
        Ok((self.byte_at)(end)? == Some(END_MARK))
    }
}

/// Decides the record length, and which C fields are wide: those whose widening alone makes the fields fill the record.
fn record_length(
    header: &Header,
    fields: &[Field],
    start: u64,
    file: &mut FileEnd<impl FnMut(u64) -> io::Result<Option<u8>>>,
) -> io::Result<(usize, Vec<bool>)> {
    let stored = header.record_length;
    let narrow = 1 + fields.iter().map(|field| field.width).sum::<usize>();
    let none = vec![false; fields.len()];
    if stored == narrow {
        return Ok((stored, none));
    }
    if let Some(wide) = stored.checked_sub(narrow).and_then(|more| wide_fields(fields, more)) {
        return Ok((stored, wide));
    }
    if stored == 0 {
        return Ok((narrow, none));
    }
    if header.rows == 0 || file.ends(start, stored)? {
        return Ok((stored, none));
    }
    if file.ends(start, narrow)? {
        return Ok((narrow, none));
    }
    let all: Vec<bool> = fields.iter().map(|field| wide_width(field) > field.width).collect();
    let widest = 1 + fields.iter().map(wide_width).sum::<usize>();
    if widest > narrow && file.ends(start, widest)? {
        return Ok((widest, all));
    }
    let mut found = None;
    for length in (narrow + 256..widest).step_by(256) {
        if file.ends(start, length)?
            && let Some(wide) = wide_fields(fields, length - narrow)
            && found.replace((length, wide)).is_some()
        {
            return Ok((stored, none));
        }
    }
    Ok(found.unwrap_or((stored, none)))
}

/// The one set of C fields whose high bytes of the width add up to `more` bytes; none where several do, or none.
fn wide_fields(fields: &[Field], more: usize) -> Option<Vec<bool>> {
    let target = more / 256;
    if more == 0 || !more.is_multiple_of(256) || target > usize::from(u8::MAX) {
        return None;
    }
    // sets[n][sum]: how many sets of the first n fields have this sum, at most 2.
    let mut sets = vec![[0_u8; 256]];
    sets[0][0] = 1;
    for field in fields {
        let before = sets[sets.len() - 1];
        let mut after = before;
        let high = usize::from(field.decimals);
        if is_wide(field) {
            for sum in high..=target {
                after[sum] = (after[sum] + before[sum - high]).min(2);
            }
        }
        sets.push(after);
    }
    if sets.last()?[target] != 1 {
        return None;
    }
    let (mut wide, mut left) = (vec![false; fields.len()], target);
    for (index, field) in fields.iter().enumerate().rev() {
        let high = usize::from(field.decimals);
        if is_wide(field) && sets[index][left] == 0 {
            wide[index] = true;
            left -= high;
        }
    }
    Some(wide)
}

/// Where the rows begin: the header's length, unless only the end of the list of fields makes them end with the file.
fn data_start(
    header: &Header,
    record_length: usize,
    file: &mut FileEnd<impl FnMut(u64) -> io::Result<Option<u8>>>,
) -> io::Result<u64> {
    let stored = header.length;
    if header.rows == 0 || header.format == TableFormat::Dbase2 || file.ends_exactly(stored, record_length)? {
        return Ok(stored);
    }
    let linked = (header.format == TableFormat::VisualFoxPro).then_some(header.list_end + BACK_LINK);
    for candidate in linked.into_iter().chain([header.list_end]) {
        let distance = candidate.abs_diff(stored);
        if distance == 0 || distance > OFF && distance.abs_diff(BACK_LINK) > OFF {
            continue;
        }
        if !file.ends_exactly(candidate, record_length)? {
            continue;
        }
        // The stored length ends the rows as well, an end mark in place of their last byte: a flag decides.
        if file.end(stored, record_length) == file.length
            && (candidate > stored || !matches!((file.byte_at)(candidate)?, Some(b' ' | b'*')))
        {
            continue;
        }
        return Ok(candidate);
    }
    Ok(stored)
}

fn is_wide(field: &Field) -> bool {
    field.kind == b'C' && field.decimals > 0
}

fn wide_width(field: &Field) -> usize {
    if is_wide(field) { field.width + 256 * usize::from(field.decimals) } else { field.width }
}

/// The kind of a field, and whether it is unknown and so read as bytes.
fn kind_of(field: &Field, width: usize, format: TableFormat) -> (ColumnKind, bool) {
    let dbase7 = format == TableFormat::Dbase7;
    let kind = match (field.kind, width) {
        (b'C', _) => ColumnKind::Text,
        (b'N' | b'F', _) => ColumnKind::Number,
        (b'D', 3 | 4) => ColumnKind::JulianDate,
        (b'D', _) => ColumnKind::Date,
        (b'L', _) => ColumnKind::Logical,
        (b'M', _) => ColumnKind::Memo,
        (b'I' | b'+', 4) if dbase7 => ColumnKind::IntegerSortable,
        (b'I' | b'+', 1 | 2 | 3 | 4 | 8) if !dbase7 => ColumnKind::Integer,
        (b'^', 8) => ColumnKind::Integer,
        (b'O', 8) => ColumnKind::DoubleSortable,
        (b'@', 8) if dbase7 => ColumnKind::Milliseconds,
        (b'@', 8) => ColumnKind::DateTimeOrMilliseconds,
        (b'T' | b'7' | b'=', 8) => ColumnKind::DateTime,
        (b'W', 12..) if width.is_multiple_of(2) => ColumnKind::Utf16,
        (b'Y', 8) => ColumnKind::Currency,
        (b'B', 8) if !matches!(format, TableFormat::Dbase5 | TableFormat::Dbase7) => ColumnKind::Double,
        (b'B' | b'G' | b'P' | b'W', _) if format != TableFormat::VisualFoxPro || field.kind != b'B' => {
            ColumnKind::BinaryMemo
        }
        (b'V', _) => ColumnKind::Varchar,
        (b'Q' | b'0', _) => ColumnKind::Bytes,
        _ => return (ColumnKind::Bytes, true),
    };
    (kind, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: u8, width: usize, flags: u8) -> Field {
        Field { name: vec![b'A'], kind, width, decimals: 0, flags }
    }

    fn header(version: u8, rows: u32, record_length: usize, fields: Vec<Field>) -> Header {
        Header {
            version,
            format: TableFormat::of_version(version),
            rows,
            length: 100,
            list_end: 100,
            record_length,
            ldid: 0,
            driver: None,
            encryption: 0,
            fields,
            overrun: None,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "the shape of the parameter")]
    fn no_bytes(_: u64) -> io::Result<Option<u8>> {
        Ok(None)
    }

    #[test]
    fn the_record_length_of_the_header_stands_unless_only_the_fields_fit_the_file() {
        let wrong = header(3, 10, 12, vec![field(b'C', 10, 0)]);
        let length_corrected = Layout::new(&wrong, 100 + 110, no_bytes).unwrap();
        assert_eq!((length_corrected.record_length, length_corrected.length_corrected), (11, true));
        let right = Layout::new(&wrong, 100 + 120, no_bytes).unwrap();
        assert_eq!((right.record_length, right.length_corrected), (12, false));
        let neither = Layout::new(&wrong, 100 + 50, no_bytes).unwrap();
        assert_eq!((neither.record_length, neither.length_corrected), (12, false));
        let zero = Layout::new(&header(3, 10, 0, vec![field(b'C', 10, 0)]), 500, no_bytes).unwrap();
        assert_eq!((zero.record_length, zero.length_corrected), (11, true));
        let marked = Layout::new(&wrong, 300, |at| Ok((at == 210).then_some(0x1A))).unwrap();
        assert_eq!(marked.record_length, 11);
    }

    #[test]
    fn bits_walk_the_fields_once_size_before_null() {
        let fields = vec![
            field(b'C', 5, 0x02),
            field(b'V', 5, 0x02),
            field(b'I', 4, 0),
            field(b'Q', 5, 0),
            field(b'N', 5, 0x02),
            field(b'0', 1, 0x05),
        ];
        let layout = Layout::new(&header(0x30, 0, 26, fields), 100, no_bytes).unwrap();
        let bits: Vec<_> = layout.columns.iter().map(|column| (column.size_bit, column.null_bit)).collect();
        assert_eq!(
            bits,
            [(None, Some(0)), (Some(1), Some(2)), (None, None), (Some(3), None), (None, Some(4))]
        );
        assert_eq!((layout.hidden, layout.null_flags), (1, (25, 1)));
        let without = Layout::new(&header(0x30, 0, 6, vec![field(b'V', 5, 0x02)]), 100, no_bytes).unwrap();
        assert_eq!((without.columns[0].size_bit, without.columns[0].null_bit), (None, None));
    }

    #[test]
    fn wide_text_is_wide_only_where_the_record_has_room() {
        let not_wide_enough = || {
            let mut wide = field(b'C', 44, 0);
            wide.decimals = 1;
            vec![wide]
        };
        let fits = Layout::new(&header(3, 0, 301, not_wide_enough()), 100, no_bytes).unwrap();
        assert_eq!(fits.columns[0].width, 300);
        let not = Layout::new(&header(3, 0, 45, not_wide_enough()), 100, no_bytes).unwrap();
        assert_eq!(not.columns[0].width, 44);
        let off_by_one = header(3, 10, 300, not_wide_enough());
        let length_corrected = Layout::new(&off_by_one, 100 + 10 * 301, no_bytes).unwrap();
        assert_eq!(
            (
                length_corrected.record_length,
                length_corrected.columns[0].width,
                length_corrected.length_corrected
            ),
            (301, 300, true)
        );
        let truncated = Layout::new(&off_by_one, 100 + 10 * 299, no_bytes).unwrap();
        assert_eq!(
            (truncated.record_length, truncated.columns[0].width, truncated.length_corrected),
            (300, 44, false)
        );
    }

    #[test]
    fn a_field_beyond_the_record_is_cut_and_named() {
        let layout = Layout::new(
            &header(3, 0, 8, vec![field(b'C', 5, 0), field(b'N', 5, 0), field(b'L', 1, 0)]),
            100,
            no_bytes,
        )
        .unwrap();
        let cut: Vec<_> = layout.columns.iter().map(|c| (c.offset, c.width, c.beyond)).collect();
        assert_eq!(cut, [(1, 5, false), (6, 2, true), (8, 0, true)]);
    }
}
