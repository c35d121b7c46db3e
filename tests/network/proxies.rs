//! Proxies named by the environment: which requests use them, and the messages when they fail. Only the proxy can
//! resolve the server's name.

use std::fs;
use std::net::TcpListener;

use test_support::Installation;

use crate::authority::{Authority, Valid};
use crate::checks::{check_of, export_failure, export_succeeds, trusting};
use crate::front::Front;
use crate::proxy::Proxy;

const LOGIN: &str = "anna:canary-of-a-password";
const LOGIN_IN_BASE64: &str = "YW5uYTpjYW5hcnktb2YtYS1wYXNzd29yZA==";

/// An installation whose server is behind a proxy.
struct Branch {
    installation: Installation,
    proxy: Proxy,
    _front: Front,
}

impl Branch {
    /// `variables` name the proxy; `LOGIN@` before its address stands for the correct login.
    fn new(scheme: &str, variables: &[&str], before: &str, login: Option<&'static str>) -> Self {
        let own = Authority::new("Installation Authority");
        let installation = trusting(&own);
        let front = Front::new(own.server("forge.test", Valid::Now), installation.server.address());
        let behind = if scheme == "https" { front.address } else { installation.server.address() };
        let proxy = Proxy::new(behind, login);
        let url = format!("http://{before}{}", proxy.address);
        let installation =
            variables.iter().fold(installation, |installation, name| installation.variable(name, &url));
        installation.pair_with(&format!("{scheme}://forge.test"), "");
        Self { installation, proxy, _front: front }
    }

    fn proxy_line(&self, by: &str) -> String {
        format!("the proxy `{}`, named by {by}", self.proxy.address)
    }
}

#[test]
fn https_goes_through_a_tunnel_of_the_proxy() {
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let branch = Branch::new("https", &[variable], "", None);
        export_succeeds(&branch.installation);
        let seen = branch.proxy.seen();
        assert!(
            !seen.is_empty() && seen.iter().all(|line| line == "CONNECT forge.test:443 HTTP/1.1"),
            "{seen:?}"
        );
        let expected = format!("requests go through {}", branch.proxy_line(variable));
        assert_eq!(check_of(&branch.installation, "proxy"), ("ok".to_owned(), expected, String::new()));
        for (name, status) in [("dns", "skipped"), ("connection", "ok"), ("tls", "ok"), ("pairing", "ok")] {
            assert_eq!(check_of(&branch.installation, name).0, status, "{name}");
        }
    }
}

#[test]
fn http_is_requested_from_the_proxy_by_absolute_address() {
    let branch = Branch::new("http", &["HTTP_PROXY"], "", None);
    export_succeeds(&branch.installation);
    let seen = branch.proxy.seen();
    assert!(
        seen.len() > 3 && seen.iter().all(|line| line.starts_with("POST http://forge.test/api/v1/")),
        "{seen:?}"
    );
}

#[test]
fn hosts_in_no_proxy_bypass_the_proxy() {
    for none in ["forge.test", ".test", "*"] {
        let branch = Branch::new("https", &["HTTPS_PROXY"], "", None);
        let installation = branch.installation.variable("NO_PROXY", none);
        let (_, doctor) = installation.home.json(&["doctor", "--offline"]);
        let checks = doctor["checks"].as_array().unwrap();
        let proxy = checks.iter().find(|check| check["name"] == "proxy").unwrap();
        assert_eq!(
            proxy["message"],
            "no proxy in use, although HTTPS_PROXY is set: NO_PROXY names the server, or the value is not a proxy \
             address"
        );
        assert_ne!(export_failure(&installation).0, 0, "only the proxy knows the name");
        assert!(branch.proxy.seen().is_empty());
    }
}

#[test]
fn loopback_addresses_never_use_the_proxy() {
    let branch = Branch::new("https", &["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"], "", None);
    branch.installation.pair_with(&branch.installation.server.base_url(), "");
    export_succeeds(&branch.installation);
    assert!(branch.proxy.seen().is_empty());
    let (status, found, _) = check_of(&branch.installation, "proxy");
    assert_eq!(status, "ok");
    assert!(found.ends_with("HTTP_PROXY does not apply to this computer"), "{found}");
}

#[test]
fn a_proxy_that_requires_a_login_is_reported_for_http_and_https() {
    for (scheme, variable) in [("https", "HTTPS_PROXY"), ("http", "HTTP_PROXY")] {
        for (before, what) in [("", "requires a login"), ("anna:wrong@", "rejects the login in its address")]
        {
            let branch = Branch::new(scheme, &[variable], before, Some(LOGIN_IN_BASE64));
            let of_it = branch.proxy_line(variable);
            let remedy = "add the login to the proxy's address, as in `http://user:password@proxy:3128`";
            let expected = |doing: &str| format!("could not {doing}: {of_it}, {what}");
            assert_eq!(export_failure(&branch.installation), (5, expected("sign in"), remedy.to_owned()));
            assert!(branch.proxy.seen().len() <= 2, "neither other paths nor a report are tried");
            for (name, doing) in [("connection", "reach the server"), ("pairing", "sign in")] {
                let found = check_of(&branch.installation, name);
                assert_eq!(found, ("failed".to_owned(), expected(doing), remedy.to_owned()));
            }
        }
    }
}

#[test]
fn the_login_in_the_proxy_address_is_used_and_never_shown() {
    let branch = Branch::new("https", &["HTTPS_PROXY"], &format!("{LOGIN}@"), Some(LOGIN_IN_BASE64));
    let installation = branch.installation.variable("DATA_EXPORTER_LOG", "trace");
    let bundle = installation.home.path().join("support.zip");
    let mut shown = String::new();
    for arguments in [
        &["export"][..],
        &["doctor"],
        &["doctor", "--json"],
        &["errors"],
        &["diagnostics", "--output", bundle.to_str().unwrap()],
    ] {
        let answer = installation.home.run(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.err);
        shown += &(answer.out + &answer.err);
    }
    assert_eq!(installation.server.batches().len(), 1);
    let mut zip = zip::ZipArchive::new(fs::File::open(bundle).unwrap()).unwrap();
    for index in 0..zip.len() {
        std::io::Read::read_to_string(&mut zip.by_index(index).unwrap(), &mut shown).unwrap();
    }
    assert!(shown.contains(&format!("the proxy `{}`", branch.proxy.address)), "{shown}");
    assert!(!shown.contains("canary") && !shown.contains(LOGIN_IN_BASE64), "{shown}");
}

#[test]
fn an_unreachable_proxy_is_named() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let installation = trusting(&Authority::new("Installation Authority"));
    let installation = installation.variable("HTTPS_PROXY", &format!("http://{nobody}"));
    installation.pair_with("https://forge.test", "");
    let of_it = format!("the proxy `{nobody}`, named by HTTPS_PROXY");
    let (code, message, hint) = export_failure(&installation);
    assert_eq!(code, 5);
    let expected =
        format!("could not sign in: no connection to `forge.test` through {of_it}: Connection refused");
    assert!(message.starts_with(&expected), "{message}");
    assert!(hint.contains("NO_PROXY"), "{hint}");
    let (status, message, _) = check_of(&installation, "proxy");
    assert_eq!(status, "failed");
    assert!(message.starts_with(&format!("{of_it}, cannot be reached: Connection refused")), "{message}");
}
