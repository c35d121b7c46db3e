//! Any bytes as the records of a sound table of every format and type.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [shape, choice, rows @ ..] = data else { return };
    let files = data_exporter_fuzz::empty(*shape);
    let mut table = files.table.clone();
    let count = rows.len() / files.record_length + usize::from(choice >> 7);
    let places = if table[0] == 0x02 { 1..3 } else { 4..6 };
    table[places].copy_from_slice(&(count as u16).to_le_bytes());
    table.extend_from_slice(rows);
    let memo = files.memo.as_deref().map(|memo| (memo, files.memo_extension));
    data_exporter_fuzz::convert(&table, memo, None, *choice);
});
