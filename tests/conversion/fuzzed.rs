//! Inputs that the fuzz targets found, each as a readable table.

use data_exporter::config::{Deleted, RowsBeyondHeader};
use test_tables::{Dialect, Field, MemoKind, Table, Value};

use crate::{convert, convert_with, settings};

#[test]
fn a_table_whose_only_column_is_hidden_is_refused() {
    let files = Table::new(Dialect::VisualFoxPro).field(Field::new("_NullFlags", b'0', 1, 0)).row([]).build();
    for deleted in [Deleted::Skip, Deleted::Column] {
        assert!(convert_with(&files, &settings(deleted, RowsBeyondHeader::Skip)).is_err());
    }
}

#[test]
fn a_pointer_of_digits_padded_with_nuls_is_no_pointer_of_clipper_six() {
    let table = Table::new(Dialect::DBase4Memo).field(Field::memo("M", Dialect::DBase4Memo));
    let mut files = table.row([Value::Memo(MemoKind::Text, b"kept".to_vec())]).build();
    let cell = files.cell(0, 0);
    files.table[cell.start] = 0;
    assert_eq!(convert(&files).column(0), ["kept"]);
}

#[test]
fn a_value_of_hiper_six_with_the_length_of_another_type_is_text() {
    for (kind, text, expected) in [
        (2_u16, &b"\x07\0\0\0"[..], "7"),
        (2, b"abcde", "abcde"),
        (3, b"short", "short"),
        (4, b"a date?", "a date?"),
        (5, b"\x01", "true"),
        (5, b"both", "both"),
        (0, b"nothing", ""),
        (9, b"unknown", "unknown"),
    ] {
        let table = Table::new(Dialect::Smt).field(Field::memo("M", Dialect::Smt));
        let mut files = table.row([Value::Memo(MemoKind::Text, text.to_vec())]).build();
        let start = files.cell(0, 0).start;
        files.table[start..start + 2].copy_from_slice(&kind.to_le_bytes());
        assert_eq!(convert(&files).column(0), [expected], "type {kind}");
    }
}
