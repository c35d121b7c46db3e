//! Any rows, compressed and not: the one gzip member of joined blocks gives back the same CSV.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [shape, choice, rows @ ..] = data else { return };
    let files = data_exporter_fuzz::empty(*shape);
    let mut table = files.table.clone();
    // Enough rows for several blocks.
    let repeated = rows.repeat((3 << 20) / rows.len().max(1));
    let count = (repeated.len() / files.record_length).min(usize::from(u16::MAX));
    let places = if table[0] == 0x02 { 1..3 } else { 4..6 };
    table[places].copy_from_slice(&(count as u16).to_le_bytes());
    table.extend_from_slice(&repeated);
    data_exporter_fuzz::compress(&table, *choice);
});
