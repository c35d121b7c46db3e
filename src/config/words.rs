//! [`Word`]: enums whose values config.toml names by words.

use super::{
    Binary, Deleted, DialectName, FollowLinks, Language, Paths, RowsBeyondHeader, SecretStoreKind, SoftBreaks,
};

/// An enum with one word for each value.
pub trait Word: Copy + PartialEq + 'static {
    /// Every value with its word.
    const WORDS: &'static [(&'static str, Self)];

    /// Returns the value of a word, ignoring case.
    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word.trim())).map(|(_, value)| *value)
    }

    /// Returns the word of this value.
    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| name)
    }
}

impl Word for Paths {
    const WORDS: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("device", Self::Device), ("dfc", Self::Dfc)];
}

impl Word for DialectName {
    const WORDS: &'static [(&'static str, Self)] =
        &[("dfm", Self::Dfm), ("rfc8628", Self::Rfc8628), ("aip", Self::Aip), ("romm", Self::Romm)];
}

impl Word for SecretStoreKind {
    const WORDS: &'static [(&'static str, Self)] = &[("keychain", Self::Keychain), ("file", Self::File)];
}

impl Word for FollowLinks {
    const WORDS: &'static [(&'static str, Self)] = &[("inside", Self::Inside), ("anywhere", Self::Anywhere)];
}

impl Word for Deleted {
    const WORDS: &'static [(&'static str, Self)] = &[("skip", Self::Skip), ("column", Self::Column)];
}

impl Word for Binary {
    const WORDS: &'static [(&'static str, Self)] = &[("omit", Self::Omit), ("base64", Self::Base64)];
}

impl Word for SoftBreaks {
    const WORDS: &'static [(&'static str, Self)] = &[("auto", Self::Auto), ("keep", Self::Keep)];
}

impl Word for RowsBeyondHeader {
    const WORDS: &'static [(&'static str, Self)] = &[("skip", Self::Skip), ("export", Self::Export)];
}

impl Word for Language {
    const WORDS: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("en", Self::En), ("ru", Self::Ru), ("he", Self::He)];
}
