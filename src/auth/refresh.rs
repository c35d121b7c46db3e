//! Trades a refresh token for an access token (docs/wire.md#data-forge-refresh and docs/wire.md#oauth-refresh). Each
//! trade ends the token. Therefore threads and processes trade one at a time, the successor is durable before it is
//! used, and a lost answer is requested once more, however often the program restarts meanwhile.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::{Position, Url};

use super::credential::StoredSecret;
use super::secrets::{Renewal, SecretError, StoredCredential};
use super::{AuthClient, Token};
use crate::api::{ApiError, Client, Reply, numbers};
use crate::error::{Code, Error};
use crate::models::Secret;
use crate::platform;

const DOING: &str = "renew the sign-in";
/// How often one token is sent: once, and once more when the answer was lost.
const SENDINGS: u32 = 2;
/// How long another process may trade before it counts as stuck: a little over twice the time limit of a request.
const WAIT: Duration = Duration::from_secs(70);
const PAUSE: Duration = Duration::from_millis(50);
/// Attempts to store a successor; its predecessor is worthless by then.
const SAVINGS: u32 = 3;

/// Trades the stored refresh token.
pub(super) async fn fetch(auth: &AuthClient, storage: &StoredSecret) -> Result<Token, ApiError> {
    let mut lock = Lock::take(&storage.lock).await?;
    // Read after taking the lock, since another process may have traded meanwhile.
    let current = blocking(storage, current).await?;
    let Some(StoredCredential::Refresh { token, renewal, expires_at }) = current else {
        return Err(changed());
    };
    let sent = lock.sendings(&token);
    if sent >= SENDINGS {
        let why = "the server's answer to the last renewal was lost, and with it the only valid token";
        return Err(ApiError::PairingEnded { doing: DOING, why: why.to_owned() });
    }
    // A failure to write must be found while the old token is still valid.
    blocking(storage, |storage| storage.store.probe()).await?;
    let (client, request) = request(auth, &token, &renewal)?;
    lock.note(&token, sent + 1)?;
    let received = Instant::now();
    let reply = match client.send(DOING, request).await {
        Ok(reply) => reply,
        Err(error) => {
            if !error.outcome_unknown() {
                lock.note(&token, sent)?;
            }
            return Err(error);
        }
    };
    let pair = match parse_reply(&reply, &client, auth.user(), received) {
        Ok(pair) => pair,
        Err((error, processed)) => {
            if !processed {
                lock.note(&token, sent)?;
            }
            return Err(error);
        }
    };
    let (successor, expires_at) = match pair.successor {
        Some(successor) => (successor, pair.expires_at),
        None => (token, pair.expires_at.or(expires_at)),
    };
    save(storage, StoredCredential::Refresh { token: successor, renewal, expires_at }).await?;
    lock.clear()?;
    Ok(pair.token)
}

/// Contents of a successful answer.
struct Pair {
    token: Token,
    successor: Option<Secret>,
    expires_at: Option<DateTime<Utc>>,
}

/// Returns the pair, or the failure and whether the server may have ended the old token.
fn parse_reply(
    reply: &Reply,
    client: &Client,
    user: &str,
    received: Instant,
) -> Result<Pair, (ApiError, bool)> {
    match reply.status {
        200..=299 => {
            let pair = read(reply, received);
            // A complete page that is not JSON comes from something between this computer and the server.
            let portal = !reply.cut && !reply.body.is_empty() && reply.json().is_none();
            pair.ok_or_else(|| (reply.unreadable(DOING, client.server(), "tokens"), !portal))
        }
        400 | 401 | 403 => {
            let (user, server_text) = (user.to_owned(), reply.error_text());
            Err((ApiError::Unauthorised { doing: DOING, user, server_text }, true))
        }
        500 | 502 | 504 => Err((reply.refused(DOING), true)),
        _ => Err((reply.refused(DOING), false)),
    }
}

fn read(reply: &Reply, received: Instant) -> Option<Pair> {
    let token = Token::read(reply, received)?;
    let json = reply.json()?;
    let field = |names: [&str; 2]| names.iter().find_map(|name| json.get(*name)).cloned();
    let successor = field(["refreshToken", "refresh_token"])
        .and_then(|value| value.as_str().filter(|text| !text.is_empty()).map(Secret::new));
    let stated = json.get("refreshTokenExpiresAt").and_then(Value::as_str);
    let expires_at = stated
        .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
        .map(|time| time.to_utc())
        .or_else(|| {
            let lasts = numbers::seconds(json.get("refresh_token_expires_in"))?;
            platform::now().checked_add_signed(TimeDelta::from_std(lasts).ok()?)
        });
    Some(Pair { token, successor, expires_at })
}

fn request(
    auth: &AuthClient,
    token: &Secret,
    renewal: &Renewal,
) -> Result<(Client, RequestBuilder), ApiError> {
    match renewal {
        Renewal::Dfm => {
            let client = auth.client.clone();
            let request = client.request(Method::POST, "/api/v1/device/auth/refresh");
            Ok((client, request.json(&json!({ "refreshToken": token.expose() }))))
        }
        Renewal::OAuth { token_endpoint, client_id, json: as_json } => {
            let bad = |why: String| ApiError::BadAddress { url: token_endpoint.clone(), why };
            let url = Url::parse(token_endpoint).map_err(|error| bad(error.to_string()))?;
            let client = Client::new(&url[..Position::BeforePath], auth.https_only, auth.client.limits())?;
            let request = client.request(Method::POST, &url[Position::BeforePath..]);
            let fields = [
                ("grant_type", "refresh_token"),
                ("refresh_token", token.expose()),
                ("client_id", client_id),
            ];
            let request = if *as_json {
                request.json(&fields.into_iter().collect::<std::collections::BTreeMap<_, _>>())
            } else {
                let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                request.header("Content-Type", "application/x-www-form-urlencoded").body(body)
            };
            Ok((client, request))
        }
    }
}

/// Returns the stored credential; first stores a successor that could not be stored before.
fn current(storage: &StoredSecret) -> Result<Option<StoredCredential>, SecretError> {
    let mut unsaved = storage.unsaved.lock();
    if let Some(successor) = unsaved.as_ref() {
        storage.store.save(successor)?;
    }
    *unsaved = None;
    drop(unsaved);
    storage.store.load()
}

async fn save(storage: &StoredSecret, successor: StoredCredential) -> Result<(), ApiError> {
    *storage.unsaved.lock() = Some(successor);
    let mut attempt = 1;
    loop {
        match blocking(storage, current).await {
            Ok(_) => return Ok(()),
            Err(error) if attempt == SAVINGS => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
        attempt += 1;
    }
}

async fn blocking<T: Send + 'static>(
    storage: &StoredSecret,
    work: impl FnOnce(&StoredSecret) -> Result<T, SecretError> + Send + 'static,
) -> Result<T, ApiError> {
    let storage = storage.clone();
    match tokio::task::spawn_blocking(move || work(&storage)).await {
        Ok(result) => result.map_err(|error| ApiError::Local(Box::new(error.into()))),
        Err(error) => {
            let message = format!("internal error in the secret store: {error}");
            Err(ApiError::Local(Box::new(Error::new(Code::UnknownError, message))))
        }
    }
}

fn changed() -> ApiError {
    let message = format!("could not {DOING}: the pairing has changed in the meantime");
    let error = Error::new(Code::NotPaired, message);
    ApiError::Local(Box::new(
        error.hint("export again; pair with `data_exporter authorize-device` if this persists"),
    ))
}

/// The right to trade, and how often the present token was sent: `digest count` in the lock file.
struct Lock {
    file: File,
    path: std::path::PathBuf,
}

impl Lock {
    async fn take(path: &Path) -> Result<Self, ApiError> {
        let failed = |error: &io::Error| local("cannot lock", path, error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = platform::open_private(&mut options, path).map_err(|error| failed(&error))?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { file, path: path.to_path_buf() }),
                Err(TryLockError::WouldBlock) if started.elapsed() < WAIT => tokio::time::sleep(PAUSE).await,
                Err(TryLockError::WouldBlock) => {
                    let message = format!(
                        "could not {DOING}: another process has been doing this for {} s",
                        WAIT.as_secs()
                    );
                    let error = Error::new(Code::FolderHeld, message).path(path).retry_later();
                    return Err(ApiError::Local(Box::new(error.hint("wait until it ends, or stop it"))));
                }
                Err(TryLockError::Error(error)) => return Err(failed(&error)),
            }
        }
    }

    fn sendings(&mut self, token: &Secret) -> u32 {
        let mut text = String::new();
        let read = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.read_to_string(&mut text));
        let noted = read.ok().and_then(|_| text.trim_end().split_once(' '));
        match noted {
            Some((digest, count)) if digest == digest_of(token) => count.parse().unwrap_or(SENDINGS),
            _ => 0,
        }
    }

    fn note(&mut self, token: &Secret, count: u32) -> Result<(), ApiError> {
        self.write(&format!("{} {count}\n", digest_of(token)))
    }

    fn clear(&mut self) -> Result<(), ApiError> {
        self.write("")
    }

    fn write(&mut self, text: &str) -> Result<(), ApiError> {
        let Self { file, path } = self;
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| file.write_all(text.as_bytes()))
            .and_then(|()| file.sync_all())
            .map_err(|error| local("cannot write", path, &error))
    }
}

/// Distinguishes tokens without revealing them.
fn digest_of(token: &Secret) -> String {
    let digest = Sha256::digest(token.expose().as_bytes());
    digest.iter().take(8).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn local(doing: &str, path: &Path, error: &io::Error) -> ApiError {
    ApiError::Local(Box::new(Error::io(doing, path, error)))
}
