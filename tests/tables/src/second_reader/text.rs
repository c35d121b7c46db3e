//! Code pages, by the library `encoding_rs` and by hand.

use encoding_rs as rs;

/// A page that the random tables use.
#[derive(Clone, Copy)]
pub enum Page {
    Single(&'static rs::Encoding),
    Multi(&'static rs::Encoding),
    Utf8,
}

/// The page that a table names: its `.cpg` file, its language byte, its driver, or the default, CP866.
pub fn page(cpg: Option<&[u8]>, language: u8, driver: &str) -> Page {
    let named = match cpg {
        Some(b"1251") => Some(Page::Single(rs::WINDOWS_1251)),
        Some(b"UTF-8") => Some(Page::Utf8),
        Some(b"Big5") => Some(Page::Multi(rs::BIG5)),
        _ => None,
    };
    let by_language = || match language {
        0x65 | 0x26 => Some(Page::Single(rs::IBM866)),
        0xC9 => Some(Page::Single(rs::WINDOWS_1251)),
        0x03 => Some(Page::Single(rs::WINDOWS_1252)),
        0xC8 => Some(Page::Single(rs::WINDOWS_1250)),
        0x7A => Some(Page::Multi(rs::GBK)),
        0x7B => Some(Page::Multi(rs::SHIFT_JIS)),
        0xF0 => Some(Page::Utf8),
        _ => None,
    };
    let by_driver = || driver.starts_with("DBWIN").then_some(Page::Single(rs::WINDOWS_1252));
    named.or_else(by_language).or_else(by_driver).unwrap_or(Page::Single(rs::IBM866))
}

impl Page {
    pub fn is_single(self) -> bool {
        matches!(self, Self::Single(_))
    }

    /// Whether 8D is a letter, so that it is a soft break only after a blank or a hyphen.
    pub fn has_letter_8d(self) -> bool {
        match self {
            Self::Single(page) => page == rs::IBM866 || page == rs::WINDOWS_1251 || page == rs::WINDOWS_1250,
            _ => false,
        }
    }

    /// Undefined bytes and NULs become U+FFFD.
    pub fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).replace('\0', "\u{FFFD}"),
            Self::Single(page) => bytes
                .iter()
                .map(|&byte| {
                    let byte = [byte];
                    let text = page.decode_without_bom_handling(&byte).0;
                    match text.chars().next() {
                        Some('\0' | '\u{80}'..='\u{9F}') | None => '\u{FFFD}',
                        Some(letter) => letter,
                    }
                })
                .collect(),
            Self::Multi(page) => {
                // A NUL follows, so that a character that breaks off is met as it is inside a longer text.
                let ended = [bytes, b"\0"].concat();
                let text = page.decode_without_bom_handling(&ended).0;
                text.strip_suffix('\0').unwrap_or(&text).replace('\0', "\u{FFFD}")
            }
        }
    }
}
