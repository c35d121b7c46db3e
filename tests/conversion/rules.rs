//! Statements of docs/dbf.md that are easy to get almost right.

use data_exporter::config::{Deleted, RowsBeyondHeader, SoftBreaks};
use data_exporter::convert::{ConvertSettings, Rules};
use data_exporter::models::Config;
use data_exporter::models::export::EncodingSource;
use test_tables::{Dialect, Field, Files, MemoFormat, Table, Value, damage};

use crate::{Cell, Converted, convert, convert_with, settings};

fn codes(converted: &Converted) -> Vec<&str> {
    converted.report.warnings.iter().map(|finding| finding.code.as_str()).collect()
}

fn notes(converted: &Converted) -> Vec<(&str, u64)> {
    converted.report.notes.iter().map(|finding| (finding.code.as_str(), finding.count)).collect()
}

fn cell(text: &str, quoted: bool) -> Cell {
    Cell { text: text.to_owned(), quoted }
}

fn names(count: u8) -> Files {
    let mut table = Table::new(Dialect::DBase3).field(Field::character("NAME", 4));
    for number in 1..=count {
        table.push(if number % 2 == 0 { b'*' } else { b' ' }, [format!("r{number}").as_str().into()]);
    }
    table.build()
}

fn exported(files: &Files) -> Converted {
    convert_with(files, &settings(Deleted::Skip, RowsBeyondHeader::Export)).unwrap()
}

#[test]
fn rows_beyond_the_header_end_at_the_mark_and_deleted_ones_among_them_are_noted() {
    let mut files = names(6);
    damage::header_count(&mut files, 2);
    let converted = exported(&files);
    assert_eq!(converted.column(0), ["r1", "r3", "r5"]);
    let rows = converted.report.rows;
    assert_eq!((rows.live, rows.deleted, rows.beyond_header, rows.written), (1, 1, 4, 3));
    assert_eq!(notes(&converted), [("DELETED_SKIPPED", 3)]);
    damage::flag(&mut files, 3, 0x1A);
    let converted = exported(&files);
    assert_eq!((converted.column(0), converted.report.rows.beyond_header), (vec!["r1", "r3"], 1));
    damage::flag(&mut files, 2, b'x');
    assert_eq!(codes(&exported(&files)), ["ROWS_BEYOND_HEADER", "ROW_FLAG_INVALID"]);
}

#[test]
fn an_end_mark_within_the_headers_rows_ends_nothing() {
    let mut files = names(3);
    damage::flag(&mut files, 0, 0x1A);
    damage::cell(&mut files, 2, 0, &[b'a', 0x1A, b'b']);
    let converted = convert(&files);
    assert_eq!(converted.column(0), ["r1", "a\u{1a}b"]);
    assert_eq!((converted.report.rows.bad, codes(&converted)), (1, vec!["ROW_FLAG_INVALID"]));
}

#[test]
fn only_a_part_of_a_row_without_an_end_mark_before_it_is_a_part_of_a_row() {
    for (tail, expected) in [
        (&b" r9"[..], &["ROW_PARTIAL"][..]),
        (b"\x1A\0\0", &[]),
        (b"\x1A r9  tail", &[]),
        (b"", &[]),
        (b" r9  \x1A", &["ROWS_BEYOND_HEADER"]),
        (b" r9   r", &["ROW_PARTIAL", "ROWS_BEYOND_HEADER"]),
    ] {
        let mut files = names(2);
        damage::truncate(&mut files, 1);
        damage::append(&mut files, tail);
        assert_eq!(codes(&convert(&files)), expected, "{tail:?}");
    }
}

#[test]
fn a_preview_stops_where_it_is_told() {
    let mut files = names(5);
    damage::append(&mut files, b"trailing bytes after the end mark");
    for (limit, rows) in [(0, &[][..]), (1, &["r1"]), (2, &["r1", "r3"]), (3, &["r1", "r3", "r5"])] {
        let base = settings(Deleted::Skip, RowsBeyondHeader::Skip);
        let converted = convert_with(&files, &ConvertSettings { row_limit: Some(limit), ..base }).unwrap();
        assert_eq!(converted.column(0), rows);
        assert_eq!(codes(&converted), [""; 0], "{limit}");
    }
    damage::truncate(&mut files, 40);
    let base = settings(Deleted::Skip, RowsBeyondHeader::Skip);
    let converted = convert_with(&files, &ConvertSettings { row_limit: Some(20), ..base }).unwrap();
    assert_eq!(codes(&converted), ["ROWS_MISSING", "ROW_PARTIAL"]);
}

#[test]
fn field_flags_are_junk_outside_visual_foxpro() {
    for dialect in [Dialect::DBase3, Dialect::DBase4, Dialect::FoxPro2, Dialect::VisualFoxPro] {
        let field = Field::character("NAME", 4).nullable().binary();
        let files = Table::new(dialect).language(0x65).field(field).row([Value::Raw(vec![0x80])]).build();
        let converted = convert(&files);
        let expected = if dialect.is_visual() { cell("gCAgIA==", false) } else { cell("А", false) };
        assert_eq!(converted.rows[0], [expected], "{dialect:?}");
    }
}

#[test]
fn null_bits_go_on_in_the_second_byte() {
    let mut table = Table::new(Dialect::VisualFoxProVar);
    for number in 0..6 {
        table = table.field(Field::varchar(format!("V{number}"), 4).nullable());
    }
    let files =
        table.row(["abcd".into(), Value::Null, "".into(), "ab".into(), Value::Null, "abc ".into()]).build();
    assert_eq!(*files.widths.last().unwrap(), 2, "twelve bits");
    let expected = [
        cell("abcd", false),
        cell("", false),
        cell("", true),
        cell("ab", false),
        cell("", false),
        cell("abc ", false),
    ];
    assert_eq!(convert(&files).rows[0], expected);
}

#[test]
fn without_null_flags_nothing_is_null_or_short() {
    let files = Table::new(Dialect::VisualFoxProVar)
        .field(Field::varchar("V", 4).nullable())
        .without_null_flags()
        .row([Value::Raw(b"ab\x20\x02".to_vec())])
        .build();
    assert_eq!(convert(&files).rows[0], [cell("ab \u{2}", false)]);
}

#[test]
fn a_length_beyond_the_width_gives_the_bytes_before_it() {
    let files = Table::new(Dialect::VisualFoxProVar)
        .field(Field::varchar("V", 4))
        .field(Field::varbinary("Q", 4))
        .row([Value::Raw(b"abc\x04".to_vec()), Value::Raw(b"xyz\xFF".to_vec())])
        .row([Value::Raw(b"abc\x03".to_vec()), Value::Raw(b"xyz\x00".to_vec())])
        .build();
    let converted = convert(&files);
    assert_eq!((converted.column(0), converted.column(1)), (vec!["abc", "abc"], vec!["eHl6", ""]));
    assert_eq!(codes(&converted), ["LENGTH_INVALID", "LENGTH_INVALID"]);
}

#[test]
fn a_binary_text_that_the_settings_leave_out_is_no_empty_text() {
    let files = Table::new(Dialect::VisualFoxPro)
        .field(Field::character("C", 3).nullable().binary())
        .row([Value::Raw(vec![1, 0xFF, 0])])
        .row(["".into()])
        .build();
    let omit =
        ConvertSettings { gzip_level: None, ..Rules::new(&Config::default()).unwrap().settings_for("t.dbf") };
    let converted = convert_with(&files, &omit).unwrap();
    // A row that would be an empty line is quoted all the same.
    assert_eq!(converted.rows, [[cell("", true)], [cell("", true)]]);
    assert_eq!((codes(&converted), notes(&converted)[0]), (vec![], ("BINARY_OMITTED", 1)));
}

fn memos(dialect: Dialect, format: MemoFormat, texts: &[&[u8]]) -> Files {
    let mut table =
        Table::new(dialect).language(0x65).memo_format(Some(format)).field(Field::memo("M", dialect));
    for text in texts {
        table.push(b' ', [(*text).into()]);
    }
    table.build()
}

#[test]
fn the_content_of_a_memo_file_tells_its_kind_whatever_it_is_called() {
    let texts: [&[u8]; 3] = [b"first", b"", b"the third, and longer"];
    for (dialect, format) in [
        (Dialect::DBase3Memo, MemoFormat::Dbt3),
        (Dialect::DBase3Memo, MemoFormat::Dbt4),
        (Dialect::DBase3Memo, MemoFormat::Fpt),
        (Dialect::DBase3Memo, MemoFormat::Smt),
        (Dialect::DBase4Memo, MemoFormat::Dbt4),
        (Dialect::DBase4Memo, MemoFormat::Dbt3),
        (Dialect::FoxPro2, MemoFormat::Fpt),
        (Dialect::FoxPro2, MemoFormat::Dbt4),
        (Dialect::VisualFoxPro, MemoFormat::Dbt4),
        (Dialect::Smt, MemoFormat::Smt),
        (Dialect::Smt, MemoFormat::Fpt),
    ] {
        for extension in ["dbt", "fpt", "smt"] {
            let mut files = memos(dialect, format, &texts);
            files.memo_extension = extension;
            let converted = convert(&files);
            let expected = ["first", "", "the third, and longer"];
            assert_eq!(converted.column(0), expected, "{dialect:?} {format:?} .{extension}");
            assert_eq!(codes(&converted), [""; 0], "{dialect:?} {format:?} .{extension}");
        }
    }
}

#[test]
fn one_memo_is_enough_to_tell_and_may_stand_beyond_the_header() {
    for (dialect, format) in [(Dialect::DBase7Memo, MemoFormat::Dbt4), (Dialect::Smt, MemoFormat::Smt)] {
        let mut files = Table::new(dialect)
            .language(0x65)
            .memo_format(Some(format))
            .block_size(1024)
            .field(Field::memo("M", dialect))
            .row(["only".into()])
            .build();
        files.memo_extension = "fpt";
        assert_eq!(convert(&files).column(0), ["only"], "{dialect:?}");
        damage::header_count(&mut files, 0);
        assert_eq!(exported(&files).column(0), ["only"], "{dialect:?}");
    }
}

#[test]
fn memos_that_begin_after_many_rows_without_any_are_told_as_well() {
    let mut texts: Vec<&[u8]> = vec![b""; 60_000];
    texts.push(b"late");
    let mut table = Table::new(Dialect::DBase3Memo).memo_format(Some(MemoFormat::Dbt4));
    table = table.field(Field::memo("M", Dialect::DBase3Memo));
    for text in texts {
        table.push(b' ', [if text.is_empty() { Value::Blank } else { text.into() }]);
    }
    assert_eq!(convert(&table.build()).column(0).last(), Some(&"late"));
}

#[test]
fn a_pointer_into_the_middle_of_a_memo_gives_nothing() {
    let long = vec![b'x'; 4000];
    for (dialect, format) in [
        (Dialect::DBase4Memo, MemoFormat::Dbt4),
        (Dialect::FoxPro2, MemoFormat::Fpt),
        (Dialect::VisualFoxPro, MemoFormat::Fpt),
    ] {
        let files = Table::new(dialect)
            .memo_format(Some(format))
            .field(Field::memo("M", dialect))
            .row([Value::Pointer(3)])
            .deleted_row([long.clone().into()])
            .build();
        let mut only_wrong = files.clone();
        let width = files.widths[0];
        damage::cell(&mut only_wrong, 1, 0, &vec![if width == 4 { 0 } else { b' ' }; width]);
        for files in [files, only_wrong] {
            let converted = convert(&files);
            assert_eq!(converted.column(0), [""], "{dialect:?}");
            assert_eq!(codes(&converted), ["MEMO_POINTER_INVALID"], "{dialect:?}");
        }
    }
}

#[test]
fn the_next_memo_bounds_one_of_dbase_3_also_when_its_row_is_deleted() {
    let mut files = Table::new(Dialect::DBase3Memo)
        .field(Field::memo("M", Dialect::DBase3Memo))
        .row(["one".into()])
        .deleted_row(["two".into()])
        .build();
    // The first memo loses its end: without the bound it would run into the second.
    let memo = files.memo.as_mut().unwrap();
    memo[512..1024].fill(b'.');
    assert_eq!(convert(&files).column(0), [".".repeat(512)]);
    files.memo.as_mut().unwrap()[515] = 0x1A;
    assert_eq!(convert(&files).column(0), ["..."], "as Clipper ends it");
}

#[test]
fn pointers_may_be_padded_on_either_side() {
    let mut files = memos(Dialect::DBase3Memo, MemoFormat::Dbt3, &[b"a", b"b", b"c", b"d", b"e"]);
    for (row, pointer) in
        [&b"1         "[..], b"         2", b"0000000003", b"4\0\0\0\0\0\0\0\0\0", b"  5       "]
            .into_iter()
            .enumerate()
    {
        damage::cell(&mut files, row, 0, pointer);
    }
    assert_eq!(convert(&files).column(0), ["a", "b", "c", "d", "e"]);
}

#[test]
fn soft_breaks_are_kept_where_they_may_be_letters() {
    let wrapped: &[u8] = b"one \x8D\ntwo\r\nthree";
    let (removed, unchanged) = ("one two\r\nthree", "one Н\ntwo\r\nthree");
    for (dialect, format, expected) in [
        (Dialect::DBase3Memo, MemoFormat::Dbt3, removed),
        (Dialect::DBase4Memo, MemoFormat::Dbt4, removed),
        (Dialect::FoxPro2, MemoFormat::Fpt, removed),
        (Dialect::VisualFoxPro, MemoFormat::Fpt, unchanged),
    ] {
        let converted = convert(&memos(dialect, format, &[wrapped]));
        assert_eq!(converted.column(0), [expected], "{dialect:?}");
        let expected = if expected == removed { vec![("SOFT_BREAKS_REMOVED", 1)] } else { vec![] };
        assert_eq!(notes(&converted), expected, "{dialect:?}");
    }
    // Н of CP866 stands inside words as well; where 8D is no letter, it is always a soft break.
    for (language, memo, expected) in [
        (0x65, &b"\x8D\none\x8D\ntwo-\x8D\nend"[..], "Н\noneН\ntwo-end"),
        (0xC9, b"one\x8D\ntwo", "oneЌ\ntwo"),
        (0x03, b"one\x8D\ntwo", "onetwo"),
    ] {
        let files =
            Table::new(Dialect::DBase3Memo).language(language).field(Field::memo("M", Dialect::DBase3Memo));
        assert_eq!(convert(&files.row([memo.into()]).build()).column(0), [expected], "{language:02X}");
    }
    let bare = memos(Dialect::DBase3Memo, MemoFormat::Dbt3, &[b"one\x8D\ntwo\nthree"]);
    assert_eq!(convert(&bare).column(0), ["oneН\ntwo\nthree"]);
    let files = memos(Dialect::DBase3Memo, MemoFormat::Dbt3, &[wrapped]);
    let keep =
        ConvertSettings { soft_breaks: SoftBreaks::Keep, ..settings(Deleted::Skip, RowsBeyondHeader::Skip) };
    assert_eq!(convert_with(&files, &keep).unwrap().column(0), [unchanged]);
    let mut chinese = files;
    chinese.cpg = Some(b"Big5".to_vec());
    assert!(convert(&chinese).column(0)[0].contains('\n'), "a page of two bytes keeps the line feed");
}

#[test]
fn a_text_that_a_spreadsheet_would_run_gets_an_apostrophe_where_asked() {
    let texts = ["=HYPERLINK(A1)", "+1", "-1", "@SUM", "\tx", "\rx", "=a,b", "\"=1\"", "a=1", ""];
    let mut table = Table::new(Dialect::FoxPro2)
        .field(Field::character("CMD", 20))
        .field(Field::numeric("N", 5, 0))
        .field(Field::memo("M", Dialect::FoxPro2));
    for text in texts {
        table = table.row([text.into(), Value::Number("-5".to_owned()), text.into()]);
    }
    let files = table.build();
    assert_eq!(convert(&files).column(0), texts, "off by default");
    let guarded = ConvertSettings { formula_guard: true, ..settings(Deleted::Skip, RowsBeyondHeader::Skip) };
    let made = convert_with(&files, &guarded).unwrap();
    let expected = ["'=HYPERLINK(A1)", "'+1", "'-1", "'@SUM", "'\tx", "'\rx", "'=a,b", "\"=1\"", "a=1", ""];
    assert_eq!((made.column(0), made.column(1)), (expected.to_vec(), vec!["-5"; 10]));
    assert_eq!(made.column(2), expected);
}

#[test]
fn the_page_comes_from_setting_then_cpg_then_language_byte_then_driver_then_default() {
    let files = |cpg: Option<&str>, language: u8, driver: &str| {
        let mut table = Table::new(Dialect::DBase7).language(language).driver(driver);
        if let Some(cpg) = cpg {
            table = table.cpg(cpg);
        }
        table.field(Field::character("C", 3)).row([vec![0xE0].into()]).build()
    };
    for (cpg, language, driver, page, source, warned) in [
        (Some("1251"), 0x65, "DB437US0", "CP1251", EncodingSource::Cpg, &[][..]),
        (Some("nonsense"), 0x65, "DB437US0", "CP866", EncodingSource::Ldid, &["CPG_UNKNOWN"]),
        (Some(""), 0xC9, "", "CP1251", EncodingSource::Ldid, &["CPG_UNKNOWN"]),
        (None, 0x57, "DB437US0", "CP437", EncodingSource::Driver, &[]),
        (None, 0xEE, "DB867CZ0", "CP895", EncodingSource::Driver, &["LDID_UNKNOWN"]),
        (None, 0, "", "CP866", EncodingSource::Default, &[]),
        (None, 0xEE, "", "CP866", EncodingSource::Default, &["LDID_UNKNOWN"]),
    ] {
        let files = files(cpg, language, driver);
        let converted = convert(&files);
        let found = (converted.report.encoding, converted.report.encoding_source);
        assert_eq!(found, (page, source), "{cpg:?} {language:02x} {driver}");
        assert_eq!(codes(&converted), warned);
        let mut config = Config::default();
        config.encoding.overrides.insert("T*.DBF".to_owned(), "KOI8-R".to_owned());
        let set =
            ConvertSettings { gzip_level: None, ..Rules::new(&config).unwrap().settings_for("a/table.dbf") };
        let converted = convert_with(&files, &set).unwrap();
        let found = (converted.report.encoding, converted.report.encoding_source);
        assert_eq!(found, ("KOI8-R", EncodingSource::Setting));
        assert_eq!((converted.column(0), codes(&converted).len()), (vec!["Ю"], 0));
    }
}

#[test]
fn the_column_of_deleted_rows_makes_way_for_one_that_is_stored() {
    let files = Table::new(Dialect::DBase7)
        .field(Field::character("_DELETED", 1))
        .field(Field::character("A", 1))
        .deleted_row(["x".into(), "y".into()])
        .build();
    let converted = convert_with(&files, &settings(Deleted::Column, RowsBeyondHeader::Skip)).unwrap();
    assert_eq!(converted.report.columns, ["_DELETED", "A", "_deleted_2"]);
    assert_eq!(converted.column(2), ["true"]);
    assert_eq!((codes(&converted), notes(&converted)), (vec![], vec![("NAME_REPEATED", 1)]));
}

#[test]
fn an_empty_row_of_one_column_is_not_an_empty_line() {
    let files = Table::new(Dialect::DBase3)
        .field(Field::numeric("N", 3, 0))
        .row([Value::Blank])
        .row([Value::Number("7".to_owned())])
        .build();
    assert_eq!(convert(&files).rows, [[cell("", true)], [cell("7", false)]]);
}

#[test]
fn what_is_only_blank_is_no_warning() {
    let files = Table::new(Dialect::DBase7)
        .field(Field::date("D"))
        .field(Field::logical("L"))
        .field(Field::integer("I"))
        .field(Field::double7("O"))
        .field(Field::timestamp("T"))
        .field(Field::numeric("N", 4, 1))
        .row([0, 1, 2, 3, 4, 5].map(|_| Value::Raw(vec![0; 8])))
        .row([Value::Blank, Value::Raw(b"?".to_vec())])
        .build();
    let converted = convert(&files);
    assert_eq!(converted.rows, vec![vec![cell("", false); 6]; 2]);
    assert_eq!(codes(&converted), [""; 0]);
}

#[test]
fn an_unknown_version_or_type_is_read_and_said() {
    let files = Table::new(Dialect::DBase3)
        .version(0x77)
        .field(Field::character("C", 2))
        .field(Field::new("Z", b'Z', 2, 0))
        .row(["ab".into(), Value::Raw(vec![1, 2])])
        .build();
    let converted = convert(&files);
    assert_eq!((converted.column(0), converted.column(1)), (vec!["ab"], vec!["AQI="]));
    assert_eq!(codes(&converted), ["VERSION_UNKNOWN", "TYPE_UNKNOWN"]);
}

#[test]
fn a_memo_file_that_nothing_points_to_may_be_missing() {
    let mut files = memos(Dialect::FoxPro2, MemoFormat::Fpt, &[]);
    damage::remove_memo(&mut files);
    assert_eq!(codes(&convert(&files)), [""; 0]);
}
