//! The `.cpg` file beside a table: [`for_cpg`] reads the name of the code page in it.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use super::{Page, find};

/// Maximum length of a spelling in a message, in characters.
const LONGEST: usize = 40;

/// The content of a `.cpg` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cpg {
    /// A known page.
    Page(Page),
    /// An unknown name, without control characters and shortened, for a message.
    Unknown(String),
}

/// Parses a `.cpg` file: its first line that is not blank, in UTF-8 or UTF-16, without quotes, `encoding=` and trailing
/// dots and semicolons.
pub fn for_cpg(bytes: &[u8]) -> Cpg {
    let text = decode(bytes);
    let line = text.lines().map(trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut name = line;
    loop {
        if let Some(page) = find(name) {
            return Cpg::Page(page);
        }
        let shorter = trim(without_label(name));
        if shorter == name {
            break;
        }
        name = shorter;
    }
    let shown = line.chars().map(|letter| if crate::error::steers(letter) { '\u{FFFD}' } else { letter });
    Cpg::Unknown(shown.take(LONGEST).collect())
}

fn decode(bytes: &[u8]) -> String {
    // Without a byte order mark, every second byte of a name in UTF-16 is NUL.
    let page = match bytes {
        [0xFF, 0xFE, ..] | [1..=0xFF, 0, 1..=0xFF, 0, ..] | [1..=0xFF, 0] => UTF_16LE,
        [0xFE, 0xFF, ..] | [0, 1..=0xFF, 0, 1..=0xFF, ..] | [0, 1..=0xFF] => UTF_16BE,
        _ => UTF_8,
    };
    page.decode(bytes).0.into_owned()
}

fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| {
        letter.is_whitespace()
            || matches!(letter, '\0' | '\u{1A}' | '\u{FEFF}' | '"' | '\'' | '`' | '.' | ';' | ',')
    })
}

/// Returns the text after `encoding=` or the like.
fn without_label(text: &str) -> &str {
    let Some((label, rest)) = text.split_once(['=', ':']) else { return text };
    let label = label.trim().to_lowercase();
    let known =
        ["encoding", "charset", "codepage", "code page", "code_page", "cpg", "cp"].contains(&label.as_str());
    if known { rest } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8]) -> String {
        match for_cpg(bytes) {
            Cpg::Page(page) => page.name().to_owned(),
            Cpg::Unknown(name) => format!("unknown {name}"),
        }
    }

    #[test]
    fn a_page_is_found_however_the_file_is_written() {
        for bytes in [
            &b"1251"[..],
            b"CP1251\r\n",
            b"\xEF\xBB\xBF1251",
            b"\r\n\n  \n1251\n",
            b"\"1251\"",
            b"'windows-1251';",
            b"1251.",
            b"ANSI 1251;\0",
            b"encoding=1251",
            b"Encoding = \"windows-1251\";",
            b"charset: cp1251",
            b"LDID/201",
            b"\xFF\xFE1\x002\x005\x001\x00",
            b"\xFE\xFF\x001\x002\x005\x001",
            b"1\x002\x005\x001\x00\r\x00\n\x00",
            b"\x001\x002\x005\x001",
            b"1251\x1A",
        ] {
            assert_eq!(name(bytes), "CP1251", "{}", bytes.escape_ascii());
        }
        assert_eq!(name(b"ISO 8859:5"), "ISO-8859-5");
    }

    #[test]
    fn an_unknown_name_is_shown_without_control_characters() {
        assert_eq!(name(b"klingon"), "unknown klingon");
        assert_eq!(name(b""), "unknown ");
        assert_eq!(name(b" \n;;\n"), "unknown ");
        assert_eq!(name(b"a\x1B[31mb"), "unknown a\u{FFFD}[31mb");
        assert_eq!(name(&[b'x'; 500]).chars().count(), "unknown ".len() + LONGEST);
    }
}
