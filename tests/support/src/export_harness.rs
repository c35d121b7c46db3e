//! [`ExportHarness`]: a folder of tables, a data folder and a server, and the queries that tests make on them.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use data_exporter::api::{Backoff, Batches, Client, Limits, RetryPolicy};
use data_exporter::auth::{AuthClient, Credential, TokenManager};
use data_exporter::config::DeviceCredentialConfig;
use data_exporter::error::ErrorReporter;
use data_exporter::export::{
    ExportEvent, ProgressListener, RunContext, RunLimits, RunOutcome, RunRequest, export,
};
use data_exporter::models::errors::ErrorQuery;
use data_exporter::models::export::{ExportedFile, RunState};
use data_exporter::models::{Config, Secret};
use data_exporter::reports::{Reports, Server};
use data_exporter::store::Store;
use flate2::read::GzDecoder;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use local_data_forge::{BatchStatus, Endpoint, LocalServer, Options};
use tempfile::TempDir;
use test_tables::{Dialect, Field, Table, Value};
use tokio_util::sync::CancellationToken;

/// Exports of a folder by the library, with a configuration that is paired with the own server.
pub struct ExportHarness {
    /// The server.
    pub server: LocalServer,
    /// The configuration of the next export.
    pub config: Config,
    /// The limits of the next export.
    pub limits: RunLimits,
    /// The retry policy of the next export.
    pub retry_policy: RetryPolicy,
    /// Cancels an export.
    pub stop: CancellationToken,
    /// The waits of all exports.
    pub waits: Arc<WaitLog>,
    source: TempDir,
    home: TempDir,
}

/// Shortened retry delays.
struct ShortBackoff;

impl Backoff for ShortBackoff {
    fn random(&self) -> f64 {
        0.5
    }

    fn instant(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(wait.min(Duration::from_millis(3))).boxed()
    }
}

/// The waits of runs.
#[derive(Default)]
pub struct WaitLog {
    retries: Mutex<Vec<Duration>>,
    reasons: Mutex<Vec<String>>,
}

impl WaitLog {
    /// Returns the delay before each retry.
    pub fn retries(&self) -> Vec<Duration> {
        self.retries.lock().unwrap().clone()
    }

    /// Returns the reason of each other wait.
    pub fn reasons(&self) -> Vec<String> {
        self.reasons.lock().unwrap().clone()
    }
}

impl ProgressListener for WaitLog {
    fn on(&self, event: ExportEvent<'_>) {
        match event {
            ExportEvent::Retrying { wait, .. } => self.retries.lock().unwrap().push(wait),
            ExportEvent::Waiting { why, .. } => self.reasons.lock().unwrap().push(why.to_owned()),
            _ => {}
        }
    }
}

impl ExportHarness {
    /// Creates a harness without a table.
    pub fn new() -> Self {
        let server = LocalServer::start(Options::default()).unwrap();
        let source = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.api.base_url = Some(server.base_url());
        config.api.https_only = false;
        config.src.source_dir = Some(source.path().to_path_buf());
        config.credential.device = Some(DeviceCredentialConfig {
            domain: "warehouse.example.com".to_owned(),
            client_secret: Some(Secret::new("cs_secret123")),
            site_id: None,
        });
        Self {
            server,
            config,
            limits: RunLimits::default(),
            retry_policy: RetryPolicy::Attempts(8),
            stop: CancellationToken::new(),
            waits: Arc::default(),
            source,
            home: tempfile::tempdir().unwrap(),
        }
    }

    /// Creates a harness with `count` tables `T00.DBF`, ... of three rows each.
    pub fn with_tables(count: usize) -> Self {
        let harness = Self::new();
        for number in 0..count {
            harness.table(&format!("T{number:02}.DBF"), &["one", "two", "three"]);
        }
        harness
    }

    /// Returns a path below the folder of tables.
    pub fn path(&self, name: &str) -> PathBuf {
        self.source.path().join(name)
    }

    /// Writes a table with these rows.
    pub fn table(&self, name: &str, rows: &[&str]) {
        let mut table = Table::new(Dialect::DBase3).field(Field::character("NAME", 40));
        for row in rows {
            table = table.row([Value::from(*row)]);
        }
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, table.build().table).unwrap();
    }

    /// Opens the database.
    pub fn store(&self) -> Store {
        Store::open(self.home.path()).unwrap()
    }

    /// Returns the number of files in the spool.
    pub fn spooled(&self) -> usize {
        std::fs::read_dir(self.home.path().join("spool")).map_or(0, Iterator::count)
    }

    /// Returns the context of an export, with a client that gives up after 400 ms.
    pub fn context(&self) -> RunContext {
        let limits = Limits {
            stall: Duration::from_millis(400),
            request: Duration::from_millis(400),
            ..Limits::default()
        };
        let client =
            Client::new(self.config.api.base_url.as_deref().unwrap(), self.config.api.https_only, limits)
                .unwrap();
        let device = self.config.credential.device.clone().unwrap();
        let credential = Credential::new(device.domain, device.client_secret.unwrap());
        let store = self.store();
        let auth = AuthClient::new(client.clone(), credential, &self.config, Arc::new(store.clone()));
        let tokens = Arc::new(TokenManager::with_client(auth));
        let reports = Reports::new(store.clone());
        let reporter = Arc::new(ErrorReporter::new(self.config.api.https_only).unwrap());
        reports.through(Server::new(reporter, tokens.clone(), Arc::new(self.config.clone())));
        let sink = Batches::new(client, tokens, self.config.api.paths, Arc::new(store.clone()));
        RunContext {
            config: Arc::new(self.config.clone()),
            store,
            reports,
            data: self.home.path().to_path_buf(),
            sink: Arc::new(sink),
            destination: format!("warehouse.example.com {}", self.server.base_url()),
            progress: self.waits.clone(),
            shadow_copy_provider: None,
            backoff: Arc::new(ShortBackoff),
            stop: self.stop.clone(),
            limits: self.limits,
        }
    }

    /// Exports with the harness's retry policy.
    pub async fn export(&self) -> RunOutcome {
        self.export_with(RunRequest { retry_policy: self.retry_policy, ..RunRequest::default() }).await
    }

    /// Exports with a request, and waits until errors are reported to the server.
    pub async fn export_with(&self, request: RunRequest) -> RunOutcome {
        let context = self.context();
        let outcome = export(&context, &request).await.unwrap();
        context.reports.flush(Duration::from_secs(2)).await;
        outcome
    }

    /// Advances the server's clock to the next minute, so that file names can be used again.
    pub fn next_minute(&self) {
        self.server.clock().advance(Duration::from_mins(1));
    }

    /// Returns the lines of every file in completed batches, by name on the wire; panics when a name exists twice.
    pub fn arrived(&self) -> BTreeMap<String, Vec<String>> {
        let mut arrived = BTreeMap::new();
        for (name, lines) in self.deliveries() {
            assert!(arrived.insert(name.clone(), lines).is_none(), "`{name}` was delivered twice");
        }
        arrived
    }

    /// Returns the same as a list, where a name may exist in several batches.
    fn deliveries(&self) -> Vec<(String, Vec<String>)> {
        let completed =
            |status| matches!(status, BatchStatus::Completed | BatchStatus::CompletedWithWarnings);
        let batches = self.server.batches();
        let files = batches.iter().filter(|batch| completed(batch.status)).flat_map(|batch| &batch.files);
        files
            .map(|file| {
                let mut text = String::new();
                GzDecoder::new(&self.server.bytes_of(file).unwrap()[..]).read_to_string(&mut text).unwrap();
                (file.name.clone(), text.lines().map(str::to_owned).collect())
            })
            .collect()
    }

    /// Returns the status of each batch.
    pub fn statuses(&self) -> Vec<BatchStatus> {
        self.server.batches().iter().map(|batch| batch.status).collect()
    }

    /// Returns the number of requests to an endpoint.
    pub fn requests(&self, endpoint: Endpoint) -> usize {
        self.server.requests().iter().filter(|request| request.endpoint == endpoint).count()
    }

    /// Returns the codes of all recorded errors.
    pub fn errors(&self) -> Vec<String> {
        self.store()
            .error_page(&ErrorQuery::default(), None, u32::MAX)
            .unwrap()
            .errors
            .into_iter()
            .map(|error| error.kind)
            .collect()
    }
}

impl Default for ExportHarness {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns state and exit code of a run.
pub fn state(outcome: &RunOutcome) -> (RunState, u8) {
    (outcome.report.state, outcome.exit_code)
}

/// Returns the entry of a table in the report of a run.
pub fn file<'a>(outcome: &'a RunOutcome, source: &str) -> &'a ExportedFile {
    let files = outcome.report.files.as_ref().unwrap();
    files.iter().find(|file| file.report.source == source).unwrap()
}

/// Returns the error code of a run, or an empty text.
pub fn error_code(outcome: &RunOutcome) -> &str {
    outcome.report.error.as_ref().map_or("", |error| error.code.as_str())
}
