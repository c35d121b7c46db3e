//! The memo file, read whole.

use crate::MemoFormat;

use super::layout::Table;
use super::text::Page;

pub struct Memos<'a> {
    file: Option<&'a [u8]>,
    format: Option<MemoFormat>,
    /// The blocks that rows name, in order, without repetitions.
    blocks: Vec<usize>,
    /// dBASE III: one 1A ends a memo, not two.
    single: bool,
}

const BLOCK: usize = 512;

impl<'a> Memos<'a> {
    pub fn new(file: Option<&'a [u8]>, format: Option<MemoFormat>, table: &Table, rows: &[Vec<u8>]) -> Self {
        let mut blocks = Vec::new();
        for row in rows {
            for column in table.columns.iter().filter(|column| b"MGPWB".contains(&column.kind)) {
                if column.kind == b'B' && column.width == 8 && !table.has_binary_memos_in_b() {
                    continue;
                }
                blocks.extend(block_of(&row[column.start..column.start + column.width]));
            }
        }
        blocks.sort_unstable();
        blocks.dedup();
        let mut memos = Self { file, format, blocks, single: false };
        memos.single = memos.has_single_marks();
        memos
    }

    fn has_single_marks(&self) -> bool {
        let (mut singles, mut pairs) = (0, 0);
        for &block in &self.blocks {
            let body = self.body(block);
            let Some(first) = body.iter().position(|&byte| byte == 0x1A) else { continue };
            let pair = body.windows(2).position(|two| two == [0x1A, 0x1A]);
            match pair {
                Some(pair) if pair == first => pairs += 1,
                _ if nuls_follow(body, first) => singles += 1,
                Some(pair) if !body[first..pair].contains(&0) => pairs += 1,
                _ => singles += 1,
            }
        }
        singles > pairs
    }

    /// From a block to the next one that a row names, or to the file's end.
    fn body(&self, block: usize) -> &'a [u8] {
        let file = self.file.unwrap_or_default();
        let end = self.blocks.iter().find(|&&other| other > block).map_or(file.len(), |&next| next * BLOCK);
        file.get(block * BLOCK..end.min(file.len())).unwrap_or_default()
    }

    /// The bytes of the memo that a cell points to.
    pub fn read(&self, cell: &[u8]) -> Vec<u8> {
        let (Some(file), Some(format)) = (self.file, self.format) else { return Vec::new() };
        if format == MemoFormat::Smt {
            return Self::six(cell, file);
        }
        let Some(block) = block_of(cell) else { return Vec::new() };
        match format {
            MemoFormat::Dbt3 => self.dbase3(block),
            MemoFormat::Dbt4 => {
                let size = usize::from(u16::from_le_bytes([file[20], file[21]]));
                let Some(head) = file.get(block * size..block * size + 8) else { return Vec::new() };
                if head[..4] != [0xFF, 0xFF, 8, 0] {
                    return Vec::new();
                }
                let length = u32::from_le_bytes(head[4..].try_into().expect("four bytes")) as usize;
                piece(file, block * size + 8, length.saturating_sub(8))
            }
            _ => {
                let size = usize::from(u16::from_be_bytes([file[6], file[7]]));
                let Some(head) = file.get(block * size..block * size + 8).filter(|_| block * size >= 512)
                else {
                    return Vec::new();
                };
                if head[..2] != [0, 0] {
                    return Vec::new();
                }
                let length = u32::from_be_bytes(head[4..].try_into().expect("four bytes")) as usize;
                piece(file, block * size + 8, length)
            }
        }
    }

    /// A cell holds type, length and block.
    /// The type word that stands in a cell.
    pub fn type_word(&self, cell: &[u8]) -> Option<u16> {
        let is_six = self.format == Some(MemoFormat::Smt) && cell.len() == 10;
        is_six.then(|| u16::from_le_bytes([cell[0], cell[1]]))
    }

    fn six(cell: &[u8], file: &[u8]) -> Vec<u8> {
        if cell.len() != 10 || cell.iter().all(|&byte| byte == b' ' || byte == 0) {
            return Vec::new();
        }
        let four = |at: usize| u32::from_le_bytes(cell[at..at + 4].try_into().expect("four bytes")) as usize;
        let size = u32::from_le_bytes(file[4..8].try_into().expect("four bytes")) as usize;
        if four(6) == 0 { Vec::new() } else { piece(file, four(6) * size, four(2)) }
    }

    fn dbase3(&self, block: usize) -> Vec<u8> {
        let body = self.body(block);
        let first = body.iter().position(|&byte| byte == 0x1A);
        let pair = body.windows(2).position(|two| two == [0x1A, 0x1A]);
        let end = match (first, pair) {
            (Some(first), pair) if pair != Some(first) && (self.single || nuls_follow(body, first)) => first,
            (Some(first), _) if self.single => first,
            (_, Some(pair)) => pair,
            (Some(first), None) => first,
            (None, None) => {
                let nul = body.iter().position(|&byte| byte == 0);
                let rest = |nul: usize| &body[nul..((nul / BLOCK + 1) * BLOCK).min(body.len())];
                nul.filter(|&nul| rest(nul).iter().all(|&byte| byte == 0)).unwrap_or(body.len())
            }
        };
        body[..end].to_vec()
    }

    /// Without `8D 0A`, in .dbt and FoxPro 2 memos with a single-byte page and no bare line feed.
    pub fn without_soft_breaks(&self, memo: Vec<u8>, page: &Page, table: &Table) -> Vec<u8> {
        let wraps = match self.format {
            Some(MemoFormat::Dbt3 | MemoFormat::Dbt4) => true,
            Some(MemoFormat::Fpt) => !table.is_visual(),
            _ => false,
        };
        let bare = (0..memo.len())
            .any(|at| memo[at] == b'\n' && (at == 0 || memo[at - 1] != b'\r' && memo[at - 1] != 0x8D));
        if !wraps || !page.is_single() || bare {
            return memo;
        }
        let (mut out, mut at) = (Vec::new(), 0);
        while at < memo.len() {
            let before = at.checked_sub(1).map(|before| memo[before]);
            let allowed = !page.has_letter_8d() || matches!(before, Some(b' ' | b'-'));
            if memo[at] == 0x8D && memo.get(at + 1) == Some(&b'\n') && allowed {
                at += 2;
            } else {
                out.push(memo[at]);
                at += 1;
            }
        }
        out
    }
}

/// Whether at least one byte of the block follows this place, and all that do are NUL.
fn nuls_follow(body: &[u8], at: usize) -> bool {
    let end = ((at / BLOCK + 1) * BLOCK).min(body.len());
    at + 1 < end && body[at + 1..end].iter().all(|&byte| byte == 0)
}

fn piece(file: &[u8], start: usize, length: usize) -> Vec<u8> {
    let rest = file.get(start..).unwrap_or_default();
    rest[..length.min(rest.len())].to_vec()
}

/// The block that a cell names: four bytes in Visual FoxPro, digits elsewhere.
fn block_of(cell: &[u8]) -> Option<usize> {
    if let Ok(four) = <[u8; 4]>::try_from(cell) {
        let number = u32::from_le_bytes(four) as usize;
        // Digits and blanks, where no file is so large that they are a number.
        if four.iter().all(|byte| b" 0123456789".contains(byte)) {
            return String::from_utf8_lossy(cell).trim().parse().ok().filter(|&number: &usize| number != 0);
        }
        return (number != 0).then_some(number);
    }
    let text = String::from_utf8_lossy(cell);
    let digits = text.trim_matches([' ', '\0']);
    let number =
        digits.parse::<usize>().ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_digit()))?;
    (number != 0).then_some(number)
}
