//! [`table()`] converts a whole table from the file system; [`stream`] works over any readers.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::codepage::{self, Cpg, Page};
use super::csv::CsvBlock;
use super::dbf::TableFormat;
use super::dbf::header::{FIXED, Header, HeaderError};
use super::dbf::layout::{ColumnKind, END_MARK, Layout};
use super::dbf::memo::{MemoFile, Pointer, pointer};
use super::dbf::records::Records;
use super::finding_code::FindingCode;
use super::findings::Findings;
use super::gzip::{GzipWriter, PartSink};
use super::rows::{Memos, RowWriter};
use super::settings::ConvertSettings;
use super::source::{self, TablePaths};
use super::value;
use crate::config::{Binary, Deleted, RowsBeyondHeader};
use crate::error::{self, one_line};
use crate::models::export::{EncodingSource, Finding, RowCounts};

/// Number of pointers used to detect the format of a memo file.
const POINTER_SAMPLE: usize = 64;
/// How many bytes of CSV a byte of a table and its memo file may become. A logical of one byte becomes six with its comma,
/// and with a column for deleted rows twelve from two; more comes from rows that name the same memo.
const OUTPUT_FACTOR: u64 = 16;
/// How many bytes of CSV any table may become.
const OUTPUT_LEAST: u64 = 64 << 20;
/// Maximum size of a `.cpg` file.
const CPG_BYTES: u64 = 1024;

/// The result of a conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReport {
    /// The table format, for people.
    pub format: &'static str,
    /// The code page's name.
    pub encoding: &'static str,
    /// The source of the code page.
    pub encoding_source: EncodingSource,
    /// The row counts.
    pub rows: RowCounts,
    /// Size of the table and its memo file, in bytes.
    pub bytes_in: u64,
    /// Names of the CSV's columns.
    pub columns: Vec<String>,
    /// Values that could not be carried over.
    pub warnings: Vec<Finding>,
    /// Data omitted because of the settings.
    pub notes: Vec<Finding>,
}

/// Why a table could not be converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// A file cannot be read.
    #[error("cannot read `{}`: {error}", one_line(&path.display().to_string()))]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// The header is invalid.
    #[error("`{}` {}: {error}", one_line(&path.display().to_string()), refusal(error))]
    Header {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: HeaderError,
    },
    /// The output cannot be written.
    #[error("cannot write the CSV of `{}`: {error}", one_line(&path.display().to_string()))]
    Write {
        /// The table.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
}

/// Returns the end of a sentence about a refused table that begins with its name.
fn refusal(error: &HeaderError) -> &'static str {
    match error {
        HeaderError::Encrypted => "cannot be read",
        _ => "is not a DBF table",
    }
}

impl From<ConvertError> for error::Error {
    fn from(error: ConvertError) -> Self {
        match error {
            ConvertError::Read { path, error } => Self::io("cannot read", path, &error).retry_later(),
            ConvertError::Write { path, error } => Self::io("cannot write the CSV of", path, &error),
            ConvertError::Header { ref path, error: ref cause } => {
                let (code, hint) = match cause {
                    HeaderError::NoColumns => (
                        error::Code::FileDamaged,
                        "check that it is a table; a file of another kind can be excluded",
                    ),
                    HeaderError::Other(_) => (
                        error::Code::FileDamaged,
                        "exclude it in `[src] exclude_patterns`, or give it another name than `*.dbf`",
                    ),
                    HeaderError::Encrypted => (
                        error::Code::FileEncrypted,
                        "remove the encryption in the program that wrote it, or have that program save a copy without it",
                    ),
                    _ => (error::Code::FileDamaged, "restore the file from a backup, or exclude it"),
                };
                Self::new(code, error.to_string()).hint(hint).path(path)
            }
        }
    }
}

/// Converts a table of the file system.
///
/// # Errors
/// [`ConvertError`] when nothing useful can be written; a value that cannot be carried over is a warning in the report.
pub fn table(
    paths: &TablePaths,
    settings: &ConvertSettings,
    sink: &mut dyn PartSink,
) -> Result<TableReport, ConvertError> {
    let read = |path: &Path, error| ConvertError::Read { path: path.to_path_buf(), error };
    let file = paths.open(&paths.table).map_err(|error| read(&paths.table, error))?;
    let mut neighbours = Neighbours::default();
    let cpg = match paths.cpg.as_deref().map(|path| (path, read_cpg(paths, path))) {
        None => None,
        Some((_, Ok(text))) => Some(text),
        Some((path, Err(error))) if source::is_in_use(&error) => return Err(read(path, error)),
        Some((path, Err(error))) => {
            neighbours.cpg = Some(problem("`.cpg` file", path, &error, "ignored"));
            None
        }
    };
    let memo = match paths.memo.as_deref().map(|path| (path, paths.open(path))) {
        None => None,
        Some((path, Ok(file))) => {
            Some((file, path.extension().unwrap_or_default().to_string_lossy().to_lowercase()))
        }
        Some((path, Err(error))) if source::is_in_use(&error) => return Err(read(path, error)),
        Some((path, Err(error))) => {
            neighbours.memo = Some(problem("memo file", path, &error, "taken as missing"));
            None
        }
    };
    let memo = memo.as_ref().map(|(file, extension)| (file, extension.as_str()));
    convert(&file, memo, cpg.as_deref(), neighbours, settings, sink).map_err(|failure| {
        let path = paths.table.clone();
        match failure {
            StreamError::Table(error) => ConvertError::Read { path, error },
            StreamError::Memo(error) => read(paths.memo.as_deref().unwrap_or(&paths.table), error),
            StreamError::Header(error) => ConvertError::Header { path, error },
            StreamError::Sink(error) => ConvertError::Write { path, error },
        }
    })
}

/// Returns the problems of the files beside a table, each as a sentence.
#[derive(Debug, Default)]
struct Neighbours {
    memo: Option<String>,
    cpg: Option<String>,
}

fn read_cpg(paths: &TablePaths, path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    paths.open(path)?.take(CPG_BYTES).read_to_end(&mut text)?;
    Ok(text)
}

/// Returns a sentence about a file beside a table that cannot be read.
fn problem(role: &str, path: &Path, error: &io::Error, consequence: &str) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let reason = match error.kind() {
        _ if fs::metadata(path).is_ok_and(|metadata| metadata.is_dir()) => "it is a folder".to_owned(),
        io::ErrorKind::NotFound => "it is a link that leads nowhere".to_owned(),
        io::ErrorKind::PermissionDenied => "this account may not read it".to_owned(),
        _ => error.to_string(),
    };
    format!("the {role} `{}` cannot be read, so it was {consequence}: {reason}", one_line(&name))
}

/// The part that failed while streaming, without a path.
#[derive(Debug)]
pub enum StreamError {
    /// The table.
    Table(io::Error),
    /// The memo file.
    Memo(io::Error),
    /// The table's header.
    Header(HeaderError),
    /// The output.
    Sink(io::Error),
}

/// Converts a table from readers: the table, its memo file with the extension of its name, and the bytes of its `.cpg`.
///
/// # Errors
/// [`StreamError`]
pub fn stream<T: Read + Seek, M: Read + Seek>(
    file: T,
    memo: Option<(M, &str)>,
    cpg: Option<&[u8]>,
    settings: &ConvertSettings,
    sink: &mut dyn PartSink,
) -> Result<TableReport, StreamError> {
    convert(file, memo, cpg, Neighbours::default(), settings, sink)
}

fn convert<T: Read + Seek, M: Read + Seek>(
    mut file: T,
    memo: Option<(M, &str)>,
    cpg: Option<&[u8]>,
    neighbours: Neighbours,
    settings: &ConvertSettings,
    sink: &mut dyn PartSink,
) -> Result<TableReport, StreamError> {
    let length = file.seek(SeekFrom::End(0)).map_err(StreamError::Table)?;
    let header = read_header(&mut file)?;
    let mut layout =
        Layout::new(&header, length, |at| byte_at(&mut file, at, length)).map_err(StreamError::Table)?;
    if layout.columns.is_empty() {
        return Err(StreamError::Header(HeaderError::NoColumns));
    }
    let mut findings = Findings::default();
    if let Some(sentence) = neighbours.cpg {
        findings.sentence(FindingCode::CpgUnreadable, sentence);
    }
    let (page, encoding_source) = choose_page(&header, cpg, settings, &mut findings);
    let extent = Extent::new(&header, &layout, length, |at| byte_at(&mut file, at, length))
        .map_err(StreamError::Table)?;
    let first = first_block(&mut file, &layout, &extent, &header)?;
    if is_marked_encrypted(&header) {
        if !is_readable(&first, &layout) {
            return Err(StreamError::Header(HeaderError::Encrypted));
        }
        findings.table(FindingCode::EncryptionFlagIgnored, 1);
    }
    decide_moments(&mut layout, &first);

    let mut memo_bytes = 0;
    let memos = if !layout.columns.iter().any(|column| needs_memo(column.kind, settings)) {
        Memos::Unused
    } else if let Some((mut memo, extension)) = memo {
        memo_bytes = memo.seek(SeekFrom::End(0)).map_err(StreamError::Memo)?;
        Memos::File(open_memo(&mut file, memo, extension, &header, &layout, &extent, settings.memo_limit)?)
    } else {
        Memos::Missing
    };

    let columns = column_names(&layout, &page, settings, &mut findings);
    let mut conversion = Conversion {
        rows: RowWriter::new(&layout, &page, header.format, settings, memos, findings),
        writer: GzipWriter::new(sink, settings.gzip_level, settings.part_limit),
        block: CsvBlock::default(),
        counts: RowCounts { header: u64::from(header.rows), ..RowCounts::default() },
        settings,
        record_length: layout.record_length,
        room: length.saturating_add(memo_bytes).saturating_mul(OUTPUT_FACTOR).saturating_add(OUTPUT_LEAST),
    };
    conversion.head(&columns).map_err(StreamError::Sink)?;
    if encoding_source == EncodingSource::Ldid && page.name() == "UTF-8" {
        conversion.rows.doubt_page();
    }
    let read = conversion.header_rows(&mut file, &extent)?;
    let stopped = read < extent.present && conversion.is_full();
    let ended = read == extent.present && conversion.rows_beyond(&mut file, &extent)?;
    let Conversion { rows, writer, block, mut counts, .. } = conversion;
    writer.finish(block).map_err(StreamError::Sink)?;

    let mut findings = rows.finish();
    if !stopped {
        counts.missing = counts.header - (counts.live + counts.deleted + counts.bad);
    }
    findings.table(FindingCode::EndMarkInRow, u64::from(extent.mark_in_row && read == extent.present));
    if let Some(sentence) = neighbours.memo.filter(|_| findings.count(FindingCode::MemoMissing) > 0) {
        findings.sentence(FindingCode::MemoUnreadable, sentence);
    }
    findings.table(FindingCode::RowsMissing, counts.missing);
    findings.table(FindingCode::RowsBeyondHeader, counts.beyond_header);
    if !stopped
        && !ended
        && extent.remainder > 1
        && !is_filler(&mut file, extent.end).map_err(StreamError::Table)?
    {
        findings.table(FindingCode::RowPartial, 1);
    }
    if !TableFormat::knows_version(header.version) {
        findings.table(FindingCode::VersionUnknown, 1);
    }
    findings.table(FindingCode::RecordLengthMended, u64::from(layout.length_corrected));
    findings.table(FindingCode::HeaderLengthMended, u64::from(layout.start_mended));
    findings.table(FindingCode::ColumnHidden, layout.hidden as u64);
    for (index, column) in layout.columns.iter().enumerate() {
        findings.column(FindingCode::TypeUnknown, index as u32, u64::from(column.unknown));
        findings.column(FindingCode::ColumnBeyondRecord, index as u32, u64::from(column.beyond));
    }
    let (warnings, notes) = findings.finish(&columns);
    Ok(TableReport {
        format: header.format.name(),
        encoding: page.name(),
        encoding_source,
        rows: counts,
        bytes_in: length + memo_bytes,
        columns,
        warnings,
        notes,
    })
}

/// Where the rows are in the file.
struct Extent {
    start: u64,
    /// Whole rows that the header counts and the file holds.
    present: u64,
    /// Whole rows that the file has room for after those.
    room: u64,
    /// Where the last whole row ends, and how many bytes follow.
    end: u64,
    remainder: u64,
    /// Whether the file ends with these rows, its end mark in place of the last byte of the last one.
    mark_in_row: bool,
}

impl Extent {
    fn new(
        header: &Header,
        layout: &Layout,
        length: u64,
        mut byte_at: impl FnMut(u64) -> io::Result<Option<u8>>,
    ) -> io::Result<Self> {
        let record = layout.record_length as u64;
        let whole = length.saturating_sub(layout.start) / record;
        let present = whole.min(u64::from(header.rows));
        let end = layout.start + whole * record;
        let remainder = length.saturating_sub(end);
        let ends = layout.ends_in_text && remainder == 0 && whole > 0 && whole == u64::from(header.rows);
        Ok(Self {
            start: layout.start,
            present,
            room: whole - present,
            end,
            remainder,
            mark_in_row: ends && byte_at(end - 1)? == Some(END_MARK),
        })
    }
}

struct Conversion<'a, M> {
    rows: RowWriter<'a, M>,
    writer: GzipWriter<'a>,
    block: CsvBlock,
    counts: RowCounts,
    settings: &'a ConvertSettings,
    record_length: usize,
    /// How many more bytes of CSV this table may become.
    room: u64,
}

impl<M: Read + Seek> Conversion<'_, M> {
    fn head(&mut self, columns: &[String]) -> io::Result<()> {
        let mut block = CsvBlock::default();
        for (index, name) in columns.iter().enumerate() {
            if index > 0 {
                block.push(b',');
            }
            let start = block.len();
            block.text(name.as_bytes());
            if self.settings.formula_guard {
                block.guard_formula(start);
            }
        }
        block.end_row(0);
        self.block = self.writer.head(block)?;
        Ok(())
    }

    /// The rows that the header counts. Returns how many were read.
    fn header_rows<T: Read + Seek>(&mut self, file: &mut T, extent: &Extent) -> Result<u64, StreamError> {
        let mut records = Records::new(file, extent.start, self.record_length, extent.present)
            .map_err(StreamError::Table)?;
        let mut number = 0;
        while let Some(block) = records.next_block().map_err(StreamError::Table)? {
            for record in block.chunks_exact(self.record_length) {
                if self.is_full() {
                    return Ok(number);
                }
                number += 1;
                if extent.mark_in_row && number == extent.present {
                    let mut last = record.to_vec();
                    last[self.record_length - 1] = b' ';
                    self.header_row(&last, number)?;
                } else {
                    self.header_row(record, number)?;
                }
            }
        }
        Ok(number)
    }

    /// One row that the header counts.
    fn header_row(&mut self, record: &[u8], number: u64) -> Result<(), StreamError> {
        match record[0] {
            b' ' => self.counts.live += 1,
            b'*' => self.counts.deleted += 1,
            _ => {
                self.counts.bad += 1;
                self.rows.findings.row(FindingCode::RowFlagInvalid, number);
            }
        }
        self.row(record, record[0] == b'*', number)
    }

    /// Whole rows after those, up to an end mark. Returns whether one was met.
    fn rows_beyond<T: Read + Seek>(&mut self, file: &mut T, extent: &Extent) -> Result<bool, StreamError> {
        let start = extent.start + extent.present * self.record_length as u64;
        let mut records =
            Records::new(file, start, self.record_length, extent.room).map_err(StreamError::Table)?;
        // Rows of NULs pad the file, unless another row follows.
        let mut padding = 0;
        let zeros = vec![0; self.record_length];
        while let Some(block) = records.next_block().map_err(StreamError::Table)? {
            // The hole of a sparse file may be longer than any disk.
            if block.iter().all(|&byte| byte == 0) {
                padding += (block.len() / self.record_length) as u64;
                continue;
            }
            for record in block.chunks_exact(self.record_length) {
                if record[0] == END_MARK {
                    return Ok(true);
                }
                if record[0] == 0 && record == zeros {
                    padding += 1;
                    continue;
                }
                let padded = std::mem::take(&mut padding);
                if self.settings.rows_beyond_header == RowsBeyondHeader::Skip {
                    self.counts.beyond_header += padded;
                } else {
                    for _ in 0..padded {
                        self.row_beyond(&zeros, extent)?;
                    }
                }
                self.row_beyond(record, extent)?;
            }
        }
        Ok(false)
    }

    fn row_beyond(&mut self, record: &[u8], extent: &Extent) -> Result<(), StreamError> {
        self.counts.beyond_header += 1;
        if self.settings.rows_beyond_header == RowsBeyondHeader::Export && !self.is_full() {
            let number = extent.present + self.counts.beyond_header;
            if !matches!(record[0], b' ' | b'*') {
                self.rows.findings.row(FindingCode::RowFlagInvalid, number);
            }
            self.row(record, record[0] == b'*', number)?;
        }
        Ok(())
    }

    fn row(&mut self, record: &[u8], deleted: bool, number: u64) -> Result<(), StreamError> {
        let column = self.settings.deleted == Deleted::Column;
        if deleted && !column {
            self.rows.findings.table(FindingCode::DeletedSkipped, 1);
            return Ok(());
        }
        let start = self.block.len();
        self.rows.cells(record, number, &mut self.block).map_err(StreamError::Memo)?;
        if column {
            self.block.put(if deleted { b",true" } else { b",false" });
        }
        self.block.end_row(start);
        self.counts.written += 1;
        self.room = self.room.saturating_sub((self.block.len() - start) as u64);
        if self.room == 0 {
            let why = format!(
                "with row {number} its CSV is more than {OUTPUT_FACTOR} times as large as its files, as where many \
                 rows name the same memo"
            );
            return Err(StreamError::Table(io::Error::new(io::ErrorKind::InvalidData, why)));
        }
        if self.block.len() >= self.writer.block_size() {
            let full = std::mem::take(&mut self.block);
            self.block = self.writer.submit(full).map_err(StreamError::Sink)?;
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.settings.row_limit.is_some_and(|limit| self.counts.written >= limit)
    }
}

fn read_header<T: Read + Seek>(file: &mut T) -> Result<Header, StreamError> {
    file.seek(SeekFrom::Start(0)).map_err(StreamError::Table)?;
    let mut bytes = Vec::new();
    (&mut *file).take(FIXED as u64).read_to_end(&mut bytes).map_err(StreamError::Table)?;
    let more = Header::wanted(&bytes).saturating_sub(bytes.len() as u64);
    file.take(more).read_to_end(&mut bytes).map_err(StreamError::Table)?;
    Header::parse(&bytes).map_err(StreamError::Header)
}

fn byte_at<T: Read + Seek>(file: &mut T, at: u64, length: u64) -> io::Result<Option<u8>> {
    if at >= length {
        return Ok(None);
    }
    let mut byte = [0];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut byte)?;
    Ok(Some(byte[0]))
}

/// Whether the file goes on with an end mark, or with nothing but one byte that programs fill files with.
fn is_filler<T: Read + Seek>(file: &mut T, at: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(at))?;
    let mut rest = [0; 4096];
    let mut first = None;
    loop {
        let count = match file.read(&mut rest) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            count => count?,
        };
        let piece = &rest[..count];
        match first.or(piece.first().copied()) {
            None | Some(END_MARK) => return Ok(true),
            Some(byte @ (0 | 0x1F)) if piece.iter().all(|&other| other == byte) => {
                if count == 0 {
                    return Ok(true);
                }
                first = Some(byte);
            }
            Some(_) => return Ok(false),
        }
    }
}

/// The first rows that the header counts, where a decision depends on them.
fn first_block<T: Read + Seek>(
    file: &mut T,
    layout: &Layout,
    extent: &Extent,
    header: &Header,
) -> Result<Vec<u8>, StreamError> {
    let moments = layout.columns.iter().any(|column| column.kind == ColumnKind::DateTimeOrMilliseconds);
    if !moments && !is_marked_encrypted(header) {
        return Ok(Vec::new());
    }
    let mut records =
        Records::new(file, extent.start, layout.record_length, extent.present).map_err(StreamError::Table)?;
    Ok(records.next_block().map_err(StreamError::Table)?.map(<[u8]>::to_vec).unwrap_or_default())
}

/// Whether byte 15 says that the rows are encrypted, in a format where it can.
fn is_marked_encrypted(header: &Header) -> bool {
    use TableFormat::{Dbase3, Dbase4, Dbase5, Dbase7};
    header.encryption == 1 && matches!(header.format, Dbase3 | Dbase4 | Dbase5 | Dbase7)
}

/// Whether every number, date and logical is valid and no text holds control characters.
fn is_readable(rows: &[u8], layout: &Layout) -> bool {
    use FindingCode::{DateInvalid, LogicalInvalid, NumberInvalid};
    let valid = |result: Result<(), FindingCode>| {
        !matches!(result, Err(NumberInvalid | DateInvalid | LogicalInvalid))
    };
    rows.chunks_exact(layout.record_length).all(|record| {
        layout.columns.iter().all(|column| {
            let raw = &record[column.offset..column.offset + column.width];
            let mut out = CsvBlock::default();
            match column.kind {
                ColumnKind::Number => valid(value::number(raw, column.decimals, &mut out)),
                ColumnKind::Date => valid(value::date(raw, &mut out)),
                ColumnKind::JulianDate => valid(value::julian_date(raw, &mut out)),
                ColumnKind::Logical => valid(value::logical(raw, &mut out)),
                ColumnKind::Text => !value::trim_end(raw).iter().any(u8::is_ascii_control),
                ColumnKind::Memo | ColumnKind::BinaryMemo if raw.len() == 10 => {
                    pointer(raw, false, 0) != Pointer::Invalid
                }
                _ => true,
            }
        })
    })
}

/// Decides for each @ column outside dBASE 7 which form its values have.
fn decide_moments(layout: &mut Layout, rows: &[u8]) {
    for column in layout.columns.iter_mut().filter(|column| column.kind == ColumnKind::DateTimeOrMilliseconds)
    {
        let values = rows
            .chunks_exact(layout.record_length)
            .map(|record| &record[column.offset..column.offset + column.width]);
        if values.map(|raw| i64::from(value::moment_vote(raw))).sum::<i64>() > 0 {
            column.kind = ColumnKind::MillisecondsOrDateTime;
        }
    }
}

fn needs_memo(kind: ColumnKind, settings: &ConvertSettings) -> bool {
    kind == ColumnKind::Memo || kind == ColumnKind::BinaryMemo && settings.binary == Binary::Base64
}

fn open_memo<T: Read + Seek, M: Read + Seek>(
    file: &mut T,
    mut memo: M,
    extension: &str,
    header: &Header,
    layout: &Layout,
    extent: &Extent,
    limit: u64,
) -> Result<MemoFile<M>, StreamError> {
    let last_block = memo.seek(SeekFrom::End(0)).map_err(StreamError::Memo)?;
    let fields: Vec<_> = layout
        .columns
        .iter()
        .filter(|column| column.kind.is_memo())
        .map(|c| c.offset..c.offset + c.width)
        .collect();
    let mut sample = Vec::new();
    let mut with_length = 0;
    let all = extent.present + extent.room;
    let mut records =
        Records::new(file, extent.start, layout.record_length, all).map_err(StreamError::Table)?;
    // The first rows may have no memos.
    while sample.is_empty()
        && let Some(block) = records.next_block().map_err(StreamError::Table)?
    {
        for record in block.chunks_exact(layout.record_length) {
            if sample.len() >= POINTER_SAMPLE {
                break;
            }
            for field in &fields {
                if let Pointer::Block(block, length) = pointer(&record[field.clone()], true, last_block) {
                    sample.push(block);
                    with_length += usize::from(length.is_some());
                }
            }
        }
    }
    // The form of the pointers tells a `.smt`, whatever it is called.
    let extension = match extension {
        _ if with_length * 2 > sample.len() => "smt",
        "smt" if !sample.is_empty() && with_length == 0 => "",
        other => other,
    };
    let mut memo =
        MemoFile::open(memo, &sample, header.format, extension, limit).map_err(StreamError::Memo)?;
    if memo.wants_starts() {
        let mut records = Records::new(file, extent.start, layout.record_length, extent.present)
            .map_err(StreamError::Table)?;
        while let Some(block) = records.next_block().map_err(StreamError::Table)? {
            for record in block.chunks_exact(layout.record_length) {
                for field in &fields {
                    if let Pointer::Block(block, _) = pointer(&record[field.clone()], false, last_block) {
                        memo.note_start(block);
                    }
                }
            }
        }
    }
    Ok(memo)
}

fn choose_page(
    header: &Header,
    cpg: Option<&[u8]>,
    settings: &ConvertSettings,
    findings: &mut Findings,
) -> (Page, EncodingSource) {
    if let Some(page) = &settings.encoding {
        return (page.clone(), EncodingSource::Setting);
    }
    let mut unknown = None;
    match cpg.map(codepage::for_cpg) {
        Some(Cpg::Page(page)) => return (page, EncodingSource::Cpg),
        Some(Cpg::Unknown(name)) => unknown = Some(name),
        None => {}
    }
    let by_ldid = if matches!(header.ldid, 0x00 | 0x57) {
        None
    } else {
        let page = codepage::for_ldid(header.ldid);
        findings.table(FindingCode::LdidUnknown, u64::from(page.is_none()));
        page.map(|page| (page, EncodingSource::Ldid))
    };
    let by_driver = || header.driver.as_deref().and_then(codepage::for_driver);
    let (page, source) = by_ldid
        .or_else(|| by_driver().map(|page| (page, EncodingSource::Driver)))
        .unwrap_or_else(|| (settings.default_encoding.clone(), EncodingSource::Default));
    if let Some(name) = unknown {
        let said = if name.is_empty() {
            "is empty".to_owned()
        } else {
            format!("names the unknown code page `{name}`")
        };
        let sentence = format!("the `.cpg` file {said}, so `{}` was used instead", page.name());
        findings.sentence(FindingCode::CpgUnknown, sentence);
    }
    (page, source)
}

/// The CSV's column names: as stored, decoded; a repeated one gets the next number that no stored name has.
fn column_names(
    layout: &Layout,
    page: &Page,
    settings: &ConvertSettings,
    findings: &mut Findings,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, column) in layout.columns.iter().enumerate() {
        let mut name = String::new();
        let unknown = page.decode(&column.name, &mut name);
        findings.column(FindingCode::NameUndecodable, index as u32, unknown);
        names.push(name);
    }
    if settings.deleted == Deleted::Column {
        names.push("_deleted".to_owned());
    }
    let mut taken: std::collections::HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let mut seen = std::collections::HashSet::new();
    for (index, name) in names.iter_mut().enumerate() {
        if seen.insert(name.to_lowercase()) {
            continue;
        }
        let free = (2..=u32::MAX)
            .map(|number| format!("{name}_{number}"))
            .find(|free| taken.insert(free.to_lowercase()));
        *name = free.unwrap_or_default();
        seen.insert(name.to_lowercase());
        findings.column(FindingCode::NameRepeated, index as u32, 1);
    }
    names
}
