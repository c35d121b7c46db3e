//! Any bytes as text in every code page: UTF-8 without a NUL, and as many U+FFFD as places without a meaning.

#![no_main]

use data_exporter::convert::codepage::find;
use libfuzzer_sys::fuzz_target;

const PAGES: [&str; 14] = [
    "UTF-8",
    "CP866",
    "CP1251",
    "CP1255",
    "CP932",
    "CP936",
    "CP949",
    "CP950",
    "EUC-JP",
    "GB18030",
    "ASCII",
    "CP864",
    "ISO-8859-11",
    "MacGreek",
];

fuzz_target!(|data: &[u8]| {
    let Some((choice, text)) = data.split_first() else { return };
    let page = find(PAGES[usize::from(*choice) % PAGES.len()]).expect("a known page");
    let mut decoded = String::new();
    let unknown = page.decode(text, &mut decoded);
    assert!(!decoded.contains('\0'));
    assert!(decoded.matches('\u{FFFD}').count() as u64 >= unknown);
    assert!(!text.is_ascii() || text.contains(&0) || decoded.as_bytes() == text);
});
