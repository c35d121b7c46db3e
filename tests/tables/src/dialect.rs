//! [`Dialect`]: which program's file format a table is written in.

/// A dialect of the DBF format. The version byte may be replaced with [`crate::Table::version`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// dBASE II: 02, a header of 521 bytes, descriptors of 16 bytes.
    DBase2,
    /// dBASE III, Clipper, `FoxBASE` without a memo: 03.
    DBase3,
    /// dBASE III with a `.dbt`: 83.
    DBase3Memo,
    /// dBASE IV without a memo: 03, with the language driver byte in use.
    DBase4,
    /// dBASE IV with a `.dbt` of its own form: 8B.
    DBase4Memo,
    /// dBASE IV with SQL tables and a `.dbt`: CB.
    DBase4SqlMemo,
    /// dBASE 5 for Windows with a `.dbt`: 8B with the types G and B.
    DBase5,
    /// dBASE 7 without a memo: 04, descriptors of 48 bytes.
    DBase7,
    /// dBASE 7 with a `.dbt`: 8C.
    DBase7Memo,
    /// FoxPro 2 with a `.fpt`: F5.
    FoxPro2,
    /// `FoxBASE`: FB.
    FoxBase,
    /// Visual FoxPro: 30.
    VisualFoxPro,
    /// Visual FoxPro with autoincrement: 31.
    VisualFoxProAuto,
    /// Visual FoxPro with varchar or varbinary: 32.
    VisualFoxProVar,
    /// Clipper with SIX with a `.smt`: E5.
    Smt,
}

/// The form of a memo file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemoFormat {
    /// Blocks of 512 bytes, texts ending with 1A 1A.
    Dbt3,
    /// A header of 8 bytes before each text, lengths little-endian.
    Dbt4,
    /// A header of 8 bytes before each text, numbers big-endian.
    Fpt,
    /// Bare texts; type, length and block stand in the table.
    Smt,
}

impl MemoFormat {
    /// The ending of its file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Dbt3 | Self::Dbt4 => "dbt",
            Self::Fpt => "fpt",
            Self::Smt => "smt",
        }
    }
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 15] = [
        Self::DBase2,
        Self::DBase3,
        Self::DBase3Memo,
        Self::DBase4,
        Self::DBase4Memo,
        Self::DBase4SqlMemo,
        Self::DBase5,
        Self::DBase7,
        Self::DBase7Memo,
        Self::FoxPro2,
        Self::FoxBase,
        Self::VisualFoxPro,
        Self::VisualFoxProAuto,
        Self::VisualFoxProVar,
        Self::Smt,
    ];

    /// The first byte of the table.
    pub fn version(self) -> u8 {
        match self {
            Self::DBase2 => 0x02,
            Self::DBase3 | Self::DBase4 => 0x03,
            Self::DBase3Memo => 0x83,
            Self::DBase4Memo | Self::DBase5 => 0x8B,
            Self::DBase4SqlMemo => 0xCB,
            Self::DBase7 => 0x04,
            Self::DBase7Memo => 0x8C,
            Self::FoxPro2 => 0xF5,
            Self::FoxBase => 0xFB,
            Self::VisualFoxPro => 0x30,
            Self::VisualFoxProAuto => 0x31,
            Self::VisualFoxProVar => 0x32,
            Self::Smt => 0xE5,
        }
    }

    /// The form of its memo file, or none where it has no memos.
    pub fn memo(self) -> Option<MemoFormat> {
        match self {
            Self::DBase2 | Self::DBase3 | Self::DBase4 | Self::DBase7 | Self::FoxBase => None,
            Self::DBase3Memo => Some(MemoFormat::Dbt3),
            Self::DBase4Memo | Self::DBase4SqlMemo | Self::DBase5 | Self::DBase7Memo => {
                Some(MemoFormat::Dbt4)
            }
            Self::FoxPro2 | Self::VisualFoxPro | Self::VisualFoxProAuto | Self::VisualFoxProVar => {
                Some(MemoFormat::Fpt)
            }
            Self::Smt => Some(MemoFormat::Smt),
        }
    }

    /// Whether it is Visual FoxPro: field flags, four-byte memo pointers and a back-link after the header.
    pub fn is_visual(self) -> bool {
        matches!(self, Self::VisualFoxPro | Self::VisualFoxProAuto | Self::VisualFoxProVar)
    }

    /// Whether it is dBASE 7: long names and big-endian numbers.
    pub fn is_seven(self) -> bool {
        matches!(self, Self::DBase7 | Self::DBase7Memo)
    }
}
