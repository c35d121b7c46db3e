//! [`FindingCode`]: everything that may be said of a table, with its word in JSON, its sentence and its remedy.

macro_rules! finding_codes {
    ($($(#[$about:meta])* $name:ident = $word:literal,)+) => {
        /// Kinds of findings in a table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum FindingCode {
            $($(#[$about])* $name,)+
        }

        impl FindingCode {
            /// Every code, warnings before notes.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the word in JSON.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word),+
                }
            }
        }
    };
}

finding_codes! {
    /// The version byte is unknown; the table was read as dBASE III.
    VersionUnknown = "VERSION_UNKNOWN",
    /// The header says that the rows are encrypted, but they are not.
    EncryptionFlagIgnored = "ENCRYPTION_FLAG_IGNORED",
    /// The language driver byte names no known page.
    LdidUnknown = "LDID_UNKNOWN",
    /// The `.cpg` file names no known page.
    CpgUnknown = "CPG_UNKNOWN",
    /// The `.cpg` file cannot be read.
    CpgUnreadable = "CPG_UNREADABLE",
    /// The header says UTF-8, and the text is none.
    PageDoubtful = "PAGE_DOUBTFUL",
    /// A column's name has bytes without a meaning.
    NameUndecodable = "NAME_UNDECODABLE",
    /// A column's type is none of the known ones; its bytes are treated as binary.
    TypeUnknown = "TYPE_UNKNOWN",
    /// The header's record length is wrong; that of the fields was taken.
    RecordLengthMended = "RECORD_LENGTH_MENDED",
    /// The header's length is wrong; the end of the list of columns was taken.
    HeaderLengthMended = "HEADER_LENGTH_MENDED",
    /// A column lies beyond the end of the record.
    ColumnBeyondRecord = "COLUMN_BEYOND_RECORD",
    /// Bytes of rows that no column covers are neither blank nor NUL.
    BytesOutsideColumns = "BYTES_OUTSIDE_COLUMNS",
    /// The file holds fewer rows than its header counts.
    RowsMissing = "ROWS_MISSING",
    /// Bytes of an incomplete row stand after the last whole one.
    RowPartial = "ROW_PARTIAL",
    /// The file holds whole rows after those its header counts.
    RowsBeyondHeader = "ROWS_BEYOND_HEADER",
    /// A row's flag is neither blank nor `*`.
    RowFlagInvalid = "ROW_FLAG_INVALID",
    /// A number field is filled with `*`: the value did not fit when it was stored.
    NumberOverflow = "NUMBER_OVERFLOW",
    /// A number field holds text that is no number.
    NumberInvalid = "NUMBER_INVALID",
    /// A number has a comma in place of the decimal point.
    NumberComma = "NUMBER_COMMA",
    /// A date that does not exist.
    DateInvalid = "DATE_INVALID",
    /// A date and time that do not exist.
    TimeInvalid = "TIME_INVALID",
    /// A logical field holds another letter.
    LogicalInvalid = "LOGICAL_INVALID",
    /// A floating-point value is not finite.
    NotFinite = "NOT_FINITE",
    /// A varchar or varbinary length is larger than its field.
    LengthInvalid = "LENGTH_INVALID",
    /// Text has bytes without a meaning in the page.
    TextUndecodable = "TEXT_UNDECODABLE",
    /// Text has NULs inside.
    TextNul = "TEXT_NUL",
    /// The entry with the memo file's name cannot be read.
    MemoUnreadable = "MEMO_UNREADABLE",
    /// The memo file is missing.
    MemoMissing = "MEMO_MISSING",
    /// A memo pointer leads nowhere.
    MemoPointerInvalid = "MEMO_POINTER_INVALID",
    /// A memo is cut by the end of its file.
    MemoCut = "MEMO_CUT",
    /// A memo is longer than the most that is read.
    MemoTooLong = "MEMO_TOO_LONG",
    /// The lengths of memos leave out their block headers.
    MemoLengthMended = "MEMO_LENGTH_MENDED",
    /// Binary values are left out by the settings.
    BinaryOmitted = "BINARY_OMITTED",
    /// Deleted rows are left out by the settings.
    DeletedSkipped = "DELETED_SKIPPED",
    /// A hidden system column is left out.
    ColumnHidden = "COLUMN_HIDDEN",
    /// A repeated column name was numbered.
    NameRepeated = "NAME_REPEATED",
    /// Soft line breaks were removed from memos.
    SoftBreaksRemoved = "SOFT_BREAKS_REMOVED",
    /// A number had an exponent as Fortran writes it.
    NumberExponent = "NUMBER_EXPONENT",
    /// Bytes after a NUL in a number field were left out.
    NumberEndedByNul = "NUMBER_ENDED_BY_NUL",
    /// The end mark stands in place of the last byte of the last row.
    EndMarkInRow = "END_MARK_IN_ROW",
    /// A field is filled with 1F.
    FillerIgnored = "FILLER_IGNORED",
}

/// The number of codes.
pub(super) const CODES: usize = FindingCode::ALL.len();

impl FindingCode {
    /// Returns the code of a word; `None` for one that this version does not know.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }

    /// Returns whether it concerns data omitted by the settings, and not a fault of the table.
    pub fn is_note(self) -> bool {
        self as u8 >= Self::BinaryOmitted as u8
    }

    /// Returns the remedy.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::MemoMissing | Self::MemoUnreadable => {
                "copy the table's memo file (`.dbt`, `.fpt` or `.smt`) into the folder of the table"
            }
            Self::LdidUnknown
            | Self::CpgUnknown
            | Self::CpgUnreadable
            | Self::PageDoubtful
            | Self::NameUndecodable
            | Self::TextUndecodable => {
                "find the right code page with `data_exporter preview`, then set it for the table in `[encoding] overrides`"
            }
            Self::RecordLengthMended
            | Self::HeaderLengthMended
            | Self::BytesOutsideColumns
            | Self::MemoLengthMended
            | Self::ColumnBeyondRecord
            | Self::RowsMissing
            | Self::RowPartial
            | Self::RowFlagInvalid
            | Self::MemoPointerInvalid
            | Self::MemoCut => {
                "the table is damaged: repair it with the program that writes it, or restore it from a backup"
            }
            Self::RowsBeyondHeader => {
                "check in the program whether they belong to the table; `[export] rows_beyond_header = \"export\"` exports them too"
            }
            _ => "check it with `data_exporter preview`, and correct it in the program that wrote it",
        }
    }

    /// Returns the message for `count` cases.
    pub(super) fn sentence(self, count: u64) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_is_for_what_was_found() {
        let of = FindingCode::remedy;
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
    fn every_word_is_that_of_one_code() {
        for code in FindingCode::ALL {
            assert_eq!(FindingCode::parse(code.as_str()), Some(*code));
        }
        assert_eq!(FindingCode::parse("NAME_HASHED"), None);
    }
}
