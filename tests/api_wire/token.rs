//! Path discovery, renewal, and one request shared by concurrent callers (docs/wire.md#finding-the-family).

use std::sync::Arc;

use data_exporter::api::{
    ApiError, Bearer, Client, InMemoryServerCache, Limits, ServerCache, ServerPaths, TokenPath,
};
use data_exporter::auth::{AuthClient, Credential, TokenManager};
use data_exporter::models::{Config, Secret};
use test_support::scripted::{Answer, Scripted, answer, json};

const TOKEN: &str = r#"{"token":"jwt-1","expiresIn":86400,"tokenType":"Bearer"}"#;

fn manager(url: &str, server_cache: &Arc<InMemoryServerCache>) -> TokenManager {
    let client = Client::new(url, false, Limits::default()).unwrap();
    let credential = Credential::new("shop.example.com", Secret::new("cs_canary"));
    TokenManager::with_client(AuthClient::new(client, credential, &Config::default(), server_cache.clone()))
}

async fn fetch(answers: Vec<Answer>) -> (Result<Secret, ApiError>, Vec<String>, Option<ServerPaths>) {
    let server = Scripted::start(answers).await;
    let server_cache = Arc::new(InMemoryServerCache::default());
    let result = manager(&server.url, &server_cache).token().await;
    (result, server.paths(), server_cache.recall(&server.url))
}

#[tokio::test]
async fn each_kind_of_refusal_leads_to_the_next_path_until_one_returns_a_token() {
    for refusal in [
        answer(401, &[], ""),
        answer(403, &[], ""),
        json(404, "{}"),
        answer(405, &[], ""),
        json(410, "{}"),
        answer(200, &[("Content-Type", "text/html")], "<html>sign in</html>"),
        answer(302, &[("Location", "http://portal.example/")], ""),
    ] {
        let is_page = matches!(&refusal, Answer::Bytes(bytes) if bytes.starts_with(b"HTTP/1.1 200") || bytes.starts_with(b"HTTP/1.1 302"));
        let (result, paths, known) = fetch(vec![refusal.clone(), refusal, json(200, TOKEN)]).await;
        assert_eq!(result.unwrap().expose(), "jwt-1");
        assert_eq!(paths, ["/api/v1/device/auth/token", "/api/dfc/auth/token", "/api/v1/auth/token"]);
        let found = Some(ServerPaths { token: TokenPath::V1, batch: None });
        assert_eq!(known, found.filter(|_| !is_page), "a captive portal does not end the search");
    }
}

#[tokio::test]
async fn the_credential_is_wrong_only_when_every_path_refused_it() {
    let (result, paths, known) = fetch(vec![
        json(401, r#"{"message":"Bad credentials"}"#),
        answer(401, &[], ""),
        answer(401, &[], ""),
    ])
    .await;
    assert!(matches!(&result, Err(ApiError::Unauthorised { .. })), "{result:?}");
    assert!(result.unwrap_err().to_string().ends_with(": Bad credentials"));
    assert_eq!((paths.len(), known), (3, None));
}

#[tokio::test]
async fn a_server_error_ends_the_search_and_is_transient() {
    let (result, paths, _) = fetch(vec![answer(503, &[("Retry-After", "7")], "")]).await;
    let error = result.unwrap_err();
    assert!(error.is_transient());
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(7));
    assert_eq!(paths.len(), 1);
}

#[tokio::test]
async fn a_cached_path_is_the_only_one_requested() {
    let server = Scripted::start(vec![json(401, "{}"), json(200, TOKEN)]).await;
    let server_cache = Arc::new(InMemoryServerCache::default());
    server_cache.remember(&server.url, ServerPaths { token: TokenPath::Dfc, batch: None });
    let manager = manager(&server.url, &server_cache);
    assert!(matches!(manager.token().await, Err(ApiError::Unauthorised { .. })));
    assert_eq!(server.paths(), ["/api/dfc/auth/token"]);
    assert!(manager.token().await.is_err());
    assert_eq!(server.paths().len(), 1, "a rejected credential is not retried at once");
}

#[tokio::test]
async fn concurrent_callers_share_one_token_request() {
    let server = Scripted::start(vec![json(200, TOKEN), json(200, &TOKEN.replace("jwt-1", "jwt-2"))]).await;
    let manager = manager(&server.url, &Arc::default());
    let tokens = futures_util::future::join_all((0..8).map(|_| manager.token())).await;
    let first = tokens[0].clone().unwrap();
    assert!(tokens.iter().all(|token| token.as_ref() == Ok(&first)));
    assert_eq!(server.seen().len(), 1);
    let renewed = futures_util::future::join_all((0..8).map(|_| manager.renewed(&first))).await;
    assert!(renewed.iter().all(|token| token.as_ref().unwrap().expose() == "jwt-2"));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_token_about_to_expire_is_renewed_before_use() {
    let ending = r#"{"token":"old","expiresIn":60}"#;
    let server = Scripted::start(vec![json(200, ending), json(200, TOKEN)]).await;
    let manager = manager(&server.url, &Arc::default());
    manager.token().await.unwrap();
    assert_eq!(manager.token().await.unwrap().expose(), "jwt-1");
}

#[tokio::test]
async fn a_cached_path_that_disappeared_is_discovered_again() {
    let server = Scripted::start(vec![json(410, "{}"), json(200, TOKEN)]).await;
    let server_cache = Arc::new(InMemoryServerCache::default());
    server_cache.remember(&server.url, ServerPaths { token: TokenPath::Dfc, batch: None });
    assert!(manager(&server.url, &server_cache).token().await.is_ok());
    assert_eq!(server.paths(), ["/api/dfc/auth/token", "/api/v1/device/auth/token"]);
    assert_eq!(server_cache.recall(&server.url), Some(ServerPaths { token: TokenPath::Device, batch: None }));
}

#[tokio::test]
async fn a_captive_portal_and_an_empty_401_do_not_condemn_the_credential() {
    let page = answer(200, &[("Content-Type", "text/html")], "<html>sign in</html>");
    let (result, _, _) = fetch(vec![page, answer(401, &[], ""), answer(401, &[], "")]).await;
    assert!(result.unwrap_err().is_transient());
}
