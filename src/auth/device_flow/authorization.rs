//! [`DeviceAuthorization`]: the answer to the request for a code, parsed leniently and validated strictly.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::address::for_browser;
use super::decision::DEFAULT_INTERVAL;
use super::error::GrantError;
use crate::api::numbers;
use crate::models::Secret;
use crate::models::clean::is_one_line;

/// Lifetime of a code when the server names none, in seconds.
const DEFAULT_LIFETIME: u64 = 900;
/// Bounds of our own deadline (docs/pairing.md#deadline-and-clock).
const SHORTEST: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_hours(1);
/// No server needs more for a code; a longer one is an attack or an accident.
const LONGEST_DEVICE_CODE: usize = 4096;
const LONGEST_USER_CODE: usize = 64;

/// A code to show, and the address at which it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAuthorization {
    /// The device code, used for polling; never shown.
    pub device_code: Secret,
    /// The user code, which the person compares or enters.
    pub user_code: String,
    /// The address of the page.
    pub verification_uri: String,
    /// The address with the code in it, where the server provides it.
    pub verification_uri_complete: Option<String>,
    /// The code's lifetime as announced by the server, in seconds.
    pub expires_in: u64,
    /// The interval between polls, in seconds.
    pub interval: u64,
}

/// Names of the answer's members in one dialect; the first that is present counts.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// The device code.
    pub device_code: &'static str,
    /// The user code.
    pub user_code: &'static str,
    /// The address.
    pub uri: &'static [&'static str],
    /// The address with the code in it.
    pub uri_complete: &'static [&'static str],
    /// The lifetime in seconds.
    pub expires_in: &'static str,
    /// The interval in seconds.
    pub interval: &'static str,
}

impl DeviceAuthorization {
    /// Parses the answer's JSON; relative addresses are resolved against `origin`.
    ///
    /// # Errors
    /// [`GrantError::Unsupported`] when a code or address is missing or unfit for display, [`GrantError::Address`].
    pub fn read(json: &Value, names: &Names, origin: &Url) -> Result<Self, GrantError> {
        let text = |name: &str| json.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let first = |names: &[&str]| names.iter().find_map(|name| text(name));
        let missing = |what: &str| GrantError::Unsupported { why: format!("its answer contains no {what}") };
        let device_code = text(names.device_code)
            .filter(|code| code.len() <= LONGEST_DEVICE_CODE)
            .ok_or_else(|| missing("device code"))?;
        let user_code = text(names.user_code)
            .map(str::trim)
            .filter(|code| is_showable(code))
            .ok_or_else(|| missing("code that can be displayed"))?;
        let uri = first(names.uri).ok_or_else(|| missing("address to enter the code at"))?;
        let complete = first(names.uri_complete).map(|text| for_browser(text, origin)).transpose()?;
        Ok(Self {
            device_code: Secret::new(device_code),
            user_code: user_code.to_owned(),
            verification_uri: for_browser(uri, origin)?,
            verification_uri_complete: complete,
            expires_in: seconds(json.get(names.expires_in)).unwrap_or(DEFAULT_LIFETIME),
            interval: seconds(json.get(names.interval))
                .filter(|interval| *interval > 0)
                .unwrap_or(DEFAULT_INTERVAL.as_secs()),
        })
    }

    /// Returns how long to poll, whatever lifetime the server announces.
    pub fn deadline(&self) -> Duration {
        Duration::from_secs(self.expires_in).clamp(SHORTEST, LONGEST)
    }
}

fn is_showable(code: &str) -> bool {
    (1..=LONGEST_USER_CODE).contains(&code.chars().count()) && is_one_line(code)
}

/// Parses a whole number of seconds.
fn seconds(value: Option<&Value>) -> Option<u64> {
    numbers::seconds(value).map(|time| time.as_secs())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const NAMES: Names = Names {
        device_code: "deviceCode",
        user_code: "userCode",
        uri: &["verificationUri", "verification_uri"],
        uri_complete: &["verificationUriComplete"],
        expires_in: "expiresIn",
        interval: "interval",
    };

    fn read(json: &Value) -> Result<DeviceAuthorization, GrantError> {
        DeviceAuthorization::read(json, &NAMES, &Url::parse("https://dfm.example/").unwrap())
    }

    fn with(name: &str, value: Value) -> Value {
        let mut json = json!({
            "deviceCode": "dc_canary", "userCode": "ABCD-2345",
            "verificationUri": "https://app.example/device-verify", "expiresIn": 900, "interval": 5,
        });
        json[name] = value;
        json
    }

    #[test]
    fn the_example_of_the_specification_parses_and_the_device_code_is_redacted() {
        let read = read(&with("x", Value::Null)).unwrap();
        assert_eq!((read.user_code.as_str(), read.expires_in, read.interval), ("ABCD-2345", 900, 5));
        assert_eq!(read.verification_uri, "https://app.example/device-verify");
        assert!(!format!("{read:?}").contains("canary"));
    }

    #[test]
    fn an_empty_too_long_or_unprintable_code_is_invalid() {
        for code in [
            json!(""),
            json!(7),
            json!(null),
            json!("A\u{1b}[2J"),
            json!("x".repeat(65)),
            json!("A\u{202e}B"),
            json!("A\u{200b}B"),
        ] {
            assert_eq!(read(&with("userCode", code)).unwrap_err().fault().word(), Some("unsupported"));
        }
        assert!(read(&with("deviceCode", json!("x".repeat(5000)))).is_err());
    }

    #[test]
    fn the_deadline_is_clamped_to_1_to_60_minutes_and_the_countdown_is_not() {
        for (given, shown, deadline) in [
            (json!(900), 900, 900),
            (json!(31_536_000), 31_536_000, 3600),
            (json!(1), 1, 60),
            (json!(-5), 0, 60),
            (json!(null), 900, 900),
            (json!("600"), 600, 600),
            (json!(1e300), 316_224_000, 3600),
        ] {
            let read = read(&with("expiresIn", given)).unwrap();
            assert_eq!((read.expires_in, read.deadline().as_secs()), (shown, deadline));
        }
    }

    proptest! {
        #[test]
        fn no_json_panics_the_reader(name in "deviceCode|userCode|verificationUri|expiresIn|interval", text in ".*", number: f64) {
            let _ = read(&with(&name, json!(text)));
            let _ = read(&with(&name, json!(number)));
        }
    }
}
