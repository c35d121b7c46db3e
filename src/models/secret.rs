//! [`Secret`], the only type that holds a client secret, password or token. It registers the secrets of the process, so
//! that texts can be redacted.

use std::fmt;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroize;

use super::derived::Forms;

/// The secrets of this process.
static ALIVE: Mutex<Vec<Weak<Text>>> = Mutex::new(Vec::new());

/// A text that is wiped when its last copy is dropped, and is printed as `[redacted]`.
///
/// It deliberately does not implement `Serialize`: a secret leaves the program only through [`Secret::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<Text>);

struct Text {
    plain: String,
    forms: Forms,
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.plain == other.plain
    }
}

impl Eq for Text {}

impl Drop for Text {
    fn drop(&mut self) {
        self.plain.zeroize();
    }
}

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        let plain = text.into();
        let text = Arc::new(Text { forms: Forms::of(&plain), plain });
        let mut alive = ALIVE.lock();
        alive.retain(|other| other.strong_count() > 0);
        alive.push(Arc::downgrade(&text));
        drop(alive);
        Self(text)
    }

    /// Returns the text, for a request or a keychain call.
    pub fn expose(&self) -> &str {
        &self.0.plain
    }

    /// Returns whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.plain.is_empty()
    }

    /// Replaces every secret of this process in a text by `[redacted]`, in every form in which it may come back.
    pub(super) fn hide_all(text: &str) -> String {
        let alive: Vec<Arc<Text>> = {
            let alive = ALIVE.lock();
            alive.iter().filter_map(Weak::upgrade).collect()
        };
        alive.iter().fold(text.to_owned(), |text, secret| secret.forms.hide(&text).unwrap_or(text))
    }
}

/// The replacement of a secret.
pub(super) const REDACTED: &str = "[redacted]";

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&Secret> for Secret {
    fn from(secret: &Self) -> Self {
        secret.clone()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn a_secret_prints_as_redacted() {
        let secret = Secret::new("cs_canary");
        assert_eq!(format!("{secret} {secret:?}"), "[redacted] [redacted]");
        assert_eq!(secret.expose(), "cs_canary");
    }

    #[test]
    fn known_secrets_are_removed_from_texts() {
        let secret = Secret::new("seldom seen words");
        let copy = secret.clone();
        drop(secret);
        assert_eq!(Secret::hide_all("it said: seldom seen words!"), "it said: [redacted]!");
        drop(copy);
        assert_eq!(Secret::hide_all("seldom seen words"), "seldom seen words");
    }
}
