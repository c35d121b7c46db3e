//! Code pages: [`Page`] converts the bytes of a table to UTF-8 and reports undefined bytes.
//!
//! Names and numbers are in `names.rs`. Never guesses: the table or a setting names the page.

mod cpg;
mod guess;
mod names;
mod tables;

use std::fmt;
use std::sync::Arc;

use encoding_rs::{CoderResult, DecoderResult, Encoding};

pub use cpg::{Cpg, for_cpg};
pub(crate) use guess::guess;
pub use names::{find, for_driver, for_ldid};

/// The UTF-8 form of a single byte: up to three bytes, and in the fourth their number with flags.
pub(crate) type Utf8Entry = [u8; 4];

/// In [`Utf8Entry`]: the bits that hold the number of bytes.
pub(crate) const LENGTH: u8 = 0x0F;
/// In [`Utf8Entry`]: a field that contains this byte must be quoted in CSV.
pub(crate) const QUOTE: u8 = 0x10;
/// In [`Utf8Entry`]: the byte is undefined in the page, or is a NUL.
pub(crate) const UNKNOWN: u8 = 0x20;

/// A code page. Cheap to clone.
#[derive(Clone)]
pub struct Page {
    name: &'static str,
    decoder: Decoder,
}

#[derive(Clone)]
enum Decoder {
    Single(Arc<[Utf8Entry; 256]>),
    Multi(&'static Encoding),
    Utf8,
}

impl Page {
    /// Returns the page's name, one of those that [`find`] accepts: `CP866`, `ISO-8859-8`, `UTF-8`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the table of a single-byte page; `None` for the others.
    pub(crate) fn entries(&self) -> Option<&[Utf8Entry; 256]> {
        match &self.decoder {
            Decoder::Single(entries) => Some(entries),
            Decoder::Multi(_) | Decoder::Utf8 => None,
        }
    }

    /// Returns whether every character is one byte.
    pub fn is_single_byte(&self) -> bool {
        matches!(self.decoder, Decoder::Single(_))
    }

    /// Returns whether a byte is a letter of a single-byte page.
    pub(crate) fn is_letter(&self, byte: u8) -> bool {
        let entry = self.entries().map(|entries| entries[usize::from(byte)]);
        entry.is_some_and(|entry| {
            let text = str::from_utf8(&entry[..usize::from(entry[3] & LENGTH)]).unwrap_or_default();
            entry[3] & UNKNOWN == 0 && text.chars().all(char::is_alphabetic)
        })
    }

    /// Decodes into `out` and returns the number of undefined places; each of them, and each NUL, became one U+FFFD.
    pub fn decode(&self, bytes: &[u8], out: &mut String) -> u64 {
        if let Decoder::Single(entries) = &self.decoder {
            let mut unknown = 0;
            for &byte in bytes {
                let entry = entries[usize::from(byte)];
                unknown += u64::from(entry[3] & UNKNOWN != 0);
                let length = usize::from(entry[3] & LENGTH);
                // Entries are made from characters, so this never takes the other branch.
                out.push_str(str::from_utf8(&entry[..length]).unwrap_or("\u{FFFD}"));
            }
            return unknown;
        }
        // A NUL may be the byte that shows a multi-byte character to be broken, so that NULs are looked for afterwards.
        let start = out.len();
        let mut unknown = match &self.decoder {
            Decoder::Multi(encoding) => decode_multi(encoding, bytes, out),
            _ => decode_utf8(bytes, out),
        };
        let nuls = bytes.iter().filter(|&&byte| byte == 0).count();
        if nuls > 0 {
            let text = out.split_off(start);
            out.push_str(&text.replace('\0', "\u{FFFD}"));
            unknown += nuls as u64;
        }
        unknown
    }

    fn single(name: &'static str, upper: impl Fn(u8) -> Option<char>) -> Self {
        let mut entries = [[0; 4]; 256];
        for (byte, entry) in (0..=255u8).zip(entries.iter_mut()) {
            let character = match byte {
                0 => None,
                1..=0x7F => Some(char::from(byte)),
                _ => upper(byte).filter(|&character| character != '\u{FFFD}'),
            };
            let length = character.unwrap_or('\u{FFFD}').encode_utf8(&mut entry[..3]).len();
            entry[3] = length as u8
                | if character.is_none() { UNKNOWN } else { 0 }
                | if matches!(byte, b'"' | b',' | b'\r' | b'\n') { QUOTE } else { 0 };
        }
        Self { name, decoder: Decoder::Single(Arc::new(entries)) }
    }

    fn multi(name: &'static str, encoding: &'static Encoding) -> Self {
        Self { name, decoder: Decoder::Multi(encoding) }
    }

    fn utf8() -> Self {
        Self { name: "UTF-8", decoder: Decoder::Utf8 }
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Page({})", self.name)
    }
}

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Page {}

fn decode_utf8(bytes: &[u8], out: &mut String) -> u64 {
    let mut unknown = 0;
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            out.push('\u{FFFD}');
            unknown += 1;
        }
    }
    unknown
}

fn decode_multi(encoding: &'static Encoding, mut bytes: &[u8], out: &mut String) -> u64 {
    if bytes.is_ascii() {
        out.push_str(str::from_utf8(bytes).unwrap_or_default());
        return 0;
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut unknown, mut last) = (0, false);
    loop {
        out.reserve(
            decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 3),
        );
        let (result, read) = decoder.decode_to_string_without_replacement(bytes, out, last);
        bytes = &bytes[read..];
        match result {
            DecoderResult::InputEmpty if !last => {
                // A text that ends within a character is decoded as if a NUL followed, which is not part of it.
                (bytes, last) = (&[0], true);
            }
            DecoderResult::InputEmpty => {
                out.pop();
                return unknown;
            }
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                out.push('\u{FFFD}');
                unknown += 1;
            }
        }
    }
}

/// Returns the UTF-8 form of a byte in `encoding`; `None` where the byte is undefined.
fn decode_byte(encoding: &'static Encoding, byte: u8) -> Option<char> {
    let mut text = String::with_capacity(8);
    let (result, _, malformed) =
        encoding.new_decoder_without_bom_handling().decode_to_string(&[byte], &mut text, true);
    match result {
        CoderResult::InputEmpty if !malformed => text.chars().next(),
        _ => None,
    }
}
