//! [`Field`]: a column as its descriptor states it.

use crate::Dialect;

/// A hidden column (Visual FoxPro).
pub const SYSTEM: u8 = 0x01;
/// A column with a null bit (Visual FoxPro).
pub const NULLABLE: u8 = 0x02;
/// A column without a code page (Visual FoxPro).
pub const BINARY: u8 = 0x04;

/// A column. Names and widths are written as given, whether they make sense or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name's bytes: at most 11, in dBASE 7 at most 32; the rest is cut.
    pub name: Vec<u8>,
    /// The type's letter.
    pub kind: u8,
    /// The width in the record, in bytes, whatever the descriptor says.
    pub width: u16,
    /// The descriptor's length byte.
    pub length: u8,
    /// The descriptor's decimals byte.
    pub decimals: u8,
    /// The descriptor's flags byte; written in every dialect but dBASE II.
    pub flags: u8,
}

impl Field {
    /// A column of any type: `length` is both its descriptor's byte and its width.
    pub fn new(name: impl AsRef<[u8]>, kind: u8, length: u8, decimals: u8) -> Self {
        let name = name.as_ref().to_vec();
        Self { name, kind, width: u16::from(length), length, decimals, flags: 0 }
    }

    /// C. A width over 255 is spread over the length and decimals bytes, as Clipper and FoxPro do.
    pub fn character(name: impl AsRef<[u8]>, width: u16) -> Self {
        let [low, high] = width.to_le_bytes();
        Self { width, ..Self::new(name, b'C', low, high) }
    }

    /// N: digits as text.
    pub fn numeric(name: impl AsRef<[u8]>, width: u8, decimals: u8) -> Self {
        Self::new(name, b'N', width, decimals)
    }

    /// F: digits as text.
    pub fn float(name: impl AsRef<[u8]>, width: u8, decimals: u8) -> Self {
        Self::new(name, b'F', width, decimals)
    }

    /// D: YYYYMMDD as text.
    pub fn date(name: impl AsRef<[u8]>) -> Self {
        Self::new(name, b'D', 8, 0)
    }

    /// L: one letter.
    pub fn logical(name: impl AsRef<[u8]>) -> Self {
        Self::new(name, b'L', 1, 0)
    }

    /// M, a text in the memo file: a pointer of 4 bytes in Visual FoxPro, of 10 elsewhere.
    pub fn memo(name: impl AsRef<[u8]>, dialect: Dialect) -> Self {
        Self::pointer(name, b'M', dialect)
    }

    /// Any type whose record bytes point into the memo file: M, G, P, W, or B of dBASE 5 and 7.
    pub fn pointer(name: impl AsRef<[u8]>, kind: u8, dialect: Dialect) -> Self {
        Self::new(name, kind, if dialect.is_visual() { 4 } else { 10 }, 0)
    }

    /// I: 4 bytes.
    pub fn integer(name: impl AsRef<[u8]>) -> Self {
        Self::new(name, b'I', 4, 0)
    }

    /// +: 4 bytes, counted up by dBASE 7.
    pub fn autoincrement(name: impl AsRef<[u8]>) -> Self {
        Self::new(name, b'+', 4, 0)
    }

    /// O: 8 bytes, a double of dBASE 7.
    pub fn double7(name: impl AsRef<[u8]>) -> Self {
        Self::new(name, b'O', 8, 0)
    }

    /// @: 8 bytes, a timestamp of dBASE 7.
    pub fn timestamp(name: impl AsRef<[u8]>) -> Self {
        Self::new(name, b'@', 8, 0)
    }

    /// B of Visual FoxPro: 8 bytes, a double.
    pub fn double(name: impl AsRef<[u8]>, decimals: u8) -> Self {
        Self::new(name, b'B', 8, decimals)
    }

    /// Y: 8 bytes, a currency.
    pub fn currency(name: impl AsRef<[u8]>) -> Self {
        Self::new(name, b'Y', 8, 4)
    }

    /// T: 8 bytes, a day and a time.
    pub fn datetime(name: impl AsRef<[u8]>) -> Self {
        Self::new(name, b'T', 8, 0)
    }

    /// V: a text with a length of its own.
    pub fn varchar(name: impl AsRef<[u8]>, width: u8) -> Self {
        Self::new(name, b'V', width, 0)
    }

    /// Q: bytes with a length of their own.
    pub fn varbinary(name: impl AsRef<[u8]>, width: u8) -> Self {
        Self { flags: BINARY, ..Self::new(name, b'Q', width, 0) }
    }

    /// With a null bit.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.flags |= NULLABLE;
        self
    }

    /// Without a code page.
    #[must_use]
    pub fn binary(mut self) -> Self {
        self.flags |= BINARY;
        self
    }

    /// Whether it takes a size bit in `_NullFlags`.
    pub(crate) fn is_variable(&self) -> bool {
        matches!(self.kind, b'V' | b'Q')
    }
}
