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
