//! `Findings`: counts the problems of a table by code and column, keeps the first places, and writes the messages.
//! Never puts a value into a message: values go to [`Sample`]s, which only a terminal shows.

use std::fmt::Write as _;

use super::finding_code::{CODES, FindingCode};
use crate::models::export::{Finding, Sample};

/// Number of rows that a message names.
const PLACES: usize = 5;
/// Number of values that are kept for a terminal.
const SAMPLES: usize = 3;

#[derive(Debug)]
struct FindingEntry {
    code: FindingCode,
    column: Option<u32>,
    count: u64,
    rows: Vec<u64>,
    samples: Vec<Sample>,
    /// A sentence in place of the code's own.
    sentence: Option<String>,
}

/// The collector of one conversion.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    entries: Vec<FindingEntry>,
    /// `(column + 1) * CODES + code` -> index in `entries` plus one.
    index: Vec<u32>,
}

impl Findings {
    /// Counts something that concerns the whole table.
    pub(crate) fn table(&mut self, code: FindingCode, count: u64) {
        if count > 0 {
            self.entry(code, None).count += count;
        }
    }

    /// Reports something that concerns the whole table, in a sentence of its own.
    pub(crate) fn sentence(&mut self, code: FindingCode, sentence: String) {
        let entry = self.entry(code, None);
        entry.count += 1;
        entry.sentence = Some(sentence);
    }

    /// How often something was found, over all columns.
    pub(crate) fn count(&self, code: FindingCode) -> u64 {
        self.entries.iter().filter(|entry| entry.code == code).map(|entry| entry.count).sum()
    }

    /// Counts something that concerns a whole column, by its index among the exported ones.
    pub(crate) fn column(&mut self, code: FindingCode, column: u32, count: u64) {
        if count > 0 {
            self.entry(code, Some(column)).count += count;
        }
    }

    /// Counts something in a whole row, counted from 1.
    pub(crate) fn row(&mut self, code: FindingCode, row: u64) {
        let entry = self.entry(code, None);
        entry.count += 1;
        entry.place(row);
    }

    /// Counts something in a cell; `value` is shown on a terminal only.
    #[cold]
    pub(crate) fn cell(&mut self, code: FindingCode, column: u32, row: u64, count: u64, value: &[u8]) {
        let entry = self.entry(code, Some(column));
        entry.count += count;
        entry.place(row);
        if entry.samples.len() < SAMPLES {
            let shown = &value[..value.len().min(64)];
            entry.samples.push(Sample { row, text: shown.escape_ascii().to_string() });
        }
    }

    /// The warnings and the notes, in the order of their codes, with the names of `columns`.
    pub(crate) fn finish(mut self, columns: &[String]) -> (Vec<Finding>, Vec<Finding>) {
        self.entries.sort_by_key(|entry| (entry.code as u8, entry.column));
        self.entries.into_iter().map(|entry| (entry.code.is_note(), entry.finish(columns))).fold(
            (Vec::new(), Vec::new()),
            |(mut warnings, mut notes), (note, finding)| {
                if note {
                    notes.push(finding);
                } else {
                    warnings.push(finding);
                }
                (warnings, notes)
            },
        )
    }

    fn entry(&mut self, code: FindingCode, column: Option<u32>) -> &mut FindingEntry {
        let slot = column.map_or(0, |column| column as usize + 1) * CODES + code as usize;
        if slot >= self.index.len() {
            self.index.resize(slot + 1, 0);
        }
        if self.index[slot] == 0 {
            self.entries.push(FindingEntry {
                code,
                column,
                count: 0,
                rows: Vec::new(),
                samples: Vec::new(),
                sentence: None,
            });
            self.index[slot] = self.entries.len() as u32;
        }
        &mut self.entries[self.index[slot] as usize - 1]
    }
}

impl FindingEntry {
    fn place(&mut self, row: u64) {
        if self.rows.len() < PLACES && self.rows.last() != Some(&row) {
            self.rows.push(row);
        }
    }

    fn finish(self, columns: &[String]) -> Finding {
        let mut message = self.sentence.unwrap_or_else(|| self.code.sentence(self.count));
        for (index, row) in self.rows.iter().enumerate() {
            let lead = match (index, self.rows.len()) {
                (0, 1) => " (row ",
                (0, _) => " (rows ",
                _ => ", ",
            };
            let _ = write!(message, "{lead}{row}");
        }
        if !self.rows.is_empty() {
            message.push_str(if self.rows.len() == PLACES && self.count > PLACES as u64 {
                ", ...)"
            } else {
                ")"
            });
        }
        Finding {
            code: self.code.as_str().to_owned(),
            row: self.rows.first().copied(),
            column: self.column.and_then(|column| columns.get(column as usize).cloned()),
            count: self.count,
            message,
            samples: self.samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_code_and_column_and_keeps_the_first_places() {
        let mut findings = Findings::default();
        for row in 1..=7 {
            findings.cell(FindingCode::NumberInvalid, 1, row, 1, b"1,5");
        }
        findings.table(FindingCode::DeletedSkipped, 2);
        findings.table(FindingCode::RowsMissing, 0);
        findings.row(FindingCode::RowFlagInvalid, 9);
        let (warnings, notes) = findings.finish(&["A".to_owned(), "B".to_owned()]);
        assert_eq!(warnings.len(), 2);
        assert_eq!(warnings[0].message, "1 row has an invalid deletion flag; exported as active (row 9)");
        assert_eq!(warnings[1].message, "7 values are not numbers; left empty (rows 1, 2, 3, 4, 5, ...)");
        assert_eq!(
            (warnings[1].row, warnings[1].column.as_deref(), warnings[1].count),
            (Some(1), Some("B"), 7)
        );
        assert_eq!(warnings[1].samples.len(), 3);
        assert_eq!(notes[0].message, "2 deleted rows skipped");
    }
}
