//! https with a private authority: trusted through the system's trust store, and each reason why a certificate is
//! refused, in the words of `export`, `doctor` and a pairing.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use local_data_forge::{BatchStatus, Endpoint};
use serde_json::Value;
use test_support::Installation;

use crate::authority::{Authority, Valid};
use crate::checks::{check_of, export_failure, text, trusting};
use crate::front::Front;

/// An installation that trusts one authority, before a server whose certificate may come from another.
struct Site {
    installation: Installation,
    front: Front,
}

impl Site {
    fn new(issuer: &Authority, trusted: &Authority, host: &str, valid: Valid) -> Self {
        let installation = trusting(trusted);
        let front = Front::new(issuer.server(host, valid), installation.server.address());
        installation.pair_with(&front.url(), "");
        Self { installation, front }
    }

    fn host(&self) -> String {
        format!("localhost:{}", self.front.address.port())
    }

    /// Returns the last event of a pairing, whose code is approved when there is one.
    fn pair(&self) -> Value {
        let url = self.front.url();
        let arguments =
            ["authorize-device", "--api-url", &url, "--no-browser", "--secret-store", "file", "--json"];
        let mut command = self.installation.home.command(&arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut last = Value::Null;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            last = serde_json::from_str(&line.unwrap()).unwrap();
            if let Some(code) = last["user_code"].as_str() {
                self.installation.server.approve(code).unwrap();
            }
        }
        child.wait().unwrap();
        last
    }
}

#[test]
fn an_authority_in_the_trust_store_is_trusted_for_pairing_export_and_error_reports() {
    let own = Authority::new("Installation Authority");
    let site = Site::new(&own, &own, "localhost", Valid::Now);
    let paired = site.pair();
    assert_eq!(paired["event"], "authorized", "{paired}");
    // A file that is not a table, so that there is something to report.
    site.installation.damaged("BAD.DBF");
    assert_eq!(site.installation.home.run(&["export"]).code, 3);
    assert_eq!(site.installation.server.batches()[0].status, BatchStatus::CompletedWithWarnings);
    assert!(site.installation.server.errors().iter().any(|report| report.kind == "FILE_ERROR"));
    for name in ["connection", "tls", "clock", "pairing", "server"] {
        let (status, found, _) = check_of(&site.installation, name);
        assert_eq!(status, "ok", "{name}: {found}");
    }
    let (_, found, _) = check_of(&site.installation, "tls");
    assert_eq!(
        found,
        "the server's certificate is issued by `CN=Installation Authority`, valid until 2080-01-01"
    );
}

/// Checks the message about a refused certificate, which is the same everywhere.
fn refused(site: &Site, fault: &str, remedy: &str) {
    let host = site.host();
    let (code, message, hint) = export_failure(&site.installation);
    assert_eq!(message, format!("could not sign in: the certificate of `{host}` {fault}"));
    assert!(hint.starts_with(remedy), "{hint}");
    assert_eq!(code, 5);

    assert_eq!(check_of(&site.installation, "connection").0, "ok", "the connection works");
    let (status, message, hint) = check_of(&site.installation, "tls");
    assert_eq!(status, "failed");
    let expected = format!("could not reach the server: the certificate of `{host}` {fault} (issued by `CN=");
    assert!(message.starts_with(&expected), "{message}");
    assert!(hint.starts_with(remedy), "{hint}");
    assert_eq!(check_of(&site.installation, "pairing").0, "failed");

    let failed = site.pair();
    assert_eq!((text(&failed["event"]), text(&failed["code"])), ("failed".to_owned(), "network".to_owned()));
    let found = text(&failed["message"]);
    assert!(found.ends_with(&format!("the certificate of `{host}` {fault}")), "{found}");
    assert!(text(&failed["hint"]).starts_with(remedy), "{failed}");
    assert!(site.installation.server.requests().is_empty(), "nothing was sent");
}

#[test]
fn an_authority_that_is_not_in_the_trust_store_is_not_trusted() {
    let (own, other) = (Authority::new("Installation Authority"), Authority::new("Another Authority"));
    let site = Site::new(&other, &own, "localhost", Valid::Now);
    refused(
        &site,
        "was issued by an authority that this computer does not trust",
        "if your company's own authority issued it, add the authority's certificate to this computer's trust store",
    );
    assert!(
        check_of(&site.installation, "tls")
            .1
            .contains("(issued by `CN=Another Authority`, valid until 2080-01-01)")
    );
}

#[test]
fn an_expired_certificate_is_refused_with_its_last_day() {
    let own = Authority::new("Installation Authority");
    let site = Site::new(&own, &own, "localhost", Valid::Until2021);
    refused(
        &site,
        "has expired (2021-01-01)",
        "check this computer's clock; if it is right, the server's operator has to renew the certificate",
    );
}

#[test]
fn a_certificate_that_is_not_yet_valid_is_refused_with_its_first_day() {
    let own = Authority::new("Installation Authority");
    let site = Site::new(&own, &own, "localhost", Valid::From2090);
    refused(&site, "is not valid yet (2090-01-01)", "check this computer's clock");
}

#[test]
fn a_certificate_of_another_server_is_refused_with_its_name() {
    let own = Authority::new("Installation Authority");
    let site = Site::new(&own, &own, "forge.test", Valid::Now);
    refused(
        &site,
        "was issued for another name: `forge.test`",
        "check `[api] base_url`: it must use a name that the certificate was issued for",
    );
}

#[test]
fn https_to_an_http_server_is_reported() {
    let installation = trusting(&Authority::new("Installation Authority"));
    let host = format!("localhost:{}", installation.server.address().port());
    installation.pair_with(&format!("https://{host}"), "");
    let (code, message, _) = export_failure(&installation);
    let expected =
        format!("could not sign in: no connection to `{host}`: the server does not use https there");
    assert_eq!((code, message), (5, expected));
}

#[test]
fn without_system_certificates_the_error_names_the_package_to_install() {
    let own = Authority::new("Installation Authority");
    let site = Site::new(&own, &own, "localhost", Valid::Now);
    site.installation.home.write("authorities.pem", "");
    let (code, message, hint) = export_failure(&site.installation);
    assert_eq!(code, 5);
    assert_eq!(message, "cannot make a secure connection: No CA certificates were loaded from the system");
    assert!(hint.contains("`ca-certificates`"), "{hint}");
    assert!(site.installation.server.requests().iter().all(|request| request.endpoint != Endpoint::Token));
}
