//! A running server for a test or a program: [`LocalServer`].

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, header};
use axum::middleware::map_response_with_state;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::app::App;
use crate::clock::Clock;
use crate::connection::{Connection, Listener};
use crate::faults::Rule;
use crate::grants::{Approval, Choice, Undecidable, WaitingCode};
use crate::options::{Options, Site, Switches};
use crate::recorder::RecordedRequest;
use crate::replies::Reply;
use crate::state::{Batch, StoredFile, StoredReport};
use crate::{lock, routes};

/// A server with its own thread and runtime, so that plain and asynchronous tests can use it. Dropping it stops it, and
/// deletes its temporary folder if it has one.
pub struct LocalServer {
    app: Arc<App>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _temporary: Option<TempDir>,
}

impl LocalServer {
    /// Starts a server. Connections are accepted when this returns.
    ///
    /// # Errors
    /// The address is in use, or the data folder cannot be used.
    pub fn start(options: Options) -> io::Result<Self> {
        let (data, temporary) = if let Some(data) = options.data {
            (data, None)
        } else {
            let folder = tempfile::Builder::new().prefix("local-data-forge-").tempdir()?;
            (folder.path().to_path_buf(), Some(folder))
        };
        let clock = Clock::with_offset_ms(options.clock_offset_ms);
        let app = Arc::new(App::open(data, clock, options.sites, options.switches)?);
        let listener = TcpListener::bind(options.listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let served = app.clone();
        let thread = std::thread::Builder::new()
            .name("local-data-forge".to_owned())
            .spawn(move || run(runtime, served, listener, stopped))?;
        Ok(Self { app, address, stop: Some(stop), thread: Some(thread), _temporary: temporary })
    }

    /// Returns the address of the server as a client configures it, without a trailing slash.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the socket address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the folder of the uploads.
    pub fn data(&self) -> &Path {
        &self.app.data
    }

    /// Returns the requests since the start or the last [`LocalServer::forget_requests`], at most the last 10,000, in
    /// the order they arrived; pages are not counted.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.app.recorder).all()
    }

    /// Deletes the recorded requests.
    pub fn forget_requests(&self) {
        lock(&self.app.recorder).clear();
    }

    /// Returns all batches, in the order of their start.
    pub fn batches(&self) -> Vec<Batch> {
        self.app.read(|state| state.batches().into_iter().cloned().collect())
    }

    /// Returns a batch.
    pub fn batch(&self, id: &str) -> Option<Batch> {
        self.app.read(|state| state.any_batch(id).cloned())
    }

    /// Returns the files of a batch, in the order they arrived; none when there is no such batch.
    pub fn files(&self, batch: &str) -> Vec<StoredFile> {
        self.batch(batch).map(|batch| batch.files).unwrap_or_default()
    }

    /// Returns the path of a stored file.
    pub fn path_of(&self, file: &StoredFile) -> PathBuf {
        self.app.data.join(&file.path)
    }

    /// Returns the bytes of a stored file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn bytes_of(&self, file: &StoredFile) -> io::Result<Vec<u8>> {
        std::fs::read(self.path_of(file))
    }

    /// Returns the error reports, in the order they arrived.
    pub fn errors(&self) -> Vec<StoredReport> {
        self.app.read(|state| state.reports().to_vec())
    }

    /// Adds a fault.
    pub fn fault(&self, rule: Rule) {
        lock(&self.app.faults).add(rule);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        lock(&self.app.faults).clear();
    }

    /// Changes the behaviour from the next request on.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        self.app.change_switches(change);
    }

    /// Returns the sites, including those that devices were paired with.
    pub fn sites(&self) -> Vec<Site> {
        lock(&self.app.sites).clone()
    }

    /// Changes the sites from the next request on. A changed secret invalidates the site's tokens.
    pub fn change_sites(&self, change: impl FnOnce(&mut Vec<Site>)) {
        self.app.change_sites(change);
    }

    /// Invalidates all access tokens issued so far.
    pub fn revoke_tokens(&self) {
        self.app.revoke_tokens();
    }

    /// Invalidates all refresh tokens of a site, and its access tokens except those that Data Forge signs.
    pub fn revoke_pairing(&self, domain: &str) {
        lock(&self.app.pairings).tokens.revoke_site(domain);
    }

    /// Returns the pending codes, the oldest first.
    pub fn pending(&self) -> Vec<WaitingCode> {
        lock(&self.app.pairings).grants.all_waiting(self.app.now())
    }

    /// Approves a code, in any spelling, as the device requested it.
    ///
    /// # Errors
    /// The code is unknown, expired, or already decided.
    pub fn approve(&self, user_code: &str) -> Result<Approval, Undecidable> {
        self.approve_as(user_code, &Choice::default())
    }

    /// Approves a code with the choices of a person.
    ///
    /// # Errors
    /// As [`LocalServer::approve`], and when the choice is not allowed.
    pub fn approve_as(&self, user_code: &str, choice: &Choice) -> Result<Approval, Undecidable> {
        self.app.approve(user_code, choice)
    }

    /// Denies a code.
    ///
    /// # Errors
    /// As [`LocalServer::approve`].
    pub fn deny(&self, user_code: &str) -> Result<(), Undecidable> {
        self.app.deny(user_code, false)
    }

    /// Expires a code early, decided or not; returns false when there is none.
    pub fn expire(&self, user_code: &str) -> bool {
        lock(&self.app.pairings).grants.expire(user_code, self.app.now())
    }

    /// Returns the server's clock.
    pub fn clock(&self) -> &Clock {
        &self.app.clock
    }

    /// Closes expired batches and marks expired codes, without waiting for the next sweep.
    pub fn sweep(&self) -> Vec<Batch> {
        self.app.sweep()
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has stopped as well.
            let _ = thread.join();
        }
    }
}

/// Serves until the sender of `stopped` is dropped; open connections are cut.
fn run(runtime: Runtime, app: Arc<App>, listener: TcpListener, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async {
        let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
        let router = Router::new()
            .fallback(routes::handle)
            .layer(DefaultBodyLimit::disable())
            .layer(map_response_with_state(app.clone(), dated))
            .with_state(app.clone())
            .into_make_service_with_connect_info::<Connection>();
        tokio::select! {
            _ = axum::serve(Listener(listener), router) => {}
            () = sweep(app) => {}
            _ = stopped => {}
        }
    });
    runtime.shutdown_timeout(Duration::from_millis(500));
}

/// Sets the date of a reply to the server's clock.
async fn dated(State(app): State<Arc<App>>, mut reply: Reply) -> Reply {
    let date = app.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        reply.headers_mut().insert(header::DATE, date);
    }
    reply
}

/// Sweeps periodically; checks often, because the switch may change meanwhile.
async fn sweep(app: Arc<App>) {
    let mut last = Instant::now();
    loop {
        let every = app.switches().sweep_every;
        tokio::time::sleep(every.clamp(Duration::from_millis(5), Duration::from_millis(200))).await;
        if last.elapsed() >= every {
            app.sweep();
            last = Instant::now();
        }
    }
}
