//! [`Forms`]: the texts in which a secret may come back, such as in base64 or percent-encoded, and their removal.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroize as _;

use super::secret::REDACTED;

/// From this length on, in bytes, a secret is removed wherever it stands; a shorter one only as a word of its own.
const LONG: usize = 8;
/// Shorter secrets are not searched for: they would match unrelated words.
const SHORTEST: usize = 4;

/// Where a form counts.
#[derive(Debug, Clone, Copy)]
enum Place {
    Anywhere,
    /// Between characters that are neither letters, digits nor underscores.
    Word,
    /// Inside a run of base64, which is removed as a whole.
    Base64,
}

/// Every form of one secret, the plain one first.
pub(super) struct Forms(Vec<(String, Place)>);

impl Drop for Forms {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|(form, _)| form.zeroize());
    }
}

impl Forms {
    /// Returns the forms of a secret; none for a very short one.
    pub(super) fn of(secret: &str) -> Self {
        if secret.len() < SHORTEST {
            return Self(Vec::new());
        }
        let long = secret.len() >= LONG;
        let place = if long { Place::Anywhere } else { Place::Word };
        let mut forms = Self(vec![(secret.to_owned(), place)]);
        for form in json(secret).into_iter().chain(percent(secret)) {
            forms.add(form, place);
        }
        let hex = hex(secret.as_bytes());
        forms.add(hex.to_ascii_uppercase(), place);
        forms.add(hex, place);
        let place = if long { Place::Base64 } else { Place::Word };
        for before in 0..if long { 3 } else { 1 } {
            let core = base64(secret, before, long);
            forms.add(core.replace('+', "-").replace('/', "_"), place);
            forms.add(core, place);
        }
        forms
    }

    fn add(&mut self, form: String, place: Place) {
        if self.0.iter().all(|(other, _)| *other != form) {
            self.0.push((form, place));
        }
    }

    /// Returns the text without any form; `None` when it contains none.
    pub(super) fn hide(&self, text: &str) -> Option<String> {
        self.0.iter().fold(None, |hidden: Option<String>, (form, place)| {
            replaced(hidden.as_deref().unwrap_or(text), form, *place).or(hidden)
        })
    }
}

/// Replaces a form in a text, in one pass; `None` when it is not there.
fn replaced(text: &str, form: &str, place: Place) -> Option<String> {
    let mut made = String::new();
    let mut kept = 0;
    for (at, _) in text.match_indices(form) {
        let (mut start, mut end) = (at, at + form.len());
        match place {
            Place::Anywhere => {}
            Place::Word => {
                let inside = |letter: char| letter.is_alphanumeric() || letter == '_';
                if text[..start].ends_with(inside) || text[end..].starts_with(inside) {
                    continue;
                }
            }
            Place::Base64 if start < kept => continue,
            Place::Base64 => {
                let foreign = |letter: char| {
                    !letter.is_ascii_alphanumeric() && !matches!(letter, '+' | '/' | '-' | '_' | '=')
                };
                start = kept + text[kept..start].trim_end_matches(|letter| !foreign(letter)).len();
                end = text[end..].find(foreign).map_or(text.len(), |more| end + more);
            }
        }
        made.push_str(&text[kept..start]);
        made.push_str(REDACTED);
        kept = end;
    }
    (kept > 0).then(|| made + &text[kept..])
}

/// The characters of base64 that a secret alone determines when `before` bytes stand before it. A secret `alone` ends
/// with its last character, else where a following byte would change it.
fn base64(secret: &str, before: usize, inside: bool) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret.as_bytes());
    let text = STANDARD_NO_PAD.encode(&bytes);
    let end = if inside { bytes.len() * 8 / 6 } else { text.len() };
    bytes.zeroize();
    // The first of these mixes the secret with the byte before it.
    let start = [0, 2, 3][before];
    text[start..end].to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |made, byte| made + &format!("{byte:02x}"))
}

/// In URLs and forms: the usual set of characters, the one of forms, and every byte; digits in either case.
fn percent(secret: &str) -> Vec<String> {
    let encode = |plain: fn(u8) -> bool, upper: bool| {
        secret.bytes().fold(String::new(), |made, byte| match byte {
            byte if plain(byte) => made + char::from(byte).encode_utf8(&mut [0; 4]),
            byte if upper => made + &format!("%{byte:02X}"),
            byte => made + &format!("%{byte:02x}"),
        })
    };
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let mut forms = vec![url::form_urlencoded::byte_serialize(secret.as_bytes()).collect()];
    for upper in [true, false] {
        forms.extend([encode(usual, upper), encode(|_| false, upper)]);
    }
    forms
}

/// In JSON: as this program and most others write it, with `\/`, and in ASCII.
fn json(secret: &str) -> Vec<String> {
    let quoted = serde_json::to_string(secret).unwrap_or_default();
    let usual = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let ascii = usual.encode_utf16().fold(String::new(), |made, unit| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii() => made + char::from(byte).encode_utf8(&mut [0; 4]),
        _ => made + &format!("\\u{unit:04x}"),
    });
    vec![usual.replace('/', "\\/"), usual, ascii]
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    const SECRET: &str = "cs_q7/\"Жъ>?~ canary";

    fn hidden(secret: &str, text: &str) -> String {
        Forms::of(secret).hide(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn every_derived_form_of_a_secret_is_removed() {
        let forms = [
            SECRET.to_owned(),
            hex(SECRET.as_bytes()),
            hex(SECRET.as_bytes()).to_uppercase(),
            "cs_q7/\\\"Жъ>?~ canary".to_owned(),
            "cs_q7%2F%22%D0%96%D1%8A%3E%3F~%20canary".to_owned(),
            "cs_q7%2F%22%D0%96%D1%8A%3E%3F%7E+canary".to_owned(),
            "cs_q7%2f%22%d0%96%d1%8a%3e%3f~%20canary".to_owned(),
            "cs_q7/\\\"\\u0416\\u044a>?~ canary".to_owned(),
            "cs_q7\\/\\\"Жъ>?~ canary".to_owned(),
        ];
        for form in forms {
            assert_eq!(hidden(SECRET, &format!("x {form} y")), "x [redacted] y");
        }
    }

    #[test]
    fn base64_that_contains_a_secret_is_removed_wherever_it_begins() {
        for user in ["", "a:", "ab:", "abc:", "warehouse.example.com:"] {
            for encoded in [
                STANDARD.encode(format!("{user}{SECRET}")),
                STANDARD.encode(format!("{user}{SECRET}, and more")),
                URL_SAFE_NO_PAD.encode(format!("{user}{SECRET}")),
            ] {
                assert_eq!(hidden(SECRET, &format!("sent `{encoded}`")), "sent `[redacted]`", "{user}");
            }
        }
    }

    #[test]
    fn a_short_secret_is_removed_as_a_word_only() {
        assert_eq!(hidden("hush", "hush, (hush) hushed no_hush aHj1c2g= aHVzaA=="), {
            "[redacted], ([redacted]) hushed no_hush aHj1c2g= [redacted]=="
        });
        assert_eq!(hidden("hush", "68757368 x68757368"), "[redacted] x68757368");
        assert_eq!(hidden("abc", "abc"), "abc");
        assert_eq!(hidden("", "abc"), "abc");
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        assert!(Forms::of(SECRET).hide("Товары.dbf: 12 rows, d2FyZWhvdXNl").is_none());
    }
}
