//! [`guess`]: the code page that a text looks like. Decides nothing; a report names the page so that a person can check
//! it.

use super::{Page, find};

/// The pages to compare; the first of equals wins.
const PAGES: [&str; 16] = [
    "CP1251",
    "CP866",
    "CP1252",
    "CP1255",
    "CP862",
    "CP1250",
    "CP1253",
    "CP1254",
    "CP850",
    "CP852",
    "KOI8-R",
    "CP936",
    "CP950",
    "CP932",
    "CP949",
    "ISO-8859-5",
];
/// Frequent letters of Russian and Ukrainian, Hebrew, Greek, and Latin with accents.
const FREQUENT: &str = "оеаинтсрвлкмдпуіויהלאמרתשנבαοιετσνηυρéèáíóúñäöüßçşğıåøčšžęąłżńěřůőű";
/// Number of bytes to look at.
const BYTES: usize = 1 << 16;

/// Returns the page in which `text` looks most plausible; `None` for ASCII text.
pub(crate) fn guess(text: &[u8]) -> Option<&'static str> {
    let text = &text[..text.len().min(BYTES)];
    if text.is_ascii() {
        return None;
    }
    let scores = PAGES
        .iter()
        .filter_map(|name| Some((find(name)?, *name)))
        .map(|(page, name)| (score(&page, text), name));
    scores.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, name)| name)
}

/// Returns the points for frequent letters and for words in one case, for each byte beyond ASCII.
fn score(page: &Page, text: &[u8]) -> i64 {
    let mut decoded = String::new();
    let mut points = -20 * i64::try_from(page.decode(text, &mut decoded)).unwrap_or(i64::MAX / 100);
    let mut before = ' ';
    for letter in decoded.chars().chain([' ']) {
        let lower = letter.to_lowercase().next().unwrap_or(letter);
        points += match letter {
            '\0'..='\u{7F}' | '\u{FFFD}' => 0,
            '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{3040}'..='\u{30FF}'
                if !page.is_single_byte() =>
            {
                6
            }
            _ if FREQUENT.contains(lower) => 5,
            'щ' | 'ъ' | 'ф' | 'э' | 'Щ' | 'Ъ' | 'Ф' | 'Э' => 0,
            _ if letter.is_alphabetic() && page.is_single_byte() => 2,
            _ => -4,
        };
        // Some letters of Hebrew have a form for the end of a word.
        if matches!(before, 'ך' | 'ם' | 'ן' | 'ף' | 'ץ') {
            points += if letter.is_alphabetic() { -8 } else { 6 };
        }
        // Words change neither their script nor, from small to capital, their case.
        if before.is_alphabetic() && letter.is_alphabetic() {
            if before.is_lowercase() && letter.is_uppercase() {
                points -= 8;
            }
            if before.is_ascii() != letter.is_ascii() && !is_latin(before, letter) {
                points -= 4;
            }
            // Accented letters of Latin stand among plain ones.
            if !before.is_ascii() && !letter.is_ascii() && is_latin(before, letter) {
                points -= 6;
            }
        }
        before = letter;
    }
    points
}

fn is_latin(one: char, other: char) -> bool {
    [one, other].iter().all(|letter| *letter < '\u{250}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str, encoding: &'static encoding_rs::Encoding) -> Option<&'static str> {
        guess(&encoding.encode(text).0)
    }

    #[test]
    fn ordinary_texts_look_like_their_page() {
        use encoding_rs as rs;
        let russian = "Сахар-песок, Молоко 3,2%, Хлеб ржаной";
        assert_eq!(encoded(russian, rs::WINDOWS_1251), Some("CP1251"));
        assert_eq!(encoded(russian, rs::IBM866), Some("CP866"));
        assert_eq!(encoded(russian, rs::KOI8_R), Some("KOI8-R"));
        assert_eq!(encoded("Привет", rs::WINDOWS_1251), Some("CP1251"));
        assert_eq!(encoded("ПРИВЕТ МИР", rs::WINDOWS_1251), Some("CP1251"));
        assert_eq!(encoded("Привет", rs::IBM866), Some("CP866"));
        assert_eq!(encoded("שלום עולם", rs::WINDOWS_1255), Some("CP1255"));
        assert_eq!(encoded("Café déjà vu, señor Müller", rs::WINDOWS_1252), Some("CP1252"));
        assert_eq!(encoded("北京市朝阳区", rs::GBK), Some("CP936"));
        assert_eq!(guess(b"plain"), None);
    }
}
