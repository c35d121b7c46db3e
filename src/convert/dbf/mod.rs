//! The bytes of a table and its memo file.

pub mod header;
pub mod layout;
pub mod memo;
mod memo_kind;
pub(crate) mod records;
mod signature;

/// The family a table belongs to, from its version byte and its layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableFormat {
    /// dBASE II: 02.
    Dbase2,
    /// dBASE III, `FoxBASE`, Clipper, Visual Objects and all that is read like them: 03, 07, 83, 87 and unknown bytes.
    Dbase3,
    /// dBASE IV: 43, 63, 7B, 8B, 8E, CB.
    Dbase4,
    /// dBASE 5: 05.
    Dbase5,
    /// dBASE 7: 04, 8C.
    Dbase7,
    /// FoxPro 2: F5, FB.
    FoxPro2,
    /// Visual FoxPro: 30, 31, 32.
    VisualFoxPro,
    /// Clipper SIX: E5.
    Six,
}

impl TableFormat {
    /// The format of a version byte; dBASE III for unknown ones.
    pub fn of_version(version: u8) -> Self {
        match version {
            0x02 => Self::Dbase2,
            0x04 | 0x8C => Self::Dbase7,
            0x05 => Self::Dbase5,
            0x30..=0x32 => Self::VisualFoxPro,
            0x43 | 0x63 | 0x7B | 0x8B | 0x8E | 0xCB => Self::Dbase4,
            0xE5 => Self::Six,
            0xF5 | 0xFB => Self::FoxPro2,
            _ => Self::Dbase3,
        }
    }

    /// Whether a version byte is one of the known ones.
    pub fn knows_version(version: u8) -> bool {
        matches!(version, 0x03 | 0x07 | 0x83 | 0x87) || Self::of_version(version) != Self::Dbase3
    }

    /// Whether a version byte says that HiPer-SIX encrypted the rows.
    pub(crate) fn is_encrypted_version(version: u8) -> bool {
        matches!(version, 0x06 | 0x86 | 0xE6 | 0xF6)
    }

    /// The name for a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dbase2 => "dBASE II",
            Self::Dbase3 => "dBASE III",
            Self::Dbase4 => "dBASE IV",
            Self::Dbase5 => "dBASE 5",
            Self::Dbase7 => "dBASE 7",
            Self::FoxPro2 => "FoxPro 2",
            Self::VisualFoxPro => "Visual FoxPro",
            Self::Six => "Clipper SIX",
        }
    }
}
