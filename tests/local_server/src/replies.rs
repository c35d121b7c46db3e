//! Replies in the formats of docs/wire.md#error-bodies.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

pub(crate) type Reply = Response<Body>;

/// Any body of any type.
pub(crate) fn any(status: u16, content_type: &str, body: impl Into<Body>) -> Reply {
    let mut reply = Response::new(body.into());
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(content_type) = HeaderValue::from_str(content_type) {
        reply.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    reply
}

/// JSON.
pub(crate) fn json(status: u16, body: &Value) -> Reply {
    any(status, "application/json", body.to_string())
}

/// No body.
pub(crate) fn empty(status: u16) -> Reply {
    let mut reply = any(status, "", Body::empty());
    reply.headers_mut().remove(header::CONTENT_TYPE);
    reply
}

/// The format of the global exception handler.
pub(crate) fn general(status: u16, message: &str, path: &str, now: DateTime<Utc>) -> Reply {
    json(status, &general_body(status, message, path, now))
}

/// Returns the body only, for handlers that add to it.
pub(crate) fn general_body(status: u16, message: &str, path: &str, now: DateTime<Utc>) -> Value {
    json!({
        "timestamp": instant(now), "status": status, "error": reason(status), "message": message, "path": path
    })
}

/// The format of the batch, upload and error controllers.
pub(crate) fn controller(status: u16, message: &str) -> Reply {
    json(status, &json!({"status": status, "error": reason(status), "message": message}))
}

/// The format for a site that requires the second version of the client interface.
pub(crate) fn v2_gate() -> Reply {
    let message = "This site uses client API V2";
    let body = json!({
        "status": 409, "error": reason(409), "message": message, "code": "CLIENT_API_V2_REQUIRED"
    });
    json(409, &body)
}

/// The format of the Basic token endpoint.
pub(crate) fn auth(status: u16, message: &str, path: &str) -> Reply {
    json(status, &json!({"status": status, "error": reason(status), "message": message, "path": path}))
}

/// Formats a time as Java does.
pub(crate) fn instant(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
