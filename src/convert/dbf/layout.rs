//! Where each value of a row stands and how it is read: [`Layout`], from a [`Header`] and the file's size.

use std::io;

use super::TableFormat;
use super::header::{Field, Header};

/// How a column's bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// C: text, padded with blanks.
    Text,
    /// N and F: digits as text.
    Number,
    /// D: eight digits.
    Date,
    /// L: one letter.
    Logical,
    /// I and + elsewhere: 32 bits, little-endian.
    Integer,
    /// I and + of dBASE 7: 32 bits, big-endian, sign bit flipped.
    IntegerSortable,
    /// B of Visual FoxPro: a little-endian double.
    Double,
    /// O: a big-endian double, sign bit flipped; in dBASE 7 all bits complemented when negative.
    DoubleSortable,
    /// @: a big-endian double of milliseconds; 86 400 000 is 0001-01-01.
    Milliseconds,
    /// T and 7: a Julian day and milliseconds, both 32 bits little-endian.
    DateTime,
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
}

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
        let mut ends_there = |length: usize| -> io::Result<bool> {
            let end = header.length + u64::from(header.rows) * length as u64;
            Ok(end == file_length || byte_at(end)? == Some(0x1A))
        };
        let plain = header.fields_length();
        let widest = 1 + header.fields.iter().map(wide_width).sum::<usize>();
        let wide = widest <= header.record_length
            || header.record_length != plain
                && header.rows > 0
                && !ends_there(header.record_length)?
                && !ends_there(plain)?
                && ends_there(widest)?;
        let width = |field: &Field| if wide { wide_width(field) } else { field.width };
        let sum = if wide { widest } else { plain };
        let length_corrected = header.record_length == 0
            || header.record_length != sum
                && header.rows > 0
                && !ends_there(header.record_length)?
                && ends_there(sum)?;
        let record_length = if length_corrected { sum } else { header.record_length };

        let mut layout =
            Self { columns: Vec::new(), hidden: 0, null_flags: (0, 0), record_length, length_corrected };
        let vfp = header.format == TableFormat::VisualFoxPro;
        let flagged = vfp && header.fields.iter().any(|field| field.kind == b'0');
        let (mut offset, mut bit) = (1, 0);
        let mut next_bit = |wanted: bool| {
            (flagged && wanted).then(|| {
                bit += 1;
                bit - 1
            })
        };
        for field in &header.fields {
            let whole = width(field);
            let inside = record_length.saturating_sub(offset).min(whole);
            let (kind, unknown) = kind_of(field, whole, header.format);
            if field.kind == b'0' {
                layout.hidden += 1;
                if vfp {
                    layout.null_flags = (offset, inside);
                }
            } else {
                let size_bit = next_bit(matches!(field.kind, b'V' | b'Q'));
                let null_bit = next_bit(field.flags & 0x02 != 0);
                layout.columns.push(Column {
                    name: field.name.clone(),
                    kind,
                    offset: offset.min(record_length),
                    width: inside,
                    binary: field.flags & 0x04 != 0,
                    null_bit,
                    size_bit,
                    unknown,
                    beyond: inside < whole,
                });
            }
            offset += whole;
        }
        Ok(layout)
    }
}

fn wide_width(field: &Field) -> usize {
    if field.kind == b'C' { field.width + 256 * usize::from(field.decimals) } else { field.width }
}

/// The kind of a field, and whether it is unknown and so read as bytes.
fn kind_of(field: &Field, width: usize, format: TableFormat) -> (ColumnKind, bool) {
    let dbase7 = format == TableFormat::Dbase7;
    let kind = match (field.kind, width) {
        (b'C', _) => ColumnKind::Text,
        (b'N' | b'F', _) => ColumnKind::Number,
        (b'D', _) => ColumnKind::Date,
        (b'L', _) => ColumnKind::Logical,
        (b'M', _) => ColumnKind::Memo,
        (b'I' | b'+', 4) if dbase7 => ColumnKind::IntegerSortable,
        (b'I' | b'+', 4) => ColumnKind::Integer,
        (b'O', 8) => ColumnKind::DoubleSortable,
        (b'@', 8) => ColumnKind::Milliseconds,
        (b'T' | b'7', 8) => ColumnKind::DateTime,
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
            record_length,
            ldid: 0,
            driver: None,
            fields,
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
