//! [`MemoFile`]: a memo file in the making, of any of the four forms.

use crate::MemoFormat;

/// The content of a memo, by the types of FoxPro's blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MemoKind {
    /// A picture: type 0.
    Picture,
    /// A text: type 1.
    #[default]
    Text,
    /// An OLE object: type 2.
    Object,
}

impl MemoKind {
    fn number(self) -> u32 {
        match self {
            Self::Picture => 0,
            Self::Text => 1,
            Self::Object => 2,
        }
    }
}

/// A memo file in the making.
#[derive(Debug, Clone)]
pub struct MemoFile {
    format: MemoFormat,
    block_size: usize,
    end_marks: usize,
    bytes: Vec<u8>,
}

const HEADER: usize = 512;

impl MemoFile {
    /// An empty file. `block_size` is in bytes; `.dbt` III always has 512.
    pub fn new(format: MemoFormat, block_size: u16) -> Self {
        let block_size = match format {
            MemoFormat::Dbt3 => HEADER,
            _ => usize::from(block_size.max(1)),
        };
        Self { format, block_size, end_marks: 2, bytes: vec![0; HEADER] }
    }

    /// How many 1A end a text of a `.dbt` III: dBASE writes 2, Clipper 1.
    #[must_use]
    pub fn end_marks(mut self, count: usize) -> Self {
        self.end_marks = count;
        self
    }

    /// The form.
    pub fn format(&self) -> MemoFormat {
        self.format
    }

    /// Appends a memo and returns its block number.
    pub fn append(&mut self, kind: MemoKind, text: &[u8]) -> u32 {
        self.pad();
        let block = (self.bytes.len() / self.block_size) as u32;
        let length = text.len() as u32;
        match self.format {
            MemoFormat::Dbt3 => {
                self.bytes.extend_from_slice(text);
                self.bytes.extend(std::iter::repeat_n(0x1A, self.end_marks));
            }
            MemoFormat::Dbt4 => {
                self.bytes.extend_from_slice(&[0xFF, 0xFF, 0x08, 0x00]);
                self.bytes.extend_from_slice(&(length + 8).to_le_bytes());
                self.bytes.extend_from_slice(text);
            }
            MemoFormat::Fpt => {
                self.bytes.extend_from_slice(&kind.number().to_be_bytes());
                self.bytes.extend_from_slice(&length.to_be_bytes());
                self.bytes.extend_from_slice(text);
            }
            MemoFormat::Smt => self.bytes.extend_from_slice(text),
        }
        block
    }

    /// The whole file, padded to a block, its header filled in. `name` is the table's, for `.dbt` IV.
    pub fn finish(mut self, name: &str) -> Vec<u8> {
        self.pad();
        let next = (self.bytes.len() / self.block_size) as u32;
        let size = self.block_size as u32;
        let header = &mut self.bytes[..HEADER];
        match self.format {
            MemoFormat::Dbt3 => {
                header[..4].copy_from_slice(&next.to_le_bytes());
                header[16] = 0x03;
            }
            MemoFormat::Dbt4 => {
                header[..4].copy_from_slice(&next.to_le_bytes());
                for (place, byte) in header[8..16].iter_mut().zip(name.bytes()) {
                    *place = byte;
                }
                header[18..20].copy_from_slice(&[0x02, 0x01]);
                header[20..22].copy_from_slice(&(size as u16).to_le_bytes());
            }
            MemoFormat::Fpt => {
                header[..4].copy_from_slice(&next.to_be_bytes());
                header[6..8].copy_from_slice(&(size as u16).to_be_bytes());
            }
            MemoFormat::Smt => {
                header[..4].copy_from_slice(&next.to_le_bytes());
                header[4..8].copy_from_slice(&size.to_le_bytes());
            }
        }
        self.bytes
    }

    fn pad(&mut self) {
        let whole = self.bytes.len().next_multiple_of(self.block_size);
        // dBASE III leaves the block's former content; NULs would hide a reader that runs past the end marker.
        let filler = if self.format == MemoFormat::Dbt3 { b'~' } else { 0 };
        self.bytes.resize(whole, filler);
    }
}
