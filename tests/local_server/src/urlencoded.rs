//! Urlencoded forms and queries (WHATWG URL, section 5): [`fields`] and [`encode`]. Pure.

/// Decodes the fields of a form or query, in their order.
pub(crate) fn fields(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// Encodes a name or value for a form or query.
pub(crate) fn encode(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => (byte as char).to_string(),
        b' ' => "+".to_owned(),
        byte => format!("%{byte:02X}"),
    });
    encoded.collect::<Vec<_>>().concat()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let digits = after.get(..2).filter(|pair| pair.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|pair| std::str::from_utf8(pair).ok());
        match (first, digits.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_escape_is_taken_literally() {
        assert_eq!(
            fields("a=%41+b&c=%4&d=%+1&e"),
            [
                ("a".to_owned(), "A b".to_owned()),
                ("c".to_owned(), "%4".to_owned()),
                ("d".to_owned(), "% 1".to_owned()),
                ("e".to_owned(), String::new()),
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn encoding_and_decoding_round_trip(name in ".{1,8}", value in ".{0,20}") {
            let text = format!("{}={}", encode(&name), encode(&value));
            proptest::prop_assert_eq!(fields(&text), [(name, value)]);
        }

        #[test]
        fn no_text_panics_the_decoder(text in "[%+&=0-9a-fé]{0,40}|.{0,40}") {
            let _ = fields(&text);
        }
    }
}
