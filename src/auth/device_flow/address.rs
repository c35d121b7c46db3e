//! Checks addresses that a server wants opened in a browser: [`for_browser`] (docs/pairing.md#addresses).
//!
//! Adds nothing to them: the link with the code in it comes from the server, or there is none.

use url::{Host, Url};

use crate::config::is_loopback;
use crate::error::steers;

/// Maximum length of an address, in bytes; a QR code holds not much more.
pub const LONGEST_ADDRESS: usize = 2048;

/// Why an address is not shown or opened. The text quotes it with control characters made visible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{shown}` {why}")]
pub struct BadAddress {
    shown: String,
    why: &'static str,
}

/// Returns an address that is safe to show and open: https, or http to this machine; a relative one is resolved against
/// `origin`, the address of the server. Only a server on this machine may name this machine: another could reach, through
/// the person's browser, what listens here.
///
/// # Errors
/// [`BadAddress`] for another scheme, control characters, credentials in the address, or an invalid or long address.
pub fn for_browser(text: &str, origin: &Url) -> Result<String, BadAddress> {
    let bad = |why| BadAddress { shown: text.escape_debug().take(200).collect(), why };
    if text.len() > LONGEST_ADDRESS {
        return Err(bad("is too long"));
    }
    // The parser would silently remove some of them.
    if text.chars().any(|letter| letter.is_whitespace() || steers(letter)) {
        return Err(bad("contains spaces or control characters"));
    }
    let url = origin.join(text).map_err(|_| bad("is not a valid address"))?;
    let local = leads_here(&url);
    match url.scheme() {
        "https" | "http" if local && !is_loopback(origin) => return Err(bad("leads to this computer")),
        "https" => {}
        "http" if local => {}
        "http" => return Err(bad("uses http to another machine")),
        _ => return Err(bad("is not a web address")),
    }
    if url.host().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err(bad("hides where it leads"));
    }
    if url.as_str().len() > LONGEST_ADDRESS {
        return Err(bad("is too long"));
    }
    Ok(url.into())
}

/// Returns whether an address leads to this computer, also by a name or number that systems take for it.
pub fn leads_here(url: &Url) -> bool {
    is_loopback(url)
        || match url.host() {
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            Some(Host::Ipv4(address)) => address.is_unspecified(),
            Some(Host::Ipv6(address)) => {
                address.is_unspecified()
                    || address.to_ipv4().is_some_and(|v4| v4.is_loopback() || v4.is_unspecified())
            }
            None => false,
        }
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
            ("https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(shown));
        }
    }

    #[test]
    fn only_a_server_on_this_computer_names_an_address_on_it() {
        let at = |server: &str, text: &str| for_browser(text, &Url::parse(server).unwrap());
        for here in ["http://127.0.0.1:8787/device", "http://localhost/device", "https://[::1]/x", "/x"] {
            assert!(at("http://localhost:8787", here).is_ok(), "{here}");
        }
        for here in [
            "http://127.0.0.1:8787/device",
            "https://127.1/x",
            "https://localhost./x",
            "https://router.localhost/x",
            "https://0.0.0.0/x",
            "https://[::ffff:127.0.0.1]/x",
            "http://[::1]/x",
        ] {
            let refused = at("https://dfm.example", here).unwrap_err().to_string();
            assert!(refused.ends_with("leads to this computer"), "{refused}");
        }
    }

    #[test]
    fn a_long_address_is_refused() {
        assert!(read(&format!("https://a.example/{}", "x".repeat(2000))).is_ok());
        assert!(read(&format!("https://a.example/{}", "x".repeat(1024 * 1024))).unwrap_err().len() < 300);
        assert!(read(&format!("https://a.example/{}", "ж".repeat(500))).is_err(), "encoded it is too long");
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
            "https://pay\u{200b}.example/",
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
