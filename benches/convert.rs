//! Speed of converting a table in memory to CSV and CSV.gz: `cargo bench`. `cargo xtask bench` compares it with other
//! programs.

#![allow(clippy::unwrap_used, reason = "a bench may stop")]

use std::io::Cursor;

use data_exporter::convert::{ConvertSettings, Rules, stream};
use data_exporter::export::CountingSink;
use data_exporter::models::Config;
use divan::Bencher;
use divan::counter::BytesCount;
use test_tables::bench::{Profile, bench_table};

fn main() {
    divan::main();
}

fn table(profile: Profile) -> Vec<u8> {
    let mut table = Vec::new();
    bench_table(&mut table, profile, 50_000, 1).unwrap();
    table
}

fn convert(bencher: Bencher, profile: Profile, gzip_level: Option<u8>) {
    let table = table(profile);
    let settings =
        ConvertSettings { gzip_level, ..Rules::new(&Config::default()).unwrap().settings_for("table.dbf") };
    bencher.counter(BytesCount::of_slice(&table)).bench(|| {
        let mut sink = CountingSink(0);
        stream(Cursor::new(&table), None::<(Cursor<&[u8]>, &str)>, None, &settings, &mut sink).unwrap();
        sink.0
    });
}

#[divan::bench]
fn goods_to_csv(bencher: Bencher) {
    convert(bencher, Profile::Goods, None);
}

#[divan::bench]
fn receipts_to_csv(bencher: Bencher) {
    convert(bencher, Profile::Receipts, None);
}

#[divan::bench(sample_count = 10)]
fn goods_to_gzip(bencher: Bencher) {
    convert(bencher, Profile::Goods, Some(6));
}

#[divan::bench(sample_count = 10)]
fn receipts_to_gzip(bencher: Bencher) {
    convert(bencher, Profile::Receipts, Some(6));
}
