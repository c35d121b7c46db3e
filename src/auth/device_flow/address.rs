//! Checks addresses that a server wants opened in a browser: [`for_browser`] (docs/pairing.md#addresses).
//!
//! Adds nothing to them: the link with the code in it comes from the server, or there is none.

use url::Url;

use crate::config::is_loopback;

/// Why an address is not shown or opened. The text quotes it with control characters made visible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{shown}` {why}")]
pub struct BadAddress {
    shown: String,
    why: &'static str,
}

/// Returns an address that is safe to show and open: https, or http to this machine; a relative one is resolved against
/// `origin`.
///
/// # Errors
/// [`BadAddress`] for another scheme, control characters, credentials in the address, or an invalid address.
pub fn for_browser(text: &str, origin: &Url) -> Result<String, BadAddress> {
    let bad = |why| BadAddress { shown: text.escape_debug().take(200).collect(), why };
    // The parser would silently remove some of them.
    if text.chars().any(|letter| letter.is_control() || letter.is_whitespace() || turns_direction(letter)) {
        return Err(bad("contains spaces or control characters"));
    }
    let url = origin.join(text).map_err(|_| bad("is not a valid address"))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err(bad("uses http to another machine")),
        _ => return Err(bad("is not a web address")),
    }
    if url.host().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err(bad("hides where it leads"));
    }
    Ok(url.into())
}

/// Returns whether a character changes the direction of text.
pub(super) fn turns_direction(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let origin = Url::parse("https://romm.example:8443/base/").unwrap();
        for_browser(text, &origin).map_err(|error| error.to_string())
    }

    #[test]
    fn web_addresses_pass_and_relative_ones_are_joined_to_the_origin() {
        for (text, shown) in [
            ("https://app.dataforge.com/device-verify", "https://app.dataforge.com/device-verify"),
            ("https://a.example/v?code=ABCD-2345", "https://a.example/v?code=ABCD-2345"),
            ("/pair/device?user_code=ABCD2345", "https://romm.example:8443/pair/device?user_code=ABCD2345"),
            ("http://127.0.0.1:8787/device", "http://127.0.0.1:8787/device"),
            ("http://localhost/device", "http://localhost/device"),
            ("https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(shown));
        }
    }

    #[test]
    fn other_addresses_are_not_opened() {
        let lines: Vec<String> = [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "http://other.example/",
            "https://bank.example@evil.example/",
            "https://a.example/\u{1b}[2J",
            "java\nscript:alert(1)",
            "https://a.example/\u{202e}gpj.exe",
            "https://a example/",
            "//user:pw@evil.example/x",
            "https://",
        ]
        .iter()
        .map(|text| read(text).unwrap_err())
        .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    proptest! {
        #[test]
        fn an_accepted_address_is_one_safe_argument(text in "\\PC{0,60}|[a-z]{1,9}:[ -~]{0,30}|.{0,20}") {
            if let Ok(shown) = read(&text) {
                prop_assert!(shown.starts_with("https://") || shown.starts_with("http://"));
                prop_assert!(shown.bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
