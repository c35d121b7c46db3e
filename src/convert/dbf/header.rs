//! [`Header::parse`]: the header of a table, from its first bytes to the list of fields.
//!
//! Does not judge the rows: `layout.rs` decides the record length, because it knows the file's size.

use super::{TableFormat, signature};

/// The shortest header there is: 32 bytes and the end mark, or dBASE II's 8 bytes.
pub(crate) const FIXED: usize = 32;
/// How far a header's length may be off for its last descriptor to be read all the same, and the mark after it.
const BEYOND: u64 = 64;
/// dBASE II keeps room for 32 fields of 16 bytes and an end mark.
const DBASE2_LENGTH: u64 = 521;

/// A table's header as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The version byte.
    pub version: u8,
    /// The format that the version byte and the descriptors indicate.
    pub format: TableFormat,
    /// The number of rows it counts.
    pub rows: u32,
    /// Where the rows begin, in bytes, as stored.
    pub length: u64,
    /// Where the list of fields ends, its end mark included.
    pub list_end: u64,
    /// The length of a row with its flag, in bytes.
    pub record_length: usize,
    /// The language driver byte; 0 in dBASE II.
    pub ldid: u8,
    /// The language driver name of dBASE 7.
    pub driver: Option<String>,
    /// Byte 15: 1 where dBASE IV, 5 or 7 encrypted the rows.
    pub encryption: u8,
    /// The fields in the order of the record.
    pub fields: Vec<Field>,
    /// A last field whose descriptor lies across the stored length of the header.
    pub overrun: Option<Field>,
}

/// A field as the header describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name's bytes up to the first NUL, without the blanks at its end.
    pub name: Vec<u8>,
    /// The type letter, upper case.
    pub kind: u8,
    /// The width in bytes.
    pub width: usize,
    /// The digits after the point; for a wide C the high byte of the width.
    pub decimals: u8,
    /// The flags of Visual FoxPro; 0 elsewhere.
    pub flags: u8,
}

/// Why a header is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The file ends within the header.
    #[error("it is too short ({0} bytes)")]
    Short(u64),
    /// The header's length is too short for itself.
    #[error("the header length of {0} bytes is not valid")]
    Length(u64),
    /// There are no fields.
    #[error("it has no columns")]
    NoColumns,
    /// It is another kind of file.
    #[error("it looks like {0}")]
    Other(&'static str),
    /// The rows are encrypted.
    #[error("it is encrypted")]
    Encrypted,
}

/// Returns the kind of a file whose version byte and descriptors are invalid.
const UNKNOWN: &str = "none of the known kinds of files";

impl Header {
    /// Returns how many bytes of the file [`Self::parse`] needs, from its first 32.
    pub fn wanted(start: &[u8]) -> u64 {
        match start.first() {
            Some(_) => (u64::from(le16(start, 8)) + BEYOND).max(signature::LENGTH as u64),
            None => FIXED as u64,
        }
    }

    /// Reads a header from the file's first [`Self::wanted`] bytes, or all there are.
    ///
    /// # Errors
    /// [`HeaderError`] when no table can begin like this.
    pub fn parse(bytes: &[u8]) -> Result<Self, HeaderError> {
        let version = *bytes.first().ok_or(HeaderError::Short(0))?;
        if let Some(kind) = signature::recognise(&bytes[..bytes.len().min(signature::LENGTH)]) {
            return Err(HeaderError::Other(kind));
        }
        if version == 0x02 {
            return Self::parse_02(bytes);
        }
        let parsed = Self::parse_dbase3(bytes);
        let encrypted = TableFormat::is_encrypted_version(version);
        match parsed {
            Ok(header) if TableFormat::knows_version(version) => Ok(header),
            Ok(header) if header.is_plausible() && encrypted => Err(HeaderError::Encrypted),
            Ok(header) if header.is_plausible() => Ok(header),
            Err(error) if TableFormat::knows_version(version) => Err(error),
            _ => Err(HeaderError::Other(UNKNOWN)),
        }
    }

    /// dBASE II, or `FoxBASE`, which wrote its version byte over the layout of dBASE III.
    fn parse_02(bytes: &[u8]) -> Result<Self, HeaderError> {
        let second = Self::parse_dbase2(bytes);
        if second.as_ref().is_ok_and(|header| header.fields.iter().all(Field::is_of_dbase2)) {
            return second;
        }
        match Self::parse_dbase3(bytes) {
            Ok(header) if header.is_plausible() => Ok(header),
            _ if second.is_ok() => Err(HeaderError::Other(UNKNOWN)),
            _ => second,
        }
    }

    fn parse_dbase3(bytes: &[u8]) -> Result<Self, HeaderError> {
        if bytes.len() < FIXED {
            return Err(HeaderError::Short(bytes.len() as u64));
        }
        let version = bytes[0];
        let length = u64::from(le16(bytes, 8));
        if length <= FIXED as u64 {
            return Err(HeaderError::Length(length));
        }
        let end = usize::try_from(length).unwrap_or(bytes.len()).min(bytes.len());
        let record_length = usize::from(le16(bytes, 10));
        let mut format = TableFormat::of_version(version);
        if version == 0x02 {
            format = TableFormat::Dbase3;
        }
        let mut fields = Vec::new();
        if format == TableFormat::Dbase7 {
            fields = fields_of(bytes.get(68..end).unwrap_or_default(), 48, dbase7_field);
            let plain = fields_of(&bytes[FIXED..end], 32, |raw| field(raw, 0));
            // dBASE IV wrote 04 too: whichever descriptors add up to the record, or make sense at all, are the right ones.
            let adds_up = |fields: &[Field]| sum(fields) == record_length;
            let possible = |fields: &[Field]| {
                let letter = |field: &Field| {
                    !field.name.is_empty() && field.width > 0 && field.kind.is_ascii_alphabetic()
                };
                !fields.is_empty() && fields.iter().all(letter)
            };
            let better = possible(&plain) && adds_up(&plain) || is_sound(&plain) && !is_sound(&fields);
            if !adds_up(&fields) && better {
                format = TableFormat::Dbase4;
                fields = plain;
            }
        }
        let flags = if format == TableFormat::VisualFoxPro { 0xFF } else { NULLABLE };
        if fields.is_empty() && format != TableFormat::Dbase7 {
            fields = fields_of(&bytes[FIXED..end], 32, |raw| field(raw, flags));
        }
        let seven = format == TableFormat::Dbase7;
        let (first, step) = if seven { (68, 48) } else { (FIXED, 32) };
        let list = first + fields.len() * step;
        let closed = matches!(bytes.get(list), Some(0x0D | 0));
        if (bytes.len() as u64) < length && !closed {
            // The file ends before the mark that closes the list of fields: some are missing.
            return Err(HeaderError::Short(bytes.len() as u64));
        }
        let (mut list_end, mut overrun) = (list + usize::from(closed), None);
        if !closed && list < end {
            let whole = bytes.get(list..list + step).filter(|_| bytes.get(list + step) == Some(&0x0D));
            let last = whole.map(|raw| if seven { dbase7_field(raw) } else { field(raw, flags) });
            overrun = last.filter(|field| is_sound(std::slice::from_ref(field)));
            if overrun.is_some() {
                list_end += step + 1;
            }
        }
        if format != TableFormat::VisualFoxPro && !fields.iter().chain(&overrun).any(Field::is_null_flags) {
            // Elsewhere than in Visual FoxPro the byte is junk, unless there is the column that holds the null bits.
            fields.iter_mut().chain(&mut overrun).for_each(|field| field.flags = 0);
        }
        if fields.is_empty() {
            return Err(HeaderError::NoColumns);
        }
        let driver = seven.then(|| until_nul(&bytes[32..bytes.len().min(64)]));
        Ok(Self {
            version,
            format,
            rows: u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
            length,
            list_end: list_end as u64,
            record_length,
            ldid: bytes[29],
            driver: driver.map(|name| String::from_utf8_lossy(name).into_owned()),
            encryption: bytes[15],
            fields,
            overrun,
        })
    }

    /// Whether this can be a table although its version byte is unknown or wrong.
    fn is_plausible(&self) -> bool {
        let named = |field: &Field| {
            let name = field.name.trim_ascii_end();
            !name.is_empty() && name.iter().all(|&byte| byte > b' ' || byte == b' ' && name[0] != b' ')
        };
        let adds_up = self.fields_length() == self.record_length;
        self.fields.iter().all(|field| {
            named(field) && (is_known(field.kind) || adds_up && field.kind.is_ascii_alphabetic())
        })
    }

    fn parse_dbase2(bytes: &[u8]) -> Result<Self, HeaderError> {
        if bytes.len() < 8 + 16 {
            return Err(HeaderError::Short(bytes.len() as u64));
        }
        let end = bytes.len().min(DBASE2_LENGTH as usize);
        let fields = fields_of(&bytes[8..end], 16, |raw| Field {
            name: name_of(&raw[..11]),
            kind: raw[11].to_ascii_uppercase(),
            width: usize::from(raw[12]),
            decimals: raw[15],
            flags: 0,
        });
        let closed = matches!(bytes.get(8 + fields.len() * 16), Some(0x0D | 0));
        if end < DBASE2_LENGTH as usize && !closed {
            return Err(HeaderError::Short(bytes.len() as u64));
        }
        if fields.is_empty() {
            return Err(HeaderError::NoColumns);
        }
        Ok(Self {
            version: 0x02,
            format: TableFormat::Dbase2,
            rows: u32::from(le16(bytes, 1)),
            length: DBASE2_LENGTH,
            list_end: DBASE2_LENGTH,
            record_length: usize::from(le16(bytes, 6)),
            ldid: 0,
            driver: None,
            encryption: 0,
            fields,
            overrun: None,
        })
    }

    /// The record length that the fields add up to, with the flag.
    pub fn fields_length(&self) -> usize {
        sum(&self.fields)
    }
}

impl Field {
    /// Whether it is the hidden column that holds the null bits of a row.
    pub fn is_null_flags(&self) -> bool {
        self.kind == b'0' && self.name.eq_ignore_ascii_case(b"_NullFlags")
    }

    /// dBASE II has three types.
    fn is_of_dbase2(&self) -> bool {
        !self.name.is_empty()
            && self.name.iter().all(|&byte| byte > b' ')
            && matches!(self.kind, b'C' | b'N' | b'L')
            && self.width > 0
    }
}

/// The field flag of a column that may be null.
pub(super) const NULLABLE: u8 = 0x02;

fn sum(fields: &[Field]) -> usize {
    1 + fields.iter().map(|field| field.width).sum::<usize>()
}

/// Whether these can be descriptors: each has a name and a type that is a known letter.
fn is_sound(fields: &[Field]) -> bool {
    let known = |field: &Field| !field.name.is_empty() && is_known(field.kind);
    !fields.is_empty() && fields.iter().all(known)
}

fn is_known(kind: u8) -> bool {
    b"CNFDLMI+O@BYTVQGPW07=^".contains(&kind)
}

fn fields_of(area: &[u8], step: usize, parse: impl Fn(&[u8]) -> Field) -> Vec<Field> {
    area.chunks_exact(step).take_while(|raw| raw[0] != 0x0D && raw[0] != 0).map(parse).collect()
}

fn field(raw: &[u8], flags: u8) -> Field {
    Field {
        name: name_of(&raw[..11]),
        kind: raw[11].to_ascii_uppercase(),
        width: usize::from(raw[16]),
        decimals: raw[17],
        flags: raw[18] & flags,
    }
}

fn dbase7_field(raw: &[u8]) -> Field {
    Field {
        name: name_of(&raw[..32]),
        kind: raw[32].to_ascii_uppercase(),
        width: usize::from(raw[33]),
        decimals: raw[34],
        flags: 0,
    }
}

fn name_of(raw: &[u8]) -> Vec<u8> {
    let name = until_nul(raw);
    let end = name.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1);
    name[..end].to_vec()
}

fn until_nul(raw: &[u8]) -> &[u8] {
    raw.split(|&byte| byte == 0).next().unwrap_or_default()
}

fn le16(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |pair| u16::from_le_bytes([pair[0], pair[1]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor(name: &str, kind: u8, width: u8, decimals: u8) -> [u8; 32] {
        let mut raw = [0; 32];
        raw[..name.len()].copy_from_slice(name.as_bytes());
        (raw[11], raw[16], raw[17]) = (kind, width, decimals);
        raw
    }

    fn table(version: u8, record: u16, fields: &[[u8; 32]]) -> Vec<u8> {
        let mut bytes = vec![version, 99, 13, 77, 5, 0, 0, 0, 0, 0];
        bytes.extend_from_slice(&record.to_le_bytes());
        bytes.resize(FIXED, 0);
        bytes[29] = 0x65;
        bytes.extend_from_slice(&fields.concat());
        bytes.push(0x0D);
        let length = (bytes.len() as u16).to_le_bytes();
        bytes[8..10].copy_from_slice(&length);
        bytes
    }

    #[test]
    fn reads_a_plain_header_and_ignores_its_impossible_date() {
        let bytes = table(0x03, 16, &[descriptor("NAME", b'c', 10, 0), descriptor("PRICE", b'N', 5, 2)]);
        let header = Header::parse(&bytes).unwrap();
        assert_eq!((header.rows, header.length, header.record_length, header.ldid), (5, 97, 16, 0x65));
        assert_eq!(header.fields_length(), 16);
        assert_eq!(header.fields[0].name, b"NAME");
        assert_eq!(header.fields[0].kind, b'C');
        assert_eq!(header.fields[1].decimals, 2);
    }

    #[test]
    fn version_04_is_read_by_its_layout() {
        let header = Header::parse(&table(0x04, 11, &[descriptor("A", b'C', 10, 0)])).unwrap();
        assert_eq!(header.format, TableFormat::Dbase4);
        assert_eq!(header.fields.len(), 1);
        let wrong_length =
            Header::parse(&table(0x04, 13, &[descriptor("A", b'C', 10, 0), descriptor("B", b'N', 5, 2)]))
                .unwrap();
        assert_eq!((wrong_length.format, wrong_length.fields.len()), (TableFormat::Dbase4, 2));
    }

    #[test]
    fn half_a_list_of_fields_is_refused() {
        let mut bytes = vec![0; DBASE2_LENGTH as usize];
        bytes[0] = 0x02;
        for start in [8, 24] {
            bytes[start..start + 13].copy_from_slice(b"A\0\0\0\0\0\0\0\0\0\0C\x05");
        }
        bytes[40] = 0x0D;
        assert_eq!(Header::parse(&bytes[..60]).unwrap().fields.len(), 2);
        assert_eq!(Header::parse(&bytes[..40]), Err(HeaderError::Short(40)));
        let bytes = table(0x03, 21, &[descriptor("A", b'C', 10, 0), descriptor("B", b'C', 10, 0)]);
        assert_eq!(Header::parse(&bytes[..96]), Err(HeaderError::Short(96)));
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        assert_eq!(Header::parse(&[]), Err(HeaderError::Short(0)));
        assert_eq!(Header::parse(&[3; 20]), Err(HeaderError::Short(20)));
        assert_eq!(Header::parse(&table(0x03, 1, &[])), Err(HeaderError::NoColumns));
        let mut bytes = table(0x03, 11, &[descriptor("A", b'C', 10, 0)]);
        bytes[8..10].copy_from_slice(&[7, 0]);
        assert_eq!(Header::parse(&bytes), Err(HeaderError::Length(7)));
        bytes[8..10].copy_from_slice(&[65, 0]);
        assert_eq!(Header::parse(&bytes[..40]), Err(HeaderError::Short(40)));
    }
}
