//! Redaction of texts before they are stored or sent: [`secrets`] removes credentials, [`home`] removes the names of
//! home folders. Text that cannot be told apart from a secret is removed too. The callers decide which texts to redact.

use std::path::Path;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Map, Value};

use super::secret::{REDACTED, Secret};

/// Patterns of secrets; the first group, where there is one, is kept.
///
/// Each decides after a bounded number of characters whether it matches, or ends at a character that none of the others
/// contains: otherwise a search that fails late would begin again at every character, and its time would grow with the
/// square of the text.
const SECRETS: &str = r#"(?xi)
    ( (?-u:\b) (?:bearer|basic) \s+ ) [a-z0-9._~+/=-]{8,}
  | (?-u:\b) (?-i:eyJ) [a-z0-9_-]{8} [a-z0-9_.-]*
  | (?-u:\b) cs_ [a-z0-9-]{8,}
  | (?-u:\b) (?:rmm|device)_ [a-f0-9]{32,}
  | ( (?:client_?secret|password|(?:access|refresh)_?token|device_?code)
      (?: ["'] \s* : | \s* = ) \s* ["']? ) [^\s"',;&}]+
  | ( :// ) [^/\s@]+ @
"#;

/// Base64 that is too long for a word or an identifier; a UUID has 36 characters.
const BASE64: &str = "[A-Za-z0-9+/_-]{40,}=*";

/// Home folders on the three systems.
const HOMES: &str = r#"(?x)
    (?: /home | /Users ) / [^/\\`"'\s]+
  | \b [A-Za-z] : [\\/]+ (?i:users) [\\/]+ [^/\\`"'\r\n]+
"#;

/// Returns the text without secrets.
pub fn secrets(text: &str) -> String {
    static LOOKS_SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(SECRETS).ok());
    let text = Secret::hide_all(text);
    // Without the pattern, no text can be considered harmless.
    let Some(pattern) = &*LOOKS_SECRET else { return REDACTED.to_owned() };
    let replacement =
        |found: &Captures<'_>| match found.iter().skip(1).flatten().next().map(|start| start.as_str()) {
            Some("://") => format!("://{REDACTED}@"),
            start => format!("{}{REDACTED}", start.unwrap_or_default()),
        };
    pattern.replace_all(&text, replacement).into_owned()
}

/// Returns a text of unknown origin without secrets, and without long base64, which may hold one.
pub fn foreign(text: &str) -> String {
    static LONG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(BASE64).ok());
    let text = secrets(text);
    LONG.as_ref().map_or(REDACTED.to_owned(), |pattern| pattern.replace_all(&text, REDACTED).into_owned())
}

/// Returns the text with this account's home folder, and those of other people, replaced by `~`.
pub fn home(text: &str, own: Option<&Path>) -> String {
    static HOME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(HOMES).ok());
    let mut text = text.to_owned();
    // Does not match the root of a disk, nor a prefix of a folder's name.
    if let Some(own) = own.and_then(Path::to_str).filter(|own| own.trim_end_matches(['/', '\\']).len() > 3) {
        let pieces: Vec<&str> = text.split(own).collect();
        let mut joined = pieces.first().map_or(String::new(), |first| (*first).to_owned());
        for piece in pieces.iter().skip(1) {
            let ends =
                !piece.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '_' | '-' | '.'));
            joined.push_str(if ends { "~" } else { own });
            joined.push_str(piece);
        }
        text = joined;
    }
    HOME.as_ref().map_or(REDACTED.to_owned(), |pattern| pattern.replace_all(&text, "~").into_owned())
}

/// Redacts every text in the details, keys included, at any depth.
pub fn details(entries: &Map<String, Value>, clear: &dyn Fn(&str) -> String) -> Map<String, Value> {
    entries.iter().map(|(key, value)| (clear(key), cleared(value, clear))).collect()
}

fn cleared(value: &Value, clear: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(clear(text)),
        Value::Array(values) => values.iter().map(|value| cleared(value, clear)).collect(),
        Value::Object(entries) => Value::Object(details(entries, clear)),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_like_secrets_are_redacted_and_the_sentence_is_kept() {
        for (text, cleared) in [
            ("sent `Authorization: Bearer abc.def-ghi`", "sent `Authorization: Bearer [redacted]`"),
            ("basic d2FyZWhvdXNl== refused", "basic [redacted] refused"),
            ("token eyJhbGciOiJI.eyJzdWIi.c2ln is old", "token [redacted] is old"),
            ("token eyJhbGciOiJIUzI1NiJ9 is cut", "token [redacted] is cut"),
            ("client_secret=cs_secret123 is wrong", "client_secret=[redacted] is wrong"),
            (r#"{"clientSecret":"hush","x":1}"#, r#"{"clientSecret":"[redacted]","x":1}"#),
            ("https://anna:hush@dfm.example.com/x", "https://[redacted]@dfm.example.com/x"),
            ("cs_1f0e2d3c-aaaa", "[redacted]"),
            ("the password is not set", "the password is not set"),
            ("deviceCode: must not be blank", "deviceCode: must not be blank"),
            ("Товары.dbf: 12 rows", "Товары.dbf: 12 rows"),
        ] {
            assert_eq!(secrets(text), cleared);
        }
    }

    /// With a search that fails late at each of these words, this test does not end.
    #[test]
    fn a_text_made_to_be_slow_is_redacted_in_one_pass() {
        for (word, cleared) in [
            ("eyJ-cs_", REDACTED.to_owned()),
            ("eyJ-cs_aaaaaaaa.", REDACTED.to_owned()),
            ("basic  ", "basic  ".to_owned()),
            ("://cs_aaaaaaaa,", format!("://{REDACTED},")),
            ("client_secret = ", format!("client_secret = {REDACTED} ")),
        ] {
            let text = word.repeat(1024 * 1024 / word.len());
            let made = secrets(&text);
            assert!(made.starts_with(&cleared), "{word}");
            assert!(!made.contains("aaaaaaaa"), "{word}");
        }
    }

    #[test]
    fn long_base64_is_removed_from_texts_of_unknown_origin() {
        let basic = "c2hvcDpjc19vdGhlcl9vbmVfb2Zfc29tZWJvZHlfZWxzZQ==";
        assert_eq!(foreign(&format!("got {basic}.")), "got [redacted].");
        let named = "batch 6f1c2d3e-0a1b-4c5d-8e9f-001122334455 of `storage/2026/GOODS.dbf` is unknown";
        assert_eq!(foreign(named), named);
    }

    #[test]
    fn user_names_in_home_folders_are_redacted() {
        let own = Some(Path::new("/srv/people/anna"));
        for (text, cleared) in [
            ("cannot read `/srv/people/anna/dbf`", "cannot read `~/dbf`"),
            ("`/srv/people/annabel/dbf`", "`/srv/people/annabel/dbf`"),
            ("/home/boris/dbf and /Users/Анна/dbf", "~/dbf and ~/dbf"),
            ("`C:\\Users\\Anna Maria\\DBF` is gone", "`~\\DBF` is gone"),
            ("`c:/users/anna`", "`~`"),
            ("/var/lib/data_exporter", "/var/lib/data_exporter"),
        ] {
            assert_eq!(home(text, own), cleared);
        }
        assert_eq!(home("/x/y", Some(Path::new("/"))), "/x/y");
    }

    #[test]
    fn details_are_redacted_at_any_depth() {
        let given = json!({"a": ["Bearer abcdefgh", {"b": "password=hush"}], "n": 7});
        let cleared = details(given.as_object().unwrap(), &secrets);
        assert_eq!(json!(cleared), json!({"a": ["Bearer [redacted]", {"b": "password=[redacted]"}], "n": 7}));
    }
}
