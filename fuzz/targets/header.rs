//! Any bytes as a table: the header, the layout, and whatever they make of the rest.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, table)) = data.split_first() else { return };
    data_exporter_fuzz::convert(table, None, None, *choice);
});
