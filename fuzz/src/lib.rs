//! Code shared by the fuzz targets: [`convert`] runs a conversion and holds it to its promises, [`SHAPES`] are the tables
//! whose records and memos are fuzzed.
//!
//! ```text
//! cargo install cargo-fuzz --locked
//! cargo run --release --manifest-path fuzz/Cargo.toml --bin seeds -- ../shared/corpus/dbf
//! export RUSTC_BOOTSTRAP=1 ASAN_OPTIONS=detect_odr_violation=0
//! cargo fuzz run header -- -max_total_time=620      # likewise the others in targets/
//! ```
//!
//! The option of the sanitizer is for SQLite, which defines one global twice.

use std::io::{self, Cursor, Read as _};
use std::sync::LazyLock;

use data_exporter::config::{Binary, Deleted, RowsBeyondHeader, SoftBreaks};
use data_exporter::convert::codepage::{self, Page};
use data_exporter::convert::{ConvertSettings, PartSink, stream};
use test_tables::random::random_table;
use test_tables::second_reader;
use test_tables::{Dialect, Field, Files, MemoFormat, Table};

/// The most a conversion may write before its output counts as full.
const ROOM: usize = 1 << 26;

/// How many dialects [`shape`] knows.
pub const SHAPES: u8 = 9;

struct Output {
    bytes: Vec<u8>,
    parts: u32,
}

impl PartSink for Output {
    fn next_part(&mut self) -> io::Result<()> {
        self.parts += 1;
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes.len() + bytes.len() > ROOM {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }
}

/// Converts, and panics where a promise is broken: the rows reconcile, the output is one CSV of whole records in UTF-8.
/// `choice` picks the settings.
pub fn convert(table: &[u8], memo: Option<(&[u8], &str)>, cpg: Option<&[u8]>, choice: u8) {
    let settings = settings(choice);
    let mut sink = Output { bytes: Vec::new(), parts: 0 };
    let memo = memo.map(|(bytes, extension)| (Cursor::new(bytes), extension));
    let Ok(report) = stream(Cursor::new(table), memo, cpg, &settings, &mut sink) else { return };
    let rows = report.rows;
    assert_eq!(rows.header, rows.live + rows.deleted + rows.bad + rows.missing, "{rows:?}");
    assert_eq!(sink.parts, 1);
    let text = std::str::from_utf8(&sink.bytes).expect("UTF-8");
    let records = records(text, report.columns.len());
    assert_eq!(records, rows.written + 1, "{rows:?}");
}

/// Converts with and without compression, and panics where the two differ.
pub fn compress(table: &[u8], choice: u8) {
    let csv = |level| {
        let settings = ConvertSettings { gzip_level: level, ..settings(choice) };
        let mut sink = Output { bytes: Vec::new(), parts: 0 };
        let memo: Option<(Cursor<&[u8]>, &str)> = None;
        stream(Cursor::new(table), memo, None, &settings, &mut sink).is_ok().then_some(sink.bytes)
    };
    let level = u32::from(choice % 9) as u8 + 1;
    let (Some(plain), Some(packed)) = (csv(None), csv(Some(level))) else { return };
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).expect("one sound member");
    assert!(unpacked == plain, "{} bytes of CSV became {}", plain.len(), unpacked.len());
}

/// Makes the table of a number, puts `changes` into its rows, and panics where the two readers differ.
pub fn compare(seed: u64, changes: &[u8]) {
    let (mut files, format, text) = random_table(seed);
    let rows = files.header_length.min(files.table.len())..files.table.len();
    for change in changes.chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([change[0], change[1]]));
        if let Some(byte) = files.table.get_mut(rows.clone()).and_then(|rows| rows.get_mut(place)) {
            *byte = change[2];
        }
    }
    let expected = second_reader::read(&files, format);
    let memo = files.memo.as_ref().map(|memo| (Cursor::new(memo), files.memo_extension));
    let settings = ConvertSettings {
        soft_breaks: SoftBreaks::Auto,
        rows_beyond_header: RowsBeyondHeader::Skip,
        deleted: Deleted::Skip,
        binary: Binary::Base64,
        ..settings(0)
    };
    let mut sink = Output { bytes: Vec::new(), parts: 0 };
    let found = stream(Cursor::new(&files.table), memo, files.cpg.as_deref(), &settings, &mut sink).ok();
    let found =
        found.map(|_| second_reader::cells(std::str::from_utf8(&sink.bytes).expect("UTF-8"))[1..].to_vec());
    match (found, expected) {
        (Some(found), Some(expected)) => {
            assert_eq!(second_reader::difference(&found, &expected), None, "{text}")
        }
        (None, None) => {}
        (found, _) => panic!("only one reader refuses the table (the library: {}): {text}", found.is_none()),
    }
}

/// Counts the records of a CSV, each of which must have so many cells.
fn records(text: &str, cells: usize) -> u64 {
    let mut rest = text.as_bytes();
    let mut records = 0;
    while !rest.is_empty() {
        for cell in 1..=cells {
            let length = cell_length(rest);
            let expected = if cell == cells { b'\n' } else { b',' };
            assert_eq!(rest[length], expected, "record {records}, cell {cell} of {cells}");
            rest = &rest[length + 1..];
        }
        records += 1;
    }
    records
}

fn cell_length(rest: &[u8]) -> usize {
    if rest[0] != b'"' {
        return rest.iter().position(|byte| matches!(byte, b',' | b'\n' | b'"')).expect("an end");
    }
    let mut place = 1;
    loop {
        place += 1 + rest[place..].iter().position(|byte| *byte == b'"').expect("a closing quote");
        if rest.get(place) != Some(&b'"') {
            return place;
        }
        place += 1;
    }
}

static PAGES: LazyLock<[Page; 4]> =
    LazyLock::new(|| ["CP866", "CP1251", "UTF-8", "CP950"].map(|name| codepage::find(name).expect("a page")));

fn settings(choice: u8) -> ConvertSettings {
    let bit = |number: u8| choice >> number & 1 == 1;
    ConvertSettings {
        encoding: bit(4).then(|| PAGES[usize::from(choice >> 5 & 3)].clone()),
        default_encoding: PAGES[0].clone(),
        deleted: if bit(0) { Deleted::Column } else { Deleted::Skip },
        binary: if bit(1) { Binary::Base64 } else { Binary::Omit },
        soft_breaks: if bit(2) { SoftBreaks::Keep } else { SoftBreaks::Auto },
        rows_beyond_header: if bit(3) { RowsBeyondHeader::Export } else { RowsBeyondHeader::Skip },
        formula_guard: false,
        gzip_level: None,
        part_limit: None,
        row_limit: None,
        memo_limit: data_exporter::convert::MEMO_LIMIT,
    }
}

/// An empty table with a column of every type its format has.
pub fn shape(number: u8) -> Table {
    use Dialect::{
        DBase2, DBase3Memo, DBase4Memo, DBase5, DBase7Memo, FoxPro2, Smt, VisualFoxPro, VisualFoxProVar,
    };
    let format =
        [DBase2, DBase3Memo, DBase4Memo, DBase5, DBase7Memo, FoxPro2, VisualFoxPro, VisualFoxProVar, Smt]
            [usize::from(number % SHAPES)];
    let table = Table::new(format)
        .field(Field::character("C", 6))
        .field(Field::numeric("N", 8, 2))
        .field(Field::logical("L"));
    if format == DBase2 {
        return table;
    }
    let table = table.field(Field::date("D")).field(Field::memo("M", format)).field(Field::float("F", 7, 3));
    if format.is_visual() {
        return visual(table, format);
    }
    match format {
        DBase5 => table.field(Field::pointer("B", b'B', format)).field(Field::pointer("G", b'G', format)),
        DBase7Memo => table
            .field(Field::integer("I"))
            .field(Field::autoincrement("P"))
            .field(Field::double7("O"))
            .field(Field::timestamp("T"))
            .field(Field::pointer("B", b'B', format)),
        FoxPro2 => table.field(Field::character("WIDE", 300)).field(Field::pointer("G", b'G', format)),
        _ => table,
    }
}

fn visual(table: Table, format: Dialect) -> Table {
    let table = table
        .field(Field::integer("I").nullable())
        .field(Field::double("B", 2))
        .field(Field::currency("Y").nullable())
        .field(Field::datetime("T"))
        .field(Field::character("CB", 5).binary().nullable())
        .field(Field::memo("MB", format).binary())
        .field(Field::pointer("G", b'G', format))
        .field(Field::pointer("W", b'W', format));
    if format == Dialect::VisualFoxProVar {
        return table
            .field(Field::varchar("V", 8).nullable())
            .field(Field::varbinary("Q", 6))
            .field(Field::varchar("VB", 4).binary());
    }
    table
}

/// A shape without rows and end mark, written.
pub fn empty(number: u8) -> &'static Files {
    static EMPTY: LazyLock<Vec<Files>> =
        LazyLock::new(|| (0..SHAPES).map(|number| shape(number).without_end_mark().build()).collect());
    &EMPTY[usize::from(number % SHAPES)]
}

/// The extension a shape's memo file has; `.dbt` where it has none.
pub fn extension(number: u8) -> &'static str {
    empty(number).memo_extension
}

/// A shape with four rows, whose memo columns all point at these blocks.
pub fn pointing(number: u8, blocks: [u16; 4]) -> Vec<u8> {
    static BLANK: LazyLock<Vec<Files>> = LazyLock::new(|| {
        let blank = |number| (0..4).fold(shape(number), |table, _| table.row([])).build();
        (0..SHAPES).map(blank).collect()
    });
    let files = &BLANK[usize::from(number % SHAPES)];
    let mut table = files.table.clone();
    for (row, block) in blocks.into_iter().enumerate() {
        for (column, width) in files.widths.iter().enumerate() {
            let cell = &mut table[files.cell(row, column)];
            match (width, files.memo_extension) {
                (10, "smt") => {
                    let (kind, length) = (1_u16.to_le_bytes(), u32::from(block % 97).to_le_bytes());
                    cell.copy_from_slice(&[&kind[..], &length, &u32::from(block).to_le_bytes()].concat());
                }
                (10, _) => cell.copy_from_slice(format!("{block:>10}").as_bytes()),
                (4, _) => cell.copy_from_slice(&u32::from(block).to_le_bytes()),
                _ => {}
            }
        }
    }
    table
}

/// The form of memo file with which a shape's seeds are made.
pub fn memo_format(number: u8) -> MemoFormat {
    match extension(number) {
        "fpt" => MemoFormat::Fpt,
        "smt" => MemoFormat::Smt,
        _ if number == 1 => MemoFormat::Dbt3,
        _ => MemoFormat::Dbt4,
    }
}
