//! Checks the route to the server: name, proxy, connection, certificate and clock. One request without a credential, sent
//! like every other request, covers the last three.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::net::{TcpStream, lookup_host};
use url::Url;

use super::{Check, DoctorContext, NO_CONFIGURATION};
use crate::api::probe::{Probe, probe};
use crate::api::{ApiError, Certificate, Limits, Proxy, Reply};
use crate::config::{Config, is_loopback};
use crate::error::{Code, Error};
use crate::export::health;
use crate::platform;

const OFFLINE: &str = "skipped (--offline)";
const NO_SERVER: &str = "no server is configured";
/// A certificate that expires within this many days is a warning.
const EXPIRES_SOON: i64 = 14;

/// Returns the configured address, or the reason why there is none.
fn address(context: &DoctorContext) -> Result<(&Config, Url), &'static str> {
    let config = context.config().ok_or(NO_CONFIGURATION)?;
    let url = config.api.base_url.as_deref().and_then(|text| Url::parse(text).ok()).ok_or(NO_SERVER)?;
    Ok((config, url))
}

/// Checks that the server's name can be resolved.
pub(super) async fn dns(context: Arc<DoctorContext>) -> Vec<Check> {
    const NAME: &str = "dns";
    let url = match address(&context) {
        Ok((_, url)) => url,
        Err(why) => return vec![Check::skipped(NAME, why)],
    };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    if host.parse::<IpAddr>().is_ok() {
        return vec![Check::ok(NAME, format!("`{host}` is an IP address; no lookup is needed"))];
    }
    if context.offline {
        return vec![Check::skipped(NAME, OFFLINE)];
    }
    if Proxy::for_server(&url).is_some() {
        return vec![Check::skipped(NAME, format!("the proxy resolves `{host}`"))];
    }
    let found = lookup_host((host.as_str(), url.port_or_known_default().unwrap_or_default())).await;
    vec![match found {
        Ok(found) => {
            let mut addresses: Vec<String> = found.map(|found| found.ip().to_string()).collect();
            addresses.dedup();
            Check::ok(NAME, format!("`{host}` resolves to {}", addresses.join(", ")))
                .detail("addresses", addresses)
        }
        Err(error) => {
            let message = format!("the name `{host}` cannot be resolved: {error}");
            let hint = "check the network, its DNS servers, and the spelling of `[api] base_url`";
            Check::failed(NAME, &Error::new(Code::ConnectionFailed, message).hint(hint))
        }
    }]
}

/// Reports the proxy in use, and whether it can be reached.
pub(super) async fn proxy(context: Arc<DoctorContext>) -> Vec<Check> {
    const NAME: &str = "proxy";
    let url = match address(&context) {
        Ok((_, url)) => url,
        Err(why) => return vec![Check::skipped(NAME, why)],
    };
    let Some(proxy) = Proxy::for_server(&url) else {
        let none = "no proxy in use".to_owned();
        return vec![Check::ok(
            NAME,
            match Proxy::variable(&url) {
                None => none,
                Some(variable) if is_loopback(&url) => {
                    format!("{none}: {variable} does not apply to this computer")
                }
                Some(variable) => format!(
                    "{none}, although {variable} is set: NO_PROXY names the server, or the value is not a proxy address"
                ),
            },
        )];
    };
    let Proxy { host, port, .. } = &proxy;
    let reached = if context.offline {
        Ok(())
    } else {
        let limit = Limits::default().connect;
        match tokio::time::timeout(limit, TcpStream::connect((host.as_str(), *port))).await {
            Ok(tried) => tried.map(drop).map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer for {} s", limit.as_secs())),
        }
    };
    let check = match reached {
        Ok(()) => Check::ok(NAME, format!("requests go through {proxy}")),
        Err(why) => {
            let message = format!("{proxy}, cannot be reached: {why}");
            let hint = "correct the proxy's address, or add the server to NO_PROXY to bypass it";
            Check::failed(NAME, &Error::new(Code::ConnectionFailed, message).hint(hint))
        }
    };
    vec![check.detail("proxy", format!("{host}:{port}")).detail("named_by", proxy.named_by())]
}

/// Checks that the server answers, its certificate, and its clock.
pub(super) async fn server(context: Arc<DoctorContext>) -> Vec<Check> {
    let skip = |why: &str| ["connection", "tls", "clock"].map(|name| Check::skipped(name, why)).to_vec();
    let (config, url) = match address(&context) {
        Ok(address) => address,
        Err(NO_SERVER) => {
            let missing = Error::new(Code::ConfigError, NO_SERVER)
                .hint("pair with `data_exporter authorize-device`, which stores the server's address");
            let mut checks = skip(NO_SERVER);
            checks[0] = Check::failed("connection", &missing);
            return checks;
        }
        Err(why) => return skip(why),
    };
    if context.offline {
        return skip(OFFLINE);
    }
    let sent = platform::now();
    let seen = probe(url.as_str(), config.api.https_only, Limits::default()).await;
    vec![connection(&seen, &url), tls(&seen, &url, sent), clock(&seen, sent)]
}

fn connection(seen: &Probe, url: &Url) -> Check {
    const NAME: &str = "connection";
    let server = url.host_str().unwrap_or_default();
    let took = seen.took.as_millis() as u64;
    match &seen.answer {
        Ok(Reply { status, .. }) if *status >= 500 => Check::warning(
            NAME,
            format!("`{server}` answers a plain request with status {status}, in {took} ms"),
            "the server may be down; ask its operator if exports fail",
        ),
        Ok(_) => Check::ok(NAME, format!("`{server}` answers in {took} ms")),
        Err(ApiError::Certificate { .. }) => Check::ok(NAME, format!("`{server}` can be reached")),
        Err(error) => Check::failed(NAME, &error.clone().into()),
    }
    .detail("milliseconds", took)
}

fn tls(seen: &Probe, url: &Url, now: DateTime<Utc>) -> Check {
    const NAME: &str = "tls";
    if url.scheme() != "https" {
        return Check::skipped(NAME, "the address is http: the connection is not encrypted");
    }
    let Some(Certificate { subject, issuer, from, until }) = seen.certificates.first() else {
        return Check::skipped(NAME, "the server sent no certificate");
    };
    let day = until.format("%Y-%m-%d");
    let issued = format!("issued by `{issuer}`, valid until {day}");
    let check = match &seen.answer {
        Err(error @ ApiError::Certificate { .. }) => {
            let mut error = Error::from(error.clone());
            error.message = format!("{} ({issued})", error.message);
            Check::failed(NAME, &error)
        }
        _ if (*until - now).num_days() < EXPIRES_SOON => Check::warning(
            NAME,
            format!("the server's certificate expires on {day} ({issued})"),
            "the server's operator must renew it before then",
        ),
        _ => Check::ok(NAME, format!("the server's certificate is {issued}")),
    };
    let chain: Vec<&str> = seen.certificates.iter().map(|one| one.issuer.as_str()).collect();
    check
        .detail("subject", subject.as_str())
        .detail("issuers", chain)
        .detail("valid_from", from.to_rfc3339())
        .detail("valid_until", until.to_rfc3339())
}

fn clock(seen: &Probe, sent: DateTime<Utc>) -> Check {
    const NAME: &str = "clock";
    let Some(date) = seen.answer.as_ref().ok().and_then(|reply| reply.date) else {
        return Check::skipped(NAME, "the server sent no Date header");
    };
    let here = sent + TimeDelta::from_std(seen.took / 2).unwrap_or_default();
    let ahead = date - here;
    let check = match health::clock(Some(ahead)) {
        None => Check::ok(NAME, "this computer's clock matches the server's"),
        Some(error) => Check::warning(NAME, error.message, error.hint.unwrap_or_default()),
    };
    check.detail("server_ahead_seconds", ahead.num_seconds())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::api::CertificateFault;
    use crate::models::diagnosis::CheckStatus;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn seen(answer: Result<Reply, ApiError>) -> Probe {
        let certificate = Certificate {
            subject: "CN=forge.example".to_owned(),
            issuer: "CN=Shop Authority".to_owned(),
            from: at("2026-01-01T00:00:00Z"),
            until: at("2026-12-01T00:00:00Z"),
        };
        Probe { certificates: vec![certificate], answer, took: Duration::from_secs(2) }
    }

    fn url() -> Url {
        Url::parse("https://forge.example").unwrap()
    }

    #[test]
    fn the_clock_is_compared_with_the_servers_date() {
        let check = |here: &str| {
            let reply = Reply { status: 404, date: Some(at("2026-11-21T10:00:00Z")), ..Reply::default() };
            clock(&seen(Ok(reply)), at(here))
        };
        assert_eq!(
            check("2026-11-21T10:04:59Z").status,
            CheckStatus::Ok,
            "half of the round trip is subtracted"
        );
        assert_eq!(check("2026-11-21T09:54:59Z").status, CheckStatus::Ok);
        let ahead = check("2026-11-21T11:00:00Z");
        assert_eq!(ahead.message, "this computer's clock is 60 min ahead of the server's");
        assert_eq!(ahead.status, CheckStatus::Warning);
        assert_eq!(ahead.details["server_ahead_seconds"], -3601);
        assert_eq!(
            clock(&seen(Ok(Reply::default())), at("2026-11-21T10:00:00Z")).status,
            CheckStatus::Skipped
        );
    }

    #[test]
    fn a_certificate_is_reported_with_its_issuer_and_expiry() {
        let now = at("2026-11-01T00:00:00Z");
        let good = tls(&seen(Ok(Reply::default())), &url(), now);
        assert_eq!(
            good.message,
            "the server's certificate is issued by `CN=Shop Authority`, valid until 2026-12-01"
        );
        let soon = tls(&seen(Ok(Reply::default())), &url(), at("2026-11-20T00:00:00Z"));
        assert_eq!(soon.status, CheckStatus::Warning);
        let server = "forge.example".to_owned();
        let fault = CertificateFault::UnknownIssuer;
        let refused = seen(Err(ApiError::Certificate { doing: "reach the server", server, fault }));
        let bad = tls(&refused, &url(), now);
        assert_eq!((bad.status, bad.code), (CheckStatus::Failed, Some(Code::ConnectionFailed)));
        assert!(bad.message.contains("does not trust (issued by `CN=Shop Authority`"), "{}", bad.message);
        assert_eq!(connection(&refused, &url()).status, CheckStatus::Ok, "the server can be reached");
    }

    #[test]
    fn a_server_that_answers_5xx_is_a_warning() {
        let of = |status| connection(&seen(Ok(Reply { status, ..Reply::default() })), &url()).status;
        assert_eq!([200, 404, 503].map(of), [CheckStatus::Ok, CheckStatus::Ok, CheckStatus::Warning]);
    }
}
