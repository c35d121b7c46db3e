//! [`Screen`]: the only place that prints. Results go to standard output, everything else to standard error.
//!
//! Text from outside (file names, server messages) is escaped first, so that it cannot control a terminal.

pub mod log;
mod progress;
mod qr;

use std::fmt::Write as _;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use serde::Serialize;
use serde_json::json;

use crate::error::{Code, Error};
use crate::models::export::ErrorBody;
use crate::platform;
use crate::text::{Layout, MessageLabel, Piece, Styled, Tone, Words, errors, printable, steers};
pub use progress::Running;

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl ColourChoice {
    fn applies(self, is_terminal: bool) -> bool {
        match self {
            Self::Auto => is_terminal && platform::variable("NO_COLOR").is_none(),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// Standard output and standard error of a command; clones are the same screen.
#[derive(Debug, Clone)]
pub struct Screen {
    words: &'static Words,
    json: bool,
    quiet: bool,
    colour: ColourChoice,
    lost: Arc<AtomicBool>,
}

impl Screen {
    /// Creates a screen in a language; with `json`, standard output carries JSON only.
    pub fn new(json: bool, words: &'static Words) -> Self {
        Self { words, json, quiet: false, colour: ColourChoice::Auto, lost: Arc::default() }
    }

    /// Sets when colours are used, and whether notes, remarks and progress are left out.
    #[must_use]
    pub fn with(mut self, colour: ColourChoice, quiet: bool) -> Self {
        (self.colour, self.quiet) = (colour, quiet);
        self
    }

    /// Returns how tables are laid out: fitted to a terminal, unless `wide`.
    pub fn layout(&self, wide: bool) -> Layout {
        let is_terminal = io::stdout().is_terminal();
        let width = is_terminal.then(terminal_size::terminal_size).flatten();
        Layout {
            width: width.filter(|_| !wide).map(|(terminal_size::Width(columns), _)| usize::from(columns)),
            isolated: is_terminal && self.words.right_to_left,
        }
    }

    /// Returns the texts in its language.
    pub fn words(&self) -> &'static Words {
        self.words
    }

    /// Returns whether `--json` was given.
    pub fn json_wanted(&self) -> bool {
        self.json
    }

    /// Returns whether a person sees the progress.
    pub fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Returns whether row values may be shown: only on a terminal, never in a file.
    pub fn shows_values(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Prints a JSON value on a line of its own.
    pub fn json<T: Serialize>(&self, value: &T) {
        match serde_json::to_string(value) {
            Ok(text) => self.line(&printable_json(&text)),
            Err(error) => {
                self.lost.store(true, Ordering::Relaxed);
                self.labelled(MessageLabel::Error, &format!("cannot write the result as JSON: {error}"));
            }
        }
    }

    /// Prints a result for a person; nothing with `--json`.
    pub fn result(&self, text: &str) {
        if !self.json {
            self.out(text);
        }
    }

    /// Prints a result in pieces, in colours where they are used; nothing with `--json`.
    pub fn styled(&self, text: &Styled) {
        if self.json {
            return;
        }
        let colour = self.colour.applies(io::stdout().is_terminal());
        let mut line = String::new();
        for piece in text.pieces() {
            match piece {
                Piece::Direction(mark) => line.push(*mark),
                Piece::Text(tone, text) => match tone_colour(*tone).filter(|_| colour && !text.is_empty()) {
                    Some(code) => {
                        let _ = write!(line, "\x1b[{code}m{}\x1b[0m", printable(text));
                    }
                    None => line.push_str(&printable(text)),
                },
            }
        }
        self.line(&line);
    }

    /// Prints a QR code of an address; returns false when the address is too long for one.
    pub fn qr(&self, address: &str) -> bool {
        let colour = self.colour.applies(io::stdout().is_terminal());
        let Some(lines) = qr::lines(address, colour) else { return false };
        // Colours are control characters, which `out` would escape.
        self.written(writeln!(io::stdout().lock(), "{}", lines.join("\n")));
        true
    }

    /// Returns whether a person can answer questions on this terminal.
    pub fn can_ask(&self) -> bool {
        !self.json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks a question and returns the answer; `default` for an empty line, false when nobody can answer.
    pub fn confirmed(&self, question: &str, default: bool) -> bool {
        if !self.can_ask() {
            return false;
        }
        let _ = write!(io::stderr().lock(), "{} ", printable(question));
        let mut line = String::new();
        if io::stdin().read_line(&mut line).is_err() || line.is_empty() {
            return false;
        }
        let answer = line.trim().to_lowercase();
        if answer.is_empty() { default } else { self.words.yes.contains(&answer.as_str()) }
    }

    /// Prints the bytes of a result, such as a CSV.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn bytes(&self, bytes: &[u8]) -> io::Result<()> {
        io::stdout().lock().write_all(bytes)
    }

    /// Prints a line beside the result: progress, or the next step.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            message(text);
        }
    }

    /// Prints a remark beside the result.
    pub fn remark(&self, text: &str) {
        if !self.quiet {
            self.labelled(MessageLabel::Note, text);
        }
    }

    /// Prints a warning: a problem that did not stop the work.
    pub fn warning(&self, text: &str) {
        self.labelled(MessageLabel::Warning, text);
    }

    /// Like [`Self::warning`], for an error that did not stop the work; in English without its hint.
    pub fn mended(&self, error: &ErrorBody) {
        self.print_error(MessageLabel::Warning, &ErrorBody { hint: None, ..error.clone() });
    }

    /// Prints an error that did not stop the work, with its hint.
    pub fn tolerated(&self, error: &Error) {
        self.print_error(MessageLabel::Warning, &error.body());
    }

    /// Prints the error of one of several items; the command continues.
    pub fn error(&self, error: &Error) {
        self.error_body(&error.body());
    }

    /// Like [`Self::error`], for a recorded error.
    pub fn error_body(&self, error: &ErrorBody) {
        self.print_error(MessageLabel::Error, error);
    }

    /// Prints the error that ended the command; with `--json` also as `{"error": …}` on standard output.
    pub fn failure(&self, error: &Error) {
        if self.json {
            self.json(&json!({ "error": error.body() }));
        }
        self.error(error);
    }

    /// Returns the exit code; a result that could not be written was not delivered.
    pub fn close(&self, code: u8) -> u8 {
        if let Err(error) = io::stdout().flush() {
            self.written(Err(error));
        }
        if code == 0 && self.lost.load(Ordering::Relaxed) { Code::UnknownError.exit_code() } else { code }
    }

    fn print_error(&self, label: MessageLabel, error: &ErrorBody) {
        let (first, rest) = errors::lines(error, self.words);
        self.labelled(label, &first);
        for (label, text) in rest {
            self.labelled(label, &text);
        }
    }

    fn labelled(&self, label: MessageLabel, text: &str) {
        let label_text = (self.words.label)(label);
        match colour(label).filter(|_| self.colour.applies(io::stderr().is_terminal())) {
            Some(colour) => {
                let _ =
                    writeln!(io::stderr().lock(), "\x1b[1;{colour}m{label_text}\x1b[0m {}", printable(text));
            }
            None => message(&format!("{label_text} {text}")),
        }
    }

    fn out(&self, text: &str) {
        self.line(&printable(text));
    }

    fn line(&self, text: &str) {
        self.written(writeln!(io::stdout().lock(), "{text}"));
    }

    /// A reader that stops early (`| head`) is not a failure; a full disk is.
    fn written(&self, result: io::Result<()>) {
        if let Err(error) = result
            && error.kind() != ErrorKind::BrokenPipe
            && !self.lost.swap(true, Ordering::Relaxed)
        {
            self.error(&Error::io("cannot write", "standard output", &error));
        }
    }
}

/// Prints a line on standard error.
fn message(text: &str) {
    // When standard error is closed, the line is dropped.
    let _ = writeln!(io::stderr().lock(), "{}", printable(text));
}

/// Returns the terminal's colour of a label.
fn colour(label: MessageLabel) -> Option<&'static str> {
    match label {
        MessageLabel::Error => Some("31"),
        MessageLabel::Warning => Some("33"),
        MessageLabel::Hint => Some("36"),
        MessageLabel::Details | MessageLabel::Note => None,
    }
}

/// Returns the terminal's colour of a piece of text.
fn tone_colour(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Good => Some("32"),
        Tone::Doubtful => Some("33"),
        Tone::Bad => Some("1;31"),
        Tone::Quiet => Some("2"),
        Tone::Plain => None,
    }
}

/// Returns the JSON with such characters as JSON escapes, so that its value stays the same.
fn printable_json(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut printable, letter| {
        if steers(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(printable, "\\u{unit:04x}");
            }
        } else {
            printable.push(letter);
        }
        printable
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_the_value_it_was() {
        let value = json!({ "a\u{7f}": "\u{9b}2J \u{202e} \u{1} \u{e0041} \n склад \u{1F600}" });
        let printed = printable_json(&value.to_string());
        assert!(!printed.chars().any(steers));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&printed).unwrap(), value);
    }
}
