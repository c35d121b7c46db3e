//! Converts transport failures of the HTTP library to [`ApiError`]: [`read`].

use std::error::Error;

use url::Url;

use super::causes::causes;
use super::certificate::CertificateFault;
use super::error::ApiError;
use super::limits::Limits;
use super::proxy::Proxy;

/// The library's text for a proxy that answers 407 to `CONNECT`; it exposes no type for it.
const WANTS_LOGIN: &str = "proxy authorization required";

/// Converts the failure of a request to a server; `base` is the server's address.
pub(super) fn read(
    doing: &'static str,
    server: &str,
    base: &str,
    limits: Limits,
    error: &reqwest::Error,
) -> ApiError {
    let server = server.to_owned();
    if let Some(fault) = CertificateFault::behind(error) {
        return ApiError::Certificate { doing, server, fault };
    }
    let why = why(error);
    if error.is_connect() || error.is_builder() {
        match on_the_way(base) {
            Some(proxy) if why.ends_with(WANTS_LOGIN) => ApiError::ProxyLogin { doing, proxy },
            proxy => ApiError::Unreachable { doing, server, proxy, why },
        }
    } else if error.is_timeout() {
        ApiError::TimedOut { doing, server, seconds: limits.request.as_secs() }
    } else {
        ApiError::Broken { doing, server, why }
    }
}

/// Returns the proxy for requests to an address.
pub(super) fn on_the_way(base: &str) -> Option<Proxy> {
    Proxy::for_server(&Url::parse(base).ok()?)
}

/// Returns the most informative cause, without the URL that reqwest prepends.
pub(super) fn why(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in causes(error).skip(1) {
        text = match cause.downcast_ref() {
            Some(rustls::Error::InvalidMessage(_)) => {
                return "the server does not use https there".to_owned();
            }
            Some(rustls::Error::General(why)) => why.clone(),
            _ => cause.to_string(),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn the_cause_is_translated_into_plain_words() {
        let http = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        for (error, expected) in [
            (io::Error::other(io::Error::other(http)), "the server does not use https there"),
            (io::Error::other(rustls::Error::General("no roots".to_owned())), "no roots"),
            (io::Error::other("refused"), "refused"),
        ] {
            assert_eq!(why(&error), expected);
        }
    }
}
