//! Trading refresh tokens (docs/wire.md#data-forge-refresh and docs/wire.md#oauth-refresh): each exchange, one trade at
//! a time, what is durable when, and answers that get lost.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use data_exporter::api::{ApiError, Bearer, Client, InMemoryServerCache, Limits};
use data_exporter::auth::secrets::{
    FileStore, KeychainError, Renewal, SecretError, SecretStore, StoredCredential,
};
use data_exporter::auth::{AuthClient, Credential, TokenManager};
use data_exporter::error::{Code, Error};
use data_exporter::models::{Config, Secret};
use local_data_forge::wire_fixture::{self, Values};
use test_support::scripted::{Answer, Scripted, answer, filled, json};

const OLD: &str = "0123456789abcdefghijABCDEFGHIJ0123456789_-x";

fn refresh(token: &str, renewal: Renewal) -> StoredCredential {
    StoredCredential::Refresh { token: Secret::new(token), renewal, expires_at: None }
}

fn manager_of(url: &str, store: Arc<dyn SecretStore>, folder: &Path) -> TokenManager {
    let client = Client::new(url, false, Limits::default()).unwrap();
    let stored = store.load().unwrap().unwrap();
    let credential = Credential::with_storage("shop", stored, store, folder);
    let mut config = Config::default();
    config.api.https_only = false;
    TokenManager::with_client(AuthClient::new(
        client,
        credential,
        &config,
        Arc::new(InMemoryServerCache::default()),
    ))
}

/// A folder whose file store holds a refresh token; several managers on it act as several processes.
struct Paired {
    folder: tempfile::TempDir,
    server: Scripted,
}

impl Paired {
    async fn with(answers: Vec<Answer>) -> Self {
        let paired = Self { folder: tempfile::tempdir().unwrap(), server: Scripted::start(answers).await };
        paired.store().save(&refresh(OLD, Renewal::Dfm)).unwrap();
        paired
    }

    fn store(&self) -> FileStore {
        FileStore::new(self.folder.path().join("secrets"))
    }

    fn manager(&self) -> TokenManager {
        manager_of(&self.server.url, Arc::new(self.store()), self.folder.path())
    }

    fn stored(&self) -> String {
        self.store().load().unwrap().unwrap().secret().expose().to_owned()
    }

    /// The refresh tokens that were sent, in order.
    fn sent(&self) -> Vec<String> {
        let token = |body: &[u8]| {
            let body: serde_json::Value = serde_json::from_slice(body).unwrap();
            body["refreshToken"].as_str().unwrap().to_owned()
        };
        self.server.seen().iter().map(|request| token(&request.body)).collect()
    }
}

fn pair(number: usize) -> Answer {
    let body = format!(
        r#"{{"accessToken":"jwt-{number}","refreshToken":"rt-{number}","accessTokenExpiresAt":"2999-01-01T00:00:00Z","refreshTokenExpiresAt":"2999-01-01T00:00:00Z"}}"#
    );
    json(200, &body)
}

#[tokio::test]
async fn every_refresh_fixture_is_sent_and_parsed() {
    let mut tested = 0;
    for exchange in wire_fixture::load_all().unwrap() {
        let name = &exchange.name;
        let (client_id, dfm) = match name.split_once("-refresh") {
            Some(("dfmc", "-blank")) => continue,
            Some(("dfmc", _)) => ("", true),
            Some(("rfc", _)) => ("data-exporter", false),
            Some(("aip", _)) => ("device-flow-cli-example", false),
            _ => continue,
        };
        tested += 1;
        let reply = filled(exchange.reply.status, &exchange.reply.fill(&Values::new()));
        let server = Scripted::start(vec![reply]).await;
        let renewal = if dfm {
            Renewal::Dfm
        } else {
            Renewal::OAuth {
                token_endpoint: format!("{}{}", server.url, exchange.request.path),
                client_id: client_id.to_owned(),
                json: name.ends_with("-json"),
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(FileStore::new(folder.path()));
        store.save(&refresh(OLD, renewal)).unwrap();
        let result = manager_of(&server.url, store.clone(), folder.path()).token().await;
        let seen = server.seen();
        assert_eq!(seen.len(), 1, "{name}");
        let request = &seen[0];
        let matched = exchange.request.matches(
            &request.method,
            &request.path,
            &request.headers,
            &request.body,
            &Values::new(),
        );
        matched.unwrap_or_else(|mismatch| panic!("{name}: {mismatch}"));
        let stored = store.load().unwrap().unwrap();
        if exchange.reply.status == 200 {
            assert!(!result.unwrap().is_empty(), "{name}");
            assert_ne!(stored.secret().expose(), OLD, "{name}");
        } else {
            let error = Error::from(result.unwrap_err());
            assert_eq!((error.code, stored.secret().expose()), (Code::AuthenticationFailed, OLD), "{name}");
            assert_eq!(
                error.hint.as_deref(),
                Some("pair again with `data_exporter authorize-device`"),
                "{name}"
            );
        }
    }
    assert!(tested >= 12, "only {tested} exchanges were tested");
}

#[tokio::test]
async fn concurrent_callers_never_send_a_refresh_token_twice() {
    let paired = Paired::with((1..=8).map(pair).collect()).await;
    let managers: Vec<TokenManager> = (0..8).map(|_| paired.manager()).collect();
    let tokens = futures_util::future::join_all(managers.iter().map(Bearer::token)).await;
    assert!(tokens.iter().all(Result::is_ok), "{tokens:?}");
    assert_eq!(paired.sent(), [OLD, "rt-1", "rt-2", "rt-3", "rt-4", "rt-5", "rt-6", "rt-7"]);
    assert_eq!(paired.stored(), "rt-8");
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_retried_exactly_once() {
    let cut =
        "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 300\r\n\r\n{\"accessToken\":";
    for lost in [Answer::Reset, Answer::Bytes(cut.into()), json(500, "{}"), answer(504, &[], "")] {
        let paired = Paired::with(vec![lost.clone(), pair(1)]).await;
        assert!(paired.manager().token().await.unwrap_err().is_transient());
        assert_eq!(paired.manager().token().await.unwrap().expose(), "jwt-1");
        assert_eq!((paired.sent(), paired.stored()), (vec![OLD.to_owned(); 2], "rt-1".to_owned()));

        let paired = Paired::with(vec![lost.clone(), lost, pair(1)]).await;
        paired.manager().token().await.unwrap_err();
        paired.manager().token().await.unwrap_err();
        // Neither this process nor a later one sends it a third time.
        for _ in 0..3 {
            let error = paired.manager().token().await.unwrap_err();
            assert!(matches!(error, ApiError::PairingEnded { .. }), "{error:?}");
            assert_eq!(
                error.to_string(),
                "could not renew the sign-in: the server's answer to the last renewal was lost, and with it the only \
                 valid token"
            );
        }
        assert_eq!(paired.sent().len(), 2);
    }
}

#[tokio::test]
async fn requests_that_the_server_did_not_process_do_not_count_as_retries() {
    let busy = || answer(503, &[("Retry-After", "1")], "");
    let page = || answer(200, &[("Content-Type", "text/html")], "<html>sign in</html>");
    let moved = || answer(302, &[("Location", "http://portal.example/")], "");
    let paired = Paired::with(vec![busy(), busy(), json(429, "{}"), page(), moved(), pair(1)]).await;
    for _ in 0..5 {
        assert!(paired.manager().token().await.unwrap_err().is_transient());
    }
    assert_eq!(paired.manager().token().await.unwrap().expose(), "jwt-1");
    assert_eq!(paired.stored(), "rt-1");
}

#[tokio::test]
async fn a_revoked_refresh_token_is_reported_and_not_sent_again() {
    let body = r#"{"status":401,"error":"refresh_token_revoked","message":"Refresh token has been revoked","path":"/x"}"#;
    let paired = Paired::with(vec![json(401, body), pair(1)]).await;
    let manager = paired.manager();
    let error = manager.token().await.unwrap_err();
    assert!(error.ends_the_pairing());
    assert_eq!(
        error.to_string(),
        "could not renew the sign-in: the server refused the credential of `shop`: Refresh token has been revoked"
    );
    manager.token().await.unwrap_err();
    assert_eq!(paired.sent().len(), 1);
}

/// A store that fails a number of saves, or at its probe.
struct Failing {
    inner: FileStore,
    probe: bool,
    savings: AtomicUsize,
}

fn full() -> SecretError {
    KeychainError::Failed { doing: "keep", why: "full".to_owned() }.into()
}

impl SecretStore for Failing {
    fn place(&self) -> String {
        self.inner.place()
    }

    fn probe(&self) -> Result<(), SecretError> {
        if self.probe { Err(full()) } else { Ok(()) }
    }

    fn save(&self, credential: &StoredCredential) -> Result<(), SecretError> {
        let left = self.savings.load(Ordering::SeqCst);
        if left > 0 {
            self.savings.store(left - 1, Ordering::SeqCst);
            return Err(full());
        }
        self.inner.save(credential)
    }

    fn load(&self) -> Result<Option<StoredCredential>, SecretError> {
        self.inner.load()
    }

    fn remove(&self) -> Result<bool, SecretError> {
        self.inner.remove()
    }
}

#[tokio::test]
async fn no_refresh_token_is_sent_when_the_store_cannot_save() {
    let paired = Paired::with(vec![pair(1)]).await;
    let store = Failing { inner: paired.store(), probe: true, savings: AtomicUsize::new(0) };
    let manager = manager_of(&paired.server.url, Arc::new(store), paired.folder.path());
    let error = Error::from(manager.token().await.unwrap_err());
    assert_eq!(
        (error.code, error.message.as_str()),
        (Code::KeychainError, "the keychain could not keep the secret: full")
    );
    assert!(paired.sent().is_empty(), "the old token is still valid");
}

#[tokio::test]
async fn a_new_refresh_token_is_saved_again_before_it_is_used() {
    let paired = Paired::with(vec![pair(1), pair(2)]).await;
    let store = Failing { inner: paired.store(), probe: false, savings: AtomicUsize::new(3) };
    let manager = manager_of(&paired.server.url, Arc::new(store), paired.folder.path());
    assert_eq!(Error::from(manager.token().await.unwrap_err()).code, Code::KeychainError);
    assert_eq!(paired.stored(), OLD);
    assert_eq!(manager.token().await.unwrap().expose(), "jwt-2");
    assert_eq!(
        (paired.sent(), paired.stored()),
        (vec![OLD.to_owned(), "rt-1".to_owned()], "rt-2".to_owned())
    );
}

#[tokio::test]
async fn a_bearer_token_is_used_unchanged_and_cannot_be_renewed() {
    let server = Scripted::start(Vec::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(FileStore::new(folder.path()));
    let bearer = |expires_at| StoredCredential::Bearer { token: Secret::new("rmm_1"), expires_at };
    store.save(&bearer(None)).unwrap();
    let manager = manager_of(&server.url, store.clone(), folder.path());
    let token = manager.token().await.unwrap();
    assert_eq!(token.expose(), "rmm_1");
    assert!(matches!(manager.renewed(&token).await, Err(ApiError::Unauthorised { .. })));

    store.save(&bearer(Some("2026-01-31T00:00:00Z".parse().unwrap()))).unwrap();
    let error = manager_of(&server.url, store, folder.path()).token().await.unwrap_err();
    assert_eq!(error.to_string(), "could not sign in: the pairing of `shop` was valid until 2026-01-31");
    assert!(server.seen().is_empty());
}
