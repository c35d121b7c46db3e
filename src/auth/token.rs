//! [`Token`]: an access token and its lifetime on a clock that nobody can set.

use std::time::{Duration, Instant};

use crate::api::{Reply, numbers};
use crate::models::Secret;
use crate::platform;
use chrono::DateTime;

/// How long before its end a token is renewed.
pub const MARGIN: Duration = Duration::from_mins(1);
/// How long a token is used when the server names no end.
const DEFAULT_LIFETIME: Duration = Duration::from_hours(1);

/// A bearer token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The text itself.
    pub secret: Secret,
    /// When it ends.
    pub ends: Instant,
}

impl Token {
    /// Parses any shape of the answer: of Basic (docs/wire.md#basic-token), of a refresh and of RFC 6749
    /// section 5.1; `None` when it contains no token.
    ///
    /// A time of day is measured against the server's clock, so that a wrong local clock has no effect.
    pub fn read(reply: &Reply, received: Instant) -> Option<Self> {
        let json = reply.json()?;
        let field = |names: &[&str]| names.iter().find_map(|name| json.get(*name));
        let secret = field(&["token", "accessToken", "access_token"])?
            .as_str()
            .filter(|token| is_header_safe(token))?;
        let lasts = numbers::seconds(field(&["expiresIn", "expires_in"]))
            .or_else(|| {
                let ends =
                    DateTime::parse_from_rfc3339(field(&["expiresAt", "accessTokenExpiresAt"])?.as_str()?)
                        .ok()?;
                let now = reply.date.unwrap_or_else(platform::now);
                Some((ends.to_utc() - now).to_std().unwrap_or_default())
            })
            .unwrap_or(DEFAULT_LIFETIME);
        Some(Self {
            secret: Secret::new(secret),
            ends: received.checked_add(lasts).unwrap_or(received + DEFAULT_LIFETIME),
        })
    }

    /// Returns whether it remains valid for more than a minute.
    pub fn is_fresh(&self, now: Instant) -> bool {
        self.ends.saturating_duration_since(now) > MARGIN
    }
}

fn is_header_safe(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Utc};

    use super::*;

    fn reply(body: &str, date: Option<DateTime<Utc>>) -> Reply {
        Reply { status: 200, body: body.as_bytes().to_vec(), date, ..Reply::default() }
    }

    fn lasts(body: &str, date: Option<DateTime<Utc>>) -> u64 {
        let now = Instant::now();
        (Token::read(&reply(body, date), now).unwrap().ends - now).as_secs()
    }

    #[test]
    fn both_token_formats_parse() {
        assert_eq!(lasts(r#"{"token":"t","expiresIn":86400,"tokenType":"Bearer"}"#, None), 86400);
        let ends = (platform::now() + TimeDelta::hours(2)).to_rfc3339();
        let left = lasts(&format!(r#"{{"token":"t","expiresAt":"{ends}"}}"#), None);
        assert!((7195..=7200).contains(&left), "{left}");
        assert_eq!(lasts(r#"{"token":"t"}"#, None), DEFAULT_LIFETIME.as_secs());
    }

    #[test]
    fn an_impossible_lifetime_is_bounded() {
        for lifetime in ["1e300", "9223372036854775807", "18446744073709551615", "\"inf\""] {
            let body = format!(r#"{{"token":"t","expiresIn":{lifetime}}}"#);
            assert!(lasts(&body, None) <= 10 * 366 * 24 * 60 * 60, "{lifetime}");
        }
        assert_eq!(lasts(r#"{"token":"t","expiresIn":-1}"#, None), 0);
        assert_eq!(lasts(r#"{"token":"t","expiresIn":"nan"}"#, None), DEFAULT_LIFETIME.as_secs());
    }

    #[test]
    fn a_wrong_local_clock_does_not_change_the_expiry() {
        let date = DateTime::parse_from_rfc3339("2031-01-01T00:00:00Z").unwrap().to_utc();
        assert_eq!(lasts(r#"{"token":"t","expiresAt":"2031-01-01T00:10:00Z"}"#, Some(date)), 600);
    }

    #[test]
    fn a_token_is_renewed_a_minute_before_it_expires() {
        let now = Instant::now();
        let token = Token::read(&reply(r#"{"token":"t","expiresIn":600}"#, None), now).unwrap();
        assert!(token.is_fresh(now + Duration::from_secs(539)));
        assert!(!token.is_fresh(now + Duration::from_mins(9)));
        assert!(!token.is_fresh(now + Duration::from_mins(15)));
    }

    #[test]
    fn a_body_without_a_token_is_refused() {
        for body in ["{}", r#"{"token":""}"#, r#"{"token":7}"#, r#"{"token":"a\nb"}"#, "<html>", ""] {
            assert!(Token::read(&reply(body, None), Instant::now()).is_none(), "{body}");
        }
    }
}
