//! Values other than text: converts the bytes of a field to the text of a cell, exactly.
//!
//! Each function writes nothing for an empty value. It returns the [`FindingCode`] of a problem; where the value could
//! not be carried over, nothing was written.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};

use super::csv::CsvBlock;
use super::finding_code::FindingCode;

type Written = Result<(), FindingCode>;

/// A Julian day number minus this is the number of days since 0000-12-31.
const JULIAN_OF_DAY_0: i64 = 1_721_425;
const DAY_MS: u32 = 86_400_000;
/// A byte that some programs fill empty fields with.
const FILLER: u8 = 0x1F;

/// N and F: the digits as stored, never through a float. `decimals` is the column's number of digits after the point.
#[expect(clippy::inline_always, reason = "half of the cells of a table are numbers")]
#[inline(always)]
pub(crate) fn number(raw: &[u8], decimals: u8, out: &mut CsvBlock) -> Written {
    if plain_number(raw, out) {
        return Ok(());
    }
    any_number(raw, decimals, out)
}

/// The form nearly every number has, all its bytes at once: up to 16 bytes wide, blanks, then digits with at most one
/// point. Writes nothing and returns false for any other.
#[inline]
fn plain_number(raw: &[u8], out: &mut CsvBlock) -> bool {
    const EACH: u128 = u128::MAX / 0xFF;
    let bytes = match (raw.first_chunk::<8>(), raw.last_chunk::<8>()) {
        _ if raw.len() > 16 => return false,
        (Some(first), Some(last)) => {
            let last = u64::from_le_bytes(*last).unbounded_shr(8 * (16 - raw.len()) as u32);
            u128::from(last) << 64 | u128::from(u64::from_le_bytes(*first))
        }
        _ => u128::from(raw.iter().rev().fold(0, |bytes, &byte| bytes << 8 | u64::from(byte))),
    };
    let blanks = (bytes ^ (EACH * 0x20)).trailing_zeros() / 8;
    let length = raw.len().saturating_sub(blanks as usize);
    if length == 0 {
        return true;
    }
    let text = bytes >> (8 * blanks);
    // The high bit of each byte that is no digit.
    let digits = text ^ (EACH * 0x30);
    let odd = (((digits & (EACH * 0x7F)) + EACH * 0x76) | digits)
        & (EACH * 0x80)
        & (u128::MAX >> (128 - 8 * length));
    let one_point =
        || odd.is_power_of_two() && length > 1 && (text >> (odd.trailing_zeros() - 7)) as u8 == b'.';
    if odd != 0 && !one_point() {
        return false;
    }
    out.put_low(text, length);
    true
}

#[cold]
fn any_number(raw: &[u8], decimals: u8, out: &mut CsvBlock) -> Written {
    let whole = trim(raw);
    if is_filler(whole) {
        return Err(FindingCode::FillerIgnored);
    }
    let ended = whole.iter().position(|&byte| byte == 0);
    let text = ended.map_or(whole, |end| trim_end(&whole[..end]));
    let result = number_text(text, decimals, out);
    if ended.is_some() && result.is_ok() { Err(FindingCode::NumberEndedByNul) } else { result }
}

fn number_text(text: &[u8], decimals: u8, out: &mut CsvBlock) -> Written {
    if matches!(text, [] | b".") {
        return Ok(());
    }
    if is_number(text) {
        out.put(text);
        return Ok(());
    }
    // An exponent of Fortran, and a decimal comma where the column proves it.
    if let Some(at) = text.iter().position(|byte| matches!(byte, b'D' | b'd')) {
        let written = replaced(text, at, b'E');
        if is_number(&written) {
            out.put(&written);
            return Err(FindingCode::NumberExponent);
        }
    }
    if let Some(at) = text.iter().position(|&byte| byte == b',') {
        let written = replaced(text, at, b'.');
        let proven = decimals > 0 && text.len() - at - 1 == usize::from(decimals);
        if proven && text[at + 1..].iter().all(u8::is_ascii_digit) && is_number(&written) {
            out.put(&written);
            return Err(FindingCode::NumberComma);
        }
    }
    Err(if text.contains(&b'*') { FindingCode::NumberOverflow } else { FindingCode::NumberInvalid })
}

fn replaced(text: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut written = text.to_vec();
    written[at] = byte;
    written
}

/// Whether a field holds nothing but [`FILLER`].
pub(crate) fn is_filler(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| byte == FILLER)
}

/// `[+-]digits[.digits][e[+-]digits]`; the digits before or after the point may be absent.
fn is_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => digits(rest),
        _ => (0, rest),
    };
    whole + fraction > 0
        && match rest {
            [] => true,
            [b'e' | b'E', b'+' | b'-', rest @ ..] | [b'e' | b'E', rest @ ..] => {
                matches!(digits(rest), (1.., []))
            }
            _ => false,
        }
}

/// How many digits `text` begins with, and the rest.
fn digits(text: &[u8]) -> (usize, &[u8]) {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count, &text[count..])
}

/// D: `YYYYMMDD`.
#[inline]
pub(crate) fn date(raw: &[u8], out: &mut CsvBlock) -> Written {
    if let Ok(eight) = raw.try_into()
        && existing_date(eight)
    {
        put_date(eight, out);
        return Ok(());
    }
    any_date(raw, out)
}

#[cold]
fn any_date(raw: &[u8], out: &mut CsvBlock) -> Written {
    let text = trim(raw);
    // Nothing but zeros, or the separators of an empty date on a screen.
    if text.iter().all(|&byte| byte == b'0')
        || text.iter().all(|byte| matches!(byte, b'/' | b'.' | b'-' | b' '))
    {
        return Ok(());
    }
    if is_filler(text) {
        return Err(FindingCode::FillerIgnored);
    }
    match text.try_into() {
        Ok(eight) if existing_date(eight) => {
            put_date(eight, out);
            Ok(())
        }
        _ => Err(FindingCode::DateInvalid),
    }
}

/// Returns whether eight digits are a date of the years 1 to 9999.
#[inline]
fn existing_date(text: [u8; 8]) -> bool {
    let two =
        |at: usize| u32::from(text[at].wrapping_sub(b'0')) * 10 + u32::from(text[at + 1].wrapping_sub(b'0'));
    let year = two(0) * 100 + two(2);
    text.iter().fold(true, |all, byte| all & byte.is_ascii_digit())
        && year != 0
        && (1..=days_of_month(year, two(4))).contains(&two(6))
}

fn put_date([a, b, c, d, e, f, g, h]: [u8; 8], out: &mut CsvBlock) {
    out.put(&[a, b, c, d, b'-', e, f, b'-', g, h]);
}

fn days_of_month(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

/// L: one letter.
pub(crate) fn logical(raw: &[u8], out: &mut CsvBlock) -> Written {
    match trim(raw) {
        [] | b"?" => Ok(()),
        [b'T' | b't' | b'Y' | b'y' | b'1'] => {
            out.put(b"true");
            Ok(())
        }
        [b'F' | b'f' | b'N' | b'n' | b'0'] => {
            out.put(b"false");
            Ok(())
        }
        text if is_filler(text) => Err(FindingCode::FillerIgnored),
        _ => Err(FindingCode::LogicalInvalid),
    }
}

/// I and + elsewhere than in dBASE 7, and ^: up to 8 bytes, little-endian, signed.
pub(crate) fn integer(raw: &[u8], out: &mut CsvBlock) {
    let sign = if raw.last().is_some_and(|&last| last >= 0x80) { 0xFF } else { 0 };
    let mut bytes = [sign; 8];
    for (byte, &stored) in bytes.iter_mut().zip(raw) {
        *byte = stored;
    }
    decimal(i64::from_le_bytes(bytes), out);
}

/// D of 3 or 4 bytes: a Julian day, little-endian; 0 and blanks are empty.
pub(crate) fn julian_date(raw: &[u8], out: &mut CsvBlock) -> Written {
    let day = raw.iter().rev().fold(0_i64, |day, &byte| day << 8 | i64::from(byte));
    if day == 0 || raw.iter().all(|&byte| byte == b' ') {
        return Ok(());
    }
    let Some(date) = existing_day(day - JULIAN_OF_DAY_0) else { return Err(FindingCode::DateInvalid) };
    let _ = write!(out, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
    Ok(())
}

/// I and + of dBASE 7: all NUL is blank.
pub(crate) fn integer_sortable(raw: [u8; 4], out: &mut CsvBlock) {
    if raw != [0; 4] {
        decimal(i64::from((u32::from_be_bytes(raw) ^ 0x8000_0000).cast_signed()), out);
    }
}

/// B of Visual FoxPro.
pub(crate) fn double(raw: [u8; 8], out: &mut CsvBlock) -> Written {
    shortest(f64::from_le_bytes(raw), out)
}

/// O: all NUL is blank. In dBASE 7 (`complemented`) a negative value has all its bits flipped, elsewhere only the sign.
pub(crate) fn double_sortable(raw: [u8; 8], complemented: bool, out: &mut CsvBlock) -> Written {
    let bits = u64::from_be_bytes(raw);
    const SIGN: u64 = 1 << 63;
    match bits {
        0 => Ok(()),
        _ if complemented && bits & SIGN == 0 => shortest(f64::from_bits(!bits), out),
        _ => shortest(f64::from_bits(bits ^ SIGN), out),
    }
}

/// The shortest text that reads back the same; plain between 1e-7 and 1e21, with an exponent outside.
fn shortest(value: f64, out: &mut CsvBlock) -> Written {
    if !value.is_finite() {
        return Err(FindingCode::NotFinite);
    }
    let plain = value == 0.0 || (1e-7..1e21).contains(&value.abs());
    // Writing into a block cannot fail.
    let _ = if plain { write!(out, "{value}") } else { write!(out, "{value:e}") };
    Ok(())
}

/// Y: units of 1/10 000.
pub(crate) fn currency(raw: [u8; 8], out: &mut CsvBlock) {
    let value = i64::from_le_bytes(raw);
    if value < 0 {
        out.push(b'-');
    }
    let value = value.unsigned_abs();
    let _ = write!(out, "{}.{:04}", value / 10_000, value % 10_000);
}

/// T: (0, 0) and blanks are empty.
pub(crate) fn date_time(raw: [u8; 8], out: &mut CsvBlock) -> Written {
    let [a, b, c, d, e, f, g, h] = raw;
    let (day, ms) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    if (day, ms) == (0, 0) || raw == [b' '; 8] {
        return Ok(());
    }
    moment(i64::from(day) - JULIAN_OF_DAY_0, ms, out)
}

/// @ outside dBASE 7: as T, or as milliseconds where only that makes sense; the other way round in a column of
/// `milliseconds`.
pub(crate) fn date_time_or_milliseconds(raw: [u8; 8], ms: bool, out: &mut CsvBlock) -> Written {
    let [first, second] = if ms { [milliseconds, date_time] } else { [date_time, milliseconds] };
    first(raw, out).or_else(|_| second(raw, out))
}

/// Counts a value of an @ column for [`date_time_or_milliseconds`]: 1 where only milliseconds make sense, -1 where only
/// a Julian day does.
pub(crate) fn moment_vote(raw: &[u8]) -> i32 {
    let Ok(raw) = <[u8; 8]>::try_from(raw) else { return 0 };
    let mut scratch = CsvBlock::default();
    let is =
        |read: fn([u8; 8], &mut CsvBlock) -> Written, out: &mut CsvBlock| i32::from(read(raw, out).is_ok());
    is(milliseconds, &mut scratch) - is(date_time, &mut scratch)
}

/// @: milliseconds as a big-endian double; 86 400 000 is the first moment of the year 1. NULs and blanks are empty.
pub(crate) fn milliseconds(raw: [u8; 8], out: &mut CsvBlock) -> Written {
    if raw == [0; 8] || raw == [b' '; 8] {
        return Ok(());
    }
    let value = f64::from_be_bytes(raw).round();
    // Below 2^53 every millisecond is exact; the year 9999 is far below.
    if !(f64::from(DAY_MS)..4e14).contains(&value) {
        return Err(FindingCode::TimeInvalid);
    }
    let value = value as i64;
    moment(value / i64::from(DAY_MS), (value % i64::from(DAY_MS)) as u32, out)
}

/// The day of this number, counting 0001-01-01 as 1, in the years 1 to 9999.
fn existing_day(day: i64) -> Option<NaiveDate> {
    let date = i32::try_from(day).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
    date.filter(|date| (1..=9999).contains(&date.year()))
}

fn moment(day: i64, ms: u32, out: &mut CsvBlock) -> Written {
    let Some(date) = existing_day(day).filter(|_| ms < DAY_MS) else {
        return Err(FindingCode::TimeInvalid);
    };
    let (seconds, ms) = (ms / 1000, ms % 1000);
    let _ = write!(
        out,
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        date.year(),
        date.month(),
        date.day(),
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if ms > 0 {
        let _ = write!(out, ".{ms:03}");
    }
    Ok(())
}

fn decimal(value: i64, out: &mut CsvBlock) {
    let _ = write!(out, "{value}");
}

/// Without the blanks and NULs around.
pub(crate) fn trim(raw: &[u8]) -> &[u8] {
    let mut text = raw;
    while let Some((first, rest)) = text.split_first_chunk::<8>() {
        let blanks = (u64::from_le_bytes(*first) ^ u64::from_le_bytes(*b"        ")).trailing_zeros() / 8;
        if blanks < 8 {
            text = &text[blanks as usize..];
            break;
        }
        text = rest;
    }
    while let [b' ' | 0, rest @ ..] = text {
        text = rest;
    }
    trim_end(text)
}

/// Without the NULs at the end.
pub(crate) fn trim_nuls(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., 0] = text {
        text = rest;
    }
    text
}

/// Without the blanks and NULs at the end.
pub(crate) fn trim_end(mut text: &[u8]) -> &[u8] {
    // Most of a table is blanks: eight at a time.
    while let Some((rest, last)) = text.split_last_chunk::<8>() {
        if last != b"        " {
            break;
        }
        text = rest;
    }
    while let [rest @ .., b' ' | 0] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(value: impl FnOnce(&mut CsvBlock) -> Written) -> Result<String, FindingCode> {
        let mut out = CsvBlock::default();
        value(&mut out).map(|()| String::from_utf8(out.as_slice().to_vec()).unwrap()).inspect_err(|_| {
            assert_eq!(out.len(), 0, "a refused value writes nothing");
        })
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (raw, expected) in [
            ("   10.50", Ok("10.50")),
            ("12345678901234567890", Ok("12345678901234567890")),
            ("-.5", Ok("-.5")),
            ("5.", Ok("5.")),
            ("+1E+05 ", Ok("+1E+05")),
            ("1e5", Ok("1e5")),
            ("\0\0 7\0", Ok("7")),
            ("        ", Ok("")),
            ("", Ok("")),
            ("****", Err(FindingCode::NumberOverflow)),
            ("1,5", Err(FindingCode::NumberInvalid)),
            ("1 234", Err(FindingCode::NumberInvalid)),
            ("   .    ", Ok("")),
            ("-.", Err(FindingCode::NumberInvalid)),
            ("-", Err(FindingCode::NumberInvalid)),
            ("1e", Err(FindingCode::NumberInvalid)),
            ("e5", Err(FindingCode::NumberInvalid)),
            ("1.2.3", Err(FindingCode::NumberInvalid)),
            ("0x10", Err(FindingCode::NumberInvalid)),
            ("NaN", Err(FindingCode::NumberInvalid)),
        ] {
            assert_eq!(written(|out| number(raw.as_bytes(), 2, out)), expected.map(str::to_owned), "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn both_ways_of_reading_numbers_agree(raw in "[ ]{0,9}[-0-9.,*\\x00]{0,14}[ ]{0,3}|[ ]{0,4}[0-9]{0,12}\\.?[0-9]{0,4}") {
            let by = |read: fn(&[u8], u8, &mut CsvBlock) -> Written| {
                let mut out = CsvBlock::default();
                (read(raw.as_bytes(), 2, &mut out), out.as_slice().to_vec())
            };
            prop_assert_eq!(by(number), by(any_number));
        }
    }

    #[test]
    fn numbers_of_other_programs_are_carried_and_reported() {
        for (raw, decimals, text, code) in [
            ("1.5D+03", 2, "1.5E+03", FindingCode::NumberExponent),
            ("  -2d5 ", 0, "-2E5", FindingCode::NumberExponent),
            (".5D-10", 2, ".5E-10", FindingCode::NumberExponent),
            ("05.11\0PA", 2, "05.11", FindingCode::NumberEndedByNul),
            ("7 \0\0 9", 0, "7", FindingCode::NumberEndedByNul),
            ("  1,50", 2, "1.50", FindingCode::NumberComma),
            ("-,5", 1, "-.5", FindingCode::NumberComma),
            ("1,5", 2, "", FindingCode::NumberInvalid),
            ("1,50", 0, "", FindingCode::NumberInvalid),
            ("1.000,50", 2, "", FindingCode::NumberInvalid),
            ("1,000,50", 2, "", FindingCode::NumberInvalid),
            ("1,5D", 2, "", FindingCode::NumberInvalid),
            ("1D", 2, "", FindingCode::NumberInvalid),
            ("x\x001", 2, "", FindingCode::NumberInvalid),
            ("\x1F\x1F\x1F", 2, "", FindingCode::FillerIgnored),
        ] {
            let mut out = CsvBlock::default();
            assert_eq!(number(raw.as_bytes(), decimals, &mut out), Err(code), "{raw:?}");
            assert_eq!(out.as_slice(), text.as_bytes(), "{raw:?}");
        }
    }

    #[test]
    fn integers_have_any_width() {
        for (raw, text) in [
            (&[0xFF][..], "-1"),
            (&[0x7F], "127"),
            (&[0x00, 0x80], "-32768"),
            (&[0xFF, 0xFF, 0x7F], "8388607"),
            (&[0, 0, 0, 0, 0, 0, 0, 0x80], "-9223372036854775808"),
        ] {
            let mut out = CsvBlock::default();
            integer(raw, &mut out);
            assert_eq!(out.as_slice(), text.as_bytes());
        }
    }

    #[test]
    fn a_julian_day_of_three_or_four_bytes_is_a_date() {
        for (raw, expected) in [
            (&[0x8D, 0x87, 0x25][..], Ok("2021-11-14")),
            (&[0x8D, 0x87, 0x25, 0], Ok("2021-11-14")),
            (&[0, 0, 0], Ok("")),
            (b"    ", Ok("")),
            (&[1, 0, 0], Err(FindingCode::DateInvalid)),
        ] {
            assert_eq!(written(|out| julian_date(raw, out)), expected.map(str::to_owned), "{raw:?}");
        }
    }

    #[test]
    fn an_at_column_outside_dbase_7_is_a_julian_day_unless_only_the_double_makes_sense() {
        let harbour = [0x8D, 0x87, 0x25, 0, 0xA2, 0x7A, 0x1A, 0x04];
        let dbase = (86_400_000.0_f64 * 730_000.0).to_be_bytes();
        assert_eq!((moment_vote(&harbour), moment_vote(&dbase), moment_vote(&[0; 8])), (-1, 1, 0));
        for ms in [false, true] {
            let text = |raw| written(|out| date_time_or_milliseconds(raw, ms, out)).unwrap();
            assert_eq!(text(harbour), "2021-11-14 19:07:24.194");
            assert_eq!(text(dbase), "1999-09-03 00:00:00");
        }
        assert_eq!(
            written(|out| date_time_or_milliseconds([9; 8], false, out)),
            Err(FindingCode::TimeInvalid)
        );
    }

    #[test]
    fn dates_exist_or_are_refused() {
        for (raw, expected) in [
            ("20240229", Ok("2024-02-29")),
            ("19000228", Ok("1900-02-28")),
            ("        ", Ok("")),
            ("00000000", Ok("")),
            ("\0\0\0\0\0\0\0\0", Ok("")),
            ("  /  /  ", Ok("")),
            ("  .  .  ", Ok("")),
            ("0       ", Ok("")),
            ("   0", Ok("")),
            ("\x1F\x1F\x1F\x1F\x1F\x1F\x1F\x1F", Err(FindingCode::FillerIgnored)),
            ("1 / 1/  ", Err(FindingCode::DateInvalid)),
            ("19000229", Err(FindingCode::DateInvalid)),
            ("20261340", Err(FindingCode::DateInvalid)),
            ("20260400", Err(FindingCode::DateInvalid)),
            ("00000101", Err(FindingCode::DateInvalid)),
            ("2026 1 1", Err(FindingCode::DateInvalid)),
            ("2026010", Err(FindingCode::DateInvalid)),
        ] {
            assert_eq!(written(|out| date(raw.as_bytes(), out)), expected.map(str::to_owned), "{raw:?}");
        }
    }

    #[test]
    fn logicals_are_letters() {
        for (raw, expected) in [
            ("T", Ok("true")),
            ("y", Ok("true")),
            ("F", Ok("false")),
            ("n", Ok("false")),
            ("?", Ok("")),
            (" ", Ok("")),
            ("\0", Ok("")),
            ("", Ok("")),
            ("0", Ok("false")),
            ("1", Ok("true")),
            ("2", Err(FindingCode::LogicalInvalid)),
            ("\x1F", Err(FindingCode::FillerIgnored)),
        ] {
            assert_eq!(written(|out| logical(raw.as_bytes(), out)), expected.map(str::to_owned), "{raw:?}");
        }
    }

    #[test]
    fn moments() {
        let t = |day: u32, ms: u32| {
            let mut raw = [0; 8];
            raw[..4].copy_from_slice(&day.to_le_bytes());
            raw[4..].copy_from_slice(&ms.to_le_bytes());
            written(|out| date_time(raw, out))
        };
        assert_eq!(t(2_440_588, 0), Ok("1970-01-01 00:00:00".to_owned()));
        assert_eq!(t(2_440_588, 86_399_999), Ok("1970-01-01 23:59:59.999".to_owned()));
        assert_eq!(t(0, 0), Ok(String::new()));
        assert_eq!(t(1_721_426, 0), Ok("0001-01-01 00:00:00".to_owned()));
        assert_eq!(t(5_373_484, 0), Ok("9999-12-31 00:00:00".to_owned()));
        assert_eq!(t(5_373_485, 0), Err(FindingCode::TimeInvalid));
        assert_eq!(t(1_721_425, 0), Err(FindingCode::TimeInvalid));
        assert_eq!(t(0, 1), Err(FindingCode::TimeInvalid));
        assert_eq!(t(2_440_588, 86_400_000), Err(FindingCode::TimeInvalid));
        assert_eq!(t(u32::MAX, u32::MAX), Err(FindingCode::TimeInvalid));
        let at = |ms: f64| written(|out| milliseconds(ms.to_be_bytes(), out));
        assert_eq!(at(86_400_000.0), Ok("0001-01-01 00:00:00".to_owned()));
        assert_eq!(at(0.0), Ok(String::new()));
        assert_eq!(written(|out| milliseconds([b' '; 8], out)), Ok(String::new()));
        assert_eq!(at(86_399_999.0), Err(FindingCode::TimeInvalid));
        assert_eq!(at(f64::NAN), Err(FindingCode::TimeInvalid));
        assert_eq!(at(f64::INFINITY), Err(FindingCode::TimeInvalid));
        assert_eq!(at(-1e300), Err(FindingCode::TimeInvalid));
    }

    #[test]
    fn binary_numbers() {
        let y = |value: i64| {
            written(|out| {
                currency(value.to_le_bytes(), out);
                Ok(())
            })
            .unwrap()
        };
        assert_eq!(y(1_234_567), "123.4567");
        assert_eq!(y(-1), "-0.0001");
        assert_eq!(y(i64::MIN), "-922337203685477.5808");
        let b = |value: f64| written(|out| double(value.to_le_bytes(), out));
        assert_eq!(b(2.0).unwrap(), "2");
        assert_eq!(b(0.1).unwrap(), "0.1");
        assert_eq!(b(1e-7).unwrap(), "0.0000001");
        assert_eq!(b(9.5e-8).unwrap(), "9.5e-8");
        assert_eq!(b(1e20).unwrap(), "100000000000000000000");
        assert_eq!(b(1e21).unwrap(), "1e21");
        assert_eq!(b(0.0).unwrap(), "0");
        assert_eq!(b(f64::NAN), Err(FindingCode::NotFinite));
        assert_eq!(b(f64::NEG_INFINITY), Err(FindingCode::NotFinite));
    }

    proptest! {
        #[test]
        fn integers_round_trip(value: i32) {
            let plain = written(|out| { integer(&value.to_le_bytes(), out); Ok(()) }).unwrap();
            prop_assert_eq!(plain.parse::<i32>().unwrap(), value);
            let flipped = (value.cast_unsigned() ^ 0x8000_0000).to_be_bytes();
            let sortable = written(|out| { integer_sortable(flipped, out); Ok(()) }).unwrap();
            prop_assert_eq!(sortable, if value == i32::MIN { String::new() } else { value.to_string() });
        }

        #[test]
        fn doubles_round_trip(value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL) {
            let text = written(|out| double(value.to_le_bytes(), out)).unwrap();
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            let bits = value.to_bits();
            let dbase7 = if bits >> 63 == 0 { bits ^ (1 << 63) } else { !bits };
            let sortable = written(|out| double_sortable(dbase7.to_be_bytes(), true, out)).unwrap();
            if dbase7 != 0 {
                prop_assert_eq!(sortable.parse::<f64>().unwrap().to_bits(), bits);
            }
            let plain = written(|out| double_sortable((bits ^ (1 << 63)).to_be_bytes(), false, out)).unwrap();
            if bits ^ (1 << 63) != 0 {
                prop_assert_eq!(plain.parse::<f64>().unwrap().to_bits(), bits);
            }
        }

        #[test]
        fn every_existing_day_is_written(days in 1i32..=3_652_059) {
            let date_ = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
            let raw = date_.format("%Y%m%d").to_string();
            prop_assert_eq!(written(|out| date(raw.as_bytes(), out)).unwrap(), date_.to_string());
        }

        #[test]
        fn trimming_cuts_blanks_and_nuls_only(raw in proptest::collection::vec(prop_oneof![Just(b' '), Just(0), Just(b'x')], 0..40)) {
            let trimmed = trim_end(&raw);
            prop_assert!(!matches!(trimmed.last(), Some(b' ' | 0)));
            prop_assert!(raw[trimmed.len()..].iter().all(|byte| matches!(byte, b' ' | 0)));
        }
    }
}
