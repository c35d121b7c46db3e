//! [`ServerText`]: a server's error text in any of the shapes of docs/wire.md#error-bodies.

use std::fmt;

use serde_json::Value;

use crate::models::clean::one_line;
use crate::models::redact;

/// Maximum length of a server's text that is looked at, in bytes; a sentence is far shorter.
const MAX_READ: usize = 4096;
/// Maximum length of a server's text that is shown, in characters.
const MAX_SERVER_TEXT: usize = 300;

/// A server's error text. Displays as `: text`, or as nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerText {
    /// The machine-readable word: `code`, else `error` when it is one word.
    pub word: Option<String>,
    /// The sentence.
    pub message: Option<String>,
}

impl ServerText {
    /// Parses any body: the JSON shapes, plain text, HTML, or nothing.
    pub fn read(body: &[u8]) -> Self {
        if let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(body) {
            let text = |key: &str| object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            let one_word = |text: &&str| !text.contains(char::is_whitespace);
            return Self {
                word: text("code").or_else(|| text("error").filter(one_word)).map(shown),
                message: ["message", "error_description", "detail", "error"]
                    .iter()
                    .find_map(|key| text(key))
                    .map(shown),
            };
        }
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        if text.is_empty() {
            Self::default()
        } else if text.starts_with(['<', '{', '[']) {
            Self { word: None, message: Some("the answer is a page, not a message".to_owned()) }
        } else {
            Self { word: None, message: Some(shown(text)) }
        }
    }

    /// Returns whether the site was moved to version 2 of the interface.
    pub fn is_v2_gate(&self) -> bool {
        self.word.as_deref() == Some("CLIENT_API_V2_REQUIRED")
    }
}

impl fmt::Display for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(f, ": {}", message.trim_end_matches('.')),
            None => Ok(()),
        }
    }
}

/// Returns a server's text for display and storage: one line, bounded, without our secrets, and with control
/// characters visible.
pub(super) fn shown(text: &str) -> String {
    let (text, cut) = beginning(text);
    let text = redact::foreign(text);
    let text = one_line(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut made: String = text.chars().take(MAX_SERVER_TEXT).collect();
    if cut || text.chars().nth(MAX_SERVER_TEXT).is_some() {
        made.push('…');
    }
    made
}

/// Returns the beginning of a text up to a whole word, because half a secret would not be recognised, and whether
/// anything was left out.
fn beginning(text: &str) -> (&str, bool) {
    if text.len() <= MAX_READ {
        return (text, false);
    }
    let start = &text[..text.floor_char_boundary(MAX_READ)];
    (&start[..start.rfind(char::is_whitespace).unwrap_or_default()], true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_text(body: &str) -> String {
        ServerText::read(body.as_bytes()).to_string()
    }

    #[test]
    fn every_error_format_yields_its_message() {
        assert_eq!(error_text(r#"{"status":400,"error":"Bad Request","message":"No files."}"#), ": No files");
        assert_eq!(error_text(r#"{"error":"invalid_grant","error_description":"gone"}"#), ": gone");
        assert_eq!(error_text(r#"{"detail":"access_denied"}"#), ": access_denied");
        assert_eq!(error_text(r#"{"detail":[{"loc":1}]}"#), "");
        assert_eq!(error_text("subscription_inactive"), ": subscription_inactive");
        assert_eq!(error_text("<html>401</html>"), ": the answer is a page, not a message");
        assert_eq!(error_text(""), "");
        assert_eq!(error_text("\u{1b}[31mred\r\nline\u{2028}x"), ": \\u{1b}[31mred line x");
        assert_eq!(error_text(r#"{"message":"no Bearer abcdefgh here"}"#), ": no Bearer [redacted] here");
    }

    #[test]
    fn a_long_text_is_cut_before_it_is_redacted_and_at_a_whole_word() {
        let word = "eyJ-cs_".repeat(150_000);
        assert_eq!(error_text(&format!(r#"{{"message":"see {word}"}}"#)), ": see…");
        let tail = format!("{} cs_canary-canary", "Bearer abcdefgh ".repeat(255));
        assert!(tail.len() > MAX_READ && !error_text(&tail).contains("canary"));
        let shown = error_text(&"слово ".repeat(100_000));
        assert_eq!(shown.chars().count(), 2 + MAX_SERVER_TEXT + 1);
    }

    #[test]
    fn secrets_in_any_form_and_long_base64_are_removed() {
        let secret = crate::models::Secret::new("cs_q7 canary/1");
        let hex = secret.expose().bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert_eq!(error_text(&format!("no {hex}, no cs_q7%20canary%2F1")), ": no [redacted], no [redacted]");
        let pair = "c2hvcC5leGFtcGxlLmNvbTpub3RfdGhlX3NlY3JldF9vZl90aGlz";
        assert_eq!(error_text(&format!("`{pair}` is unknown")), ": `[redacted]` is unknown");
    }

    #[test]
    fn the_api_v2_gate_is_recognized_by_its_code_alone() {
        let gate = r#"{"status":409,"error":"Conflict","message":"x","code":"CLIENT_API_V2_REQUIRED"}"#;
        assert!(ServerText::read(gate.as_bytes()).is_v2_gate());
        let active = r#"{"status":409,"error":"Conflict","message":"CLIENT_API_V2_REQUIRED"}"#;
        assert!(!ServerText::read(active.as_bytes()).is_v2_gate());
    }
}
