//! The requests to the server: [`RecordedRequest`], with secrets redacted, stored by the [`Recorder`].

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::http::HeaderMap;
use base64::Engine as _;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::endpoint::{Endpoint, PathFamily, Route};
use crate::faults::Fault;
use crate::wire_fixture::{Mismatch, Request, Values};
use crate::{lock, urlencoded};

/// The number of requests that are stored.
const MAX_REQUESTS: usize = 10_000;
/// The number of body bytes that are stored: error reports in full, uploads only when they are tiny.
const MAX_BODY: usize = 64 << 10;
const MAX_UPLOAD_BODY: usize = 4 << 10;

/// A request as the server saw it.
#[derive(Clone)]
pub struct RecordedRequest {
    /// Counted from 1 since the server's start.
    pub number: u64,
    /// The time of arrival, on the server's clock.
    pub at: DateTime<Utc>,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The family of its path.
    pub family: PathFamily,
    /// GET or POST.
    pub method: String,
    /// The path without query.
    pub path: String,
    /// The headers, with the credential redacted.
    pub headers: Vec<(String, String)>,
    /// A JSON body, or the fields of a form as members, with secrets redacted and only a prefix of a device's code.
    pub body: Option<Value>,
    /// The bytes of the body that were read.
    pub bytes: u64,
    /// The parts of a completely read upload.
    pub parts: Vec<PartSeen>,
    /// The status by the rules, even where a fault hid it; none when a fault came before them.
    pub handled: Option<u16>,
    /// The status that was sent; none while there is no reply, or when there never was one.
    pub status: Option<u16>,
    /// The injected fault.
    pub fault: Option<Fault>,
    raw_headers: Vec<(String, String)>,
    raw_body: Vec<u8>,
}

/// A part of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSeen {
    /// The form field's name.
    pub field: String,
    /// The file name, none for a plain field.
    pub file_name: Option<String>,
    /// The part's content type.
    pub content_type: Option<String>,
    /// Its size in bytes.
    pub bytes: u64,
}

impl RecordedRequest {
    /// Returns the value of a header, with the credential redacted.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Compares the unredacted request with a fixture. Uploads only when they are under 4 KiB.
    ///
    /// # Errors
    /// The first difference.
    pub fn matches(&self, fixture: &Request, values: &Values) -> Result<Values, Mismatch> {
        let matched = fixture.matches(&self.method, &self.path, &self.raw_headers, &self.raw_body, values);
        matched.map_err(|mut mismatch| {
            if mismatch.at.eq_ignore_ascii_case("header authorization") {
                self.header("authorization").unwrap_or("no such header").clone_into(&mut mismatch.found);
            }
            mismatch
        })
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {} -> {:?}", self.number, self.method, self.path, self.status)?;
        if let Some(fault) = &self.fault {
            write!(formatter, " ({fault:?}, handled {:?})", self.handled)?;
        }
        Ok(())
    }
}

/// The body of a request while it is read.
#[derive(Debug, Default)]
pub(crate) struct BodySeen {
    bytes: AtomicU64,
    start: Mutex<Vec<u8>>,
}

impl BodySeen {
    /// Records a piece; returns the number of bytes so far.
    pub(crate) fn add(&self, piece: &[u8]) -> u64 {
        let mut start = lock(&self.start);
        let room = (MAX_BODY + 1).saturating_sub(start.len()).min(piece.len());
        start.extend_from_slice(&piece[..room]);
        self.bytes.fetch_add(piece.len() as u64, Ordering::Relaxed) + piece.len() as u64
    }
}

/// The results of the rules and the reply.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub handled: Option<u16>,
    pub status: Option<u16>,
    pub parts: Vec<PartSeen>,
}

/// The requests; the oldest are dropped first.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    requests: VecDeque<(RecordedRequest, Arc<BodySeen>)>,
    count: u64,
}

impl Recorder {
    /// Records the arrival of a request; returns its number.
    pub(crate) fn arrived(
        &mut self,
        (method, path): (&str, &str),
        route: &Route,
        headers: &HeaderMap,
        body: Arc<BodySeen>,
        fault: Option<Fault>,
        at: DateTime<Utc>,
    ) -> u64 {
        self.count += 1;
        if self.requests.len() == MAX_REQUESTS {
            self.requests.pop_front();
        }
        let raw_headers: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let headers = raw_headers.iter().map(|(name, value)| (name.clone(), redacted(name, value))).collect();
        let request = RecordedRequest {
            number: self.count,
            at,
            endpoint: route.endpoint,
            family: route.family,
            method: method.to_owned(),
            path: path.to_owned(),
            headers,
            body: None,
            bytes: 0,
            parts: Vec::new(),
            handled: None,
            status: None,
            fault,
            raw_headers,
            raw_body: Vec::new(),
        };
        self.requests.push_back((request, body));
        self.count
    }

    /// Records the result of the rules, before a fault that may never let the request end.
    pub(crate) fn handled(&mut self, number: u64, status: u16) {
        let request = self.requests.iter_mut().rev().find(|(request, _)| request.number == number);
        if let Some((request, _)) = request {
            request.handled = Some(status);
        }
    }

    /// Records the end of a request.
    pub(crate) fn ended(&mut self, number: u64, outcome: Outcome) {
        let Some((request, body)) =
            self.requests.iter_mut().rev().find(|(request, _)| request.number == number)
        else {
            return;
        };
        (request.handled, request.status, request.parts) = (outcome.handled, outcome.status, outcome.parts);
        let limit = if request.endpoint == Endpoint::Upload { MAX_UPLOAD_BODY } else { MAX_BODY };
        let mut start = lock(&body.start);
        if start.len() <= limit {
            request.raw_body = std::mem::take(&mut *start);
        }
        *start = Vec::new();
        request.body = read_body(request).map(redacted_json);
    }

    /// Returns all stored requests, in the order they arrived.
    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        let counted = |(request, body): &(RecordedRequest, Arc<BodySeen>)| RecordedRequest {
            bytes: body.bytes.load(Ordering::Relaxed),
            ..request.clone()
        };
        self.requests.iter().map(counted).collect()
    }

    /// Deletes them; numbering continues.
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
    }
}

/// Returns the body as JSON.
fn read_body(request: &RecordedRequest) -> Option<Value> {
    if !request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    {
        return serde_json::from_slice(&request.raw_body).ok();
    }
    let fields = urlencoded::fields(std::str::from_utf8(&request.raw_body).ok()?);
    Some(fields.into_iter().map(|(name, value)| (name, Value::String(value))).collect())
}

fn redacted(name: &str, value: &str) -> String {
    const REDACTED: &str = "[redacted]";
    match name {
        "authorization" | "proxy-authorization" => match value.split_once(' ') {
            Some(("Basic", encoded)) => {
                let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap_or_default();
                let decoded = String::from_utf8_lossy(&decoded);
                let user = decoded.split_once(':').map_or("", |(user, _)| user);
                format!("Basic {user}:{REDACTED}")
            }
            Some((scheme, _)) => format!("{scheme} {REDACTED}"),
            None => REDACTED.to_owned(),
        },
        "cookie" => REDACTED.to_owned(),
        _ => value.to_owned(),
    }
}

fn redacted_json(mut json: Value) -> Value {
    match &mut json {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                *value = match value.take() {
                    Value::String(text) => Value::String(redacted_member(name, text)),
                    other => redacted_json(other),
                };
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = redacted_json(item.take());
            }
        }
        _ => {}
    }
    json
}

fn redacted_member(name: &str, text: String) -> String {
    const SECRET: [&str; 4] = ["secret", "password", "token", "authorization"];
    let name = name.to_lowercase();
    if matches!(name.as_str(), "devicecode" | "device_code") {
        return format!("{}…", text.chars().take(8.min(text.chars().count() / 4)).collect::<String>());
    }
    let is_secret = name != "token_endpoint_auth_method" && SECRET.iter().any(|secret| name.contains(secret));
    if is_secret { "[redacted]".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn credentials_are_redacted_in_records() {
        assert_eq!(redacted("authorization", "Basic c2hvcDpzZWNyZXQ="), "Basic shop:[redacted]");
        assert_eq!(redacted("authorization", "Bearer abc"), "Bearer [redacted]");
        assert_eq!(redacted("authorization", "abc"), "[redacted]");
        assert_eq!(redacted("accept", "*/*"), "*/*");
        assert_eq!(
            redacted_json(json!({"a": [{"clientSecret": "x", "refresh_token": "y", "type": "z"}]})),
            json!({"a": [{"clientSecret": "[redacted]", "refresh_token": "[redacted]", "type": "z"}]})
        );
        let code = "Zk3_9aB-cD1eF2gH4iJ5kL6mN7oP8qR0";
        assert_eq!(redacted_json(json!({"deviceCode": code})), json!({"deviceCode": "Zk3_9aB-…"}));
        assert_eq!(redacted_json(json!({"device_code": "short"})), json!({"device_code": "s…"}));
    }
}
