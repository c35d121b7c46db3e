//! Any bytes as the `.cpg` file of a table: a known page, or a name that a message can show.

#![no_main]

use data_exporter::convert::codepage::{Cpg, find, for_cpg};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| match for_cpg(data) {
    Cpg::Page(page) => assert_eq!(find(page.name()).as_ref(), Some(&page)),
    Cpg::Unknown(name) => {
        assert!(name.chars().count() <= 40 && !name.chars().any(char::is_control), "{name:?}");
    }
});
