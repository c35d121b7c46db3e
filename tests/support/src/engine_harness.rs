//! [`EngineHarness`]: a data folder, a source folder and a server, with engines that use them.

use std::path::PathBuf;
use std::time::Duration;

use data_exporter::engine::{Engine, Options};
use data_exporter::models::command::{Command, EngineEvent};
use data_exporter::models::pairing::PairingState;
use data_exporter::models::snapshot::{Snapshot, State};
use data_exporter::platform::Folders;
use data_exporter::store::Store;
use local_data_forge::{Announced, LocalServer};
use tempfile::TempDir;
use test_tables::{Dialect, Field, Table, Value};
use tokio::sync::broadcast;

use crate::wait::TIMEOUT;

/// A schedule that starts no export while a test runs.
const RARELY: &str = "[scheduler]\ncrontab = \"0 0 29 2 *\"\n";

/// A data folder, a source folder and a server.
pub struct EngineHarness {
    /// The server.
    pub server: LocalServer,
    /// The data folder, with the configuration.
    pub home: TempDir,
    /// The source folder.
    pub source: TempDir,
}

impl Default for EngineHarness {
    fn default() -> Self {
        Self::new()
    }
}

impl EngineHarness {
    /// Creates a source folder with one table and an unpaired configuration.
    pub fn new() -> Self {
        let mut options = local_data_forge::Options::default();
        options.switches.pairing.announced_interval = Announced::Seconds(1);
        options.switches.pairing.interval = Duration::from_millis(500);
        let harness = Self {
            server: LocalServer::start(options).unwrap(),
            home: tempfile::tempdir().unwrap(),
            source: tempfile::tempdir().unwrap(),
        };
        harness.table("GOODS.DBF", &["bolt", "nut"]);
        harness.configure("");
        harness
    }

    /// Writes config.toml with `more` appended. Unchanged tables are skipped, since the server accepts the same name only once
    /// a minute.
    pub fn configure(&self, more: &str) {
        let schedule = if more.contains("[scheduler]") { "" } else { RARELY };
        let text = format!(
            "{schedule}[src]\nsource_dir = '{}'\n[api]\nbase_url = \"{}\"\nhttps_only = false\n\
             [credential]\nsecret_store = \"file\"\n[export]\nskip_unchanged = true\n{more}",
            self.source.path().display(),
            self.server.base_url()
        );
        std::fs::write(self.folders().config, text).unwrap();
    }

    /// Writes a configuration with a pairing that the server accepts.
    pub fn paired(&self, more: &str) {
        self.configure(&format!("[credential.device]\ndomain = \"warehouse.example.com\"\n{more}"));
        std::fs::create_dir_all(self.path("secrets")).unwrap();
        std::fs::write(self.path("secrets/client_secret"), "cs_secret123\n").unwrap();
    }

    /// Writes a table with a row for each text.
    pub fn table(&self, name: &str, rows: &[&str]) {
        let mut table = Table::new(Dialect::DBase3).field(Field::character("NAME", 40));
        for row in rows {
            table = table.row([Value::from(*row)]);
        }
        std::fs::write(self.source.path().join(name), table.build().table).unwrap();
    }

    /// Writes a file with the name of a table that is not one.
    pub fn damaged(&self, name: &str) {
        std::fs::write(self.source.path().join(name), [0x03, 126, 1, 1, 255, 255]).unwrap();
    }

    /// Returns the folders of an engine.
    pub fn folders(&self) -> Folders {
        Folders { config: self.home.path().join("config.toml"), data: self.home.path().to_path_buf() }
    }

    /// Returns the text of config.toml.
    pub fn config_text(&self) -> String {
        std::fs::read_to_string(self.folders().config).unwrap()
    }

    /// Returns a path in the data folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Opens the database for reading.
    pub fn store(&self) -> Store {
        Store::view(self.home.path()).unwrap()
    }

    /// Starts an engine.
    pub async fn engine(&self) -> RunningEngine {
        RunningEngine::start(self.folders()).await
    }
}

/// An engine with a receiver of its events.
pub struct RunningEngine {
    /// The engine.
    pub engine: Engine,
    events: broadcast::Receiver<EngineEvent>,
}

impl RunningEngine {
    /// Starts an engine.
    pub async fn start(folders: Folders) -> Self {
        let engine = Engine::start(Options::new(folders, "test")).await.unwrap();
        let events = engine.subscribe();
        Self { engine, events }
    }

    /// Sends a command, which must be accepted.
    pub async fn send(&self, command: Command) {
        self.engine.send(command).await.unwrap();
    }

    /// Starts an export as a window does.
    pub async fn export(&self) {
        self.send(Command::Export { full: false, only: Vec::new(), accept_missing: false, retry_for: None })
            .await;
    }

    /// Waits for the next event that `wanted` accepts.
    pub async fn event<T>(&mut self, mut wanted: impl FnMut(EngineEvent) -> Option<T>) -> T {
        let found = async {
            loop {
                if let Some(found) = wanted(self.events.recv().await.unwrap()) {
                    return found;
                }
            }
        };
        tokio::time::timeout(TIMEOUT, found).await.unwrap()
    }

    /// Waits until the current snapshot matches. Older snapshots in unread events do not count, so that a state before
    /// the last command is not taken for one after it.
    pub async fn until(&mut self, fits: impl Fn(&Snapshot) -> bool) -> Snapshot {
        loop {
            let now = self.engine.snapshot();
            if fits(&now) {
                return now;
            }
            self.event(|event| {
                matches!(event, EngineEvent::Changed { .. } | EngineEvent::Ended).then_some(())
            })
            .await;
        }
    }

    /// Waits for a snapshot that matches, also one that has been replaced since; unread events count.
    pub async fn passed(&mut self, fits: impl Fn(&Snapshot) -> bool) {
        self.event(|event| match event {
            EngineEvent::Changed { snapshot } if fits(&snapshot) => Some(()),
            _ => None,
        })
        .await;
    }

    /// Returns when the actor has handled everything that was sent to it before.
    pub async fn barrier(&self) {
        self.engine.cancel_export(0).await.unwrap();
    }

    /// Waits until the current snapshot has a state.
    pub async fn until_state(&mut self, state: State) -> Snapshot {
        self.until(|snapshot| snapshot.state == state).await
    }

    /// Waits for a code and returns it.
    pub async fn code(&mut self) -> String {
        let shown = self.until(|snapshot| matches!(snapshot.pairing, PairingState::Waiting { .. })).await;
        let PairingState::Waiting { code, .. } = shown.pairing else { panic!("no code") };
        code.user_code
    }

    /// Waits for the end of a run with a number above `before`.
    pub async fn run_ended(&mut self, before: i64) -> Snapshot {
        self.until(|now| now.run.is_none() && now.last_run.as_ref().is_some_and(|run| run.run_id > before))
            .await
    }

    /// Returns the events received so far.
    pub fn drain_events(&mut self) -> Vec<EngineEvent> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }

    /// Ends the engine.
    pub async fn shutdown(self) {
        self.engine.shutdown(Duration::from_secs(20)).await;
    }
}
