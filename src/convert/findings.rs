//! `Findings`: counts the problems of a table by code and column, keeps the first places, and writes the messages.
//! Never puts a value into a message: values go to [`Sample`]s, which only a terminal shows.

use std::fmt::Write as _;

use crate::models::export::{Finding, Sample};

/// Number of rows that a message names.
const PLACES: usize = 5;
/// Number of values that are kept for a terminal.
const SAMPLES: usize = 3;

/// Kinds of findings in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FindingCode {
    /// The version byte is unknown; the table was read as dBASE III.
    VersionUnknown,
    /// The header says that the rows are encrypted, but they are not.
    EncryptionFlagIgnored,
    /// The language driver byte names no known page.
    LdidUnknown,
    /// The `.cpg` file names no known page.
    CpgUnknown,
    /// The `.cpg` file cannot be read.
    CpgUnreadable,
    /// The header says UTF-8, and the text is none.
    PageDoubtful,
    /// A column's name has bytes without a meaning.
    NameUndecodable,
    /// A column's type is none of the known ones; its bytes are treated as binary.
    TypeUnknown,
    /// The header's record length is wrong; that of the fields was taken.
    RecordLengthMended,
    /// The header's length is wrong; the end of the list of columns was taken.
    HeaderLengthMended,
    /// A column lies beyond the end of the record.
    ColumnBeyondRecord,
    /// Bytes of rows that no column covers are neither blank nor NUL.
    BytesOutsideColumns,
    /// The file holds fewer rows than its header counts.
    RowsMissing,
    /// Bytes of an incomplete row stand after the last whole one.
    RowPartial,
    /// The file holds whole rows after those its header counts.
    RowsBeyondHeader,
    /// A row's flag is neither blank nor `*`.
    RowFlagInvalid,
    /// A number field is filled with `*`: the value did not fit when it was stored.
    NumberOverflow,
    /// A number field holds text that is no number.
    NumberInvalid,
    /// A number has a comma in place of the decimal point.
    NumberComma,
    /// A date that does not exist.
    DateInvalid,
    /// A date and time that do not exist.
    TimeInvalid,
    /// A logical field holds another letter.
    LogicalInvalid,
    /// A floating-point value is not finite.
    NotFinite,
    /// A varchar or varbinary length is larger than its field.
    LengthInvalid,
    /// Text has bytes without a meaning in the page.
    TextUndecodable,
    /// Text has NULs inside.
    TextNul,
    /// The entry with the memo file's name cannot be read.
    MemoUnreadable,
    /// The memo file is missing.
    MemoMissing,
    /// A memo pointer leads nowhere.
    MemoPointerInvalid,
    /// A memo is cut by the end of its file.
    MemoCut,
    /// A memo is longer than the most that is read.
    MemoTooLong,
    /// The lengths of memos leave out their block headers.
    MemoLengthMended,
    /// Binary values are left out by the settings.
    BinaryOmitted,
    /// Deleted rows are left out by the settings.
    DeletedSkipped,
    /// A hidden system column is left out.
    ColumnHidden,
    /// A repeated column name was numbered.
    NameRepeated,
    /// Soft line breaks were removed from memos.
    SoftBreaksRemoved,
    /// A number had an exponent as Fortran writes it.
    NumberExponent,
    /// Bytes after a NUL in a number field were left out.
    NumberEndedByNul,
    /// The end mark stands in place of the last byte of the last row.
    EndMarkInRow,
    /// A field is filled with 1F.
    FillerIgnored,
}

/// The number of variants of [`FindingCode`].
const CODES: usize = FindingCode::FillerIgnored as usize + 1;

impl FindingCode {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VersionUnknown => "VERSION_UNKNOWN",
            Self::EncryptionFlagIgnored => "ENCRYPTION_FLAG_IGNORED",
            Self::LdidUnknown => "LDID_UNKNOWN",
            Self::CpgUnknown => "CPG_UNKNOWN",
            Self::CpgUnreadable => "CPG_UNREADABLE",
            Self::PageDoubtful => "PAGE_DOUBTFUL",
            Self::NameUndecodable => "NAME_UNDECODABLE",
            Self::TypeUnknown => "TYPE_UNKNOWN",
            Self::RecordLengthMended => "RECORD_LENGTH_MENDED",
            Self::HeaderLengthMended => "HEADER_LENGTH_MENDED",
            Self::ColumnBeyondRecord => "COLUMN_BEYOND_RECORD",
            Self::BytesOutsideColumns => "BYTES_OUTSIDE_COLUMNS",
            Self::RowsMissing => "ROWS_MISSING",
            Self::RowPartial => "ROW_PARTIAL",
            Self::RowsBeyondHeader => "ROWS_BEYOND_HEADER",
            Self::RowFlagInvalid => "ROW_FLAG_INVALID",
            Self::NumberOverflow => "NUMBER_OVERFLOW",
            Self::NumberInvalid => "NUMBER_INVALID",
            Self::NumberComma => "NUMBER_COMMA",
            Self::DateInvalid => "DATE_INVALID",
            Self::TimeInvalid => "TIME_INVALID",
            Self::LogicalInvalid => "LOGICAL_INVALID",
            Self::NotFinite => "NOT_FINITE",
            Self::LengthInvalid => "LENGTH_INVALID",
            Self::TextUndecodable => "TEXT_UNDECODABLE",
            Self::TextNul => "TEXT_NUL",
            Self::MemoUnreadable => "MEMO_UNREADABLE",
            Self::MemoMissing => "MEMO_MISSING",
            Self::MemoPointerInvalid => "MEMO_POINTER_INVALID",
            Self::MemoCut => "MEMO_CUT",
            Self::MemoTooLong => "MEMO_TOO_LONG",
            Self::MemoLengthMended => "MEMO_LENGTH_MENDED",
            Self::BinaryOmitted => "BINARY_OMITTED",
            Self::DeletedSkipped => "DELETED_SKIPPED",
            Self::ColumnHidden => "COLUMN_HIDDEN",
            Self::NameRepeated => "NAME_REPEATED",
            Self::SoftBreaksRemoved => "SOFT_BREAKS_REMOVED",
            Self::NumberExponent => "NUMBER_EXPONENT",
            Self::NumberEndedByNul => "NUMBER_ENDED_BY_NUL",
            Self::EndMarkInRow => "END_MARK_IN_ROW",
            Self::FillerIgnored => "FILLER_IGNORED",
        }
    }

    /// Returns whether it concerns data omitted by the settings, and not a fault of the table.
    pub fn is_note(self) -> bool {
        self as u8 >= Self::BinaryOmitted as u8
    }

    /// Returns the message for `count` cases.
    fn sentence(self, count: u64) -> String {
        let s = |one: &str, many: &str| {
            if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
        };
        match self {
            Self::VersionUnknown => {
                "unknown version byte; read as dBASE III".to_owned()
            }
            Self::LdidUnknown => "unknown language driver byte; ignored".to_owned(),
            Self::CpgUnknown => "the `.cpg` file names an unknown code page; ignored".to_owned(),
            Self::EncryptionFlagIgnored => {
                "the header says that the table is encrypted, but its rows are plain, so they were read".to_owned()
            }
            Self::CpgUnreadable => "the `.cpg` file cannot be read, so it was ignored".to_owned(),
            Self::PageDoubtful => "the header says UTF-8, but the text is not UTF-8".to_owned(),
            Self::NameUndecodable => {
                "the column name contains bytes that are not valid in the code page".to_owned()
            }
            Self::TypeUnknown => {
                "unknown column type; read as binary".to_owned()
            }
            Self::RecordLengthMended => {
                "the record length in the header is wrong; the sum of the column lengths was used".to_owned()
            }
            Self::ColumnBeyondRecord => "the column extends past the end of the record".to_owned(),
            Self::HeaderLengthMended => {
                "the header's length is wrong, so the rows were read from the end of the list of columns".to_owned()
            }
            Self::BytesOutsideColumns => {
                s("row holds bytes that belong to no column", "rows hold bytes that belong to no column")
            }
            Self::RowsMissing => s(
                "row fewer in the file than its header says",
                "rows fewer in the file than its header says",
            ),
            Self::RowPartial => "the file ends with an incomplete row; skipped".to_owned(),
            Self::RowsBeyondHeader => s(
                "row beyond the row count in the header",
                "rows beyond the row count in the header",
            ),
            Self::RowFlagInvalid => s(
                "row has an invalid deletion flag; exported as active",
                "rows have an invalid deletion flag; exported as active",
            ),
            Self::NumberOverflow => s(
                "number did not fit its column (`***`); left empty",
                "numbers did not fit their column (`***`); left empty",
            ),
            Self::NumberInvalid => {
                s("value is not a number; left empty", "values are not numbers; left empty")
            }
            Self::NumberComma => s(
                "number has a comma as its decimal point and was written with a point",
                "numbers have a comma as their decimal point and were written with a point",
            ),
            Self::DateInvalid => {
                s("date does not exist; left empty", "dates do not exist; left empty")
            }
            Self::TimeInvalid => s(
                "date with time does not exist; left empty",
                "dates with times do not exist; left empty",
            ),
            Self::LogicalInvalid => s(
                "logical value is neither true nor false; left empty",
                "logical values are neither true nor false; left empty",
            ),
            Self::NotFinite => {
                s("number is infinite or undefined; left empty", "numbers are infinite or undefined; left empty")
            }
            Self::LengthInvalid => s(
                "length is larger than its column; limited to the column",
                "lengths are larger than their column; limited to the column",
            ),
            Self::TextUndecodable => s(
                "byte is not valid in the code page; replaced with U+FFFD",
                "bytes are not valid in the code page; replaced with U+FFFD",
            ),
            Self::TextNul => s(
                "NUL byte in text; replaced with U+FFFD",
                "NUL bytes in text; replaced with U+FFFD",
            ),
            Self::MemoUnreadable => "the memo file cannot be read".to_owned(),
            Self::MemoTooLong => s(
                "memo is too long; its beginning was taken",
                "memos are too long; their beginnings were taken",
            ),
            Self::MemoLengthMended => {
                "the lengths in the memo file leave out the 8 bytes of the block headers; the whole texts were taken"
                    .to_owned()
            }
            Self::MemoMissing => s(
                "memo left empty because the memo file is missing",
                "memos left empty because the memo file is missing",
            ),
            Self::MemoPointerInvalid => s(
                "memo pointer is not valid; the memo is left empty",
                "memo pointers are not valid; the memos are left empty",
            ),
            Self::MemoCut => s(
                "memo is cut off at the end of the memo file; its beginning was read",
                "memos are cut off at the end of the memo file; their beginnings were read",
            ),
            Self::BinaryOmitted => {
                s("binary value skipped", "binary values skipped")
            }
            Self::DeletedSkipped => {
                s("deleted row skipped", "deleted rows skipped")
            }
            Self::ColumnHidden => s("hidden system column skipped", "hidden system columns skipped"),
            Self::NameRepeated => "the column name occurs more than once; a number was added".to_owned(),
            Self::NumberExponent => s(
                "number has an exponent with D and was written with E",
                "numbers have an exponent with D and were written with E",
            ),
            Self::NumberEndedByNul => s(
                "number ends at a NUL; the bytes after it were left out",
                "numbers end at a NUL; the bytes after it were left out",
            ),
            Self::EndMarkInRow => {
                "the end mark of the file stands in place of the last byte of the last row".to_owned()
            }
            Self::FillerIgnored => s(
                "field holds only filler bytes (1F) and is left empty",
                "fields hold only filler bytes (1F) and are left empty",
            ),
            Self::SoftBreaksRemoved => {
                s("soft line break removed from memos", "soft line breaks removed from memos")
            }
        }
    }
}

/// Returns the remedy of a finding, by the word of its [`FindingCode`].
pub fn remedy(code: &str) -> &'static str {
    match code {
        "MEMO_MISSING" | "MEMO_UNREADABLE" => {
            "copy the table's memo file (`.dbt`, `.fpt` or `.smt`) into the folder of the table"
        }
        "LDID_UNKNOWN" | "CPG_UNKNOWN" | "CPG_UNREADABLE" | "PAGE_DOUBTFUL" | "NAME_UNDECODABLE"
        | "TEXT_UNDECODABLE" => {
            "find the right code page with `data_exporter preview`, then set it for the table in `[encoding] overrides`"
        }
        "RECORD_LENGTH_MENDED"
        | "HEADER_LENGTH_MENDED"
        | "BYTES_OUTSIDE_COLUMNS"
        | "MEMO_LENGTH_MENDED"
        | "COLUMN_BEYOND_RECORD"
        | "ROWS_MISSING"
        | "ROW_PARTIAL"
        | "ROW_FLAG_INVALID"
        | "MEMO_POINTER_INVALID"
        | "MEMO_CUT" => {
            "the table is damaged: repair it with the program that writes it, or restore it from a backup"
        }
        "ROWS_BEYOND_HEADER" => {
            "check in the program whether they belong to the table; `[export] rows_beyond_header = \"export\"` exports them too"
        }
        _ => "check it with `data_exporter preview`, and correct it in the program that wrote it",
    }
}

#[derive(Debug)]
struct FindingEntry {
    code: FindingCode,
    column: Option<u32>,
    count: u64,
    rows: Vec<u64>,
    samples: Vec<Sample>,
    /// A sentence in place of the code's own.
    sentence: Option<String>,
}

/// The collector of one conversion.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    entries: Vec<FindingEntry>,
    /// `(column + 1) * CODES + code` -> index in `entries` plus one.
    index: Vec<u32>,
}

impl Findings {
    /// Counts something that concerns the whole table.
    pub(crate) fn table(&mut self, code: FindingCode, count: u64) {
        if count > 0 {
            self.entry(code, None).count += count;
        }
    }

    /// Reports something that concerns the whole table, in a sentence of its own.
    pub(crate) fn sentence(&mut self, code: FindingCode, sentence: String) {
        let entry = self.entry(code, None);
        entry.count += 1;
        entry.sentence = Some(sentence);
    }

    /// How often something was found, over all columns.
    pub(crate) fn count(&self, code: FindingCode) -> u64 {
        self.entries.iter().filter(|entry| entry.code == code).map(|entry| entry.count).sum()
    }

    /// Counts something that concerns a whole column, by its index among the exported ones.
    pub(crate) fn column(&mut self, code: FindingCode, column: u32, count: u64) {
        if count > 0 {
            self.entry(code, Some(column)).count += count;
        }
    }

    /// Counts something in a whole row, counted from 1.
    pub(crate) fn row(&mut self, code: FindingCode, row: u64) {
        let entry = self.entry(code, None);
        entry.count += 1;
        entry.place(row);
    }

    /// Counts something in a cell; `value` is shown on a terminal only.
    #[cold]
    pub(crate) fn cell(&mut self, code: FindingCode, column: u32, row: u64, count: u64, value: &[u8]) {
        let entry = self.entry(code, Some(column));
        entry.count += count;
        entry.place(row);
        if entry.samples.len() < SAMPLES {
            let shown = &value[..value.len().min(64)];
            entry.samples.push(Sample { row, text: shown.escape_ascii().to_string() });
        }
    }

    /// The warnings and the notes, in the order of their codes, with the names of `columns`.
    pub(crate) fn finish(mut self, columns: &[String]) -> (Vec<Finding>, Vec<Finding>) {
        self.entries.sort_by_key(|entry| (entry.code as u8, entry.column));
        self.entries.into_iter().map(|entry| (entry.code.is_note(), entry.finish(columns))).fold(
            (Vec::new(), Vec::new()),
            |(mut warnings, mut notes), (note, finding)| {
                if note {
                    notes.push(finding);
                } else {
                    warnings.push(finding);
                }
                (warnings, notes)
            },
        )
    }

    fn entry(&mut self, code: FindingCode, column: Option<u32>) -> &mut FindingEntry {
        let slot = column.map_or(0, |column| column as usize + 1) * CODES + code as usize;
        if slot >= self.index.len() {
            self.index.resize(slot + 1, 0);
        }
        if self.index[slot] == 0 {
            self.entries.push(FindingEntry {
                code,
                column,
                count: 0,
                rows: Vec::new(),
                samples: Vec::new(),
                sentence: None,
            });
            self.index[slot] = self.entries.len() as u32;
        }
        &mut self.entries[self.index[slot] as usize - 1]
    }
}

impl FindingEntry {
    fn place(&mut self, row: u64) {
        if self.rows.len() < PLACES && self.rows.last() != Some(&row) {
            self.rows.push(row);
        }
    }

    fn finish(self, columns: &[String]) -> Finding {
        let mut message = self.sentence.unwrap_or_else(|| self.code.sentence(self.count));
        for (index, row) in self.rows.iter().enumerate() {
            let lead = match (index, self.rows.len()) {
                (0, 1) => " (row ",
                (0, _) => " (rows ",
                _ => ", ",
            };
            let _ = write!(message, "{lead}{row}");
        }
        if !self.rows.is_empty() {
            message.push_str(if self.rows.len() == PLACES && self.count > PLACES as u64 {
                ", ...)"
            } else {
                ")"
            });
        }
        Finding {
            code: self.code.as_str().to_owned(),
            row: self.rows.first().copied(),
            column: self.column.and_then(|column| columns.get(column as usize).cloned()),
            count: self.count,
            message,
            samples: self.samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_is_for_what_was_found() {
        let of = |code: FindingCode| remedy(code.as_str());
        assert!(of(FindingCode::MemoMissing).contains("memo file"));
        assert!(
            of(FindingCode::TextUndecodable).contains("overrides")
                && of(FindingCode::CpgUnknown).contains("overrides")
        );
        assert!(
            of(FindingCode::RowPartial).contains("damaged") && of(FindingCode::MemoCut).contains("damaged")
        );
        assert!(of(FindingCode::RowsBeyondHeader).contains("rows_beyond_header"));
        assert!(of(FindingCode::DateInvalid).contains("correct it"));
    }

    #[test]
    fn counts_by_code_and_column_and_keeps_the_first_places() {
        let mut findings = Findings::default();
        for row in 1..=7 {
            findings.cell(FindingCode::NumberInvalid, 1, row, 1, b"1,5");
        }
        findings.table(FindingCode::DeletedSkipped, 2);
        findings.table(FindingCode::RowsMissing, 0);
        findings.row(FindingCode::RowFlagInvalid, 9);
        let (warnings, notes) = findings.finish(&["A".to_owned(), "B".to_owned()]);
        assert_eq!(warnings.len(), 2);
        assert_eq!(warnings[0].message, "1 row has an invalid deletion flag; exported as active (row 9)");
        assert_eq!(warnings[1].message, "7 values are not numbers; left empty (rows 1, 2, 3, 4, 5, ...)");
        assert_eq!(
            (warnings[1].row, warnings[1].column.as_deref(), warnings[1].count),
            (Some(1), Some("B"), 7)
        );
        assert_eq!(warnings[1].samples.len(), 3);
        assert_eq!(notes[0].message, "2 deleted rows skipped");
    }
}
