//! Error reports of the client (docs/wire.md#error-reports).

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Call;
use crate::endpoint::{Endpoint, PathFamily};
use crate::ids;
use crate::journal::Entry;
use crate::options::Site;
use crate::replies::{self, Reply};
use crate::state::StoredReport;

/// The largest accepted body, in bytes.
const BODY_LIMIT: usize = 2 << 20;

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "type")]
    kind: Option<String>,
    message: Option<String>,
    severity: Option<Severity>,
    metadata: Option<Map<String, Value>>,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "UPPERCASE")]
enum Severity {
    Critical,
    #[default]
    Error,
    Warning,
    Info,
}

impl Severity {
    fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "CRITICAL",
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
            Self::Info => "INFO",
        }
    }
}

/// Stores a report, with or without a batch.
pub(super) async fn receive(call: &Call, site: &Site, request: Request) -> Reply {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = content_type.is_some_and(|kind| kind.starts_with("application/json"));
    let Ok(body) = to_bytes(request.into_body(), BODY_LIMIT).await else {
        return call.general(413, "Request is too large");
    };
    let (true, Ok(report)) = (is_json, serde_json::from_slice::<Report>(&body)) else {
        return call.unexpected();
    };
    let problems = problems(&report);
    if !problems.is_empty() {
        return call.general(400, &problems.join(", "));
    }
    let stored = StoredReport {
        id: ids::random(),
        site_id: site.id(),
        batch_id: (call.route.endpoint == Endpoint::BatchError).then(|| call.id(0).to_owned()),
        kind: report.kind.unwrap_or_default(),
        message: report.message.unwrap_or_default(),
        severity: report.severity.unwrap_or_default().as_str().to_owned(),
        metadata: report.metadata,
        occurred_at: call.now,
    };
    let written = call.app.write(|state| {
        state.report(site, stored.clone())?;
        let batch = stored.batch_id.as_ref().and_then(|id| state.any_batch(id)).cloned().map(Entry::Batch);
        Ok(((), [Entry::Error(stored.clone())].into_iter().chain(batch).collect()))
    });
    match written {
        Err(refused) => call.refused(refused),
        Ok(()) if call.route.family == PathFamily::F2 && stored.batch_id.is_none() => replies::empty(204),
        Ok(()) => replies::json(201, &self::body(&stored)),
    }
}

/// Shows a report.
pub(super) fn get(call: &Call, site: &Site) -> Reply {
    match call.app.read(|state| state.stored_report(site, call.id(0)).map(body)) {
        Ok(body) => replies::json(200, &body),
        Err(refused) => call.refused(refused),
    }
}

/// Returns the violated limits, as `field: text`. Lengths are counted as in Java, in UTF-16 units.
fn problems(report: &Report) -> Vec<String> {
    let mut problems = Vec::new();
    let mut text = |field: &str, value: Option<&String>, limit: usize| match value {
        Some(value) if !value.trim().is_empty() => {
            if value.encode_utf16().count() > limit {
                problems.push(format!("{field}: must not exceed {limit} characters"));
            }
        }
        _ => problems.push(format!("{field}: must not be blank")),
    };
    text("type", report.kind.as_ref(), 100);
    text("message", report.message.as_ref(), 10_000);
    if let Some(metadata) = &report.metadata {
        let size = Value::Object(metadata.clone()).to_string().len();
        let is_bad = |key: &String| !(1..=100).contains(&key.encode_utf16().count());
        if metadata.len() > 20 {
            problems.push("metadata: must not have more than 20 entries".to_owned());
        }
        if metadata.keys().any(is_bad) {
            problems.push("metadata: keys must have 1 to 100 characters".to_owned());
        }
        if size > 10_240 {
            problems.push("metadata: must not exceed 10240 bytes".to_owned());
        }
    }
    problems
}

fn body(report: &StoredReport) -> Value {
    json!({
        "id": report.id,
        "siteId": report.site_id,
        "batchId": report.batch_id,
        "type": report.kind,
        "title": report.kind,
        "message": report.message,
        "stackTrace": null,
        "clientVersion": null,
        "metadata": report.metadata,
        "occurredAt": replies::instant(report.occurred_at),
    })
}
