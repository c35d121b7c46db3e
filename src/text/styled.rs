//! [`Styled`]: text in pieces with a meaning each, which a terminal shows as colours. Only the printer of the command
//! line writes control characters; here is none.

use std::fmt;

/// The meaning of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// No special meaning.
    #[default]
    Plain,
    /// All is well.
    Good,
    /// Something deserves a look.
    Doubtful,
    /// Something failed.
    Bad,
    /// Less important than the rest.
    Quiet,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text with its meaning.
    Text(Tone, String),
    /// A character that sets the direction of text.
    Direction(char),
}

/// Text in pieces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Styled(Vec<Piece>);

impl Styled {
    /// Text of one meaning.
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self(vec![Piece::Text(tone, text.into())])
    }

    /// Adds text of one meaning.
    pub fn push(&mut self, tone: Tone, text: impl Into<String>) {
        self.0.push(Piece::Text(tone, text.into()));
    }

    /// Adds a character that sets the direction.
    pub fn direction(&mut self, mark: char) {
        self.0.push(Piece::Direction(mark));
    }

    /// Adds another text.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Returns texts with a separator between them.
    pub fn join(texts: impl IntoIterator<Item = Self>, separator: &str) -> Self {
        let mut joined = Self::default();
        for text in texts {
            if !joined.0.is_empty() {
                joined.push(Tone::Plain, separator);
            }
            joined.append(text);
        }
        joined
    }

    /// Returns the text without blanks at its end.
    #[must_use]
    pub fn without_trailing_blanks(mut self) -> Self {
        while let Some(Piece::Text(_, text)) = self.0.last_mut() {
            text.truncate(text.trim_end_matches(' ').len());
            if !text.is_empty() {
                break;
            }
            self.0.pop();
        }
        self
    }

    /// Returns the pieces, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }
}

impl From<String> for Styled {
    fn from(text: String) -> Self {
        Self::of(Tone::Plain, text)
    }
}

impl From<&str> for Styled {
    fn from(text: &str) -> Self {
        Self::of(Tone::Plain, text)
    }
}

/// The text alone.
impl fmt::Display for Styled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(_, text) => f.write_str(text),
            Piece::Direction(_) => Ok(()),
        })
    }
}
