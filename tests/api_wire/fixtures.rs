//! Plays each fixture of a batch, an upload or a token: compares the request and checks how the reply is understood.

use std::sync::Arc;

use data_exporter::api::{
    ApiError, Batch, BatchStatus, Batches, Bearer, Client, Ending, InMemoryServerCache, Limits, Outgoing,
    ServerCache, ServerPaths, TokenPath,
};
use data_exporter::auth::{AuthClient, Credential, TokenManager};
use data_exporter::config::Paths;
use data_exporter::models::{Config, Secret};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use local_data_forge::wire_fixture::{self, Exchange, Values};
use test_support::scripted::{Scripted, filled};

pub const BATCH: &str = "5f0c9f5e-3b1d-4c57-9a43-0d7d5b1d9a01";

/// A bearer that always returns the same token.
pub struct Fixed;

impl Bearer for Fixed {
    fn token(&self) -> BoxFuture<'_, Result<Secret, ApiError>> {
        async { Ok(Secret::new("t0")) }.boxed()
    }

    fn renewed<'a>(&'a self, _: &'a Secret) -> BoxFuture<'a, Result<Secret, ApiError>> {
        async { Ok(Secret::new("t1")) }.boxed()
    }

    fn user(&self) -> &'static str {
        "warehouse.example.com"
    }
}

pub fn batches(url: &str, paths: Paths) -> Batches {
    let client = Client::new(url, false, Limits::default()).unwrap();
    Batches::new(client, Arc::new(Fixed), paths, Arc::new(InMemoryServerCache::default()))
}

/// An outgoing file with the given name and bytes and its true digest.
pub fn outgoing(dir: &tempfile::TempDir, name: &str, bytes: &[u8]) -> Outgoing {
    use sha2::{Digest, Sha256};
    let path = dir.path().join("spooled");
    std::fs::write(&path, bytes).unwrap();
    let sha256 = format!("{:x}", Sha256::digest(bytes));
    Outgoing { path, name: name.to_owned(), size: bytes.len() as u64, sha256 }
}

enum Outcome {
    Batch(Batch),
    Stored(bool),
}

async fn call(exchange: &Exchange, batches: &Batches, file: &Outgoing) -> Option<Result<Outcome, ApiError>> {
    let (_, what) = exchange.name.split_once('-')?;
    let close = |ending| async move { batches.close(BATCH, ending).await.map(Outcome::Batch) };
    Some(match what {
        // Fixtures that only another client would send.
        "batch-get-bad-id" | "batch-start-unauthenticated" => return None,
        what if what.starts_with("batch-start") => batches.start().await.map(Outcome::Batch),
        what if what.starts_with("batch-get") => batches.get(BATCH).await.map(Outcome::Batch),
        what if what.starts_with("batch-complete-with") => close(Ending::CompleteWithWarnings).await,
        what if what.starts_with("batch-complete") => close(Ending::Complete).await,
        what if what.starts_with("batch-fail") => close(Ending::Fail).await,
        what if what.starts_with("batch-cancel") => close(Ending::Cancel).await,
        "upload-two-parts" | "upload-no-files" | "upload-empty" => return None,
        what if what.starts_with("upload") => {
            batches.upload(BATCH, file, Arc::new(|_| {})).await.map(Outcome::Stored)
        }
        _ => return None,
    })
}

#[tokio::test]
async fn every_batch_fixture_is_sent_and_parsed() {
    let dir = tempfile::tempdir().unwrap();
    let mut tested = 0;
    for exchange in wire_fixture::load_all().unwrap() {
        let paths = match exchange.name.split('-').next() {
            Some("f2") => Paths::Dfc,
            Some("f3") => Paths::Device,
            _ => continue,
        };
        let file = outgoing(&dir, "GOODS.csv.gz", b"any bytes");
        let mut values = Values::from([("batch".to_owned(), BATCH.to_owned())]);
        values.insert("sha256".to_owned(), file.sha256.clone());
        values.insert("size".to_owned(), file.size.to_string());
        let reply = filled(exchange.reply.status, &exchange.reply.fill(&values));
        let server = Scripted::start(vec![reply.clone(), reply]).await;
        let Some(result) = call(&exchange, &batches(&server.url, paths), &file).await else { continue };
        tested += 1;
        let name = &exchange.name;
        for request in server.seen() {
            let mut known = Values::from([("batch".to_owned(), BATCH.to_owned())]);
            if let Some((_, boundary)) =
                request.header("content-type").and_then(|kind| kind.split_once("boundary="))
            {
                known.insert("boundary".to_owned(), boundary.to_owned());
            }
            if let Err(mismatch) = exchange.request.matches(
                &request.method,
                &request.path,
                &request.headers,
                &request.body,
                &known,
            ) {
                panic!("{name}: {mismatch}");
            }
        }
        let refused_twice = matches!(exchange.reply.status, 401 | 403);
        assert_eq!(server.seen().len(), if refused_twice { 2 } else { 1 }, "{name}");
        match result {
            Ok(Outcome::Batch(batch)) => {
                assert!((200..300).contains(&exchange.reply.status), "{name}");
                assert!(batch.status.is_some() && batch.files.is_some(), "{name}");
                let timed_out = name.ends_with("timed-out");
                assert_eq!(batch.status == Some(BatchStatus::NotCompleted), timed_out, "{name}");
            }
            Ok(Outcome::Stored(verified)) => {
                assert!((200..300).contains(&exchange.reply.status), "{name}");
                assert_eq!(verified, name == "f3-upload");
            }
            Err(ApiError::Forbidden { .. }) => assert!(refused_twice, "{name}"),
            Err(error) => {
                assert_eq!(error.status(), Some(exchange.reply.status), "{name}: {error}");
                assert_eq!(error.is_v2_gate(), name.ends_with("-v2"), "{name}");
            }
        }
    }
    assert!(tested >= 40, "only {tested} exchanges were tested");
}

#[tokio::test]
async fn every_token_fixture_is_sent_and_parsed() {
    let mut tested = 0;
    for exchange in wire_fixture::load_all().unwrap() {
        let (user, secret) = match exchange.name.as_str() {
            "token-account" => ("acme_scanner", "pa:ss-word"),
            // Fixtures that only another client would send.
            "token-broken-base64"
            | "token-header-missing"
            | "token-not-a-pair"
            | "token-v1-header-missing" => continue,
            "token-wrong-secret" => ("warehouse.example.com", "wrong"),
            name if name.starts_with("token-") => ("warehouse.example.com", "cs_secret123"),
            _ => continue,
        };
        tested += 1;
        let name = &exchange.name;
        let server =
            Scripted::start(vec![filled(exchange.reply.status, &exchange.reply.fill(&Values::new()))]).await;
        let client = Client::new(&server.url, false, Limits::default()).unwrap();
        let server_cache = InMemoryServerCache::default();
        let token = [TokenPath::Device, TokenPath::Dfc, TokenPath::V1]
            .into_iter()
            .find(|token| token.path() == exchange.request.path)
            .unwrap();
        server_cache.remember(client.base_url(), ServerPaths { token, batch: None });
        let credential = Credential::new(user, Secret::new(secret));
        let mut config = Config::default();
        config.api.paths = if token == TokenPath::Device { Paths::Device } else { Paths::Dfc };
        let auth = AuthClient::new(client, credential, &config, Arc::new(server_cache));
        let result = TokenManager::with_client(auth).token().await;
        let seen = server.seen();
        assert_eq!(seen.len(), 1, "{name}");
        let request = &seen[0];
        if name != "token-wrong-secret" {
            let known = Values::new();
            if let Err(mismatch) = exchange.request.matches(
                &request.method,
                &request.path,
                &request.headers,
                &request.body,
                &known,
            ) {
                panic!("{name}: {mismatch}");
            }
        }
        match exchange.reply.status {
            200 => assert!(!result.unwrap().is_empty(), "{name}"),
            410 => assert!(matches!(result, Err(ApiError::BasicEnded { .. })), "{name}"),
            _ => assert!(matches!(result, Err(ApiError::Unauthorised { .. })), "{name}"),
        }
    }
    assert!(tested >= 6, "only {tested} exchanges were tested");
}
