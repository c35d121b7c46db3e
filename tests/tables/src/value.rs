//! [`Value`]: what stands in one cell, and how each type and dialect writes it.

use crate::{Dialect, Field, MemoFile, MemoFormat, MemoKind};

/// The content of a cell. Text is bytes, in the table's code page.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The bytes that the program leaves in an empty cell.
    Blank,
    /// As [`Value::Blank`], with the null bit set.
    Null,
    /// Exactly these bytes, filled up with blanks or cut to the width. In V and Q they are taken to end with a length.
    Raw(Vec<u8>),
    /// A text: in C padded, in V and Q with its length, in M, G, P, W (and B of dBASE) put into the memo file.
    Text(Vec<u8>),
    /// Digits, set to the right of N and F.
    Number(String),
    /// A day of D: year, month, day, unchecked.
    Date(u16, u8, u8),
    /// T or F in L.
    Logical(bool),
    /// I and +.
    Integer(i32),
    /// B of Visual FoxPro and O.
    Double(f64),
    /// Y, in ten-thousandths.
    Currency(i64),
    /// T and @: year, month, day and milliseconds since midnight.
    Moment(u16, u8, u8, u32),
    /// A memo of a kind.
    Memo(MemoKind, Vec<u8>),
    /// A pointer into the memo file that need not be right.
    Pointer(u32),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.as_bytes().to_vec())
    }
}

impl From<&[u8]> for Value {
    fn from(text: &[u8]) -> Self {
        Self::Text(text.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(text: Vec<u8>) -> Self {
        Self::Text(text)
    }
}

/// The Julian day number of a day of the Gregorian calendar, carried back before its time.
pub fn julian_day(year: u16, month: u8, day: u8) -> u32 {
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let shift = (14 - month) / 12;
    let years = year + 4800 - shift;
    let months = month + 12 * shift - 3;
    (day + (153 * months + 2) / 5 + 365 * years + years / 4 - years / 100 + years / 400 - 32_045) as u32
}

/// Days, counting 0001-01-01 as 1.
pub fn days_from_year_one(year: u16, month: u8, day: u8) -> i64 {
    i64::from(julian_day(year, month, day)) - 1_721_425
}

/// A cell on its way into the record.
pub(crate) struct Cell {
    /// As wide as the column.
    pub bytes: Vec<u8>,
    /// V and Q: whether the last byte is a length.
    pub has_length: bool,
    /// Whether the null bit is set.
    pub is_null: bool,
}

/// Writes a value as the dialect does, appending to the memo file where the text goes there.
pub(crate) fn encode(value: &Value, field: &Field, dialect: Dialect, memo: Option<&mut MemoFile>) -> Cell {
    let width = usize::from(field.width);
    let mut has_length = false;
    let mut bytes = match value {
        Value::Blank | Value::Null => {
            has_length = field.is_variable();
            blank(field, dialect)
        }
        Value::Raw(raw) => {
            has_length = field.is_variable();
            raw.clone()
        }
        Value::Text(text) if field.is_variable() => {
            let mut bytes = text.clone();
            has_length = bytes.len() < width;
            if has_length {
                bytes.resize(width, 0);
                bytes[width - 1] = text.len() as u8;
            }
            bytes
        }
        Value::Text(text) if !is_pointer(field, dialect) => text.clone(),
        Value::Text(text) => pointer(MemoKind::Text, text, width, memo),
        Value::Memo(kind, text) => pointer(*kind, text, width, memo),
        Value::Pointer(block) => number_of_block(*block, width),
        Value::Number(digits) => format!("{digits:>width$}").into_bytes(),
        Value::Date(year, month, day) => format!("{year:04}{month:02}{day:02}").into_bytes(),
        Value::Logical(yes) => vec![if *yes { b'T' } else { b'F' }],
        Value::Integer(number) if dialect.is_seven() => {
            (number.cast_unsigned() ^ 0x8000_0000).to_be_bytes().to_vec()
        }
        Value::Integer(number) => number.to_le_bytes().to_vec(),
        Value::Double(number) if field.kind == b'O' => ordered_double(*number, dialect),
        Value::Double(number) => number.to_le_bytes().to_vec(),
        Value::Currency(number) => number.to_le_bytes().to_vec(),
        Value::Moment(year, month, day, millis) if field.kind == b'@' => {
            let days = days_from_year_one(*year, *month, *day) as f64;
            (days * 86_400_000.0 + f64::from(*millis)).to_be_bytes().to_vec()
        }
        Value::Moment(year, month, day, millis) => {
            let mut bytes = julian_day(*year, *month, *day).to_le_bytes().to_vec();
            bytes.extend_from_slice(&millis.to_le_bytes());
            bytes
        }
    };
    bytes.resize(width, b' ');
    Cell { bytes, has_length, is_null: *value == Value::Null }
}

fn is_pointer(field: &Field, dialect: Dialect) -> bool {
    matches!(field.kind, b'M' | b'G' | b'P' | b'W') || (field.kind == b'B' && !dialect.is_visual())
}

fn blank(field: &Field, dialect: Dialect) -> Vec<u8> {
    let width = usize::from(field.width);
    let zeros = match field.kind {
        b'I' | b'+' | b'O' | b'@' | b'Y' | b'T' | b'7' | b'V' | b'Q' | b'0' => true,
        b'B' | b'M' | b'G' | b'P' | b'W' => dialect.is_visual(),
        _ => false,
    };
    vec![if zeros { 0 } else { b' ' }; width]
}

fn pointer(kind: MemoKind, text: &[u8], width: usize, memo: Option<&mut MemoFile>) -> Vec<u8> {
    let Some(memo) = memo else { return number_of_block(0, width) };
    let is_six = memo.format() == MemoFormat::Smt;
    let block = if is_six && text.is_empty() { 0 } else { memo.append(kind, text) };
    if !is_six {
        return number_of_block(block, width);
    }
    let mut bytes = 1_u16.to_le_bytes().to_vec();
    bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&block.to_le_bytes());
    bytes
}

fn number_of_block(block: u32, width: usize) -> Vec<u8> {
    if width == 4 { block.to_le_bytes().to_vec() } else { format!("{block:>width$}").into_bytes() }
}

/// dBASE 7 makes doubles sort as bytes do: the sign flipped, all bits complemented where negative.
fn ordered_double(number: f64, dialect: Dialect) -> Vec<u8> {
    const SIGN: u64 = 1 << 63;
    let bits = number.to_bits();
    let ordered = if bits & SIGN != 0 && dialect.is_seven() { !bits } else { bits ^ SIGN };
    ordered.to_be_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{days_from_year_one, julian_day, ordered_double};
    use crate::Dialect;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        assert_eq!(julian_day(1970, 1, 1), 2_440_588);
        assert_eq!(julian_day(2000, 2, 29) + 1, julian_day(2000, 3, 1));
        assert_eq!(days_from_year_one(1, 1, 1), 1);
        assert_eq!(days_from_year_one(1970, 1, 1), 719_163);
    }

    #[test]
    fn doubles_of_dbase_7_sort_as_their_bytes() {
        let numbers = [-1e300, -2.5, -1.0, 0.0, 1e-9, 3.0, 1e300];
        let bytes: Vec<_> = numbers.iter().map(|number| ordered_double(*number, Dialect::DBase7)).collect();
        assert!(bytes.is_sorted());
    }
}
