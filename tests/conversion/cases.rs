//! Every table of tests/fixtures/dbf with its right values: one instance of each kind that public bug reports describe.

use std::path::Path;

use data_exporter::config::{Deleted, RowsBeyondHeader};
use data_exporter::convert::{TablePaths, table};
use data_exporter::error::Error;

use test_tables::second_reader::cells;

use crate::{Text, settings};

/// The expected result of a table.
enum Right {
    /// These rows, cells separated by `|`, these warnings and these notes.
    Rows(&'static [&'static str], &'static [&'static str], &'static [&'static str]),
    /// No output: an error of this code whose sentence holds these words, and whose advice does not speak of a backup.
    Refused(&'static str, &'static [&'static str]),
}

use Right::{Refused, Rows};

const CASES: &[(&str, Right)] = &[
    ("BOTH", Rows(&["01|12345678|a*300|end", "02|87654321|b*299B|fin"], &[], &[])),
    ("EARLY0D", Rows(&["01|abcde", "02|fghij"], &["BYTES_OUTSIDE_COLUMNS*2"], &[])),
    ("SIX86", Refused("FILE_ENCRYPTED", &["it is encrypted"])),
    ("DB4ENC", Refused("FILE_ENCRYPTED", &["it is encrypted"])),
    ("NFF5", Rows(&["1|5|1.2500|nut|abc|1.5", "2|||||"], &[], &["COLUMN_HIDDEN*1"])),
    (
        "LESS1",
        Rows(&["abcde|1|2024-05-06", "fghij|22|2024-05-07", "klmno|333|"], &["HEADER_LENGTH_MENDED*1"], &[]),
    ),
    ("ORPHAN", Rows(&["0|mine"], &[], &[])),
    ("CANTEXT", Refused("FILE_DAMAGED", &["is not a DBF table", "text"])),
    ("HTML", Refused("FILE_DAMAGED", &["is not a DBF table", "HTML"])),
    ("FOXBASE", Rows(&["abcde|1", "fghij|22"], &[], &[])),
    // The file does not hold the digit: the end mark stands in its place.
    ("LAST1A", Rows(&["abc|1", "def|2", "ghi|"], &[], &["END_MARK_IN_ROW*1"])),
    ("EOF0F", Rows(&["abc|1", "def|2", "ghi|3"], &[], &[])),
    ("FORTRAN", Rows(&["1.5E+03", "1.00"], &[], &["NUMBER_EXPONENT*1"])),
    ("NULJUNK", Rows(&["05.11", "1.00"], &[], &["NUMBER_ENDED_BY_NUL*1"])),
    ("H_SMT", Rows(&["1|text", "2|65"], &[], &[])),
    ("V07", Rows(&["Привет|1", "Ура|2"], &[], &[])),
    ("V87M", Rows(&["abc|memo one", "def|memo two"], &[], &[])),
    ("FLEX", Rows(&["00|flex char", "01|plain text", "02|compressed?"], &[], &[])),
    ("LATIN9", Rows(&["œ€"], &[], &[])),
    ("EUCJP", Rows(&["日本"], &[], &[])),
    ("NL7", Rows(&[""], &["NUMBER_INVALID*1"], &[])),
    ("NLNAME", Rows(&["", "2"], &["NUMBER_INVALID*1"], &[])),
];

/// `a*300` stands for three hundred times the letter, followed by the rest.
fn cell(text: &str) -> String {
    let Some((letter, rest)) = text.split_once('*') else { return text.to_owned() };
    let digits = rest.trim_end_matches(char::is_alphabetic);
    letter.repeat(digits.parse().unwrap()) + &rest[digits.len()..]
}

fn differences(name: &str, right: &Right) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dbf").join(format!("{name}.DBF"));
    let mut sink = Text::default();
    let options = settings(Deleted::Skip, RowsBeyondHeader::Skip);
    let result = table(&TablePaths::find(&path).unwrap(), &options, &mut sink);
    match (right, result) {
        (Rows(rows, warnings, notes), Ok(report)) => {
            let csv = cells(&String::from_utf8(sink.0).unwrap());
            let found: Vec<Vec<String>> =
                csv[1..].iter().map(|row| row.iter().map(|cell| cell.text.clone()).collect()).collect();
            let expected: Vec<Vec<String>> =
                rows.iter().map(|row| row.split('|').map(cell).collect()).collect();
            let codes = |findings: &[data_exporter::models::export::Finding]| -> Vec<String> {
                findings.iter().map(|finding| format!("{}*{}", finding.code, finding.count)).collect()
            };
            let (found_warnings, found_notes) = (codes(&report.warnings), codes(&report.notes));
            let mut all = Vec::new();
            if found != expected {
                all.push(format!("{name}: rows {found:?}"));
            }
            if found_warnings != *warnings {
                all.push(format!("{name}: warnings {found_warnings:?}"));
            }
            if found_notes != *notes {
                all.push(format!("{name}: notes {found_notes:?}"));
            }
            all
        }
        (Rows(..), Err(error)) => vec![format!("{name}: refused: {error}")],
        (Refused(..), Ok(report)) => vec![format!("{name}: {} rows written", report.rows.written)],
        (Refused(code, words), Err(error)) => {
            let error = Error::from(error);
            let hint = error.hint.clone().unwrap_or_default();
            let sound = error.code.as_str() == *code
                && words.iter().all(|word| error.message.contains(word))
                && !hint.contains("backup");
            if sound { Vec::new() } else { vec![format!("{name}: {error:?}")] }
        }
    }
}

#[test]
fn every_case_has_its_right_values() {
    let all: Vec<String> = CASES.iter().flat_map(|(name, right)| differences(name, right)).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
