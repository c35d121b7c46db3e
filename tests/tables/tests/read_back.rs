//! The writer's tables, read by the `dbase` crate where it supports them, and byte by byte elsewhere.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]
use dbase::{FieldValue, Reader, Record};
use test_tables::{Dialect, Field, Files, Table, Value, codepage, damage, demo};

fn read(files: &Files) -> Vec<Record> {
    let folder = tempfile::tempdir().unwrap();
    let path = files.write(folder.path(), "table.dbf").unwrap();
    Reader::from_path(path).unwrap().read().unwrap()
}

fn text(record: &Record, name: &str) -> String {
    match record.get(name) {
        Some(FieldValue::Character(Some(text)) | FieldValue::Memo(text)) => text.clone(),
        other => panic!("{name} is {other:?}"),
    }
}

fn simple(dialect: Dialect) -> Table {
    Table::new(dialect)
        .field(Field::character("NAME", 12))
        .field(Field::numeric("PRICE", 9, 2))
        .field(Field::date("SINCE"))
        .field(Field::logical("ACTIVE"))
}

#[test]
fn the_simple_types_read_back() {
    for dialect in [Dialect::DBase3, Dialect::DBase4, Dialect::FoxBase, Dialect::VisualFoxPro] {
        let files = simple(dialect)
            .version(if dialect == Dialect::FoxBase { 0x03 } else { dialect.version() })
            .row([
                "nut".into(),
                Value::Number("12.50".into()),
                Value::Date(2024, 2, 29),
                Value::Logical(true),
            ])
            .deleted_row(["gone".into()])
            .row([])
            .build();
        let rows = read(&files);
        assert_eq!(rows.len(), 2, "{dialect:?}");
        assert_eq!(text(&rows[0], "NAME"), "nut");
        assert_eq!(rows[0].get("PRICE"), Some(&FieldValue::Numeric(Some(12.5))));
        assert_eq!(
            rows[0].get("SINCE"),
            Some(&FieldValue::Date(Some(dbase::Date::new(29, 2, 2024).unwrap())))
        );
        assert_eq!(rows[0].get("ACTIVE"), Some(&FieldValue::Logical(Some(true))));
        assert_eq!(rows[1].get("PRICE"), Some(&FieldValue::Numeric(None)));
    }
}

#[test]
fn memos_read_back() {
    for (dialect, block_size) in [
        (Dialect::DBase3Memo, 512),
        (Dialect::FoxPro2, 64),
        (Dialect::FoxPro2, 33),
        (Dialect::VisualFoxPro, 64),
    ] {
        // The crate cuts the memos of dBASE III at their block.
        let long = "x".repeat(if dialect == Dialect::DBase3Memo { 500 } else { 1500 });
        let files = Table::new(dialect)
            .block_size(block_size)
            .field(Field::memo("NOTE", dialect))
            .row(["first".into()])
            .row([long.as_str().into()])
            .row(["last".into()])
            .build();
        let notes: Vec<String> = read(&files).iter().map(|record| text(record, "NOTE")).collect();
        assert_eq!(notes, ["first".to_owned(), long, "last".to_owned()], "{dialect:?} {block_size}");
    }
}

#[test]
fn the_types_of_visual_foxpro_read_back() {
    let files = Table::new(Dialect::VisualFoxPro)
        .field(Field::integer("ID"))
        .field(Field::double("RATE", 3))
        .field(Field::datetime("AT"))
        .row([Value::Integer(-7), Value::Double(0.125), Value::Moment(2001, 9, 9, 6_400_000)])
        .build();
    let rows = read(&files);
    assert_eq!(rows[0].get("ID"), Some(&FieldValue::Integer(-7)));
    assert_eq!(rows[0].get("RATE"), Some(&FieldValue::Double(0.125)));
    let moment =
        dbase::DateTime::new(dbase::Date::new(9, 9, 2001).unwrap(), dbase::Time::new(1, 46, 40).unwrap());
    assert_eq!(rows[0].get("AT"), Some(&FieldValue::DateTime(moment)));
}

#[test]
fn null_flags_take_bits_in_the_order_of_the_columns() {
    let files = Table::new(Dialect::VisualFoxProVar)
        .field(Field::varchar("A", 4))
        .field(Field::integer("B").nullable())
        .field(Field::varchar("C", 4).nullable())
        .row(["ab".into(), Value::Null, "full".into()])
        .row(["abcd".into(), Value::Integer(1), Value::Null])
        .build();
    assert_eq!(files.widths, [4, 4, 4, 1]);
    // Bit 0: A is shorter; bit 1: B is null; bit 2: C is shorter; bit 3: C is null.
    assert_eq!(files.table[files.cell(0, 3)], [0b0011]);
    assert_eq!(files.table[files.cell(1, 3)], [0b1100]);
    assert_eq!(&files.table[files.cell(0, 0)], b"ab\0\x02");
    assert_eq!(&files.table[files.cell(0, 2)], b"full");
}

#[test]
fn dbase_7_has_long_names_and_big_endian_numbers() {
    let files = Table::new(Dialect::DBase7)
        .driver("DB866RU0")
        .field(Field::integer("A rather long column name"))
        .field(Field::double7("DOUBLE"))
        .field(Field::timestamp("AT"))
        .row([Value::Integer(-2), Value::Double(1.0), Value::Moment(1, 1, 2, 0)])
        .build();
    assert_eq!(files.header_length, 68 + 3 * 48 + 1);
    assert_eq!(&files.table[32..40], b"DB866RU0");
    assert_eq!(&files.table[68..93], b"A rather long column name");
    assert_eq!(files.table[68 + 32..68 + 34], [b'I', 4]);
    assert_eq!(files.table[files.cell(0, 0)], [0x7F, 0xFF, 0xFF, 0xFE]);
    assert_eq!(files.table[files.cell(0, 1)], [0xBF, 0xF0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(files.table[files.cell(0, 2)], 172_800_000.0_f64.to_be_bytes());
}

#[test]
fn dbase_2_has_a_header_of_521_bytes() {
    let files = Table::new(Dialect::DBase2)
        .field(Field::character("NAME", 5))
        .row(["ab".into()])
        .row(["cd".into()])
        .build();
    assert_eq!(files.header_length, 521);
    assert_eq!(files.table[..3], [0x02, 2, 0]);
    assert_eq!(&files.table[8..13], b"NAME\0");
    assert_eq!(files.table[19..21], [b'C', 5]);
    assert_eq!(&files.table[521..], b" ab    cd   \x1A");
}

#[test]
fn a_smt_cell_holds_type_length_and_block() {
    let files = Table::new(Dialect::Smt)
        .field(Field::memo("NOTE", Dialect::Smt))
        .row(["abc".into()])
        .row([Value::Blank])
        .build();
    assert_eq!(files.table[files.cell(0, 0)], [1, 0, 3, 0, 0, 0, 16, 0, 0, 0]);
    assert_eq!(&files.table[files.cell(1, 0)], b"          ");
    assert_eq!(&files.memo.unwrap()[512..515], b"abc");
}

#[test]
fn wide_text_spreads_its_width() {
    let files = Table::new(Dialect::FoxPro2).field(Field::character("WIDE", 300)).row(["x".into()]).build();
    assert_eq!(files.record_length, 301);
    assert_eq!(files.table[48..50], [44, 1]);
}

#[test]
fn damage_hits_what_it_names() {
    let mut files = simple(Dialect::DBase3Memo)
        .field(Field::memo("NOTE", Dialect::DBase3Memo))
        .row(["a".into(), Value::Number("1".into())])
        .row(["b".into()])
        .build();
    let size = files.table.len();
    damage::overflow(&mut files, 0, 1);
    damage::pointer_outside(&mut files, 1, 4);
    damage::flag(&mut files, 1, b'?');
    damage::header_count(&mut files, 9);
    damage::record_length(&mut files, 41);
    damage::truncate(&mut files, 3);
    assert_eq!(&files.table[files.cell(0, 1)], b"*********");
    assert_eq!(&files.table[files.cell(1, 4).start..][..2], b" 9");
    assert_eq!(files.table[files.header_length + files.record_length], b'?');
    assert_eq!(files.table[4..8], [9, 0, 0, 0]);
    assert_eq!(files.table[10..12], [41, 0]);
    assert_eq!(files.table.len(), size - 3);
}

#[test]
fn the_demonstration_reads_back_where_the_other_reader_can() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(demo::demo_folder(folder.path()).unwrap(), 11);
    let count = |name: &str| Reader::from_path(folder.path().join(name)).unwrap().read().unwrap().len();
    assert_eq!(count("DOKUM/NAKLSTR.DBF"), 600);
    assert_eq!(count("DOKUM/OPLATA.DBF"), 90);
    let goods = std::fs::read(folder.path().join("SPRAV/TOVAR.DBF")).unwrap();
    let name = codepage::cp866("Сахар-песок");
    assert!(goods.windows(name.len()).any(|window| window == name));
}
