//! Every exchange of a grant in `tests/fixtures/wire`, played against the server.

use std::time::Duration;

use local_data_forge::wire_fixture::{Exchange, Values, load_all};
use local_data_forge::{Choice, Dialect, LocalServer, Metadata, Pairing, Registration, TokenReply};
use serde_json::{Value, json};

use super::grant_support::{DEVICE_GRANT, ask, poll, renew};
use super::support::{Answer, post_json, send, server};

const PREFIXES: [(&str, Dialect); 5] = [
    ("dfm-", Dialect::DfmA),
    ("dfmc-", Dialect::DfmC),
    ("rfc-", Dialect::Rfc),
    ("aip-", Dialect::Aip),
    ("romm-", Dialect::Romm),
];

/// The dialect of a fixture and the rest of its name, when it is one of a grant.
pub fn dialect_of(name: &str) -> Option<(Dialect, &str)> {
    PREFIXES.iter().find_map(|(prefix, dialect)| Some((*dialect, name.strip_prefix(prefix)?)))
}

#[test]
fn the_server_matches_every_fixture_of_a_grant() {
    let mut wrong = Vec::new();
    let mut played = 0;
    for exchange in load_all().unwrap() {
        let Some((dialect, what)) = dialect_of(&exchange.name) else { continue };
        let server = server(|switches| switches.pairing.dialect = dialect);
        server.clock().hold();
        let values = Scene { server: &server, dialect }.set(what);
        let answer = play(&server, &exchange, &values);
        let (answer, values) = answer.unwrap_or_else(|error| panic!("{}: {error}", exchange.name));
        let matched = exchange.reply.matches(answer.status, &answer.headers, &answer.body, &values);
        wrong.extend(matched.err().map(|mismatch| format!("{}: {mismatch}", exchange.name)));
        played += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(played >= 120, "only {played} fixtures");
}

fn play(server: &LocalServer, exchange: &Exchange, values: &Values) -> Result<(Answer, Values), String> {
    let (request, method) = (exchange.request.fill(values), &exchange.request.method);
    let path = &request.path;
    let values = exchange.request.matches(method, path, &request.headers, &request.body, values);
    let values = values.map_err(|mismatch| mismatch.to_string())?;
    Ok((send(server, method, path, &request.headers, &request.body), values))
}

/// Brings a server into the state that an exchange requires.
struct Scene<'s> {
    server: &'s LocalServer,
    dialect: Dialect,
}

impl Scene<'_> {
    fn rules(&self, change: impl FnOnce(&mut Pairing)) {
        self.server.switch(|switches| change(&mut switches.pairing));
    }

    /// Prepares the exchange; returns the values of the placeholders.
    fn set(&self, what: &str) -> Values {
        let mut values = Values::from([("base".to_owned(), self.server.base_url())]);
        self.switch(what);
        let needs_code =
            ["token", "verify", "confirm", "pending", "approve", "deny", "refresh", "session", "users"]
                .iter()
                .any(|part| what.starts_with(part))
                && !what.ends_with("-limit");
        if what.starts_with("client-") || what == "device-no-grant" {
            self.register(what, &mut values);
        }
        if needs_code {
            let (device, user) = ask(self.server, self.dialect);
            self.decide(what, &device, &user, &mut values);
            values.insert("device".to_owned(), device);
            values.insert("user".to_owned(), user);
        }
        if what.ends_with("-unknown") || what == "refresh-unknown" {
            let nobody = match self.dialect {
                Dialect::Romm => "0".repeat(64),
                Dialect::Aip => format!("device_{}", "0".repeat(32)),
                _ => "A".repeat(64),
            };
            values.insert("device".to_owned(), nobody);
            values.insert("refresh".to_owned(), "A".repeat(43));
        }
        values
    }

    fn switch(&self, what: &str) {
        match what {
            "token-specification" => {
                self.server.switch(|switches| switches.token_reply = TokenReply::Specification);
            }
            "token-denied-403" => self.rules(|rules| rules.denied_status = 403),
            "token-slow-down" => self.rules(|rules| rules.strict_polling = Some(true)),
            "token-pending-specification" => self.rules(|rules| rules.pending_status = 400),
            "metadata-missing" => self.rules(|rules| rules.metadata = Metadata::Missing),
            "register-disabled" => self.rules(|rules| rules.registration = Registration::Missing),
            "register-refused" => self.rules(|rules| rules.registration = Registration::Refused),
            "device-specification" | "device-path-missing" => {
                self.rules(|rules| rules.specification_path = true);
            }
            "device-no-complete" => self.rules(|rules| rules.complete_uri = false),
            "refresh-unbound" | "session-unbound" => self.rules(|rules| rules.session_bound = false),
            "init-urls" => self.rules(|rules| rules.absolute_urls = true),
            "authorize-limit" | "init-limit" => self.rules(|rules| rules.code_limit = Some(0)),
            "token-limit" => self.rules(|rules| {
                rules.poll_limit = Some(0);
                rules.limit_retry_after = self.dialect != Dialect::Romm;
            }),
            _ => {}
        }
    }

    fn decide(&self, what: &str, device: &str, user: &str, values: &mut Values) {
        let approve = || self.server.approve(user).unwrap();
        let is_over = |after: Duration| self.server.clock().advance(after);
        match what {
            "token" | "token-json" | "token-specification" | "users-me" | "token-limited" => {
                let lifetime = if what == "token-limited" { "30d" } else { "never" };
                let lifetime = local_data_forge::TokenLifetime::from_word(lifetime).unwrap();
                let scopes = Some(vec!["me.read".to_owned()]);
                self.server.approve_as(user, &Choice { lifetime, scopes, ..Choice::default() }).unwrap();
            }
            "token-slow-down" => drop(poll(self.server, self.dialect, device)),
            "token-denied" | "token-denied-403" | "token-denied-forgotten" => {
                self.server.deny(user).unwrap();
                if what == "token-denied-forgotten" {
                    is_over(Duration::from_mins(1));
                }
            }
            "token-expired" | "verify-get-expired" | "verify-approve-expired" => {
                is_over(Duration::from_hours(1));
            }
            "token-approved-expired" => {
                approve();
                is_over(Duration::from_mins(15));
            }
            "token-used" => {
                approve();
                assert_eq!(poll(self.server, self.dialect, device).status, 200);
            }
            what if what.ends_with("-decided") => drop(approve()),
            _ => {}
        }
        if what == "users-me-no-scope" {
            let scopes = Some(vec!["roms.read".to_owned()]);
            self.server.approve_as(user, &Choice { scopes, ..Choice::default() }).unwrap();
        }
        if ["refresh", "session", "users"].iter().any(|part| what.starts_with(part)) {
            if self.server.pending().iter().any(|code| code.user_code == user) {
                approve();
            }
            self.fetch(what, device, values);
        }
    }

    /// Fetches the tokens of an approved code, and changes them as the name of the case says.
    fn fetch(&self, what: &str, device: &str, values: &mut Values) {
        let tokens = poll(self.server, self.dialect, device).json();
        let refresh = tokens.get("refreshToken").or(tokens.get("refresh_token")).and_then(Value::as_str);
        if let Some(refresh) = refresh {
            values.insert("refresh".to_owned(), refresh.to_owned());
            if what == "refresh-reused" {
                assert_eq!(renew(self.server, self.dialect, refresh).status, 200);
            }
        }
        if let Some(access) = tokens["access_token"].as_str() {
            values.insert("access".to_owned(), access.to_owned());
        }
        match what {
            "refresh-expired" => self.server.clock().advance(Duration::from_hours(24 * 91)),
            "refresh-revoked" => {
                let paired = self.server.sites().into_iter().last().unwrap();
                self.server.revoke_pairing(&paired.domain);
            }
            "refresh-inactive-site" => {
                self.server.change_sites(|sites| sites.iter_mut().for_each(|site| site.active = false));
            }
            _ => {}
        }
    }

    fn register(&self, what: &str, values: &mut Values) {
        let grants = if what == "device-no-grant" {
            vec!["refresh_token"]
        } else {
            vec![DEVICE_GRANT, "refresh_token"]
        };
        let body = json!({
            "client_name": "text", "grant_types": grants, "response_types": ["device_code"],
            "token_endpoint_auth_method": "none", "application_type": "native", "scope": "atproto:atproto",
            "software_id": "text", "software_version": "text"
        });
        let client = post_json(self.server, "/oauth/clients/register", &body).json();
        let token = match what {
            "client-bad-token" => "nobody",
            _ => client["registration_access_token"].as_str().unwrap(),
        };
        values.insert("registration".to_owned(), token.to_owned());
        if what != "client-unknown" {
            values.insert("client".to_owned(), client["client_id"].as_str().unwrap().to_owned());
        }
    }
}
