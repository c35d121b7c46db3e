//! Applies a [`Fault`] to a request and its reply.

use std::convert::Infallible;
use std::future::pending;
use std::io::{self, Write as _};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::{Fault, RetryAfter};
use crate::connection::Connection;
use crate::replies;

/// Returns the reply that replaces processing, if the fault has one.
pub(crate) async fn before(
    fault: &Fault,
    path: &str,
    now: DateTime<Utc>,
    connection: &Connection,
) -> Option<Response<Body>> {
    match fault {
        Fault::Status(status) => Some(replies::general(*status, "A fault on purpose", path, now)),
        Fault::RetryAfter(status, after) => {
            let mut reply = replies::general(*status, "A fault on purpose", path, now);
            reply.headers_mut().insert(header::RETRY_AFTER, retry_after(*after, now));
            Some(reply)
        }
        Fault::Empty(status) => Some(replies::empty(*status)),
        Fault::Reply { status, content_type, body } => {
            Some(replies::any(*status, content_type, body.clone()))
        }
        Fault::CaptivePortal => Some(captive_portal()),
        Fault::Redirect(address) => {
            let mut reply = replies::empty(302);
            if let Ok(address) = HeaderValue::from_str(address) {
                reply.headers_mut().insert(header::LOCATION, address);
            }
            Some(reply)
        }
        Fault::GzipBomb(megabytes) => {
            let blanks = vec![b' '; 1_000_000];
            let packed = gzip(std::iter::repeat_n(blanks.as_slice(), *megabytes));
            Some(gzipped(replies::any(200, "application/json", ""), packed))
        }
        Fault::Delay(time) => {
            tokio::time::sleep(*time).await;
            None
        }
        Fault::Silence => pending().await,
        Fault::ResetBefore => {
            connection.reset();
            Some(replies::empty(500))
        }
        _ => None,
    }
}

/// Changes the reply after processing.
pub(crate) async fn after(
    fault: &Fault,
    answer: Response<Body>,
    path: &str,
    now: DateTime<Utc>,
    connection: &Connection,
) -> Response<Body> {
    match fault {
        Fault::ResetAfter => {
            connection.reset();
            answer
        }
        Fault::SilenceAfter => pending().await,
        Fault::CaptivePortalAfter => captive_portal(),
        Fault::StatusAfter(status) => replies::general(*status, "A fault on purpose", path, now),
        Fault::CutBody => {
            let (head, bytes) = whole(answer).await;
            let length = bytes.len().max(2);
            let half = stream::once(async move { Ok::<_, io::Error>(bytes.slice(..bytes.len() / 2)) });
            let end = stream::once(async {
                // Gives the first half time to be sent before the connection closes.
                tokio::time::sleep(Duration::from_millis(20)).await;
                Err(io::ErrorKind::ConnectionReset.into())
            });
            let mut answer = Response::from_parts(head, Body::from_stream(half.chain(end)));
            answer.headers_mut().insert(header::CONTENT_LENGTH, length.into());
            answer
        }
        Fault::CutJson => {
            let (head, bytes) = whole(answer).await;
            Response::from_parts(head, Body::from(bytes.slice(..bytes.len() / 2)))
        }
        Fault::Drip(pause) => {
            let (head, bytes) = whole(answer).await;
            let (length, pause) = (bytes.len(), *pause);
            let drops = stream::iter(0..length).then(move |at| {
                let drop = bytes.slice(at..=at);
                async move {
                    tokio::time::sleep(pause).await;
                    Ok::<Bytes, Infallible>(drop)
                }
            });
            let mut answer = Response::from_parts(head, Body::from_stream(drops));
            answer.headers_mut().insert(header::CONTENT_LENGTH, length.into());
            answer
        }
        Fault::Gzip => {
            let (head, bytes) = whole(answer).await;
            let packed = gzip([&bytes[..]].into_iter());
            gzipped(Response::from_parts(head, Body::empty()), packed)
        }
        Fault::WrongChecksum => {
            let (head, bytes) = whole(answer).await;
            let mut json: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            match json.get_mut("checksum") {
                Some(checksum) => {
                    *checksum = Value::String("0".repeat(64));
                    Response::from_parts(head, Body::from(json.to_string()))
                }
                None => Response::from_parts(head, Body::from(bytes)),
            }
        }
        _ => answer,
    }
}

/// Returns how many bytes of the request body are read, and whether the connection is then reset.
pub(crate) fn body_limit(fault: Option<&Fault>) -> Option<(u64, bool)> {
    match fault {
        Some(Fault::ResetInBody(bytes)) => Some((*bytes, true)),
        Some(Fault::StallInBody(bytes)) => Some((*bytes, false)),
        _ => None,
    }
}

async fn whole(answer: Response<Body>) -> (axum::http::response::Parts, Bytes) {
    let (mut head, body) = answer.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    (head, to_bytes(body, usize::MAX).await.unwrap_or_default())
}

fn captive_portal() -> Response<Body> {
    let page = "<!doctype html><title>Welcome</title><h1>Please sign in to use this network</h1>";
    replies::any(200, "text/html; charset=utf-8", page)
}

fn gzip<'b>(pieces: impl Iterator<Item = &'b [u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for piece in pieces {
        // Writing to memory does not fail.
        let _ = encoder.write_all(piece);
    }
    encoder.finish().unwrap_or_default()
}

fn gzipped(answer: Response<Body>, packed: Vec<u8>) -> Response<Body> {
    let (mut head, _) = answer.into_parts();
    let headers: &mut HeaderMap = &mut head.headers;
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    if head.status == StatusCode::NO_CONTENT {
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(packed))
}

fn retry_after(after: RetryAfter, now: DateTime<Utc>) -> HeaderValue {
    match after {
        RetryAfter::Seconds(seconds) => seconds.into(),
        RetryAfter::Date(seconds) => {
            let date = now + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::from(u32::MAX)));
            let text = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("0"))
        }
    }
}
