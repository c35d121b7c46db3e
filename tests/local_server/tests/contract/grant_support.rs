//! A device of each dialect, as the fixtures describe it.

use local_data_forge::{Dialect, LocalServer, Pairing};
use serde_json::{Value, json};

use super::support::{Answer, basic, post_form, post_json, send};

pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub const DIALECTS: [Dialect; 5] = [Dialect::DfmA, Dialect::DfmC, Dialect::Rfc, Dialect::Aip, Dialect::Romm];

/// Starts a server of a dialect whose clock is frozen.
pub fn server_of(dialect: Dialect) -> LocalServer {
    let server = super::support::server(|switches| switches.pairing.dialect = dialect);
    server.clock().hold();
    server
}

/// Returns the error code of a reply, from the field of its dialect.
pub fn word(answer: &Answer) -> String {
    let json = answer.json();
    let word = json.get("error").or(json.get("detail")).and_then(Value::as_str);
    word.unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

/// Requests a code as the device of the fixtures does; returns the device code and the user code.
pub fn ask(server: &LocalServer, dialect: Dialect) -> (String, String) {
    let answer = ask_for_code(server, dialect);
    let json = answer.json();
    let text = |one: &str, other: &str| {
        json.get(one)
            .or(json.get(other))
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{json}"))
            .to_owned()
    };
    (text("deviceCode", "device_code"), text("userCode", "user_code"))
}

pub fn ask_for_code(server: &LocalServer, dialect: Dialect) -> Answer {
    match dialect {
        Dialect::DfmA | Dialect::DfmC => {
            let body = json!({
                "siteName": "warehouse-scanner-1", "siteDescription": "Warehouse Scanner #1",
                "deviceName": "Warehouse Scanner #1", "deviceType": "raspberry-pi", "firmwareVersion": "2.1.0"
            });
            post_json(server, "/api/v1/device/authorize", &body)
        }
        Dialect::Rfc => post_form(
            server,
            "/oauth2/device_authorization",
            &[("client_id", "data-exporter"), ("scope", "data.write")],
        ),
        Dialect::Aip => {
            let is_specification = send(server, "POST", "/oauth/device", &[], b"").status == 404;
            let path = if is_specification { "/oauth/device_authorization" } else { "/oauth/device" };
            post_form(server, path, &[("client_id", "device-flow-cli-example")])
        }
        Dialect::Romm => {
            let body = json!({
                "client_device_identifier": "install-1", "name": "Warehouse Scanner #1", "client": "data-exporter",
                "platform": "linux", "client_version": "0.1.0", "requested_scopes": ["me.read", "roms.read"]
            });
            post_json(server, "/api/auth/device/init", &body)
        }
    }
}

pub fn poll(server: &LocalServer, dialect: Dialect, device_code: &str) -> Answer {
    let client = if dialect == Dialect::Aip { "device-flow-cli-example" } else { "data-exporter" };
    let form = [("grant_type", DEVICE_GRANT), ("device_code", device_code), ("client_id", client)];
    match dialect {
        Dialect::DfmA | Dialect::DfmC => {
            post_json(server, "/api/v1/device/token", &json!({"deviceCode": device_code}))
        }
        Dialect::Romm => post_json(server, "/api/auth/device/token", &json!({"device_code": device_code})),
        Dialect::Rfc => post_form(server, "/oauth2/token", &form),
        Dialect::Aip => post_form(server, "/oauth/token", &form),
    }
}

pub fn renew(server: &LocalServer, dialect: Dialect, refresh_token: &str) -> Answer {
    let client = if dialect == Dialect::Aip { "device-flow-cli-example" } else { "data-exporter" };
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", client)];
    match dialect {
        Dialect::Rfc => post_form(server, "/oauth2/token", &form),
        Dialect::Aip => post_form(server, "/oauth/token", &form),
        _ => post_json(server, "/api/v1/device/auth/refresh", &json!({"refreshToken": refresh_token})),
    }
}

pub fn text(answer: &Answer, name: &str) -> String {
    answer.json()[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer:?}")).to_owned()
}

pub fn change(server: &LocalServer, change: impl FnOnce(&mut Pairing)) {
    server.switch(|switches| change(&mut switches.pairing));
}

pub fn access_token(answer: &Answer) -> String {
    let json = answer.json();
    let token = json.get("accessToken").or(json.get("access_token")).and_then(Value::as_str);
    token.unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

/// Returns the domain and secret that a device gets for its code.
pub fn paired(server: &LocalServer) -> (String, String) {
    let (device, user) = ask(server, Dialect::DfmA);
    server.approve(&user).unwrap();
    let answer = poll(server, Dialect::DfmA, &device);
    (text(&answer, "domain"), text(&answer, "clientSecret"))
}

pub fn basic_status(server: &LocalServer, (domain, secret): &(String, String)) -> u16 {
    send(server, "POST", "/api/dfc/auth/token", &[basic((domain, secret))], b"").status
}
