//! Memos: where they end, how long they may be, and the pointers to them.

use std::io::{self, Cursor};

use data_exporter::config::{Deleted, RowsBeyondHeader};
use data_exporter::convert::{ConvertSettings, PartSink, stream};
use test_tables::{Dialect, Field, Table, Value, damage};

use crate::{Converted, convert, convert_with, settings, warnings};

fn dbt(blocks: &[&[u8]], pointers: &[u32]) -> Converted {
    let mut table =
        Table::new(Dialect::DBase3Memo).language(0x65).field(Field::memo("M", Dialect::DBase3Memo));
    for pointer in pointers {
        table.push(b' ', [Value::Pointer(*pointer)]);
    }
    let mut files = table.build();
    let mut memo = vec![0; 512];
    for block in blocks {
        memo.extend_from_slice(block);
        memo.resize(memo.len().next_multiple_of(512), 0);
    }
    files.memo = Some(memo);
    convert(&files)
}

#[test]
fn the_file_decides_whether_one_mark_or_a_pair_ends_its_memos() {
    // Clipper: one mark, then what stood in the block before.
    let stale = b"new\x1Aold text\x1A\x1Amore";
    let converted = dbt(&[stale, b"second\x1Astale", b"third\x1A"], &[1, 2, 3]);
    assert_eq!((converted.column(0), warnings(&converted)), (vec!["new", "second", "third"], vec![]));
    // dBASE: a mark inside a text is text.
    let converted = dbt(&[b"one\x1A\x1A", b"a\x1Ab\x1A\x1Astale", b"three\x1A\x1A"], &[1, 2, 3]);
    assert_eq!(converted.column(0), ["one", "a\u{1A}b", "three"]);
    // A block that nobody points to does not come along.
    assert_eq!(dbt(&[b"mine\x1A", b"foreign\x1A\x1A"], &[1]).column(0), ["mine"]);
    assert_eq!(dbt(&[b"mine", b"foreign\x1A"], &[1]).column(0).len(), 1);
    // A whole memo ended by NULs is no alarm.
    let converted = dbt(&[b"ended by zeros"], &[1]);
    assert_eq!((converted.column(0), warnings(&converted)), (vec!["ended by zeros"], vec![]));
}

#[test]
fn a_memo_is_read_up_to_the_limit() {
    let long = vec![b'x'; 3000];
    for dialect in [Dialect::DBase3Memo, Dialect::DBase4Memo, Dialect::FoxPro2, Dialect::Smt] {
        let files = Table::new(dialect).field(Field::memo("M", dialect)).row([long.clone().into()]).build();
        let base = settings(Deleted::Skip, RowsBeyondHeader::Skip);
        for (limit, expected) in [(1000, vec![("MEMO_TOO_LONG", 1)]), (3000, vec![])] {
            let options = ConvertSettings { memo_limit: limit, ..base.clone() };
            let converted = convert_with(&files, &options).unwrap();
            assert_eq!(converted.column(0)[0].len() as u64, limit, "{dialect:?}");
            assert_eq!(warnings(&converted), expected, "{dialect:?}");
        }
    }
}

/// 40 kB of rows and a memo of 1 MB would become 4 GB.
#[test]
fn many_rows_that_name_one_memo_do_not_multiply_it_without_end() {
    struct Discarded(u64);

    impl PartSink for Discarded {
        fn next_part(&mut self) -> io::Result<()> {
            Ok(())
        }

        fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
            self.0 += bytes.len() as u64;
            Ok(())
        }
    }

    let dialect = Dialect::DBase4Memo;
    let mut table = Table::new(dialect).field(Field::memo("M", dialect)).row([vec![b'x'; 1 << 20].into()]);
    for _ in 0..4000 {
        table.push(b' ', [Value::Pointer(1)]);
    }
    let files = table.build();
    let memo = files.memo.as_ref().map(|memo| (Cursor::new(memo), files.memo_extension));
    let settings = settings(Deleted::Skip, RowsBeyondHeader::Skip);
    let mut sink = Discarded(0);
    let refused = stream(Cursor::new(&files.table), memo, None, &settings, &mut sink).unwrap_err();
    assert!(format!("{refused:?}").contains("times as large as its files"), "{refused:?}");
    assert!(sink.0 < 90 << 20, "{} bytes", sink.0);
}

#[test]
fn a_memo_length_without_its_header_is_noticed() {
    let files = Table::new(Dialect::DBase4Memo)
        .field(Field::memo("M", Dialect::DBase4Memo))
        .row(["a text of some length".into()])
        .row(["abc".into()])
        .build();
    assert_eq!(warnings(&convert(&files)), []);
    let mut short = files;
    let memo = short.memo.as_mut().unwrap();
    for block in [512, 1024] {
        memo[block + 4] -= 8;
    }
    let converted = convert(&short);
    assert_eq!(converted.column(0), ["a text of some length", "abc"]);
    assert_eq!(warnings(&converted), [("MEMO_LENGTH_MENDED", 1)]);
}

#[test]
fn pointers_of_digits_may_be_four_bytes_wide() {
    let mut files = Table::new(Dialect::FoxPro2)
        .block_size(512)
        .field(Field::new("M", b'M', 4, 0))
        .row(["first".into()])
        .row(["second".into()])
        .build();
    assert_eq!(convert(&files).column(0), ["first", "second"]);
    damage::cell(&mut files, 0, 0, b"   1");
    damage::cell(&mut files, 1, 0, b"2   ");
    let converted = convert(&files);
    assert_eq!((converted.column(0), warnings(&converted)), (vec!["first", "second"], vec![]));
}
