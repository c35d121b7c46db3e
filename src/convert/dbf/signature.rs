//! Files that are no tables: [`recognise`] names the kind of a file from its first bytes.

/// How many bytes of a file [`recognise`] looks at.
pub(super) const LENGTH: usize = 1024;
/// How many bytes have to be text in a text file.
const TEXT: usize = 512;

/// The marks that other kinds of files begin with.
const MARKS: [(&[u8], &str); 20] = [
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an Excel workbook or another Office document"),
    (b"\x09\x08\x10\x00\x00\x06\x05\x00", "an Excel workbook"),
    (b"\x09\x08\x08\x00\x00\x05\x05\x00", "an Excel workbook"),
    (b"\x09\x04\x06\x00", "an Excel workbook"),
    (b"\x09\x02\x06\x00", "an Excel workbook"),
    (b"\x09\x00\x04\x00", "an Excel workbook"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"PK\x07\x08", "a ZIP archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1F\x8B\x08", "a gzip archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (b"Rar!\x1A\x07", "a RAR archive"),
    (b"\x89PNG\r\n\x1A\n", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xFF\xD8\xFF", "a JPEG picture"),
    (b"MZ", "a Windows program"),
    (b"\x7FELF", "a Linux program"),
    (b"\xFF\xFE<\0?\0x\0", "an XML document"),
];

/// Names the kind of file that begins with `start`; none where it may be a table.
pub(super) fn recognise(start: &[u8]) -> Option<&'static str> {
    if let Some((_, kind)) = MARKS.iter().find(|(mark, _)| start.starts_with(mark)) {
        return Some(kind);
    }
    let at = |place: usize, mark: &[u8]| start.get(place..).is_some_and(|rest| rest.starts_with(mark));
    if at(0, b"PK\x03\x04") {
        let holds = |name: &[u8]| start.windows(name.len()).any(|window| window == name);
        return Some(if holds(b"xl/") {
            "an Excel workbook, which is a ZIP archive"
        } else {
            "a ZIP archive"
        });
    }
    if at(4, b"Standard Jet DB") || at(4, b"Standard ACE DB") {
        return Some("an Access database");
    }
    // The first block of an Oracle data file: its mark in either byte order, or the type and format of the block.
    let oracle = [&b"}|{z"[..], b"z{|}", b"]\\[Z", b"Z[\\]"];
    if oracle.iter().any(|mark| at(28, mark)) || is_oracle_block(start) {
        return Some("an Oracle data file");
    }
    if !start.is_empty() && start.iter().all(|&byte| byte == 0) {
        return Some("a file of zero bytes only");
    }
    markup(start).or_else(|| is_text(start).then_some("a text file"))
}

/// Block 0 or 1 of an Oracle data file: type 0 or 0B, the format of version 8 to 23, and zeros.
fn is_oracle_block(start: &[u8]) -> bool {
    matches!(start, [0x00 | 0x0B, 0x02 | 0x22 | 0x42 | 0x62 | 0x82 | 0xA2 | 0xC2 | 0xE2, 0, 0, ..])
}

/// HTML and XML, by the first mark after white space.
fn markup(start: &[u8]) -> Option<&'static str> {
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    let begins =
        |word: &str| text.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word.as_bytes()));
    const HTML: [&str; 9] =
        ["<!doctype html", "<html", "<head", "<body", "<title", "<script", "<table", "<meta", "<!--"];
    if HTML.iter().any(|word| begins(word)) {
        return Some("an HTML page");
    }
    let tag = matches!(text, [b'<', b'?' | b'!' | b'a'..=b'z' | b'A'..=b'Z', ..]) && is_text(start);
    (begins("<?xml") || tag).then_some("an XML document")
}

/// Whether there is nothing but text: the header of a table always has zeros.
fn is_text(start: &[u8]) -> bool {
    if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
        return start.len() > 2;
    }
    let text = &start[..start.len().min(TEXT)];
    !text.is_empty()
        && text.iter().all(|&byte| byte >= b' ' || matches!(byte, b'\t' | b'\r' | b'\n' | 0x0C | 0x1A))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_kinds_of_files_are_named() {
        let workbook = [&b"PK\x03\x04\x14\0\0\0"[..], b"xl/workbook.xml"].concat();
        let access = [&b"\0\x01\0\0Standard Jet DB\0"[..], &[0; 20]].concat();
        let oracle = [&[0, 0xA2, 0, 0, 0, 0, 0xC0, 0xFF][..], &[0; 20], b"}|{z"].concat();
        for (start, kind) in [
            (&b"hello\r\n"[..], "text"),
            (b"{\"a\": 1}", "text"),
            (b"0,1,2\n", "text"),
            (b"\xCF\xF0\xE8\xE2\xE5\xF2", "text"),
            (b"\xFF\xFEa\0", "text"),
            (b"<!DOCTYPE HTML>", "HTML"),
            (b"\xEF\xBB\xBF\r\n<html>", "HTML"),
            (b"<?xml version=\"1.0\"?>", "XML"),
            (b"<rows/>", "XML"),
            (b"PK\x03\x04\x14\0\0\0", "ZIP"),
            (&workbook, "Excel"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0", "Excel"),
            (b"SQLite format 3\0", "SQLite"),
            (&access, "Access"),
            (&oracle, "Oracle"),
            (b"%PDF-1.4\n%\xE2\xE3\0", "PDF"),
            (&[0; 64], "zero"),
        ] {
            assert!(
                recognise(start).is_some_and(|found| found.contains(kind)),
                "{kind}: {:?}",
                recognise(start)
            );
        }
    }

    #[test]
    fn a_header_is_none_of_them() {
        for version in [0x02, 0x03, 0x04, 0x30, 0x31, 0x32, 0x43, 0x63, 0x7B, 0x83, 0x8B, 0xE5, 0xF5, 0xFB] {
            let header = [&[version, 124, 10, 13, 9, 9, 9, 9, b'a', 0, b' ', 0][..], &[0; 20]].concat();
            assert_eq!(recognise(&header), None, "{version:02X}");
        }
        assert_eq!(recognise(b""), None);
    }
}
