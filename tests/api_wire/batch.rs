//! Batch calls: truncated, slow or missing replies, fallback to the other path family, one re-authentication, uploads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use data_exporter::api::{
    ApiError, Batches, Client, Ending, InMemoryServerCache, Limits, ServerCache, ServerPaths, TokenPath,
};
use data_exporter::config::Paths;
use test_support::scripted::{Answer, Scripted, answer, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::fixtures::{BATCH, Fixed, batches, outgoing};

fn open_batch() -> Answer {
    json(201, &format!(r#"{{"id":"{BATCH}","status":"IN_PROGRESS","uploadedFilesCount":0}}"#))
}

#[tokio::test]
async fn a_2xx_reply_with_an_unusable_body_is_an_unknown_outcome() {
    for reply in [
        Answer::Bytes(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{\"id\":\"b".to_vec()),
        answer(200, &[], "<html>Welcome to the hotel</html>"),
        answer(200, &[], ""),
        json(200, r#"{"id":17}"#),
        json(200, "[]"),
        json(200, &format!("\"{}\"", "x".repeat(2 << 20))),
        Answer::Reset,
    ] {
        let server = Scripted::start(vec![reply]).await;
        let error = batches(&server.url, Paths::Device).close(BATCH, Ending::Complete).await.unwrap_err();
        assert!(error.outcome_unknown() && error.is_transient(), "{error:?}");
    }
}

#[tokio::test]
async fn an_unreachable_server_is_not_an_unknown_outcome() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = batches(&url, Paths::Device).start().await.unwrap_err();
    assert!(matches!(error, ApiError::Unreachable { .. }), "{error:?}");
    assert!(!error.outcome_unknown() && error.is_transient());
}

#[tokio::test]
async fn after_404_405_or_410_the_other_family_is_tried_and_cached() {
    for refusal in [json(404, "{}"), answer(405, &[], ""), json(410, "{}")] {
        let server = Scripted::start(vec![refusal, open_batch(), open_batch()]).await;
        let server_cache = Arc::new(InMemoryServerCache::default());
        server_cache.remember(&server.url, ServerPaths { token: TokenPath::V1, batch: None });
        let client = Client::new(&server.url, false, Limits::default()).unwrap();
        let batches = Batches::new(client, Arc::new(Fixed), Paths::Auto, server_cache.clone());
        batches.start().await.unwrap();
        batches.get(BATCH).await.unwrap();
        let device = format!("/api/v1/device/batches/{BATCH}");
        assert_eq!(server.paths(), ["/api/dfc/batch/start", "/api/v1/device/batches/start", &device]);
        let batch = server_cache.recall(&server.url).unwrap().batch;
        assert_eq!(batch, Some(data_exporter::api::Family::Device));
    }
}

#[tokio::test]
async fn the_family_does_not_change_within_a_batch() {
    let server = Scripted::start(vec![open_batch(), json(404, "{}"), open_batch()]).await;
    let batches = batches(&server.url, Paths::Auto);
    batches.start().await.unwrap();
    assert_eq!(batches.close(BATCH, Ending::Fail).await.unwrap_err().status(), Some(404));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_server_without_either_family_is_reported_with_a_hint() {
    let server = Scripted::start(vec![json(404, "{}"), json(404, "{}")]).await;
    let error =
        data_exporter::error::Error::from(batches(&server.url, Paths::Auto).start().await.unwrap_err());
    assert!(error.hint.unwrap().contains("does not accept CSV files"));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn after_a_401_the_token_is_renewed_and_the_upload_is_resent_once_in_full() {
    let dir = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    let file = outgoing(&dir, "ТОВАРЫ \"ü\".csv.gz", &bytes);
    let stored = format!(r#"{{"id":"f","fileSize":{},"checksum":"{}"}}"#, file.size, file.sha256);
    let server = Scripted::start(vec![answer(403, &[], ""), json(201, &stored)]).await;
    let sent = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&sent);
    let on_bytes = Arc::new(move |bytes| {
        count.fetch_add(bytes, Ordering::Relaxed);
    });
    assert_eq!(batches(&server.url, Paths::Device).upload(BATCH, &file, on_bytes).await, Ok(true));
    let seen = server.seen();
    assert_eq!(seen[0].header("authorization"), Some("Bearer t0"));
    assert_eq!(seen[1].header("authorization"), Some("Bearer t1"));
    for request in &seen {
        let text = String::from_utf8_lossy(&request.body);
        assert!(text.contains(r#"name="files"; filename="ТОВАРЫ \"ü\".csv.gz""#), "{}", &text[..300]);
        assert!(request.body.windows(bytes.len()).any(|window| window == bytes), "the bytes are complete");
        let agent = request.header("user-agent").unwrap();
        assert_eq!(agent, concat!("data_exporter/", env!("CARGO_PKG_VERSION")));
    }
    assert_eq!(sent.load(Ordering::Relaxed), 600_000);
}

#[tokio::test]
async fn a_different_checksum_or_size_on_the_server_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = outgoing(&dir, "A.csv.gz", b"bytes");
    for stored in [
        format!(r#"{{"id":"f","fileSize":5,"checksum":"{}"}}"#, "0".repeat(64)),
        r#"{"status":"OK","uploadedFiles":1,"files":[{"fileName":"A.csv.gz","fileSize":4}]}"#.to_owned(),
    ] {
        let server = Scripted::start(vec![json(201, &stored)]).await;
        let error =
            batches(&server.url, Paths::Device).upload(BATCH, &file, Arc::new(|_| {})).await.unwrap_err();
        assert!(matches!(error, ApiError::Checksum { .. }), "{error:?}");
    }
    let md5 = r#"{"id":"f","checksum":"d41d8cd98f00b204e9800998ecf8427e"}"#;
    let server = Scripted::start(vec![json(201, md5)]).await;
    assert_eq!(batches(&server.url, Paths::Device).upload(BATCH, &file, Arc::new(|_| {})).await, Ok(false));
}

#[tokio::test]
async fn a_stalled_upload_is_aborted() {
    let dir = tempfile::tempdir().unwrap();
    let server = Scripted::start(vec![Answer::Silence]).await;
    let limits = Limits { stall: Duration::from_millis(200), ..Limits::default() };
    let client = Client::new(&server.url, false, limits).unwrap();
    let batches =
        Batches::new(client, Arc::new(Fixed), Paths::Device, Arc::new(InMemoryServerCache::default()));
    let started = Instant::now();
    let file = outgoing(&dir, "A.csv.gz", b"bytes");
    let error = batches.upload(BATCH, &file, Arc::new(|_| {})).await.unwrap_err();
    assert!(matches!(error, ApiError::TimedOut { .. }) && error.outcome_unknown());
    assert!(started.elapsed() < Duration::from_secs(5));
}

/// Reads a megabyte and pauses, again and again, and in the end confirms the file.
async fn slow_reader(size: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut buffer, mut read) = (vec![0; 1024 * 1024], 0);
        while read < size {
            let Ok(bytes @ 1..) = stream.read(&mut buffer).await else { return };
            read += bytes;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let body = r#"{"id":"f"}"#;
        let head = format!("HTTP/1.1 201 X\r\nContent-Length: {}\r\n\r\n", body.len());
        let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    });
    url
}

#[tokio::test]
async fn an_upload_that_a_server_accepts_too_slowly_is_aborted() {
    let dir = tempfile::tempdir().unwrap();
    let size = 64 * 1024 * 1024;
    let file = outgoing(&dir, "A.csv.gz", &vec![7; size]);
    let url = slow_reader(size).await;
    let limits = Limits { stall: Duration::from_millis(300), least_rate: u64::MAX, ..Limits::default() };
    let client = Client::new(&url, false, limits).unwrap();
    let batches =
        Batches::new(client, Arc::new(Fixed), Paths::Device, Arc::new(InMemoryServerCache::default()));
    let error = batches.upload(BATCH, &file, Arc::new(|_| {})).await.unwrap_err();
    assert!(matches!(error, ApiError::TooSlow { .. }), "{error:?}");
    assert!(error.outcome_unknown() && error.is_transient());
}

#[tokio::test]
async fn futures_of_calls_can_be_spawned() {
    let server = Scripted::start(vec![open_batch()]).await;
    let batches = Arc::new(batches(&server.url, Paths::Device));
    let found = Arc::new(Mutex::new(None));
    let (task, result) = (Arc::clone(&batches), Arc::clone(&found));
    tokio::spawn(async move {
        let batch = task.start().await.unwrap();
        *result.lock().unwrap() = Some(batch.id);
    })
    .await
    .unwrap();
    assert_eq!(found.lock().unwrap().as_deref(), Some(BATCH));
}

#[tokio::test]
async fn a_failed_tls_handshake_is_not_an_unknown_outcome() {
    let server = Scripted::start(vec![json(200, "{}")]).await;
    let url = server.url.replace("http:", "https:");
    let limits = Limits { connect: Duration::from_millis(300), ..Limits::default() };
    let client = match Client::new(&url, true, limits) {
        Err(ApiError::NoTls { .. }) => return, // A system without certificates.
        made => made.unwrap(),
    };
    let batches =
        Batches::new(client, Arc::new(Fixed), Paths::Device, Arc::new(InMemoryServerCache::default()));
    let error = batches.start().await.unwrap_err();
    assert!(matches!(error, ApiError::Unreachable { .. }), "{error:?}");
    assert!(server.seen().is_empty(), "nothing was sent in plain text");
}
