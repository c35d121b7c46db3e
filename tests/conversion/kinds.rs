//! Kinds of tables that public bug reports describe, and their neighbours: right values, counted deviations, no alarm.

use std::fs;

use data_exporter::config::{Deleted, RowsBeyondHeader};
use data_exporter::convert::{StreamError, TablePaths, table};
use test_tables::second_reader::cells;
use test_tables::{Dialect, Field, Files, Table, Value, damage};

use crate::{Converted, Text, convert, convert_with, notes, settings, warnings};

fn refusal(files: &Files) -> String {
    match convert_with(files, &settings(Deleted::Skip, RowsBeyondHeader::Skip)) {
        Err(StreamError::Header(error)) => error.to_string(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("the table is read"),
    }
}

fn raw(kind: u8, width: u8, decimals: u8, values: &[&[u8]]) -> Converted {
    raw_in(Dialect::DBase3, kind, width, decimals, values)
}

fn raw_in(dialect: Dialect, kind: u8, width: u8, decimals: u8, values: &[&[u8]]) -> Converted {
    let mut table = Table::new(dialect).language(0x65).field(Field::new("A", kind, width, decimals));
    for value in values {
        table.push(b' ', [Value::Raw(value.to_vec())]);
    }
    convert(&table.build())
}

#[test]
fn each_c_field_is_wide_only_where_its_width_fills_the_record() {
    // A narrow C with junk decimals on either side of a wide one.
    let files = Table::new(Dialect::DBase3)
        .field(Field::new("A", b'C', 3, 5))
        .field(Field::character("B", 300))
        .field(Field::new("C", b'C', 4, 7))
        .row(["abc".into(), "wide".into(), "last".into()])
        .build();
    let converted = convert(&files);
    assert_eq!((converted.column(0), converted.column(2)), (vec!["abc"], vec!["last"]));
    assert_eq!((converted.column(1), warnings(&converted)), (vec!["wide"], vec![]));
    // Two fields of the same high byte of the width: nothing tells which is wide.
    let files = Table::new(Dialect::DBase3)
        .field(Field::new("A", b'C', 3, 1))
        .field(Field::character("B", 300))
        .row(["abc".into(), "w".repeat(60).as_str().into()])
        .build();
    let converted = convert(&files);
    assert_eq!(
        (converted.column(0), warnings(&converted)),
        (vec!["abc"], vec![("BYTES_OUTSIDE_COLUMNS", 1)])
    );
}

#[test]
fn bytes_that_no_column_covers_are_counted_by_rows() {
    let mut files = Table::new(Dialect::DBase3)
        .field(Field::character("A", 2))
        .field(Field::character("B", 3))
        .row(["ab".into(), "xyz".into()])
        .row(["cd".into()])
        .row(["ef".into(), Value::Raw(vec![0; 3])])
        .deleted_row(["gh".into(), "del".into()])
        .build();
    files.table[64] = 0x0D;
    let converted = convert(&files);
    assert_eq!(converted.column(0), ["ab", "cd", "ef"]);
    assert_eq!(warnings(&converted), [("BYTES_OUTSIDE_COLUMNS", 1)]);
    files.table[64] = 0;
    assert_eq!(warnings(&convert(&files)), [("BYTES_OUTSIDE_COLUMNS", 1)]);
}

#[test]
fn an_encrypted_table_is_refused_unless_its_rows_are_plain() {
    let plain = || {
        Table::new(Dialect::DBase4)
            .field(Field::character("A", 6))
            .field(Field::numeric("N", 6, 2))
            .field(Field::logical("L"))
            .row(["text".into(), Value::Number("1.50".to_owned()), Value::Logical(true)])
    };
    for version in [0x06, 0x86, 0xE6, 0xF6] {
        assert_eq!(refusal(&plain().version(version).build()), "it is encrypted", "{version:02X}");
    }
    let mut files = plain().build();
    files.table[15] = 1;
    let converted = convert(&files);
    assert_eq!(
        (converted.column(0), warnings(&converted)),
        (vec!["text"], vec![("ENCRYPTION_FLAG_IGNORED", 1)])
    );
    for (column, value) in [(0, &b"a\x05b"[..]), (1, b"x\x90y"), (2, b"\xB7")] {
        let mut encrypted = files.clone();
        damage::cell(&mut encrypted, 0, column, value);
        assert_eq!(refusal(&encrypted), "it is encrypted", "column {column}");
    }
    // Other bytes say nothing of the kind, and FoxPro uses this one for something else.
    for (place, value) in [(14, 1), (15, 2)] {
        let mut files = plain().build();
        files.table[place] = value;
        assert_eq!(warnings(&convert(&files)), []);
    }
    let mut files =
        Table::new(Dialect::FoxPro2).field(Field::character("A", 3)).row([b"a\x05b"[..].into()]).build();
    files.table[15] = 1;
    assert_eq!(warnings(&convert(&files)), []);
}

#[test]
fn an_at_column_outside_dbase_7_has_the_form_that_makes_sense() {
    let harbour = [0x8D, 0x87, 0x25, 0, 0xA2, 0x7A, 0x1A, 0x04];
    let double = (86_400_000.0_f64 * 730_000.0).to_be_bytes();
    for dialect in [Dialect::DBase3, Dialect::FoxPro2, Dialect::DBase4Memo] {
        let converted = raw_in(dialect, b'@', 8, 0, &[&harbour, &[0; 8]]);
        assert_eq!(converted.column(0), ["2021-11-14 19:07:24.194", ""]);
        assert_eq!(raw_in(dialect, b'@', 8, 0, &[&double]).column(0), ["1999-09-03 00:00:00"]);
    }
    let converted = raw(b'=', 8, 0, &[&harbour]);
    assert_eq!((converted.column(0), warnings(&converted)), (vec!["2021-11-14 19:07:24.194"], vec![]));
    let converted = raw(b'^', 8, 0, &[&[7, 1, 0, 0, 0, 0, 0, 0]]);
    assert_eq!((converted.column(0), warnings(&converted)), (vec!["263"], vec![]));
}

#[test]
fn null_flags_count_in_every_version_and_by_their_name() {
    for version in [0x03, 0x30, 0xF5] {
        let files = Table::new(Dialect::VisualFoxProVar)
            .version(version)
            .field(Field::new("Other", b'0', 1, 0))
            .field(Field::varchar("V", 4).nullable())
            .field(Field::integer("I").nullable())
            .row([Value::Raw(vec![0xFF]), "ab".into(), Value::Null])
            .row([Value::Raw(vec![0xFF]), Value::Null, Value::Integer(0)])
            .build();
        let converted = convert(&files);
        assert_eq!(
            (converted.column(0), converted.column(1)),
            (vec!["ab", ""], vec!["", "0"]),
            "{version:02X}"
        );
        assert_eq!((warnings(&converted), notes(&converted)), (vec![], vec![("COLUMN_HIDDEN", 2)]));
    }
}

#[test]
fn a_header_length_that_is_off_by_a_few_is_mended() {
    let rows = |dialect| {
        Table::new(dialect)
            .field(Field::character("A", 5))
            .field(Field::numeric("N", 4, 0))
            .row(["abcde".into(), Value::Number("1".to_owned())])
            .row(["fghij".into(), Value::Number("22".to_owned())])
    };
    let tables =
        [rows(Dialect::DBase3), rows(Dialect::DBase4), rows(Dialect::VisualFoxPro), rows(Dialect::DBase7)];
    for table in tables.into_iter().flat_map(|table| [table.clone(), table.without_end_mark()]) {
        let files = table.build();
        assert_eq!(warnings(&convert(&files)), []);
        for wrong in [-263, -9, -2, -1, 1, 2] {
            let mut files = files.clone();
            let length = (files.header_length as u16).wrapping_add_signed(wrong);
            if wrong == -263 && files.table[0] != 0x30 {
                continue;
            }
            damage::header_length(&mut files, length);
            let converted = convert(&files);
            assert_eq!(converted.column(0), ["abcde", "fghij"], "{wrong}, version {:02X}", files.table[0]);
            assert_eq!(converted.column(1), ["1", "22"], "{wrong}");
            assert_eq!(warnings(&converted), [("HEADER_LENGTH_MENDED", 1)], "{wrong}");
        }
    }
}

/// A `.dbt` of dBASE III with these blocks, and a table whose rows point to some of them.
#[test]
fn what_is_no_table_is_named() {
    let mut files = Table::new(Dialect::DBase3).field(Field::character("A", 3)).row(["abc".into()]).build();
    for (bytes, word) in [
        (&b"name,price\nnut,1\n"[..], "text"),
        (b"1;2;3\r\n", "text"),
        (b"\n<html></html>", "HTML"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"PK\x03\x04\x14\0\0\0", "ZIP"),
        (b"SQLite format 3\0\x10\0", "SQLite"),
        (b"\0\x01\0\0Standard ACE DB\0", "Access"),
        (b"%PDF-1.7\n\0", "PDF"),
        (&[0; 4096], "zero"),
        (&[0x99; 200], "text"),
        (&[0x91, 1, 0, 2, 3, 0, 5, 0, 9, 9], "none of the known"),
    ] {
        files.table = bytes.to_vec();
        assert!(refusal(&files).contains(word), "{word}: {}", refusal(&files));
    }
}

#[test]
fn fields_of_other_programs_are_dates_and_numbers() {
    let julian = [0x8D, 0x87, 0x25, 0];
    assert_eq!(raw(b'D', 3, 0, &[&julian[..3], &[0; 3]]).column(0), ["2021-11-14", ""]);
    assert_eq!(raw(b'D', 4, 0, &[&julian]).column(0), ["2021-11-14"]);
    for (width, value, expected) in [
        (1, &[0xFE][..], "-2"),
        (2, &[1, 1], "257"),
        (3, &[0, 0, 0x80], "-8388608"),
        (8, &[1, 0, 0, 0, 1, 0, 0, 0], "4294967297"),
    ] {
        let converted = raw(b'I', width, 0, &[value]);
        assert_eq!((converted.column(0), warnings(&converted)), (vec![expected], vec![]));
    }
    let converted = raw(b'L', 1, 0, &[b"1", b"0", b"?"]);
    assert_eq!((converted.column(0), warnings(&converted)), (vec!["true", "false", ""], vec![]));
}

#[test]
fn numbers_with_a_comma_or_junk_are_carried_and_counted() {
    let converted =
        raw(b'N', 8, 2, &[b"   12,50", b"    1,5 ", b"-3,00", b"2.5D+03", b"1.5\0\xFFx", b"   .    "]);
    assert_eq!(converted.column(0), ["12.50", "", "-3.00", "2.5E+03", "1.5", ""]);
    assert_eq!(warnings(&converted), [("NUMBER_INVALID", 1), ("NUMBER_COMMA", 2)]);
    assert_eq!(notes(&converted), [("NUMBER_EXPONENT", 1), ("NUMBER_ENDED_BY_NUL", 1)]);
}

#[test]
fn blank_forms_of_other_programs_raise_no_alarm() {
    for (kind, width, values) in [
        (b'N', 6, &[&b"."[..], b"   .  ", b"\0\0\0\0\0\0", b"\x1F\x1F\x1F\x1F\x1F\x1F"][..]),
        (b'D', 8, &[b"  /  /  ", b"0       ", b"00000000", b"\x1F\x1F\x1F\x1F\x1F\x1F\x1F\x1F"]),
        (b'L', 1, &[b"?", b"\0", b"\x1F"]),
    ] {
        let converted = raw(kind, width, 0, values);
        assert!(converted.column(0).iter().all(|text| text.is_empty()));
        assert_eq!(warnings(&converted), []);
    }
}

#[test]
fn what_programs_leave_at_the_end_raises_no_alarm() {
    let base = || {
        Table::new(Dialect::DBase3).field(Field::character("A", 9)).row(["first".into()]).row(["last".into()])
    };
    for (tail, expected) in [
        (vec![0x0F], vec![]),
        (vec![0], vec![]),
        (vec![0; 7], vec![]),
        (vec![0; 700], vec![]),
        (vec![0x1F; 7], vec![]),
        (b" abcdefghi".to_vec(), vec![("ROWS_BEYOND_HEADER", 1)]),
        ([&[0; 10][..], b" abcdefghi"].concat(), vec![("ROWS_BEYOND_HEADER", 2)]),
        (b" ab".to_vec(), vec![("ROW_PARTIAL", 1)]),
    ] {
        let mut files = base().without_end_mark().build();
        damage::append(&mut files, &tail);
        let converted = convert(&files);
        assert_eq!(converted.column(0), ["first", "last"]);
        assert_eq!(warnings(&converted), expected, "{tail:?}");
    }
    let mut files = base().without_end_mark().build();
    *files.table.last_mut().unwrap() = 0x1A;
    let converted = convert(&files);
    assert_eq!((converted.column(0), warnings(&converted)), (vec!["first", "last"], vec![]));
    for version in [0x07, 0x87] {
        assert_eq!(warnings(&convert(&base().version(version).build())), []);
    }
}

#[test]
fn zeros_that_fill_a_field_up_are_none_of_its_text() {
    let files = Table::new(Dialect::VisualFoxProVar)
        .without_null_flags()
        .field(Field::varchar("V", 6))
        .field(Field::varbinary("Q", 4))
        .field(Field::character("C", 6).binary())
        .row([
            Value::Raw(b"ab\0\0\0\0".to_vec()),
            Value::Raw(b"x\0\0\0".to_vec()),
            Value::Raw(b"cd\0\0\0\0".to_vec()),
        ])
        .build();
    let converted = convert(&files);
    assert_eq!(
        converted.rows[0].iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>(),
        ["ab", "eA==", "cd"]
    );
    assert_eq!(warnings(&converted), []);
}

#[test]
fn a_wide_w_holds_its_text_in_utf_16() {
    let text: Vec<u8> = "Дом 7".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let converted = raw_in(Dialect::VisualFoxPro, b'W', 64, 0, &[&[&text[..], &[0; 54]].concat()]);
    assert_eq!((converted.column(0), warnings(&converted)), (vec!["Дом 7"], vec![]));
}

#[test]
fn names_keep_their_control_characters_and_the_text_of_several_bytes_its_letters() {
    let files = Table::new(Dialect::DBase3).field(Field::character("A\r\n\t", 2)).row(["x".into()]).build();
    assert_eq!(convert(&files).report.columns, ["A\r\n\t"]);
    let files = Table::new(Dialect::DBase3)
        .language(0x7A)
        .field(Field::character("A", 3))
        .row([Value::Raw(b"\x85\x32\0".to_vec())])
        .row([Value::Raw(b"\xB1\xB1\x85".to_vec())])
        .build();
    let converted = convert(&files);
    assert_eq!(converted.column(0), ["\u{FFFD}2", "北\u{FFFD}"]);
    assert_eq!(warnings(&converted), [("TEXT_UNDECODABLE", 2)]);
}

#[test]
fn a_header_that_says_utf_8_over_other_text_is_doubted() {
    let text = encoding_rs::WINDOWS_1251.encode("Сахар и соль").0.into_owned();
    let files = Table::new(Dialect::DBase3)
        .language(0xF0)
        .field(Field::character("A", 20))
        .row([text.into()])
        .build();
    let converted = convert(&files);
    let doubt = converted.report.warnings.iter().find(|finding| finding.code == "PAGE_DOUBTFUL").unwrap();
    assert!(doubt.message.contains("CP1251"), "{}", doubt.message);
}

#[test]
fn an_unknown_cpg_names_its_spelling_and_the_page_taken_instead() {
    let files =
        Table::new(Dialect::DBase3).language(0xC9).cpg("klingon\r\n").field(Field::character("A", 2)).build();
    let converted = convert(&files);
    let message = &converted.report.warnings[0].message;
    assert!(message.contains("`klingon`") && message.contains("CP1251"), "{message}");
}

#[test]
fn a_neighbour_that_is_no_file_is_named_and_the_table_goes() {
    let folder = tempfile::tempdir().unwrap();
    let files = Table::new(Dialect::FoxPro2)
        .field(Field::character("A", 3))
        .field(Field::memo("M", Dialect::FoxPro2))
        .row(["abc".into(), "memo".into()])
        .build();
    let path = files.write(folder.path(), "T.DBF").unwrap();
    let (memo, cpg) = (folder.path().join("T.FPT"), folder.path().join("T.cpg"));
    fs::remove_file(&memo).unwrap();
    fs::create_dir(&memo).unwrap();
    fs::create_dir(&cpg).unwrap();
    let read = || {
        let mut sink = Text::default();
        let options = settings(Deleted::Skip, RowsBeyondHeader::Skip);
        let report = table(&TablePaths::find(&path).unwrap(), &options, &mut sink).unwrap();
        assert_eq!(cells(&String::from_utf8(sink.0).unwrap())[1][0].text, "abc");
        report.warnings.into_iter().map(|finding| (finding.code, finding.message)).collect::<Vec<_>>()
    };
    let found = read();
    let codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["CPG_UNREADABLE", "MEMO_UNREADABLE", "MEMO_MISSING"]);
    assert!(found[0].1.contains("T.cpg") && found[0].1.contains("folder"), "{found:?}");
    assert!(found[1].1.contains("T.FPT") && found[1].1.contains("folder"), "{found:?}");
    #[cfg(unix)]
    {
        fs::remove_dir(&memo).unwrap();
        fs::remove_dir(&cpg).unwrap();
        std::os::unix::fs::symlink("nowhere", &memo).unwrap();
        let found = read();
        assert!(found[0].1.contains("T.FPT") && found[0].1.contains("link"), "{found:?}");
    }
}
