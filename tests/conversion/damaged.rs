//! Damage of every kind: what can be carried is carried, the rest is counted, and the rows reconcile.

use data_exporter::config::{Deleted, RowsBeyondHeader};
use data_exporter::models::export::RowCounts;
use test_tables::{Dialect, Field, Files, Table, Value, damage};

use crate::{Converted, convert, convert_with, settings};

/// Three rows of a name, a number, a day and a memo; the second is deleted.
fn table(dialect: Dialect) -> Files {
    let row = |name: &str, number: &str, memo: &str| {
        [name.into(), Value::Number(number.to_owned()), Value::Date(2025, 1, 31), Value::from(memo)]
    };
    Table::new(dialect)
        .language(0x65)
        .field(Field::character("NAME", 8))
        .field(Field::numeric("PRICE", 8, 2))
        .field(Field::date("DAY"))
        .field(Field::memo("NOTE", dialect))
        .row(row("nut", "1.50", "first"))
        .deleted_row(row("bolt", "2.00", "second"))
        .row(row("nail", "3.25", "third"))
        .build()
}

fn counts(converted: &Converted) -> RowCounts {
    let rows = converted.report.rows;
    assert_eq!(rows.header, rows.live + rows.deleted + rows.bad + rows.missing);
    assert_eq!(rows.written, converted.rows.len() as u64);
    rows
}

fn codes(converted: &Converted) -> Vec<&str> {
    converted.report.warnings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn a_sound_table_has_no_warning() {
    for dialect in [Dialect::DBase3Memo, Dialect::DBase4Memo, Dialect::FoxPro2, Dialect::VisualFoxPro] {
        let converted = convert(&table(dialect));
        assert_eq!(codes(&converted), [""; 0], "{dialect:?}");
        assert_eq!(converted.column(3), ["first", "third"]);
        let expected = RowCounts { header: 3, live: 2, deleted: 1, written: 2, ..RowCounts::default() };
        assert_eq!(counts(&converted), expected);
    }
}

#[test]
fn a_truncated_table_gives_its_whole_rows() {
    let mut files = table(Dialect::DBase3Memo);
    damage::truncate(&mut files, 4);
    let converted = convert(&files);
    assert_eq!(converted.column(0), ["nut"]);
    let expected =
        RowCounts { header: 3, live: 1, deleted: 1, missing: 1, written: 1, ..RowCounts::default() };
    assert_eq!(counts(&converted), expected);
    assert_eq!(codes(&converted), ["ROWS_MISSING", "ROW_PARTIAL"]);
}

#[test]
fn rows_beyond_the_header_are_counted_and_exported_only_when_asked_for() {
    let mut files = table(Dialect::DBase3Memo);
    damage::header_count(&mut files, 1);
    let converted = convert(&files);
    let expected = RowCounts { header: 1, live: 1, beyond_header: 2, written: 1, ..RowCounts::default() };
    assert_eq!(counts(&converted), expected);
    assert_eq!(codes(&converted), ["ROWS_BEYOND_HEADER"]);
    assert_eq!(converted.report.warnings[0].count, 2);
    let all = convert_with(&files, &settings(Deleted::Column, RowsBeyondHeader::Export)).unwrap();
    assert_eq!(all.column(0), ["nut", "bolt", "nail"]);
    assert_eq!(all.column(4), ["false", "true", "false"]);
}

#[test]
fn rows_of_nuls_before_a_row_are_rows_however_many_they_are() {
    let mut files = table(Dialect::DBase3Memo);
    damage::header_count(&mut files, 1);
    let row = files.table[files.table.len() - files.record_length - 1..].to_vec();
    files.table.truncate(files.table.len() - 2 * files.record_length - 1);
    // More than one block is read at once.
    let padding = (2 << 20) / files.record_length;
    files.table.resize(files.table.len() + padding * files.record_length, 0);
    let padded = convert(&files);
    assert_eq!((counts(&padded).beyond_header, codes(&padded)), (0, vec![]), "nothing but padding");
    files.table.extend_from_slice(&row);
    let beyond = convert(&files);
    assert_eq!(counts(&beyond).beyond_header, padding as u64 + 1);
    let all = convert_with(&files, &settings(Deleted::Skip, RowsBeyondHeader::Export)).unwrap();
    assert_eq!(counts(&all).written, padding as u64 + 2);
}

#[test]
fn a_record_length_off_by_one_is_mended() {
    for wrong in [-1, 1] {
        let mut files = table(Dialect::DBase3Memo);
        let length = (files.record_length as u16).wrapping_add_signed(wrong);
        damage::record_length(&mut files, length);
        let converted = convert(&files);
        assert_eq!(converted.column(0), ["nut", "nail"], "{wrong}");
        assert_eq!(converted.column(3), ["first", "third"], "{wrong}");
        assert_eq!(codes(&converted), ["RECORD_LENGTH_MENDED"]);
    }
}

#[test]
fn a_missing_memo_file_leaves_the_column_empty() {
    let mut files = table(Dialect::FoxPro2);
    damage::remove_memo(&mut files);
    let converted = convert(&files);
    assert_eq!(converted.column(0), ["nut", "nail"]);
    assert_eq!(converted.column(3), ["", ""]);
    assert_eq!(codes(&converted), ["MEMO_MISSING"]);
    assert_eq!(converted.report.warnings[0].count, 2);
}

#[test]
fn a_memo_pointer_outside_the_file_is_counted() {
    for dialect in [Dialect::DBase3Memo, Dialect::DBase4Memo, Dialect::FoxPro2, Dialect::VisualFoxPro] {
        let mut files = table(dialect);
        damage::pointer_outside(&mut files, 0, 3);
        let converted = convert(&files);
        assert_eq!(converted.column(3), ["", "third"], "{dialect:?}");
        assert_eq!(codes(&converted), ["MEMO_POINTER_INVALID"]);
        assert_eq!(converted.report.warnings[0].row, Some(1));
        assert_eq!(converted.report.warnings[0].column.as_deref(), Some("NOTE"));
    }
}

#[test]
fn a_memo_cut_by_its_files_end_gives_what_is_there() {
    let row = |memo: &str| [Value::from(memo)];
    let mut files = Table::new(Dialect::FoxPro2)
        .block_size(1)
        .field(Field::memo("NOTE", Dialect::FoxPro2))
        .row(row("whole"))
        .row(row("abcdef"))
        .build();
    damage::truncate_memo(&mut files, 2);
    let converted = convert(&files);
    assert_eq!(converted.column(0), ["whole", "abcd"]);
    assert_eq!(codes(&converted), ["MEMO_CUT"]);
}

#[test]
fn values_that_make_no_sense_are_empty_and_named() {
    let mut files = table(Dialect::DBase3Memo);
    damage::overflow(&mut files, 0, 1);
    damage::cell(&mut files, 0, 2, b"20261340");
    damage::cell(&mut files, 2, 1, b"   1,5  ");
    damage::flag(&mut files, 2, b'?');
    let converted = convert(&files);
    assert_eq!(converted.column(1), ["", ""]);
    assert_eq!(converted.column(2), ["", "2025-01-31"]);
    assert_eq!(counts(&converted).bad, 1);
    let mut codes = codes(&converted);
    codes.sort_unstable();
    assert_eq!(codes, ["DATE_INVALID", "NUMBER_INVALID", "NUMBER_OVERFLOW", "ROW_FLAG_INVALID"]);
}

#[test]
fn repeated_names_get_the_next_free_number() {
    let mut table = Table::new(Dialect::DBase3);
    for name in ["A", "a", "A_2"] {
        table = table.field(Field::character(name, 1));
    }
    let converted = convert(&table.row(["1".into(), "2".into(), "3".into()]).build());
    assert_eq!(converted.report.columns, ["A", "a_3", "A_2"]);
    assert_eq!(converted.rows[0].iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
}

#[test]
fn tables_without_columns_or_with_half_a_header_are_refused() {
    let none = settings(Deleted::Skip, RowsBeyondHeader::Skip);
    assert!(convert_with(&Table::new(Dialect::DBase3).build(), &none).is_err());
    for length in [0, 1, 31, 40] {
        let mut files = table(Dialect::DBase3Memo);
        damage::only_header(&mut files, length);
        assert!(convert_with(&files, &none).is_err(), "{length} bytes");
    }
}

#[test]
fn a_table_without_rows_is_a_heading() {
    for dialect in Dialect::ALL {
        let converted = convert(&Table::new(dialect).field(Field::character("NAME", 5)).build());
        assert_eq!(converted.report.columns, ["NAME"], "{dialect:?}");
        assert_eq!(counts(&converted), RowCounts::default(), "{dialect:?}");
        assert_eq!(codes(&converted), [""; 0], "{dialect:?}");
    }
}
