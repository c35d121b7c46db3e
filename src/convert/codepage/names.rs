//! Names of code pages: numbers, spellings, `.cpg` files, language driver bytes and driver names.

use encoding_rs as rs;
use oem_cp::code_table as oem;

use super::{Page, decode_byte, tables};

/// Finds a page by any of its spellings: `CP866`, `windows-1251`, `ISO-8859-8`, `KOI8-R`, `ANSI 1251`, `OEM 866`,
/// `88591`, `latin1`, `SJIS`, `Big5`, `EUC-JP`, `UTF-8`, `LDID/201`, and the labels of web pages. Case, blanks, hyphens
/// and underscores do not matter.
pub fn find(name: &str) -> Option<Page> {
    let word: String = name
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
        .collect::<String>()
        .to_uppercase();
    if let Some(ldid) = word.strip_prefix("LDID") {
        return for_ldid(ldid.trim_start_matches(['/', '=', ':']).parse().ok()?);
    }
    match word.as_str() {
        "UTF8" | "UTF8BOM" | "UTF8SIG" => return by_number(65001),
        "ASCII" | "USASCII" | "ISO646US" | "ANSIX3.41968" | "7BIT" => return by_number(20127),
        "SJIS" | "SHIFTJIS" | "MS932" | "WINDOWS31J" | "XSJIS" => return by_number(932),
        "EUC" | "EUCJP" | "UJIS" | "XEUCJP" => return by_number(20932),
        "BIG5" | "MS950" | "BIG5HKSCS" => return by_number(950),
        "GBK" | "GB2312" | "MS936" | "EUCCN" | "XGBK" => return by_number(936),
        "GB18030" => return by_number(54936),
        "EUCKR" | "MS949" | "UHC" | "KSC5601" | "KSC56011987" | "KS_C_5601-1987" | "XWINDOWS949" => {
            return by_number(949);
        }
        "KOI8R" => return by_number(20866),
        "KOI8U" => return by_number(21866),
        "MACROMAN" | "MACINTOSH" => return by_number(10000),
        "MACGREEK" => return by_number(10006),
        "MACCYRILLIC" => return by_number(10007),
        "MACCENTRALEUROPE" | "MACCE" => return by_number(10029),
        "KAMENICKY" => return by_number(895),
        "MAZOVIA" => return by_number(620),
        _ => {}
    }
    // The numbers of the Latin alphabets are not those of the parts of ISO 8859.
    if let Some(number) = word.strip_prefix("LATIN").or_else(|| word.strip_prefix("ISOLATIN")) {
        return iso_8859(match number.parse().ok()? {
            number @ 1..=4 => number,
            5 => 9,
            6 => 10,
            7 => 13,
            8 => 14,
            0 | 9 => 15,
            10 => 16,
            _ => return None,
        });
    }
    if let Some(part) = word.strip_prefix("ISO8859").or_else(|| word.strip_prefix("8859")) {
        let part = part.split(':').find(|part| !part.is_empty()).unwrap_or_default();
        return iso_8859(part.parse().ok()?);
    }
    if let Some(part) = word.strip_prefix("ISO88") {
        return iso_8859(part.strip_prefix("59")?.parse().ok()?);
    }
    let digits = ["WINDOWS", "XWINDOWS", "WIN", "ANSI", "OEM", "IBM", "DOS", "CP", "XCP", "MSCP", "MS"]
        .iter()
        .find_map(|prefix| word.strip_prefix(prefix))
        .unwrap_or(&word);
    digits.parse().ok().and_then(by_number).or_else(|| by_label(name))
}

/// Labels that web pages use.
fn by_label(name: &str) -> Option<Page> {
    let encoding = rs::Encoding::for_label(name.trim().as_bytes())?;
    let known = [
        (rs::UTF_8, 65001),
        (rs::SHIFT_JIS, 932),
        (rs::EUC_JP, 20932),
        (rs::EUC_KR, 949),
        (rs::GBK, 936),
        (rs::GB18030, 54936),
        (rs::BIG5, 950),
        (rs::IBM866, 866),
        (rs::KOI8_R, 20866),
        (rs::KOI8_U, 21866),
        (rs::MACINTOSH, 10000),
        (rs::X_MAC_CYRILLIC, 10007),
        (rs::WINDOWS_874, 874),
        (rs::WINDOWS_1250, 1250),
        (rs::WINDOWS_1251, 1251),
        (rs::WINDOWS_1252, 1252),
        (rs::WINDOWS_1253, 1253),
        (rs::WINDOWS_1254, 1254),
        (rs::WINDOWS_1255, 1255),
        (rs::WINDOWS_1256, 1256),
        (rs::WINDOWS_1257, 1257),
        (rs::WINDOWS_1258, 1258),
        (rs::ISO_8859_2, 28592),
        (rs::ISO_8859_3, 28593),
        (rs::ISO_8859_4, 28594),
        (rs::ISO_8859_5, 28595),
        (rs::ISO_8859_6, 28596),
        (rs::ISO_8859_7, 28597),
        (rs::ISO_8859_8, 28598),
        (rs::ISO_8859_10, 28600),
        (rs::ISO_8859_13, 28603),
        (rs::ISO_8859_14, 28604),
        (rs::ISO_8859_15, 28605),
        (rs::ISO_8859_16, 28606),
    ];
    known.into_iter().find(|(known, _)| *known == encoding).and_then(|(_, number)| by_number(number))
}

/// Returns the page of a language driver byte (offset 29 of the header); `None` for unset (00, 57) and unknown bytes.
pub fn for_ldid(ldid: u8) -> Option<Page> {
    let number = match ldid {
        0x01 | 0x09 | 0x0B | 0x0D | 0x0F | 0x11 | 0x15 | 0x18 | 0x19 | 0x1B => 437,
        0x02 | 0x0A | 0x0E | 0x10 | 0x12 | 0x14 | 0x16 | 0x1A | 0x1D | 0x25 | 0x37 => 850,
        0x03 | 0x58 | 0x59 => 1252,
        0x08 | 0x17 | 0x66 => 865,
        0x1C | 0x6C => 863,
        0x24 => 860,
        0x67 => 861,
        0x1F | 0x22 | 0x23 | 0x40 | 0x64 | 0x87 => 852,
        0x26 | 0x65 => 866,
        0x6A | 0x86 => 737,
        0x6B | 0x88 => 857,
        0x13 | 0x7B => 932,
        0x4D | 0x7A => 936,
        0x4E | 0x79 => 949,
        0x4F | 0x78 => 950,
        0x50 | 0x7C => 874,
        0x68 => 895,
        0x69 => 620,
        0x04 => 10000,
        0x96 => 10007,
        0x97 => 10029,
        0x98 => 10006,
        0xC8 => 1250,
        0xC9 => 1251,
        0xCA => 1254,
        0xCB => 1253,
        0x7D => 1255,
        0x7E => 1256,
        0xCC => 1257,
        0xF0 => 65001,
        _ => return None,
    };
    by_number(number)
}

/// Returns the page of a dBASE 7 language driver name (offset 32 of the header): `DB866RU0`, `DBWINUS0`.
pub fn for_driver(name: &str) -> Option<Page> {
    let rest = name.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_ascii_uppercase();
    let rest = rest.strip_prefix("DB")?;
    if rest.starts_with("WIN") {
        return by_number(1252);
    }
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    match digits.get(..3)? {
        "867" => by_number(895),
        number => by_number(number.parse().ok()?),
    }
}

/// Returns the page of a Windows code page number.
fn by_number(number: u32) -> Option<Page> {
    // The tables map unused bytes to C1 controls, which no page of DOS or Windows has.
    let meant = |c: &char| !('\u{80}'..='\u{9F}').contains(c);
    let whole = |name, table: &'static [char; 128]| {
        Some(Page::single(name, |byte| Some(table[usize::from(byte - 128)]).filter(meant)))
    };
    let part = |name, table: &'static [Option<char>; 128]| {
        Some(Page::single(name, |byte| table[usize::from(byte - 128)].filter(meant)))
    };
    let windows = |name, encoding| Some(Page::single(name, |byte| decode_byte(encoding, byte).filter(meant)));
    match number {
        437 => whole("CP437", &oem::DECODING_TABLE_CP437),
        620 => whole("CP620", &tables::CP620),
        720 => whole("CP720", &oem::DECODING_TABLE_CP720),
        737 => whole("CP737", &oem::DECODING_TABLE_CP737),
        775 => whole("CP775", &oem::DECODING_TABLE_CP775),
        850 => whole("CP850", &oem::DECODING_TABLE_CP850),
        852 => whole("CP852", &oem::DECODING_TABLE_CP852),
        855 => whole("CP855", &oem::DECODING_TABLE_CP855),
        857 => part("CP857", &oem::DECODING_TABLE_CP857),
        858 => whole("CP858", &oem::DECODING_TABLE_CP858),
        860 => whole("CP860", &oem::DECODING_TABLE_CP860),
        861 => whole("CP861", &oem::DECODING_TABLE_CP861),
        862 => whole("CP862", &oem::DECODING_TABLE_CP862),
        863 => whole("CP863", &oem::DECODING_TABLE_CP863),
        864 => part("CP864", &oem::DECODING_TABLE_CP864),
        865 => whole("CP865", &oem::DECODING_TABLE_CP865),
        866 => whole("CP866", &oem::DECODING_TABLE_CP866),
        869 => whole("CP869", &oem::DECODING_TABLE_CP869),
        874 => windows("CP874", rs::WINDOWS_874),
        895 => whole("CP895", &tables::CP895),
        932 => Some(Page::multi("CP932", rs::SHIFT_JIS)),
        936 => Some(Page::multi("CP936", rs::GBK)),
        949 => Some(Page::multi("CP949", rs::EUC_KR)),
        950 => Some(Page::multi("CP950", rs::BIG5)),
        1250 => windows("CP1250", rs::WINDOWS_1250),
        1251 => windows("CP1251", rs::WINDOWS_1251),
        1252 => windows("CP1252", rs::WINDOWS_1252),
        1253 => windows("CP1253", rs::WINDOWS_1253),
        1254 => windows("CP1254", rs::WINDOWS_1254),
        1255 => windows("CP1255", rs::WINDOWS_1255),
        1256 => windows("CP1256", rs::WINDOWS_1256),
        1257 => windows("CP1257", rs::WINDOWS_1257),
        1258 => windows("CP1258", rs::WINDOWS_1258),
        20127 => Some(Page::single("ASCII", |_| None)),
        20932 | 51932 => Some(Page::multi("EUC-JP", rs::EUC_JP)),
        51949 => by_number(949),
        54936 => Some(Page::multi("GB18030", rs::GB18030)),
        10000 => Some(Page::single("MacRoman", |byte| decode_byte(rs::MACINTOSH, byte))),
        10006 => whole("MacGreek", &tables::MAC_GREEK),
        10007 => Some(Page::single("MacCyrillic", |byte| decode_byte(rs::X_MAC_CYRILLIC, byte))),
        10029 => whole("MacCentralEurope", &tables::MAC_CENTRAL_EUROPE),
        20866 => Some(Page::single("KOI8-R", |byte| decode_byte(rs::KOI8_R, byte))),
        21866 => Some(Page::single("KOI8-U", koi8_u)),
        28591..=28606 => iso_8859(number - 28590),
        65001 => Some(Page::utf8()),
        88591..=88599 => iso_8859(number - 88590),
        885_910..=885_916 => iso_8859(number - 885_900),
        _ => None,
    }
}

/// RFC 2319; the web's table holds Belarusian letters at AE and BE.
fn koi8_u(byte: u8) -> Option<char> {
    match byte {
        0xAE => Some('\u{255D}'),
        0xBE => Some('\u{256C}'),
        _ => decode_byte(rs::KOI8_U, byte),
    }
}

fn iso_8859(part: u32) -> Option<Page> {
    let page = |name, encoding| Some(Page::single(name, |byte| decode_byte(encoding, byte)));
    match part {
        1 => Some(Page::single("ISO-8859-1", |byte| Some(char::from(byte)))),
        2 => page("ISO-8859-2", rs::ISO_8859_2),
        3 => page("ISO-8859-3", rs::ISO_8859_3),
        4 => page("ISO-8859-4", rs::ISO_8859_4),
        5 => page("ISO-8859-5", rs::ISO_8859_5),
        6 => page("ISO-8859-6", rs::ISO_8859_6),
        7 => page("ISO-8859-7", rs::ISO_8859_7),
        8 => page("ISO-8859-8", rs::ISO_8859_8),
        9 => Some(Page::single("ISO-8859-9", |byte| {
            Some(match byte {
                0xD0 => 'Ğ',
                0xDD => 'İ',
                0xDE => 'Ş',
                0xF0 => 'ğ',
                0xFD => 'ı',
                0xFE => 'ş',
                _ => char::from(byte),
            })
        })),
        10 => page("ISO-8859-10", rs::ISO_8859_10),
        11 => Some(Page::single("ISO-8859-11", |byte| match byte {
            0x80..=0xA0 => Some(char::from(byte)),
            0xA1..=0xDA | 0xDF..=0xFB => char::from_u32(u32::from(byte) - 0xA0 + 0xE00),
            _ => None,
        })),
        13 => page("ISO-8859-13", rs::ISO_8859_13),
        14 => page("ISO-8859-14", rs::ISO_8859_14),
        15 => page("ISO-8859-15", rs::ISO_8859_15),
        16 => page("ISO-8859-16", rs::ISO_8859_16),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(page: &str, bytes: &[u8]) -> (String, u64) {
        let mut out = String::new();
        let unknown = find(page).unwrap().decode(bytes, &mut out);
        (out, unknown)
    }

    #[test]
    fn every_spelling_of_the_documents_is_known() {
        for (spelling, name) in [
            ("UTF-8", "UTF-8"),
            ("1251", "CP1251"),
            ("CP1251", "CP1251"),
            ("ANSI 1251", "CP1251"),
            ("Windows-1251", "CP1251"),
            ("windows1255", "CP1255"),
            ("OEM 866", "CP866"),
            ("88591", "ISO-8859-1"),
            ("ISO 88591", "ISO-8859-1"),
            ("ISO-8859-8", "ISO-8859-8"),
            ("8859-15", "ISO-8859-15"),
            ("SJIS", "CP932"),
            ("Big5", "CP950"),
            ("LDID/201", "CP1251"),
            ("koi8-r", "KOI8-R"),
            ("KOI8-U", "KOI8-U"),
            ("cp866", "CP866"),
            ("ascii", "ASCII"),
            ("US-ASCII", "ASCII"),
            ("euc-jp", "EUC-JP"),
            ("eucjp", "EUC-JP"),
            ("EUC_KR", "CP949"),
            ("uhc", "CP949"),
            ("ksc5601", "CP949"),
            ("ks_c_5601-1987", "CP949"),
            ("gb18030", "GB18030"),
            ("gb_2312-80", "CP936"),
            ("windows-31j", "CP932"),
            ("x-sjis", "CP932"),
            ("shift_jis", "CP932"),
            ("latin1", "ISO-8859-1"),
            ("Latin-2", "ISO-8859-2"),
            ("LATIN5", "ISO-8859-9"),
            ("latin9", "ISO-8859-15"),
            ("latin10", "ISO-8859-16"),
            ("iso8859_15", "ISO-8859-15"),
            ("ISO-8859-16", "ISO-8859-16"),
            ("x-cp1251", "CP1251"),
            ("cyrillic", "ISO-8859-5"),
            ("csisolatinhebrew", "ISO-8859-8"),
        ] {
            assert_eq!(find(spelling).map(|page| page.name()), Some(name), "{spelling}");
        }
        for nonsense in ["", "CP", "CP99999", "LDID/0", "LDID/87", "ISO-8859-12", "klingon", "ISO88", "LDID"]
        {
            assert_eq!(find(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn drivers_of_dbase_7_name_their_page() {
        for (driver, name) in
            [("DB866RU0", "CP866"), ("DB437US0", "CP437"), ("DB867CZ0\0\0", "CP895"), ("DBWINUS0", "CP1252")]
        {
            assert_eq!(for_driver(driver).map(|page| page.name()), Some(name), "{driver}");
        }
        assert_eq!(for_driver("DB"), None);
        assert_eq!(for_driver("Paradox"), None);
    }

    #[test]
    fn pages_decode_what_their_users_wrote() {
        assert_eq!(text("CP866", &[0x8F, 0xE0, 0xA8, 0xA2, 0xA5, 0xE2]), ("Привет".to_owned(), 0));
        assert_eq!(text("CP1251", &[0xCF, 0xF0, 0xE8]), ("При".to_owned(), 0));
        assert_eq!(text("CP862", &[0x99, 0x8C, 0x85, 0x8D]), ("שלום".to_owned(), 0));
        assert_eq!(text("ISO-8859-8", &[0xF9, 0xEC, 0xE5, 0xED]), ("שלום".to_owned(), 0));
        assert_eq!(text("CP895", &[0x91, 0xAE, 0x8B, 0xA0]), ("ž«Íá".to_owned(), 0));
        assert_eq!(text("CP620", &[0x9C, 0xA2, 0x64, 0xA6]), ("Łódź".to_owned(), 0));
        assert_eq!(text("MacCE", &[0x8B, 0xEC]), ("čž".to_owned(), 0));
        assert_eq!(text("CP932", &[0x93, 0xFA, 0x96, 0x7B]), ("日本".to_owned(), 0));
        assert_eq!(text("CP950", &[0xA4, 0xA4]), ("中".to_owned(), 0));
        assert_eq!(text("UTF-8", "ёж".as_bytes()), ("ёж".to_owned(), 0));
    }

    #[test]
    fn bytes_without_a_meaning_are_counted() {
        assert_eq!(text("CP1252", &[b'a', 0x81, 0, b'b']), ("a\u{FFFD}\u{FFFD}b".to_owned(), 2));
        assert_eq!(text("CP1255", &[0xD9]), ("\u{FFFD}".to_owned(), 1));
        assert_eq!(text("CP869", &[0x80, 0x86]), ("\u{FFFD}Ά".to_owned(), 1));
        assert_eq!(text("CP864", &[0x9B, b'%']), ("\u{FFFD}%".to_owned(), 1));
        assert_eq!(text("CP932", &[b'a', 0x81, 0, 0xFF]), ("a\u{FFFD}\u{FFFD}\u{FFFD}".to_owned(), 3));
        assert_eq!(text("UTF-8", &[0xC3, b'x', 0]), ("\u{FFFD}x\u{FFFD}".to_owned(), 2));
    }

    #[test]
    fn every_page_keeps_ascii() {
        let ascii: Vec<u8> = (1..128).collect();
        for number in 0..70000 {
            if let Some(page) = by_number(number) {
                let mut out = String::new();
                assert_eq!(page.decode(&ascii, &mut out), 0, "{number}");
                assert_eq!(out.as_bytes(), ascii, "{number}");
                assert_eq!(find(page.name()).as_ref(), Some(&page), "{number}");
            }
        }
    }
}
