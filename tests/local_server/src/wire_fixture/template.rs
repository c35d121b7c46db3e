//! Text with placeholders such as `{batch:uuid}`: [`matches`] and [`fill`].

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::Values;

/// A run of text or a placeholder.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'t> {
    Literal(&'t str),
    Hole { name: Option<&'t str>, kind: &'t str },
}

/// The kinds of the README, with an example of each.
const KINDS: [(&str, &str); 22] = [
    ("uuid", "8f14e45f-ceea-467f-9575-1d1f6b0a3c21"),
    ("instant", "2026-01-12T10:15:30.123Z"),
    ("local", "2026-01-12T10:15:30.123"),
    ("date", "2026-01-12"),
    ("minute", "10-15"),
    ("sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("hex32", "d41d8cd98f00b204e9800998ecf8427e"),
    ("hex64", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("device-code", "Zk3_9aB-cD1eF2gH4iJ5kL6mN7oP8qR0sT1uV2wX3yZ4A5b6C7d8E9f0G1h2I3j4"),
    ("user-code", "WDJB-MJHT"),
    ("plain-code", "WDJBMJHT"),
    ("refresh-token", "tGzv3JOkF0XG5Qx2TlKWIA_n4bQgYhMfWWaL-qgxVrQ"),
    ("origin", "http://127.0.0.1:8787"),
    ("url", "http://127.0.0.1:8787/device-verify"),
    ("int", "1"),
    ("bool", "false"),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzaXRlIn0.c2lnbmF0dXJl"),
    ("token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzaXRlIn0.c2lnbmF0dXJl"),
    ("boundary", "boundary"),
    ("text", "text"),
    ("any", ""),
    ("bytes", "bytes"),
];

/// Returns the kind of a placeholder without its nullability mark.
fn base(kind: &str) -> &str {
    kind.strip_suffix('?').unwrap_or(kind)
}

/// Returns whether the text is a single placeholder that also allows `null`.
pub(super) fn allows_null(template: &str) -> bool {
    matches!(pieces(template).as_slice(), [Piece::Hole { kind, .. }] if kind.ends_with('?'))
}

/// Returns the kind of a text that is a single placeholder.
pub(super) fn only_kind(template: &str) -> Option<&str> {
    match pieces(template).as_slice() {
        [Piece::Hole { kind, .. }] => Some(base(kind)),
        _ => None,
    }
}

/// Compares a text with a template; stores the values of named placeholders, and requires the same value for the same
/// name.
pub(super) fn matches(template: &str, text: &str, values: &mut Values) -> bool {
    matches_pieces(&pieces(template), text, values)
}

/// Renders a template: each placeholder gets its value by name from `values`, otherwise an example of its kind.
pub(super) fn fill(template: &str, values: &Values) -> String {
    let mut text = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Hole { name, kind } => {
                let known = values.get(name.unwrap_or(base(kind)));
                text.push_str(known.map_or_else(|| example(base(kind)), String::as_str));
            }
        }
    }
    text
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, hole, after)) = first_hole(rest) {
        if !before.is_empty() {
            pieces.push(Piece::Literal(before));
        }
        pieces.push(hole);
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest));
    }
    pieces
}

/// Returns the first placeholder with the text before and after it; braces around anything else are plain text.
fn first_hole(text: &str) -> Option<(&str, Piece<'_>, &str)> {
    for (start, _) in text.match_indices('{') {
        let inside = &text[start + 1..];
        let Some(end) = inside.find('}') else { continue };
        let (name, kind) = match inside[..end].split_once(':') {
            Some((name, kind)) => (Some(name), kind),
            None => (None, &inside[..end]),
        };
        if KINDS.iter().any(|(known, _)| *known == base(kind)) {
            return Some((&text[..start], Piece::Hole { name, kind }, &inside[end + 1..]));
        }
    }
    None
}

fn matches_pieces(pieces: &[Piece<'_>], text: &str, values: &mut Values) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
    match first {
        Piece::Literal(literal) => {
            text.strip_prefix(literal).is_some_and(|text| matches_pieces(rest, text, values))
        }
        Piece::Hole { name, kind } => {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            for end in ends {
                let (candidate, remaining) = text.split_at(end);
                let known = name.and_then(|name| values.get(name).cloned());
                if !is_of_kind(base(kind), candidate)
                    || known.as_deref().is_some_and(|known| known != candidate)
                {
                    continue;
                }
                let mut tried = values.clone();
                if let Some(name) = name {
                    tried.insert((*name).to_owned(), candidate.to_owned());
                }
                if matches_pieces(rest, remaining, &mut tried) {
                    *values = tried;
                    return true;
                }
            }
            false
        }
    }
}

fn example(kind: &str) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or("", |(_, example)| example)
}

fn is_of_kind(kind: &str, text: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    match kind {
        "uuid" => is_uuid(text),
        "instant" => DateTime::parse_from_rfc3339(text).is_ok(),
        "local" => NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok(),
        "date" => text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
        "minute" => text.split_once('-').is_some_and(|(hour, minute)| digits(hour, 2) && digits(minute, 2)),
        "sha256" => text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
        "hex32" | "hex64" => {
            text.len() == if kind == "hex32" { 32 } else { 64 }
                && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        }
        "device-code" => is_of_words(text, 64),
        "refresh-token" => is_of_words(text, 43),
        "user-code" => {
            text.split_once('-').is_some_and(|(left, right)| is_of_code(left, 4) && is_of_code(right, 4))
        }
        "plain-code" => is_of_code(text, 8),
        "origin" => is_address(text) && text.matches('/').count() == 2,
        "url" => is_address(text),
        "int" => !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()),
        "bool" => matches!(text, "true" | "false"),
        "jwt" => {
            let part = |part: &str| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            };
            text.split('.').count() == 3 && text.split('.').all(part)
        }
        "token" | "boundary" | "text" => !text.is_empty(),
        "any" | "bytes" => true,
        _ => false,
    }
}

/// Letters, digits, `_` and `-`.
fn is_of_words(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// Upper-case letters and digits without I, O, 0 and 1.
fn is_of_code(text: &str, length: usize) -> bool {
    let symbol = |b: u8| matches!(b, b'A'..=b'Z' | b'2'..=b'9') && !matches!(b, b'I' | b'O');
    text.len() == length && text.bytes().all(symbol)
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_kind_accepts_its_example() {
        for (kind, example) in KINDS {
            assert!(is_of_kind(kind, example), "{kind}");
        }
    }

    #[test]
    fn a_placeholder_name_must_match_the_same_value_everywhere() {
        let mut values = Values::new();
        assert!(matches("{a:int}/{a:int}", "7/7", &mut values));
        assert_eq!(values["a"], "7");
        assert!(!matches("{a:int}", "8", &mut values));
        assert!(!matches("{b:int}/{b:int}", "7/8", &mut Values::new()));
    }

    #[test]
    fn placeholders_within_text_are_delimited() {
        let mut values = Values::new();
        assert!(matches("{text}/{date}/{minute}/", "a/b/2026-01-12/10-15/", &mut values));
        assert!(!matches("{text}/{date}/{minute}/", "a/2026-13-12/10-15/", &mut values));
        assert!(matches("{any}already exists{any}", "already exists", &mut values));
        assert!(matches("{\"plain\":1}", "{\"plain\":1}", &mut values));
    }

    #[test]
    fn rendering_uses_known_values_then_examples() {
        let values = Values::from([("batch".to_owned(), "x".to_owned())]);
        assert_eq!(fill("/b/{batch:uuid}/{int}", &values), "/b/x/1");
    }

    proptest::proptest! {
        #[test]
        fn a_template_matches_its_own_rendering(parts in proptest::collection::vec((".{0,4}", 0..KINDS.len()), 0..5)) {
            let holes = parts.iter().map(|(text, kind)| format!("{text}{{n{kind}:{}}}", KINDS[*kind].0));
            let template = holes.collect::<Vec<_>>().concat();
            let filled = fill(&template, &Values::new());
            proptest::prop_assert!(matches(&template, &filled, &mut Values::new()), "{template} {filled}");
        }
    }
}
