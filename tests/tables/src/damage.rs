//! Spoils a written table on purpose. Each function changes [`Files`] in one way, as a crash, a bad disk or a careless
//! program would.

use crate::Files;

/// Cuts bytes off the end of the table.
pub fn truncate(files: &mut Files, bytes: usize) {
    let left = files.table.len().saturating_sub(bytes);
    files.table.truncate(left);
}

/// Cuts bytes off the end of the memo file.
pub fn truncate_memo(files: &mut Files, bytes: usize) {
    if let Some(memo) = &mut files.memo {
        memo.truncate(memo.len().saturating_sub(bytes));
    }
}

/// Takes the memo file away.
pub fn remove_memo(files: &mut Files) {
    files.memo = None;
}

/// Makes the header count other rows than there are (not for dBASE II).
pub fn header_count(files: &mut Files, rows: u32) {
    files.table[4..8].copy_from_slice(&rows.to_le_bytes());
}

/// Makes the header state another header length (not for dBASE II).
pub fn header_length(files: &mut Files, bytes: u16) {
    files.table[8..10].copy_from_slice(&bytes.to_le_bytes());
}

/// Makes the header state another record length than its columns add up to (not for dBASE II).
pub fn record_length(files: &mut Files, bytes: u16) {
    files.table[10..12].copy_from_slice(&bytes.to_le_bytes());
}

/// Writes these bytes over a cell, from its beginning; rows and columns are counted from 0.
pub fn cell(files: &mut Files, row: usize, column: usize, bytes: &[u8]) {
    let range = files.cell(row, column);
    let length = bytes.len().min(range.len());
    files.table[range.start..range.start + length].copy_from_slice(&bytes[..length]);
}

/// Fills a cell with `*`, as dBASE does where a number does not fit.
pub fn overflow(files: &mut Files, row: usize, column: usize) {
    let range = files.cell(row, column);
    files.table[range].fill(b'*');
}

/// Makes a memo pointer name a block far behind the memo file's end.
pub fn pointer_outside(files: &mut Files, row: usize, column: usize) {
    let bytes = match files.widths[column] {
        4 => 0x7000_0000_u32.to_le_bytes().to_vec(),
        width => format!("{:>width$}", 999_999_999).into_bytes(),
    };
    cell(files, row, column, &bytes);
}

/// Sets a row's deletion flag to any byte.
pub fn flag(files: &mut Files, row: usize, flag: u8) {
    let place = files.header_length + row * files.record_length;
    files.table[place] = flag;
}

/// Appends bytes after the end, as a program leaves that packed its table without cutting the file.
pub fn append(files: &mut Files, bytes: &[u8]) {
    files.table.extend_from_slice(bytes);
}

/// Leaves only the first bytes of the header.
pub fn only_header(files: &mut Files, bytes: usize) {
    files.table.truncate(bytes);
}
