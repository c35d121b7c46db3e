//! Any bytes as the memo file of a sound table, with pointers anywhere into it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [shape, choice, a, b, c, d, e, f, g, h, memo @ ..] = data else { return };
    let block = |low: &u8, high: &u8| u16::from_le_bytes([*low, *high]);
    let blocks = [block(a, b), block(c, d), block(e, f), block(g, h)];
    let table = data_exporter_fuzz::pointing(*shape, blocks);
    let extension = data_exporter_fuzz::extension(*shape);
    data_exporter_fuzz::convert(&table, Some((memo, extension)), None, *choice);
});
