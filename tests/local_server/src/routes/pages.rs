//! The pages for a person: batches with their files to download, error reports, and recent requests.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use chrono::{DateTime, Utc};
use futures_util::stream;
use tokio::io::AsyncReadExt as _;

use super::html::Column::{Number, Text};
use super::html::{Table, escape, page};
use super::{Call, verification};
use crate::app::App;
use crate::lock;
use crate::replies::{self, Reply};
use crate::state::{Batch, BatchStatus, StoredFile, StoredReport};

/// The number of requests that are listed.
const REQUESTS_SHOWN: usize = 200;

/// Answers a path outside `/api`.
pub(super) async fn answer(call: &Call, request: Request) -> Reply {
    let app = &call.app;
    if call.path == call.switches.pairing.dialect.page() {
        return verification::answer(call, request).await;
    }
    if !matches!(call.method.as_str(), "GET" | "HEAD") {
        return replies::empty(405);
    }
    let parts: Vec<&str> = call.path.split('/').skip(1).collect();
    let found = match parts.as_slice() {
        ["pair"] => Some(redirect(call.switches.pairing.dialect.page())),
        [""] => Some(batches(app)),
        ["errors"] => Some(errors(app)),
        ["requests"] => Some(requests(app)),
        ["batches", id] => app.read(|state| state.any_batch(id).cloned()).map(|batch| files(app, &batch)),
        ["batches", id, "files", file] => download(app, id, file).await,
        _ => None,
    };
    found.unwrap_or_else(|| page(404, "Not found", "", "<p>There is no such page.</p>"))
}

/// Redirects to the page of the dialect.
fn redirect(page: &'static str) -> Reply {
    let mut reply = replies::empty(303);
    reply.headers_mut().insert(header::LOCATION, HeaderValue::from_static(page));
    reply
}

fn batches(app: &App) -> Reply {
    let batches: Vec<Batch> = app.read(|state| state.batches().into_iter().rev().cloned().collect());
    if batches.is_empty() {
        return page(200, "Batches", "/", "<p>No batch was started yet.</p>");
    }
    let caption = format!("{}, the newest first", count(batches.len(), "batch", "batches"));
    let mut table = Table::new(
        &caption,
        &[Text("Started"), Text("Site"), Text("State"), Number("Files"), Number("Size"), Text("Errors")],
    );
    for batch in &batches {
        table.row(&[
            format!(r#"<a href="/batches/{}">{}</a>"#, escape(&batch.id), time(batch.started_at)),
            escape(&batch.domain),
            state(batch.status),
            batch.files.len().to_string(),
            size(batch.total_size()),
            if batch.has_errors { "yes" } else { "no" }.to_owned(),
        ]);
    }
    page(200, "Batches", "/", &table.end())
}

fn files(app: &App, batch: &Batch) -> Reply {
    let mut content = format!(
        "<dl><dt>Site</dt><dd>{}</dd><dt>State</dt><dd>{}</dd><dt>Started</dt><dd>{}</dd>\
         <dt>Closed</dt><dd>{}</dd><dt>Batch</dt><dd><code>{}</code></dd><dt>Folder</dt><dd><code>{}</code></dd></dl>",
        escape(&batch.domain),
        state(batch.status),
        time(batch.started_at),
        batch.completed_at.map_or_else(|| "not yet".to_owned(), time),
        escape(&batch.id),
        escape(&app.data.join(&batch.id).display().to_string()),
    );
    let mut table = Table::new(
        &format!("{}, {} together", count(batch.files.len(), "file", "files"), size(batch.total_size())),
        &[Text("File"), Number("Size"), Text("Received"), Text("SHA-256")],
    );
    for file in &batch.files {
        table.row(&[
            format!(
                r#"<a href="/batches/{}/files/{}" download>{}</a>"#,
                escape(&batch.id),
                escape(&file.id),
                escape(&file.name)
            ),
            size(file.size),
            time(file.uploaded_at),
            format!("<code>{}</code>", escape(&file.sha256)),
        ]);
    }
    content.push_str(&table.end());
    let reports = app.read(|state| {
        let of_batch = |report: &&StoredReport| report.batch_id.as_deref() == Some(batch.id.as_str());
        state.reports().iter().rev().filter(of_batch).cloned().collect::<Vec<_>>()
    });
    if !reports.is_empty() {
        content.push_str(&report_table("Errors reported about this batch, the newest first", &reports));
    }
    let started = batch.started_at.format("%Y-%m-%d %H:%M:%S UTC");
    page(200, &format!("Batch of {started}"), "", &content)
}

fn errors(app: &App) -> Reply {
    let reports: Vec<StoredReport> = app.read(|state| state.reports().iter().rev().cloned().collect());
    if reports.is_empty() {
        return page(200, "Errors", "/errors", "<p>No error was reported yet.</p>");
    }
    let caption = format!("{}, the newest first", count(reports.len(), "report", "reports"));
    page(200, "Errors", "/errors", &report_table(&caption, &reports))
}

fn report_table(caption: &str, reports: &[StoredReport]) -> String {
    let mut table =
        Table::new(caption, &["Received", "Severity", "Type", "Message", "Details", "Batch"].map(Text));
    for report in reports {
        let details =
            report.metadata.iter().flatten().map(|(name, value)| {
                format!("{}: <code>{}</code>", escape(name), escape(&value.to_string()))
            });
        let batch = report.batch_id.as_deref().map_or_else(
            || "none".to_owned(),
            |id| format!(r#"<a href="/batches/{}">batch</a>"#, escape(id)),
        );
        table.row(&[
            time(report.occurred_at),
            format!(r#"<span class="state">{}</span>"#, escape(&report.severity)),
            escape(&report.kind),
            escape(&report.message),
            details.collect::<Vec<_>>().join("<br>"),
            batch,
        ]);
    }
    table.end()
}

fn requests(app: &App) -> Reply {
    let requests = lock(&app.recorder).all();
    if requests.is_empty() {
        return page(200, "Requests", "/requests", "<p>No requests yet.</p>");
    }
    let caption = format!("The last {REQUESTS_SHOWN} at most, the newest first");
    let mut table = Table::new(
        &caption,
        &[Text("Arrived"), Text("Request"), Text("Status"), Number("Bytes received"), Text("Fault")],
    );
    for request in requests.iter().rev().take(REQUESTS_SHOWN) {
        table.row(&[
            time(request.at),
            format!("<code>{} {}</code>", escape(&request.method), escape(&request.path)),
            request.status.map_or_else(|| "none".to_owned(), |status| status.to_string()),
            request.bytes.to_string(),
            request.fault.as_ref().map_or_else(String::new, |fault| escape(&format!("{fault:?}"))),
        ]);
    }
    page(200, "Requests", "/requests", &table.end())
}

async fn download(app: &App, batch: &str, file: &str) -> Option<Reply> {
    let stored =
        app.read(|state| state.any_batch(batch)?.files.iter().find(|stored| stored.id == file).cloned())?;
    let reader = tokio::fs::File::open(app.data.join(&stored.path)).await.ok()?;
    let pieces = stream::try_unfold(reader, |mut reader| async move {
        let mut piece = vec![0; 64 << 10];
        let length = reader.read(&mut piece).await?;
        piece.truncate(length);
        Ok::<_, std::io::Error>((length > 0).then_some((piece, reader)))
    });
    let mut reply = replies::any(200, "application/octet-stream", Body::from_stream(pieces));
    reply.headers_mut().insert(header::CONTENT_LENGTH, stored.size.into());
    reply.headers_mut().insert(header::CONTENT_DISPOSITION, disposition(&stored));
    Some(reply)
}

/// Returns the download name, in the form of RFC 6266 section 4.3 that supports any name.
fn disposition(file: &StoredFile) -> HeaderValue {
    let name: String = file
        .name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => (byte as char).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

fn state(status: BatchStatus) -> String {
    format!(r#"<span class="state">{}</span>"#, status.as_str().replace('_', " ").to_lowercase())
}

fn time(moment: DateTime<Utc>) -> String {
    format!(
        r#"<time datetime="{}">{}</time>"#,
        replies::instant(moment),
        moment.format("%Y-%m-%d %H:%M:%S UTC")
    )
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
