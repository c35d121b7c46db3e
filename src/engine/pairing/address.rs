//! Decides which server addresses are allowed: https, or http to this computer with `--no-https`. Pure.

use url::Url;

use crate::config::{Config, is_loopback};
use crate::error::{Code, Error, Result};
use crate::models::pairing::DialectName;

/// Checks `--api-url` and `--no-https` before anything else is read.
///
/// # Errors
/// [`Code::Usage`].
pub fn check_flag(api_url: Option<&str>, no_https: bool) -> Result<()> {
    let Some(text) = api_url else { return Ok(()) };
    let usage = |message: String, hint: &str| Err(Error::new(Code::Usage, message).hint(hint));
    let url = match Url::parse(text.trim()) {
        Ok(url) if url.host().is_some() && matches!(url.scheme(), "http" | "https") => url,
        _ => {
            return usage(
                format!("`{}` is not a server address", text.escape_debug()),
                "use the form https://host or https://host:port",
            );
        }
    };
    if !url.username().is_empty() || url.password().is_some() {
        return usage("the address contains a login".to_owned(), "remove user name and password from it");
    }
    match (url.scheme(), no_https) {
        ("http", false) => usage(
            format!("`{text}` is http, which would send the secret unencrypted"),
            "use the https address; `--no-https` allows http to this computer, for tests",
        ),
        ("http", true) if !is_loopback(&url) => usage(
            format!("`{text}` is http to another computer, which would send the secret unencrypted"),
            "use the https address; `--no-https` works only for a server on this computer",
        ),
        ("https", true) => {
            usage(format!("`{text}` is https, but `--no-https` is for http"), "remove `--no-https`")
        }
        _ => Ok(()),
    }
}

/// Checks the address of flag, environment or file.
///
/// # Errors
/// [`Code::Usage`], [`Code::HttpRefused`].
pub fn check(config: &Config, no_https: bool) -> Result<()> {
    let Some(text) = &config.api.base_url else {
        if config.api.dialect == DialectName::Rfc8628 {
            return Ok(());
        }
        return Err(Error::new(Code::Usage, "no server is configured")
            .hint("give its address with `--api-url https://host`"));
    };
    let Ok(url) = Url::parse(text) else { return Ok(()) };
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(Error::new(
            Code::HttpRefused,
            format!("`{text}` is http to another computer, which would send the secret unencrypted"),
        )
        .hint("give the https address with `--api-url`"));
    }
    if url.scheme() == "https" && no_https {
        return check_flag(Some(text), no_https);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_needs_no_https_and_a_server_on_this_computer() {
        for (url, no_https, fits) in [
            ("https://dfm.example.com", false, true),
            ("https://dfm.example.com", true, false),
            ("http://127.0.0.1:8787", false, false),
            ("http://127.0.0.1:8787", true, true),
            ("http://localhost:8787", true, true),
            ("http://[::1]:8787", true, true),
            ("http://dfm.example.com", true, false),
            ("http://dfm.example.com", false, false),
            ("ftp://dfm.example.com", false, false),
            ("dfm.example.com", false, false),
            ("https://user:canary@dfm.example.com", false, false),
        ] {
            let judged = check_flag(Some(url), no_https);
            assert_eq!(judged.is_ok(), fits, "{url} {no_https}");
            if let Err(error) = judged {
                assert_eq!(error.code.exit_code(), 2);
                assert!(!error.message.contains("canary"));
            }
        }
    }

    #[test]
    fn the_address_of_the_file_is_checked_too() {
        let mut config = Config::default();
        assert_eq!(check(&config, false).unwrap_err().code, Code::Usage);
        config.api.dialect = DialectName::Rfc8628;
        assert!(check(&config, false).is_ok());
        config.api.base_url = Some("http://shop.example".to_owned());
        assert_eq!(check(&config, true).unwrap_err().code, Code::HttpRefused);
        config.api.base_url = Some("https://shop.example".to_owned());
        assert_eq!(check(&config, true).unwrap_err().code, Code::Usage);
    }
}
