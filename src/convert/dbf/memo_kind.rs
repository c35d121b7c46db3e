//! Which format a memo file has: told from its bytes and the table's pointers, the name only breaks a tie.

use super::TableFormat;

/// The formats of memo files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemoKind {
    /// dBASE III `.dbt`: 512-byte blocks, text up to 1A 1A.
    Dbase3,
    /// dBASE IV `.dbt`: blocks begin with FF FF 08 00 and a length.
    Dbase4,
    /// FoxPro `.fpt`: blocks begin with a type and a length, big-endian.
    FoxPro,
    /// Clipper SIX `.smt`: bare blocks, the length stands beside the pointer.
    Six,
}

/// A reader of the memo file's bytes at a place.
pub(super) trait At {
    /// The eight bytes at `offset`, or none when they do not all exist.
    fn eight(&mut self, offset: u64) -> std::io::Result<Option<[u8; 8]>>;
}

/// The size of a block, by the file's first bytes as each format would read them.
pub(super) fn block_size(kind: MemoKind, start: &[u8; 24]) -> u64 {
    let or = |size: u64, default| if size == 0 { default } else { size };
    match kind {
        MemoKind::Dbase3 => 512,
        MemoKind::Dbase4 => or(u64::from(u16::from_le_bytes([start[20], start[21]])), 512),
        MemoKind::FoxPro => or(u64::from(u16::from_be_bytes([start[6], start[7]])), 512),
        MemoKind::Six => or(u64::from(u32::from_le_bytes([start[4], start[5], start[6], start[7]])), 32),
    }
}

/// Chooses the format under which most of the `pointers` (block numbers of some rows) lead to a well-formed block.
pub(super) fn classify(
    file: &mut impl At,
    start: &[u8; 24],
    length: u64,
    pointers: &[u64],
    format: TableFormat,
    extension: &str,
) -> std::io::Result<MemoKind> {
    let by_name = match (extension, format) {
        ("smt", _) => MemoKind::Six,
        ("fpt", _) | (_, TableFormat::VisualFoxPro | TableFormat::FoxPro2) => MemoKind::FoxPro,
        (_, TableFormat::Dbase2 | TableFormat::Dbase3 | TableFormat::Six) => MemoKind::Dbase3,
        _ => MemoKind::Dbase4,
    };
    if by_name == MemoKind::Six {
        return Ok(MemoKind::Six);
    }
    let mut hits = [0usize; 2];
    for &pointer in pointers {
        for (kind, hits) in [MemoKind::Dbase4, MemoKind::FoxPro].into_iter().zip(&mut hits) {
            // Every FoxPro header states its block size; in one of dBASE III there are NULs.
            if kind == MemoKind::FoxPro && by_name != kind && start[6..8] == [0, 0] {
                continue;
            }
            let offset = pointer.saturating_mul(block_size(kind, start));
            if let Some(block) = file.eight(offset)? {
                *hits += usize::from(well_formed(kind, block, offset, length));
            }
        }
    }
    Ok(match hits {
        [0, 0] if pointers.is_empty() => by_name,
        // FoxPro's header is distinct; a .dbt of dBASE III has no mark at all and is what remains.
        [0, 0] if by_name == MemoKind::FoxPro && start[6..8] != [0, 0] => MemoKind::FoxPro,
        // So is dBASE IV's, which states its block size; that its pointers are all wrong makes no text of its blocks.
        [0, 0] if by_name == MemoKind::Dbase4 && start[20..22] != [0, 0] => MemoKind::Dbase4,
        [0, 0] => MemoKind::Dbase3,
        // Its mark is four bytes of its own, where a block of NULs looks like one of FoxPro.
        [four, fox] if four >= fox => MemoKind::Dbase4,
        [_, fox] if by_name == MemoKind::FoxPro || fox * 2 > pointers.len() => MemoKind::FoxPro,
        _ => MemoKind::Dbase3,
    })
}

fn well_formed(kind: MemoKind, block: [u8; 8], offset: u64, length: u64) -> bool {
    let little = u64::from(u32::from_le_bytes([block[4], block[5], block[6], block[7]]));
    let big = u64::from(u32::from_be_bytes([block[4], block[5], block[6], block[7]]));
    match kind {
        MemoKind::Dbase4 => block[..4] == [0xFF, 0xFF, 0x08, 0x00] && little > 0,
        MemoKind::FoxPro => {
            block[..2] == [0, 0]
                // The types of FoxPro; those of FlexFile 3.
                && matches!(u16::from_be_bytes([block[2], block[3]]), 0..=2 | 1000..=1018 | 10_000..=10_002)
                && offset + 8 + big <= length
        }
        MemoKind::Dbase3 | MemoKind::Six => true,
    }
}
