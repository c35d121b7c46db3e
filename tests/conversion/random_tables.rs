//! Random tables of every dialect, read by the library and by the second reader, and compared cell by cell.
//!
//! `RANDOM_TABLES=100000 cargo test --release --test conversion random_tables` compares more of them; `RANDOM_SEED` is
//! the number of the first table, so that a difference can be repeated with `RANDOM_TABLES=1`.

use data_exporter::config::{Deleted, RowsBeyondHeader};
use test_tables::random::random_table;
use test_tables::second_reader;

use crate::{convert_with, settings};

const TABLES: u64 = 400;

#[test]
fn both_readers_agree_on_random_tables() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (count, first) = (number("RANDOM_TABLES").unwrap_or(TABLES), number("RANDOM_SEED").unwrap_or(0));
    let options = settings(Deleted::Skip, RowsBeyondHeader::Skip);
    let (mut cells, mut refused) = (0, 0);
    for seed in first..first + count {
        let (files, format, text) = random_table(seed);
        let expected = second_reader::read(&files, format);
        let converted = convert_with(&files, &options).ok();
        let text = match &converted {
            Some(converted) => format!("{text}, {:?}", converted.report.warnings),
            None => text,
        };
        let found = converted.map(|converted| converted.rows);
        let (Some(expected), Some(found)) = (&expected, &found) else {
            assert_eq!(expected.is_none(), found.is_none(), "table {seed} is refused by one reader: {text}");
            refused += 1;
            continue;
        };
        cells += found.iter().map(Vec::len).sum::<usize>();
        let difference = second_reader::difference(found, expected);
        assert_eq!(difference, None, "table {seed}: {text}");
    }
    println!("{count} random tables, {cells} cells compared, {refused} tables refused by both readers");
}

#[test]
#[ignore = "scratch"]
fn scratch() {
    let data = std::fs::read(std::env::var("FUZZ_INPUT").unwrap()).unwrap();
    let (seed, changes) = data.split_first_chunk::<8>().unwrap();
    let (mut files, format, text) = random_table(u64::from_le_bytes(*seed));
    println!(
        "{text}\nheader {} record {} table {}",
        files.header_length,
        files.record_length,
        files.table.len()
    );
    let rows = files.header_length.min(files.table.len())..files.table.len();
    println!("before {:?}", &files.table[rows.clone()].escape_ascii().to_string());
    for change in changes.chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([change[0], change[1]]));
        if let Some(byte) = files.table.get_mut(rows.clone()).and_then(|rows| rows.get_mut(place)) {
            *byte = change[2];
        }
    }
    println!("after {:?}", &files.table[rows.clone()].escape_ascii().to_string());
    println!("memo len {:?}", files.memo.as_ref().map(Vec::len));
    let options = settings(Deleted::Skip, RowsBeyondHeader::Skip);
    let expected = second_reader::read(&files, format);
    let converted = convert_with(&files, &options).ok();
    println!("{:?}", converted.as_ref().map(|converted| &converted.report.warnings));
    println!(
        "{:?}",
        second_reader::difference(&converted.unwrap().rows, &expected.unwrap())
            .map(|text| text.chars().take(300).collect::<String>())
    );
}
