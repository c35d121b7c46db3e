//! What was found in a table: `Findings` counts by code and column, keeps the first places, and writes the
//! sentences. It must not put a value into a sentence: values go to [`Sample`]s, which only a terminal shows.

use std::fmt::Write as _;

use crate::models::export::{Finding, Sample};

/// How many rows a sentence names.
const PLACES: usize = 5;
/// How many values are kept for a terminal.
const SAMPLES: usize = 3;

/// Everything that can be found in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FindingCode {
    /// The version byte is none of the known ones; the table was read as dBASE III.
    VersionUnknown,
    /// The language driver byte names no known page.
    LdidUnknown,
    /// The `.cpg` file names no known page.
    CpgUnknown,
    /// A column's name has bytes without a meaning.
    NameUndecodable,
    /// A column's type is none of the known ones; its bytes are treated as binary.
    TypeUnknown,
    /// The header's record length is wrong; that of the fields was taken.
    RecordLengthMended,
    /// A column lies beyond the end of the record.
    ColumnBeyondRecord,
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
    /// The memo file is missing.
    MemoMissing,
    /// A memo pointer leads nowhere.
    MemoPointerInvalid,
    /// A memo is cut by the end of its file.
    MemoCut,
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
}

/// The number of variants of [`FindingCode`].
const CODES: usize = FindingCode::SoftBreaksRemoved as usize + 1;

impl FindingCode {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VersionUnknown => "VERSION_UNKNOWN",
            Self::LdidUnknown => "LDID_UNKNOWN",
            Self::CpgUnknown => "CPG_UNKNOWN",
            Self::NameUndecodable => "NAME_UNDECODABLE",
            Self::TypeUnknown => "TYPE_UNKNOWN",
            Self::RecordLengthMended => "RECORD_LENGTH_MENDED",
            Self::ColumnBeyondRecord => "COLUMN_BEYOND_RECORD",
            Self::RowsMissing => "ROWS_MISSING",
            Self::RowPartial => "ROW_PARTIAL",
            Self::RowsBeyondHeader => "ROWS_BEYOND_HEADER",
            Self::RowFlagInvalid => "ROW_FLAG_INVALID",
            Self::NumberOverflow => "NUMBER_OVERFLOW",
            Self::NumberInvalid => "NUMBER_INVALID",
            Self::DateInvalid => "DATE_INVALID",
            Self::TimeInvalid => "TIME_INVALID",
            Self::LogicalInvalid => "LOGICAL_INVALID",
            Self::NotFinite => "NOT_FINITE",
            Self::LengthInvalid => "LENGTH_INVALID",
            Self::TextUndecodable => "TEXT_UNDECODABLE",
            Self::TextNul => "TEXT_NUL",
            Self::MemoMissing => "MEMO_MISSING",
            Self::MemoPointerInvalid => "MEMO_POINTER_INVALID",
            Self::MemoCut => "MEMO_CUT",
            Self::BinaryOmitted => "BINARY_OMITTED",
            Self::DeletedSkipped => "DELETED_SKIPPED",
            Self::ColumnHidden => "COLUMN_HIDDEN",
            Self::NameRepeated => "NAME_REPEATED",
            Self::SoftBreaksRemoved => "SOFT_BREAKS_REMOVED",
        }
    }

    /// Whether it is what the settings leave out, and not a fault of the table.
    pub fn is_note(self) -> bool {
        self as u8 >= Self::BinaryOmitted as u8
    }

    /// The sentence, for `count` cases.
    fn sentence(self, count: u64) -> String {
        let s = |one: &str, many: &str| {
            if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
        };
        match self {
            Self::VersionUnknown => {
                "the version byte is unknown, so the table was read as dBASE III".to_owned()
            }
            Self::LdidUnknown => "the language driver byte is unknown, so it was taken as unset".to_owned(),
            Self::CpgUnknown => "the `.cpg` file names no known code page, so it was ignored".to_owned(),
            Self::NameUndecodable => {
                "the column's name has bytes without a meaning in the code page".to_owned()
            }
            Self::TypeUnknown => {
                "the column's type is unknown, so its bytes were treated as binary".to_owned()
            }
            Self::RecordLengthMended => {
                "the header's record length is wrong, so the sum of the columns was taken".to_owned()
            }
            Self::ColumnBeyondRecord => "the column lies beyond the end of the record".to_owned(),
            Self::RowsMissing => s(
                "row that the header counts is missing from the file",
                "rows that the header counts are missing from the file",
            ),
            Self::RowPartial => "a part of a row stands after the last whole one and was left out".to_owned(),
            Self::RowsBeyondHeader => s(
                "row stands after those that the header counts",
                "rows stand after those that the header counts",
            ),
            Self::RowFlagInvalid => s(
                "row has an invalid deletion flag and was exported as live",
                "rows have an invalid deletion flag and were exported as live",
            ),
            Self::NumberOverflow => {
                s("number is overflowed (`*`) and left empty", "numbers are overflowed (`*`) and left empty")
            }
            Self::NumberInvalid => {
                s("value is no number and left empty", "values are no numbers and left empty")
            }
            Self::DateInvalid => {
                s("date does not exist and is left empty", "dates do not exist and are left empty")
            }
            Self::TimeInvalid => s(
                "date and time does not exist and is left empty",
                "dates and times do not exist and are left empty",
            ),
            Self::LogicalInvalid => s(
                "logical value is neither true nor false and left empty",
                "logical values are neither true nor false and left empty",
            ),
            Self::NotFinite => {
                s("number is not finite and left empty", "numbers are not finite and left empty")
            }
            Self::LengthInvalid => s(
                "length is larger than its column; the bytes before it were taken",
                "lengths are larger than their column; the bytes before them were taken",
            ),
            Self::TextUndecodable => s(
                "byte has no meaning in the code page and became U+FFFD",
                "bytes have no meaning in the code page and became U+FFFD",
            ),
            Self::TextNul => s("NUL inside text became U+FFFD", "NULs inside text became U+FFFD"),
            Self::MemoMissing => s(
                "memo is empty because the memo file is missing",
                "memos are empty because the memo file is missing",
            ),
            Self::MemoPointerInvalid => s(
                "memo pointer leads nowhere; the memo is left empty",
                "memo pointers lead nowhere; the memos are left empty",
            ),
            Self::MemoCut => s(
                "memo is cut by the end of its file; what is there was taken",
                "memos are cut by the end of their file; what is there was taken",
            ),
            Self::BinaryOmitted => {
                s("binary value is left out by the settings", "binary values are left out by the settings")
            }
            Self::DeletedSkipped => {
                s("deleted row is left out by the settings", "deleted rows are left out by the settings")
            }
            Self::ColumnHidden => s("hidden system column is left out", "hidden system columns are left out"),
            Self::NameRepeated => "the name stands twice in the table, so a number was added".to_owned(),
            Self::SoftBreaksRemoved => {
                s("soft line break was removed from memos", "soft line breaks were removed from memos")
            }
        }
    }
}

/// What a person can do about a finding, by the word of its [`FindingCode`].
pub fn remedy(code: &str) -> &'static str {
    match code {
        "MEMO_MISSING" => "copy the table's memo file (`.dbt`, `.fpt` or `.smt`) to where the table is",
        "LDID_UNKNOWN" | "CPG_UNKNOWN" | "NAME_UNDECODABLE" | "TEXT_UNDECODABLE" => {
            "find the right code page with `data_exporter preview`, and name it for the table in `[encoding] overrides`"
        }
        "RECORD_LENGTH_MENDED"
        | "COLUMN_BEYOND_RECORD"
        | "ROWS_MISSING"
        | "ROW_PARTIAL"
        | "ROW_FLAG_INVALID"
        | "MEMO_POINTER_INVALID"
        | "MEMO_CUT" => {
            "the table is damaged: repair it with the program that writes it, or take it from a backup"
        }
        "ROWS_BEYOND_HEADER" => {
            "see in the program whether they belong to the table; `[export] rows_beyond_header = \"export\"` sends them too"
        }
        _ => "look at it with `data_exporter preview`, and correct it in the program that wrote it",
    }
}

#[derive(Debug)]
struct FindingEntry {
    code: FindingCode,
    column: Option<u32>,
    count: u64,
    rows: Vec<u64>,
    samples: Vec<Sample>,
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
            self.entries.push(FindingEntry { code, column, count: 0, rows: Vec::new(), samples: Vec::new() });
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
        let mut message = self.code.sentence(self.count);
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
        assert_eq!(
            warnings[0].message,
            "1 row has an invalid deletion flag and was exported as live (row 9)"
        );
        assert_eq!(warnings[1].message, "7 values are no numbers and left empty (rows 1, 2, 3, 4, 5, ...)");
        assert_eq!(
            (warnings[1].row, warnings[1].column.as_deref(), warnings[1].count),
            (Some(1), Some("B"), 7)
        );
        assert_eq!(warnings[1].samples.len(), 3);
        assert_eq!(notes[0].message, "2 deleted rows are left out by the settings");
    }
}
