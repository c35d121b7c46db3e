//! Interprets the answer to a poll in any of its shapes: [`read`] (docs/pairing.md#reading-a-poll-answer and
//! docs/wire.md#dialects).

use std::time::Duration;

use serde_json::Value;

use super::decision::{PollAnswer, PollFailure};
use crate::api::{ApiError, Reply, numbers};

const DOING: &str = "ask for the credential";

/// Error words that decide the next step; any other is a refusal in the server's words.
const PENDING: &str = "authorization_pending";
const SLOW_DOWN: &str = "slow_down";
const DENIED: &str = "access_denied";
const EXPIRED: &str = "expired_token";
const INVALID_GRANT: &str = "invalid_grant";
const KNOWN: [&str; 5] = [PENDING, SLOW_DOWN, DENIED, EXPIRED, INVALID_GRANT];

/// Interprets one poll. `granted` reads the credential of a successful answer; `default_rate_limit` is the wait after a 429
/// without `Retry-After`, besides slowing down.
pub fn read<T>(
    reply: Result<Reply, ApiError>,
    server: &str,
    default_rate_limit: Option<Duration>,
    granted: impl FnOnce(&Value, &Reply) -> Option<T>,
) -> PollAnswer<T> {
    let reply = match reply {
        Ok(reply) => reply,
        Err(error) => return failed(error.to_string(), None),
    };
    let json = reply.json();
    let word = json.as_ref().and_then(word_of);
    match (word, reply.status) {
        (_, 429) => PollAnswer::Failed(PollFailure {
            why: reply.refused(DOING).to_string(),
            wait: reply.retry_after.or(default_rate_limit),
            too_many: reply.retry_after.is_none(),
        }),
        // A server that never mapped the pending case (docs/wire.md#dialects).
        (_, 500) if json.as_ref().is_some_and(is_unmapped_pending) => PollAnswer::Pending,
        (_, status @ 300..=399) => failed(
            format!(
                "could not {DOING}: `{server}` answered {status}, a redirect, which is not followed; \
                 a sign-in page may stand between"
            ),
            reply.retry_after,
        ),
        (_, 408 | 425 | 500..) => failed(reply.refused(DOING).to_string(), reply.retry_after),
        (Some(PENDING), _) => PollAnswer::Pending,
        (Some(SLOW_DOWN), _) => PollAnswer::SlowDown {
            interval: json.as_ref().and_then(|json| numbers::seconds(json.get("interval"))),
        },
        (Some(DENIED), _) => PollAnswer::Denied,
        (Some(EXPIRED), _) => PollAnswer::Expired,
        (Some(INVALID_GRANT), _) => PollAnswer::InvalidGrant,
        (_, 200..=299) => match json.as_ref().and_then(|json| granted(json, &reply)) {
            Some(granted) => PollAnswer::Granted(granted),
            // Truncated, a sign-in page, or an answer to something else: poll again.
            None => failed(reply.unreadable(DOING, server, "credential").to_string(), None),
        },
        _ if is_page(&reply) => failed(reply.refused(DOING).to_string(), reply.retry_after),
        _ => PollAnswer::Refused(refusal(&reply)),
    }
}

/// Returns `error` when it is a deciding word, else `detail` when it is text.
fn word_of(json: &Value) -> Option<&'static str> {
    let known = |name: &str| {
        let word = json.get(name)?.as_str()?;
        KNOWN.into_iter().find(|known| *known == word)
    };
    known("error").or_else(|| known("detail"))
}

fn is_unmapped_pending(json: &Value) -> bool {
    json.get("error").and_then(Value::as_str) == Some("server_error")
        && json
            .get("error_description")
            .and_then(Value::as_str)
            .is_some_and(|text| text.to_ascii_lowercase().contains("authorization pending"))
}

fn failed<T>(why: String, wait: Option<Duration>) -> PollAnswer<T> {
    PollAnswer::Failed(PollFailure { why, wait, too_many: false })
}

/// A captive portal or a proxy answers with a page in the server's place.
fn is_page(reply: &Reply) -> bool {
    reply.body.trim_ascii_start().starts_with(b"<")
}

/// Returns the word and the sentence of a refusal.
fn refusal(reply: &Reply) -> String {
    let message = reply.error_text();
    match (message.word, message.message) {
        (Some(word), Some(message)) if word != message => {
            format!("{word}: {}", message.trim_end_matches('.'))
        }
        (Some(text), _) | (None, Some(text)) => text.trim_end_matches('.').to_owned(),
        (None, None) => format!("it answered {}", reply.status),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn interpret(status: u16, body: &str) -> PollAnswer<String> {
        let reply = Reply { status, body: body.as_bytes().to_vec(), ..Reply::default() };
        interpret_reply(reply, None)
    }

    fn interpret_reply(reply: Reply, limit: Option<Duration>) -> PollAnswer<String> {
        read(Ok(reply), "dfm.example", limit, |json, _| Some(json.get("token")?.as_str()?.to_owned()))
    }

    fn is_failed(answer: &PollAnswer<String>) -> bool {
        matches!(answer, PollAnswer::Failed(_))
    }

    #[test]
    fn the_error_code_is_read_from_error_or_detail_at_any_status() {
        for (status, body, meant) in [
            (400, r#"{"error":"authorization_pending","error_description":"x"}"#, PollAnswer::Pending),
            (400, r#"{"detail":"authorization_pending"}"#, PollAnswer::Pending),
            (200, r#"{"error":"authorization_pending"}"#, PollAnswer::Pending),
            (428, r#"{"error":"authorization_pending"}"#, PollAnswer::Pending),
            (400, r#"{"error":"Bad Request","detail":"access_denied"}"#, PollAnswer::Denied),
            (400, r#"{"error":"access_denied"}"#, PollAnswer::Denied),
            (403, r#"{"error":"access_denied"}"#, PollAnswer::Denied),
            (400, r#"{"error":"expired_token"}"#, PollAnswer::Expired),
            (400, r#"{"error":"invalid_grant"}"#, PollAnswer::InvalidGrant),
            (400, r#"{"error":"slow_down"}"#, PollAnswer::SlowDown { interval: None }),
            (
                400,
                r#"{"error":"slow_down","interval":12}"#,
                PollAnswer::SlowDown { interval: Some(Duration::from_secs(12)) },
            ),
            (201, r#"{"token":"t"}"#, PollAnswer::Granted("t".to_owned())),
        ] {
            assert_eq!(interpret(status, body), meant, "{status} {body}");
        }
    }

    #[test]
    fn a_5xx_with_authorization_pending_is_pending_and_any_other_5xx_is_not() {
        let message = |text: &str| format!(r#"{{"error":"server_error","error_description":"{text}"}}"#);
        assert_eq!(
            interpret(500, &message("error-aip-oauth-14 authorization PENDING: wait")),
            PollAnswer::Pending
        );
        assert!(is_failed(&interpret(500, &message("database is gone"))));
        assert!(is_failed(&interpret(503, &message("Authorization pending"))));
        assert!(is_failed(&interpret(500, r#"{"error":"access_denied"}"#)));
    }

    #[test]
    fn unusable_replies_are_transient() {
        for (status, body) in [
            (200, "<html>Sign in to the hotel</html>"),
            (200, ""),
            (200, "[]"),
            (200, "{}"),
            (200, r#"{"token":"#),
            (403, "\n <!DOCTYPE html>"),
            (302, ""),
            (408, ""),
            (502, "bad gateway"),
        ] {
            assert!(is_failed(&interpret(status, body)), "{status} {body}");
        }
        let cut = Reply { status: 200, body: br#"{"token":"t"}"#.to_vec(), cut: true, ..Reply::default() };
        assert!(is_failed(&interpret_reply(cut, None)));
    }

    #[test]
    fn status_429_waits_for_retry_after_or_slows_down() {
        let reply = |after| Reply { status: 429, retry_after: after, ..Reply::default() };
        let minute = Some(Duration::from_mins(1));
        let read = |after, limit| match interpret_reply(reply(after), limit) {
            PollAnswer::Failed(failed) => (failed.wait, failed.too_many),
            other => panic!("{other:?}"),
        };
        assert_eq!(read(Some(Duration::from_secs(7)), None), (Some(Duration::from_secs(7)), false));
        assert_eq!(read(None, None), (None, true));
        assert_eq!(read(None, minute), (minute, true));
    }

    #[test]
    fn an_unknown_error_code_is_a_refusal_with_the_servers_message() {
        let message = |status, body| match interpret(status, body) {
            PollAnswer::Refused(message) => message,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            message(400, r#"{"error":"unauthorized_client","error_description":"Not for devices."}"#),
            "unauthorized_client: Not for devices"
        );
        assert_eq!(
            message(400, r#"{"status":400,"error":"Bad Request","message":"deviceCode: blank"}"#),
            "deviceCode: blank"
        );
        assert_eq!(message(422, r#"{"detail":[{"loc":1}]}"#), "it answered 422");
        assert_eq!(message(403, ""), "it answered 403");
        assert_eq!(message(404, "no such page"), "no such page");
    }

    proptest! {
        #[test]
        fn no_body_panics_and_only_a_2xx_grants(status in 100_u16..600, body in ".{0,80}", cut: bool) {
            let reply = Reply { status, body: body.into_bytes(), cut, ..Reply::default() };
            if let PollAnswer::Granted(_) = interpret_reply(reply, None) {
                prop_assert!((200..300).contains(&status) && !cut);
            }
        }
    }
}
