//! Values that are not text. None and an empty text both become an empty cell.

use std::sync::LazyLock;

use base64::Engine as _;
use chrono::{Datelike, NaiveDate, TimeDelta};
use regex::Regex;

static PLAIN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eEdD][+-]?[0-9]+)?$").unwrap());
static COMMA: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[+-]?[0-9]*,[0-9]+$").unwrap());

pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The bytes without these at the end.
pub fn without_end<'a>(bytes: &'a [u8], cut: &[u8]) -> &'a [u8] {
    let end = bytes.iter().rposition(|byte| !cut.contains(byte)).map_or(0, |last| last + 1);
    &bytes[..end]
}

/// The text of a fixed field: no blanks and NULs around; nothing where it holds 1F alone.
fn trimmed(raw: &[u8]) -> String {
    let end = without_end(raw, b" \0");
    let start = end.iter().position(|byte| !b" \0".contains(byte)).unwrap_or(end.len());
    let text = &end[start..];
    if text.iter().all(|&byte| byte == 0x1F) {
        return String::new();
    }
    text.iter().map(|&byte| char::from(byte)).collect()
}

pub fn number(raw: &[u8], decimals: u8) -> Option<String> {
    let whole = trimmed(raw);
    let text = whole.split('\0').next().unwrap_or_default().trim_end_matches(' ');
    if PLAIN.is_match(text) {
        return Some(text.replace(['d', 'D'], "E"));
    }
    let after = text.split(',').next_back().unwrap_or_default().len();
    (COMMA.is_match(text) && decimals > 0 && after == usize::from(decimals)).then(|| text.replace(',', "."))
}

pub fn date(raw: &[u8]) -> Option<String> {
    let text = trimmed(raw);
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return None;
    }
    let date =
        NaiveDate::from_ymd_opt(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?)?;
    (date.year() > 0).then(|| date.to_string())
}

fn julian(day: i64) -> Option<NaiveDate> {
    let date =
        NaiveDate::from_ymd_opt(1970, 1, 1)?.checked_add_signed(TimeDelta::try_days(day - 2_440_588)?)?;
    (1..=9999).contains(&date.year()).then_some(date)
}

/// D of Harbour: a Julian day in 3 or 4 bytes.
pub fn julian_date(raw: &[u8]) -> Option<String> {
    if raw.iter().all(|&byte| byte == b' ') {
        return None;
    }
    let mut bytes = [0; 4];
    bytes[..raw.len()].copy_from_slice(raw);
    julian(i64::from(u32::from_le_bytes(bytes))).map(|date| date.to_string())
}

pub fn logical(raw: &[u8]) -> Option<String> {
    match trimmed(raw).as_str() {
        "T" | "t" | "Y" | "y" | "1" => Some("true".to_owned()),
        "F" | "f" | "N" | "n" | "0" => Some("false".to_owned()),
        _ => None,
    }
}

/// Little-endian, signed, of any width.
pub fn integer(raw: &[u8]) -> String {
    let mut value: i128 = 0;
    for &byte in raw.iter().rev() {
        value = value * 256 + i128::from(byte);
    }
    if raw.last().is_some_and(|&last| last >= 0x80) {
        value -= 1 << (8 * raw.len());
    }
    value.to_string()
}

/// Big-endian with the sign bit flipped; all NUL is blank.
pub fn flipped_integer(raw: &[u8]) -> Option<String> {
    let value = raw.iter().fold(0_i64, |value, &byte| value * 256 + i64::from(byte));
    (value != 0).then(|| (value - (1 << 31)).to_string())
}

pub fn double(raw: &[u8]) -> Option<String> {
    shortest(f64::from_le_bytes(raw.try_into().ok()?))
}

pub fn ordered_double(raw: &[u8], complemented: bool) -> Option<String> {
    let mut bytes: [u8; 8] = raw.try_into().ok()?;
    if bytes == [0; 8] {
        return None;
    }
    if bytes[0] & 0x80 != 0 || !complemented {
        bytes[0] ^= 0x80;
    } else {
        bytes = bytes.map(|byte| !byte);
    }
    shortest(f64::from_be_bytes(bytes))
}

fn shortest(value: f64) -> Option<String> {
    let size = value.abs();
    match value {
        _ if !value.is_finite() => None,
        _ if value == 0.0 || (1e-7..1e21).contains(&size) => Some(format!("{value}")),
        _ => Some(format!("{value:e}")),
    }
}

pub fn currency(raw: &[u8]) -> String {
    let digits = integer(raw);
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("-", rest));
    let digits = format!("{digits:0>5}");
    let (whole, part) = digits.split_at(digits.len() - 4);
    format!("{sign}{whole}.{part}")
}

fn moment(date: NaiveDate, ms: u32) -> Option<String> {
    if ms >= 86_400_000 {
        return None;
    }
    let (seconds, rest) = (ms / 1000, ms % 1000);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let rest = if rest == 0 { String::new() } else { format!(".{rest:03}") };
    Some(format!("{date} {clock}{rest}"))
}

fn is_blank(raw: &[u8]) -> bool {
    raw.iter().all(|&byte| byte == 0) || raw.iter().all(|&byte| byte == b' ')
}

pub fn julian_moment(raw: &[u8]) -> Option<String> {
    if is_blank(raw) {
        return None;
    }
    let day = u32::from_le_bytes(raw[..4].try_into().ok()?);
    moment(julian(i64::from(day))?, u32::from_le_bytes(raw[4..].try_into().ok()?))
}

/// Milliseconds of which 86 400 000 is the first moment of the year 1.
pub fn double_moment(raw: &[u8]) -> Option<String> {
    if is_blank(raw) {
        return None;
    }
    let value = f64::from_be_bytes(raw.try_into().ok()?).round();
    if !(86_400_000.0..4e14).contains(&value) {
        return None;
    }
    let value = value as i64;
    moment(julian(value / 86_400_000 + 1_721_425)?, (value % 86_400_000) as u32)
}

/// @ outside dBASE 7: a Julian day and milliseconds, unless the column's other values are doubles.
pub fn either_moment<'a>(raw: &[u8], column: impl Iterator<Item = &'a [u8]>) -> Option<String> {
    let (mut julians, mut doubles) = (0, 0);
    for value in column {
        match (julian_moment(value), double_moment(value)) {
            (Some(_), None) => julians += 1,
            (None, Some(_)) => doubles += 1,
            _ => {}
        }
    }
    if doubles > julians {
        double_moment(raw).or_else(|| julian_moment(raw))
    } else {
        julian_moment(raw).or_else(|| double_moment(raw))
    }
}
