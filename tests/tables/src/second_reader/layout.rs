//! The header of a table and where each column stands in a row.

/// A column that is exported.
pub struct Column {
    pub kind: u8,
    pub start: usize,
    pub width: usize,
    /// The width of its field, of which a part may lie beyond the record.
    pub whole: usize,
    pub decimals: u8,
    pub binary: bool,
    pub null_bit: Option<usize>,
    pub size_bit: Option<usize>,
}

/// A table's header, understood.
pub struct Table {
    pub version: u8,
    pub language: u8,
    pub driver: String,
    pub columns: Vec<Column>,
    /// Where `_NullFlags` stands in a row, and its width.
    pub null_flags: Option<(usize, usize)>,
    first_row: usize,
    record_length: usize,
    count: usize,
}

struct Descriptor {
    name: Vec<u8>,
    kind: u8,
    length: usize,
    decimals: u8,
    flags: u8,
}

fn two(bytes: &[u8], at: usize) -> usize {
    usize::from(bytes[at]) + 256 * usize::from(bytes[at + 1])
}

impl Table {
    pub fn parse(file: &[u8]) -> Option<Self> {
        let version = *file.first()?;
        let (count, mut first_row, mut record_length, start, step) = match version {
            0x02 => (two(file, 1), 521, two(file, 6), 8, 16),
            0x04 | 0x8C => (two(file, 4), two(file, 8), two(file, 10), 68, 48),
            _ => (two(file, 4), two(file, 8), two(file, 10), 32, 32),
        };
        if matches!(version, 0x06 | 0x86 | 0xE6 | 0xF6) {
            return None;
        }
        let (descriptors, list_end) = descriptors(file, version, start, step);
        let narrow: Vec<usize> = descriptors.iter().map(|one| one.length).collect();

        // Every set of C columns that may be wide, by trying them all.
        let wide: Vec<usize> = (0..narrow.len())
            .filter(|&i| descriptors[i].kind == b'C' && descriptors[i].decimals > 0)
            .collect();
        let mut sets = Vec::new();
        for choice in 0..1_u32 << wide.len().min(16) {
            let mut widths = narrow.clone();
            for (bit, &index) in wide.iter().enumerate().take(16) {
                if choice >> bit & 1 == 1 {
                    widths[index] += 256 * usize::from(descriptors[index].decimals);
                }
            }
            sets.push(widths);
        }
        let sum = |widths: &[usize]| 1 + widths.iter().sum::<usize>();
        let fitting = |length: usize| {
            let mut found = sets.iter().filter(|widths| sum(widths) == length);
            let first = found.next().cloned();
            first.filter(|_| found.next().is_none())
        };

        let ends = |first: usize, length: usize| {
            let end = first + count * length;
            end == file.len() || file.get(end) == Some(&0x1A)
        };
        let mut widths = narrow.clone();
        if record_length == sum(&narrow) {
        } else if let Some(found) = fitting(record_length) {
            widths = found;
        } else if record_length == 0 {
            record_length = sum(&narrow);
        } else if count > 0 && !ends(first_row, record_length) {
            let mut lengths: Vec<usize> = sets.iter().map(|widths| sum(widths)).collect();
            lengths.sort_unstable();
            lengths.dedup();
            let all_wide = *lengths.last()?;
            let unique: Vec<usize> = lengths
                .into_iter()
                .filter(|&length| ends(first_row, length) && fitting(length).is_some())
                .collect();
            if ends(first_row, sum(&narrow)) {
                record_length = sum(&narrow);
            } else if ends(first_row, all_wide) {
                record_length = all_wide;
                widths.clone_from(sets.last()?);
            } else if let [only] = unique[..] {
                record_length = only;
                widths = fitting(only)?;
            }
        }

        // The rows begin after the list of columns, unless the header's word fits the file.
        if count > 0 && version != 0x02 {
            let exact = |first: usize| {
                let end = first + count * record_length;
                file.get(end) == Some(&0x1A) || end == file.len() && file.last() != Some(&0x1A)
            };
            let weak = first_row + count * record_length == file.len();
            let mut candidates = vec![list_end];
            if matches!(version, 0x30..=0x32) {
                candidates.insert(0, list_end + 263);
            }
            let near = |candidate: usize| {
                let distance = candidate.abs_diff(first_row);
                distance <= 32 || distance.abs_diff(263) <= 32
            };
            if !exact(first_row) {
                let found = candidates.into_iter().find(|&candidate| {
                    let flag = file.get(candidate).copied();
                    candidate != first_row
                        && near(candidate)
                        && exact(candidate)
                        && (!weak || candidate < first_row && matches!(flag, Some(b' ' | b'*')))
                });
                first_row = found.unwrap_or(first_row);
            }
        }
        Some(Self::place(file, version, &descriptors, &widths, first_row, record_length, count))
    }

    fn place(
        file: &[u8],
        version: u8,
        descriptors: &[Descriptor],
        widths: &[usize],
        first_row: usize,
        record_length: usize,
        count: usize,
    ) -> Self {
        let visual = matches!(version, 0x30..=0x32);
        let named = |one: &Descriptor| one.kind == b'0' && one.name.eq_ignore_ascii_case(b"_NullFlags");
        let flags_column = descriptors
            .iter()
            .position(named)
            .or_else(|| descriptors.iter().position(|one| one.kind == b'0').filter(|_| visual));
        let (mut columns, mut start, mut bit, mut null_flags) = (Vec::new(), 1, 0, None);
        for (index, one) in descriptors.iter().enumerate() {
            let inside = widths[index].min(record_length.saturating_sub(start));
            let place = start.min(record_length);
            start += widths[index];
            if Some(index) == flags_column {
                null_flags = Some((place, inside));
            }
            if one.kind == b'0' {
                continue;
            }
            let mut take = |wanted: bool| {
                (wanted && flags_column.is_some()).then(|| {
                    bit += 1;
                    bit - 1
                })
            };
            let size_bit = take(matches!(one.kind, b'V' | b'Q'));
            let null_bit = take(one.flags & 2 != 0);
            columns.push(Column {
                kind: one.kind,
                start: place,
                width: inside,
                whole: widths[index],
                decimals: one.decimals,
                binary: visual && one.flags & 4 != 0,
                null_bit,
                size_bit,
            });
        }
        let driver = if matches!(version, 0x04 | 0x8C) { file[32..64].to_vec() } else { Vec::new() };
        Self {
            version,
            language: if version == 0x02 { 0 } else { file[29] },
            driver: String::from_utf8_lossy(&driver).trim_end_matches('\0').to_owned(),
            columns,
            null_flags,
            first_row,
            record_length,
            count,
        }
    }

    /// The rows that the header counts and the file holds whole. A 1A in place of the last byte is no value.
    pub fn rows(&self, file: &[u8]) -> Vec<Vec<u8>> {
        let data = file.get(self.first_row..).unwrap_or_default();
        let mut rows: Vec<Vec<u8>> =
            data.chunks_exact(self.record_length).take(self.count).map(<[u8]>::to_vec).collect();
        let ends_with_rows = data.len() == self.count * self.record_length;
        let texts = b"CNFDLMGPWB";
        let last_is_text = self.columns.last().is_some_and(|column| {
            texts.contains(&column.kind)
                && column.start + column.width == self.record_length
                && (column.kind != b'D' || column.width > 4)
                && (!matches!(column.kind, b'M' | b'G' | b'P' | b'W' | b'B') || column.width == 10)
        });
        if ends_with_rows
            && last_is_text
            && rows.len() == self.count
            && let Some(last) = rows.last_mut().and_then(|row| row.last_mut()).filter(|last| **last == 0x1A)
        {
            *last = b' ';
        }
        rows
    }

    pub fn is_seven(&self) -> bool {
        matches!(self.version, 0x04 | 0x8C)
    }

    pub fn is_visual(&self) -> bool {
        matches!(self.version, 0x30..=0x32)
    }

    /// In dBASE 5 and 7 a B of any width points into the memo file.
    pub fn has_binary_memos_in_b(&self) -> bool {
        matches!(self.version, 0x04 | 0x05 | 0x8C)
    }
}

/// The descriptors, and where the list of them ends, its mark included.
fn descriptors(file: &[u8], version: u8, start: usize, step: usize) -> (Vec<Descriptor>, usize) {
    let (mut found, mut at) = (Vec::new(), start);
    while let Some(raw) = file.get(at..at + step).filter(|raw| raw[0] != 0x0D && raw[0] != 0) {
        at += step;
        let cut = |name: &[u8]| {
            let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
            let end = name.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1);
            name[..end].to_vec()
        };
        found.push(match step {
            16 => Descriptor {
                name: cut(&raw[..11]),
                kind: raw[11].to_ascii_uppercase(),
                length: usize::from(raw[12]),
                decimals: raw[15],
                flags: 0,
            },
            48 => Descriptor {
                name: cut(&raw[..32]),
                kind: raw[32].to_ascii_uppercase(),
                length: usize::from(raw[33]),
                decimals: raw[34],
                flags: 0,
            },
            _ => Descriptor {
                name: cut(&raw[..11]),
                kind: raw[11].to_ascii_uppercase(),
                length: usize::from(raw[16]),
                decimals: raw[17],
                flags: raw[18],
            },
        });
    }
    // Flags mean something in Visual FoxPro, and bit 2 beside a column `_NullFlags`.
    let has_flags = found.iter().any(|one| one.kind == b'0' && one.name.eq_ignore_ascii_case(b"_NullFlags"));
    for one in &mut found {
        one.flags &= match version {
            0x30..=0x32 => 0xFF,
            _ if has_flags => 2,
            _ => 0,
        };
    }
    (found, at + 1)
}
