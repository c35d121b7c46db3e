//! The way of a request to its reply: [`handle`] records it, injects faults, checks path and token, and calls the
//! module of its [`Endpoint`], or that of the device grant.

mod batch;
mod errors;
mod grants;
mod html;
mod pages;
mod token;
mod upload;
mod verification;

use std::future::pending;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::app::App;
use crate::connection::Connection;
use crate::endpoint::{Endpoint, PathFamily, Route};
use crate::faults::{Fault, inflict};
use crate::options::{Families, Site, Switches};
use crate::recorder::{BodySeen, Outcome, PartSeen};
use crate::replies::{self, Reply};
use crate::state::Refused;
use crate::{ids, lock, urlencoded};

/// The largest accepted token request, in bytes.
const TOKEN_REQUEST_LIMIT: usize = 64 << 10;

/// The parts of a request that the modules need besides its body.
struct Call {
    app: Arc<App>,
    route: Route,
    method: String,
    path: String,
    /// The fields of the query.
    query: Vec<(String, String)>,
    /// The server's address as the client wrote it, without a trailing slash.
    base: String,
    /// The address of the client.
    address: IpAddr,
    now: DateTime<Utc>,
    switches: Switches,
}

impl Call {
    fn new(app: &Arc<App>, route: Route, request: &Request, address: IpAddr, now: DateTime<Utc>) -> Self {
        Self {
            app: app.clone(),
            route,
            method: request.method().as_str().to_owned(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(urlencoded::fields).unwrap_or_default(),
            base: base(request.headers()),
            address,
            now,
            switches: app.switches(),
        }
    }

    /// Returns a field of the query.
    fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn general(&self, status: u16, message: &str) -> Reply {
        replies::general(status, message, &self.path, self.now)
    }

    /// The reply of the catch-all handler: a fixed text without details.
    fn unexpected(&self) -> Reply {
        self.general(500, "An unexpected error occurred. Please try again later.")
    }

    fn id(&self, at: usize) -> &str {
        self.route.ids.get(at).map_or("", String::as_str)
    }

    /// The reply to a request that the rules refused.
    fn refused(&self, refused: Refused) -> Reply {
        let is_f3 = self.route.family == PathFamily::F3;
        match refused {
            Refused::AlreadyActive => replies::controller(409, "Site already has an active batch"),
            Refused::AccountLimit(limit) => {
                replies::controller(429, &format!("Account reached its limit of {limit} concurrent batches"))
            }
            Refused::Unknown(what) => replies::controller(404, &format!("{what} not found")),
            Refused::Foreign => replies::controller(403, "Batch does not belong to this site"),
            Refused::NotInProgress { operation, status } => {
                let status_code = if is_f3 && self.route.endpoint == Endpoint::Upload { 409 } else { 400 };
                let status = status.as_str();
                replies::controller(status_code, &format!("Cannot {operation} a batch in state {status}"))
            }
            Refused::NoFiles => replies::controller(400, "At least one file is required"),
            Refused::EmptyFile(_) | Refused::DuplicateName(_) if is_f3 => self.unexpected(),
            Refused::EmptyFile(name) => replies::controller(400, &format!("File {name} is empty")),
            Refused::DuplicateName(name) => {
                replies::controller(400, &format!("File {name} already exists in this batch"))
            }
            Refused::Constraint => self.unexpected(),
        }
    }
}

/// Answers any request.
pub(crate) async fn handle(
    State(app): State<Arc<App>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Reply {
    let (method, path) = (request.method().as_str().to_owned(), request.uri().path().to_owned());
    let mut route = Route::parse(&method, &path);
    let now = app.now();
    if route.endpoint == Endpoint::Page {
        return pages::answer(&Call::new(&app, route, &request, connection.address, now), request).await;
    }
    let request = if route.endpoint == Endpoint::Poll && route.family != PathFamily::F3 {
        let (request, renews) = renewing(request).await;
        route.endpoint = if renews { Endpoint::Refresh } else { Endpoint::Poll };
        request
    } else {
        request
    };
    let fault = lock(&app.faults).next(route.endpoint);
    let seen = Arc::new(BodySeen::default());
    let number = lock(&app.recorder).arrived(
        (&method, &path),
        &route,
        request.headers(),
        seen.clone(),
        fault.clone(),
        now,
    );
    let request = watched(request, seen, inflict::body_limit(fault.as_ref()), connection.clone());

    let mut outcome = Outcome::default();
    let instead = match &fault {
        Some(fault) => inflict::before(fault, &path, now, &connection).await,
        None => None,
    };
    let answer = if let Some(instead) = instead {
        if fault != Some(Fault::ResetBefore) {
            drain(request.into_body()).await;
        }
        instead
    } else {
        let call = Call::new(&app, route, &request, connection.address, now);
        let (answer, parts) = dispatch(&call, request).await;
        outcome.handled = Some(answer.status().as_u16());
        outcome.parts = parts;
        match &fault {
            Some(fault) => {
                lock(&app.recorder).handled(number, answer.status().as_u16());
                inflict::after(fault, answer, &path, now, &connection).await
            }
            None => answer,
        }
    };
    outcome.status = Some(answer.status().as_u16()).filter(|_| !connection.is_reset());
    lock(&app.recorder).ended(number, outcome);
    answer
}

/// Returns the server's address as the client requested it.
fn base(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".:-[]".contains(c);
    let is_host = !host.is_empty() && host.chars().all(is_plain);
    format!("http://{}", if is_host { host } else { "localhost" })
}

/// Returns the endpoint, and whether the request exchanges a refresh token; one path of OAuth serves both that and
/// polls.
async fn renewing(request: Request) -> (Request, bool) {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, TOKEN_REQUEST_LIMIT).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let renews = match serde_json::from_str::<Value>(&text) {
        Ok(json) => json["grant_type"] == "refresh_token",
        Err(_) => urlencoded::fields(&text).contains(&("grant_type".to_owned(), "refresh_token".to_owned())),
    };
    (Request::from_parts(head, Body::from(bytes)), renews)
}

/// Counts the request body, and breaks it off after `limit`: by a reset when true, else by silence.
fn watched(
    request: Request,
    seen: Arc<BodySeen>,
    limit: Option<(u64, bool)>,
    connection: Connection,
) -> Request {
    let (head, body) = request.into_parts();
    if body.is_end_stream() {
        return Request::from_parts(head, body);
    }
    let pieces = body.into_data_stream().then(move |piece| {
        let (seen, connection) = (seen.clone(), connection.clone());
        async move {
            let piece: Bytes = piece.map_err(io::Error::other)?;
            let total = seen.add(&piece);
            match limit {
                Some((limit, resets)) if total >= limit => {
                    if !resets {
                        pending::<()>().await;
                    }
                    connection.reset();
                    Err(io::Error::from(io::ErrorKind::ConnectionReset))
                }
                _ => Ok(piece),
            }
        }
    });
    Request::from_parts(head, Body::from_stream(pieces))
}

/// Reads a body to its end, so that the client receives the reply instead of a broken connection.
async fn drain(body: Body) {
    let mut pieces = body.into_data_stream();
    while let Some(Ok(_)) = pieces.next().await {}
}

async fn dispatch(call: &Call, request: Request) -> (Reply, Vec<PartSeen>) {
    if grants::is_grant(call.route.endpoint) && refused_path(call).is_none() {
        return (grants::answer(call, request).await, Vec::new());
    }
    let site = match admitted(call, request.headers()) {
        Ok(site) => site,
        Err(refused) => {
            drain(request.into_body()).await;
            return (*refused, Vec::new());
        }
    };
    let answer = match call.route.endpoint {
        Endpoint::Upload => return upload::receive(call, &site, request).await,
        Endpoint::Error | Endpoint::BatchError => errors::receive(call, &site, request).await,
        _ => {
            drain(request.into_body()).await;
            small(call, &site)
        }
    };
    (answer, Vec::new())
}

/// Returns the site of a request, or the reply to an unauthenticated one.
fn admitted(call: &Call, headers: &HeaderMap) -> Result<Site, Box<Reply>> {
    if let Some(refused) = refused_path(call) {
        return Err(Box::new(refused));
    }
    if call.route.endpoint == Endpoint::Token {
        return Err(Box::new(token::issue(call, headers)));
    }
    let site = token::site(call, headers)?;
    // The real server fails on a path whose id is not a UUID.
    if call.route.ids.iter().all(|id| ids::is_uuid(id)) { Ok(site) } else { Err(Box::new(call.unexpected())) }
}

/// Requests without a body.
fn small(call: &Call, site: &Site) -> Reply {
    match call.route.endpoint {
        Endpoint::Start => batch::start(call, site),
        Endpoint::Batch => batch::get(call, site),
        Endpoint::File => upload::get(call, site),
        Endpoint::StoredError => errors::get(call, site),
        _ => batch::close(call, site),
    }
}

/// The reply to a path that was removed or does not exist.
fn refused_path(call: &Call) -> Option<Reply> {
    let Call { route, switches, .. } = call;
    if switches.dfc_gone && route.family == PathFamily::F2 {
        let message = "This endpoint was removed";
        let mut body = replies::general_body(410, message, &call.path, call.now);
        body["migration"] = json!({
            "oldPath": call.path,
            "newPath": route.successor(),
            "documentation": "https://example.invalid/docs/migration",
        });
        return Some(replies::json(410, &body));
    }
    let is_served = if grants::is_grant(route.endpoint) {
        grants::is_served(route, &call.path, switches)
    } else {
        is_served(route, switches.families)
    };
    // Only paths below `/api` require a token first.
    let status = if call.path.starts_with("/api") { switches.unknown_status } else { 404 };
    (!is_served).then(|| replies::empty(status))
}

fn is_served(route: &Route, families: Families) -> bool {
    use Endpoint::{Error, Start, Token, Unknown, Upload};
    if route.endpoint == Unknown {
        return false;
    }
    match families {
        Families::Both => true,
        Families::F2 => route.family != PathFamily::F3,
        Families::F3 => route.family == PathFamily::F3,
        Families::Specification => route.family == PathFamily::F2 && matches!(route.endpoint, Token | Error),
        Families::PairingOnly => false,
        Families::V2Only => route.family == PathFamily::F3 && !matches!(route.endpoint, Start | Upload),
    }
}
