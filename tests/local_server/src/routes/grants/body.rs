//! The content of a grant request: [`Sent`], read from JSON or from an urlencoded form by [`read`].

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header;
use serde_json::{Map, Value};

use crate::urlencoded;

/// The largest accepted body, in bytes.
const LIMIT: usize = 64 << 10;

/// A body, by its content type.
pub(super) enum Sent {
    /// The members of a JSON object.
    Json(Map<String, Value>),
    /// The fields of a form; the last one of a repeated name.
    Form(Map<String, Value>),
    /// Declared as JSON, but invalid or not an object.
    Malformed,
    /// Any other content type.
    Other,
}

/// Reads a body.
pub(super) async fn read(request: Request) -> Sent {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let Ok(bytes) = to_bytes(request.into_body(), LIMIT).await else { return Sent::Malformed };
    match kind.as_str() {
        "application/json" => match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Sent::Json(members),
            _ => Sent::Malformed,
        },
        "application/x-www-form-urlencoded" => {
            let fields = urlencoded::fields(&String::from_utf8_lossy(&bytes));
            Sent::Form(fields.into_iter().map(|(name, value)| (name, Value::String(value))).collect())
        }
        _ => Sent::Other,
    }
}

impl Sent {
    /// Returns the members of a JSON object, or none for any other body.
    pub(super) fn json(&self) -> Option<&Map<String, Value>> {
        if let Self::Json(members) = self { Some(members) } else { None }
    }
}

/// Returns a text that is present and not empty.
pub(super) fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    members.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// Returns a text that may be missing or null; an error for any other type.
pub(super) fn optional(members: &Map<String, Value>, name: &str) -> Result<Option<String>, ()> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(()),
    }
}
