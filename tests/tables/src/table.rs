//! [`Table`], the builder, and [`Files`], what it builds.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::value::{Cell, encode};
use crate::{BINARY, Dialect, Field, MemoFile, MemoFormat, NULLABLE, SYSTEM, Value};

/// A table in the making.
#[derive(Debug, Clone)]
pub struct Table {
    dialect: Dialect,
    version: u8,
    language: u8,
    driver: Vec<u8>,
    cpg: Option<Vec<u8>>,
    date: [u8; 3],
    fields: Vec<Field>,
    rows: Vec<Row>,
    memo_format: Option<MemoFormat>,
    block_size: u16,
    end_marks: usize,
    null_flags: bool,
    end_mark: bool,
}

#[derive(Debug, Clone)]
enum Row {
    Values(u8, Vec<Value>),
    Raw(Vec<u8>),
}

/// A written table, in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The table.
    pub table: Vec<u8>,
    /// The memo file, where there is one.
    pub memo: Option<Vec<u8>>,
    /// The ending of the memo file's name.
    pub memo_extension: &'static str,
    /// The `.cpg` file, where there is one.
    pub cpg: Option<Vec<u8>>,
    /// Where the records begin, in bytes.
    pub header_length: usize,
    /// How long a record is, its flag included, in bytes.
    pub record_length: usize,
    /// Where each column begins in a record, in bytes, counting the flag as byte 0.
    pub offsets: Vec<usize>,
    /// How wide each column is, in bytes.
    pub widths: Vec<usize>,
}

impl Table {
    /// An empty table without columns.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            version: dialect.version(),
            language: 0,
            driver: Vec::new(),
            cpg: None,
            date: [125, 11, 21],
            fields: Vec::new(),
            rows: Vec::new(),
            memo_format: dialect.memo(),
            block_size: if dialect.memo() == Some(MemoFormat::Smt) { 32 } else { 512 },
            end_marks: 2,
            null_flags: dialect.is_visual(),
            end_mark: true,
        }
    }

    /// Another version byte than the dialect's own.
    #[must_use]
    pub fn version(mut self, version: u8) -> Self {
        self.version = version;
        self
    }

    /// The language driver byte.
    #[must_use]
    pub fn language(mut self, language: u8) -> Self {
        self.language = language;
        self
    }

    /// The language driver name of dBASE 7, such as `DB866RU0`.
    #[must_use]
    pub fn driver(mut self, name: &str) -> Self {
        self.driver = name.as_bytes().to_vec();
        self
    }

    /// A `.cpg` file with this content.
    #[must_use]
    pub fn cpg(mut self, content: &str) -> Self {
        self.cpg = Some(content.as_bytes().to_vec());
        self
    }

    /// The date of the last change: years since 1900, month, day, unchecked.
    #[must_use]
    pub fn date(mut self, date: [u8; 3]) -> Self {
        self.date = date;
        self
    }

    /// A memo file of another form than the dialect's own, or none.
    #[must_use]
    pub fn memo_format(mut self, format: Option<MemoFormat>) -> Self {
        self.memo_format = format;
        self
    }

    /// The memo file's block size in bytes.
    #[must_use]
    pub fn block_size(mut self, bytes: u16) -> Self {
        self.block_size = bytes;
        self
    }

    /// How many 1A end a memo of `.dbt` III: dBASE writes 2, Clipper 1.
    #[must_use]
    pub fn end_marks(mut self, count: usize) -> Self {
        self.end_marks = count;
        self
    }

    /// Leaves out the hidden column `_NullFlags` that Visual FoxPro adds where a column needs it.
    #[must_use]
    pub fn without_null_flags(mut self) -> Self {
        self.null_flags = false;
        self
    }

    /// Leaves out the 1A after the last record.
    #[must_use]
    pub fn without_end_mark(mut self) -> Self {
        self.end_mark = false;
        self
    }

    /// Adds a column.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// Adds a live row.
    #[must_use]
    pub fn row(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.push(b' ', values);
        self
    }

    /// Adds a deleted row.
    #[must_use]
    pub fn deleted_row(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.push(b'*', values);
        self
    }

    /// Adds a row of bytes as they are, its flag included; the record's length is not looked at.
    #[must_use]
    pub fn raw_row(mut self, bytes: &[u8]) -> Self {
        self.rows.push(Row::Raw(bytes.to_vec()));
        self
    }

    /// Adds a row with any flag; columns without a value are blank.
    pub fn push(&mut self, flag: u8, values: impl IntoIterator<Item = Value>) {
        self.rows.push(Row::Values(flag, values.into_iter().collect()));
    }

    /// Writes it all.
    pub fn build(mut self) -> Files {
        let null_bits = self.null_bits();
        if null_bits > 0 {
            let width = null_bits.div_ceil(8) as u8;
            let flags = SYSTEM | BINARY;
            self.fields.push(Field { flags, ..Field::new("_NullFlags", b'0', width, 0) });
        }
        let widths: Vec<usize> = self.fields.iter().map(|field| usize::from(field.width)).collect();
        let offsets: Vec<usize> = widths
            .iter()
            .scan(1, |next, width| {
                let offset = *next;
                *next += width;
                Some(offset)
            })
            .collect();
        let record_length = 1 + widths.iter().sum::<usize>();

        let mut memo =
            self.memo_format.map(|form| MemoFile::new(form, self.block_size).end_marks(self.end_marks));
        let mut table = self.header(record_length, &offsets);
        let header_length = table.len();
        for row in &self.rows {
            match row {
                Row::Raw(bytes) => table.extend_from_slice(bytes),
                Row::Values(flag, values) => {
                    table.push(*flag);
                    self.write_row(values, null_bits, memo.as_mut(), &mut table);
                }
            }
        }
        if self.end_mark {
            table.push(0x1A);
        }
        Files {
            table,
            memo_extension: self.memo_format.map_or("dbt", MemoFormat::extension),
            memo: memo.map(|memo| memo.finish("TABLE")),
            cpg: self.cpg,
            header_length,
            record_length,
            offsets,
            widths,
        }
    }

    fn null_bits(&self) -> usize {
        if !self.null_flags {
            return 0;
        }
        let bits =
            |field: &Field| usize::from(field.is_variable()) + usize::from(field.flags & NULLABLE != 0);
        self.fields.iter().map(bits).sum()
    }

    fn write_row(
        &self,
        values: &[Value],
        null_bits: usize,
        mut memo: Option<&mut MemoFile>,
        table: &mut Vec<u8>,
    ) {
        let mut flags = vec![0_u8; null_bits.div_ceil(8)];
        let mut bit = 0;
        let columns = self.fields.len() - usize::from(null_bits > 0);
        for (place, field) in self.fields[..columns].iter().enumerate() {
            let value = values.get(place).unwrap_or(&Value::Blank);
            let Cell { bytes, has_length, is_null } = encode(value, field, self.dialect, memo.as_deref_mut());
            table.extend_from_slice(&bytes);
            if null_bits == 0 {
                continue;
            }
            let wanted = [(field.is_variable(), has_length), (field.flags & NULLABLE != 0, is_null)];
            for (_, set) in wanted.into_iter().filter(|(exists, _)| *exists) {
                flags[bit / 8] |= u8::from(set) << (bit % 8);
                bit += 1;
            }
        }
        table.extend_from_slice(&flags);
    }

    fn header(&self, record_length: usize, offsets: &[usize]) -> Vec<u8> {
        let count = self.rows.len() as u32;
        if self.dialect == Dialect::DBase2 {
            return self.header_of_dbase_2(record_length, count);
        }
        let mut header = vec![0_u8; 32];
        header[0] = self.version;
        header[1..4].copy_from_slice(&self.date);
        header[4..8].copy_from_slice(&count.to_le_bytes());
        header[10..12].copy_from_slice(&(record_length as u16).to_le_bytes());
        header[28] = if self.dialect.is_visual() && self.memo_format.is_some() { 0x02 } else { 0 };
        header[29] = self.language;
        if self.dialect.is_seven() {
            let mut driver = self.driver.clone();
            driver.resize(36, 0);
            header.extend_from_slice(&driver);
        }
        for (field, offset) in self.fields.iter().zip(offsets) {
            header.extend_from_slice(&self.descriptor(field, *offset));
        }
        header.push(0x0D);
        if self.dialect.is_visual() {
            header.resize(header.len() + 263, 0);
        }
        let length = header.len() as u16;
        header[8..10].copy_from_slice(&length.to_le_bytes());
        header
    }

    fn header_of_dbase_2(&self, record_length: usize, count: u32) -> Vec<u8> {
        let mut header = vec![0_u8; 8];
        header[0] = self.version;
        header[1..3].copy_from_slice(&(count as u16).to_le_bytes());
        let [year, month, day] = self.date;
        header[3..6].copy_from_slice(&[month, day, year]);
        header[6..8].copy_from_slice(&(record_length as u16).to_le_bytes());
        for field in self.fields.iter().take(32) {
            header.extend_from_slice(&padded(&field.name, 11));
            header.extend_from_slice(&[field.kind, field.length, 0, 0, field.decimals]);
        }
        header.push(0x0D);
        header.resize(521, 0);
        header
    }

    fn descriptor(&self, field: &Field, offset: usize) -> Vec<u8> {
        if self.dialect.is_seven() {
            let mut descriptor = padded(&field.name, 32);
            descriptor.extend_from_slice(&[field.kind, field.length, field.decimals]);
            descriptor.resize(48, 0);
            return descriptor;
        }
        let mut descriptor = padded(&field.name, 11);
        descriptor.push(field.kind);
        descriptor.extend_from_slice(&(offset as u32).to_le_bytes());
        descriptor.extend_from_slice(&[field.length, field.decimals, field.flags]);
        descriptor.resize(32, 0);
        descriptor
    }
}

fn padded(name: &[u8], width: usize) -> Vec<u8> {
    let mut bytes = name.to_vec();
    bytes.resize(width, 0);
    bytes
}

impl Files {
    /// Writes the files to a folder: the table under `name`, the others with another extension, in upper case where the
    /// table's is. Returns the table's path.
    ///
    /// # Errors
    /// Errors of the file system.
    pub fn write(&self, folder: impl AsRef<Path>, name: &str) -> io::Result<PathBuf> {
        let path = folder.as_ref().join(name);
        let upper = path.extension().is_some_and(|ending| ending.to_string_lossy().contains('D'));
        let beside = |ending: &str| {
            path.with_extension(if upper { ending.to_ascii_uppercase() } else { ending.to_owned() })
        };
        fs::write(&path, &self.table)?;
        if let Some(memo) = &self.memo {
            fs::write(beside(self.memo_extension), memo)?;
        }
        if let Some(cpg) = &self.cpg {
            fs::write(beside("cpg"), cpg)?;
        }
        Ok(path)
    }

    /// Where a cell stands in [`Files::table`]; rows and columns are counted from 0.
    pub fn cell(&self, row: usize, column: usize) -> Range<usize> {
        let start = self.header_length + row * self.record_length + self.offsets[column];
        start..start + self.widths[column]
    }
}
