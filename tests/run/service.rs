//! [`Installation`], a data folder with a server, and [`Service`], a running `run` in it.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use data_exporter::models::export::RunState;
use data_exporter::models::history::HistoryQuery;
use data_exporter::platform::FolderLock;
use local_data_forge::{Announced, Endpoint, LocalServer, Options};
use tempfile::TempDir;
use test_support::TestHome;
use test_tables::{Dialect, Field, Table, Value};

use super::TIMEOUT;

pub struct Installation {
    pub home: TestHome,
    pub server: LocalServer,
    source: TempDir,
}

impl Installation {
    /// Creates a source folder with one table; there is no configuration yet.
    pub fn new() -> Self {
        let mut options = Options::default();
        options.switches.pairing.announced_interval = Announced::Seconds(1);
        options.switches.pairing.interval = Duration::from_millis(500);
        let source = tempfile::tempdir().unwrap();
        write_table(&source.path().join("GOODS.DBF"), "bolt");
        Self { home: TestHome::new(), server: LocalServer::start(options).unwrap(), source }
    }

    pub fn configure(&self, more: &str) {
        let text = format!(
            "[src]\nsource_dir = '{}'\n[api]\nbase_url = \"{}\"\nhttps_only = false\n\
             [credential]\nsecret_store = \"file\"\n[export]\nskip_unchanged = true\n{more}",
            self.source.path().display(),
            self.server.base_url()
        );
        self.home.write("config.toml", &text);
    }

    pub fn paired(&self, more: &str) {
        self.configure(&format!("[credential.device]\ndomain = \"warehouse.example.com\"\n{more}"));
        std::fs::create_dir_all(self.home.path().join("secrets")).unwrap();
        self.home.write("secrets/client_secret", "cs_secret123\n");
    }

    /// Adds a table with one row.
    pub fn table(&self, name: &str, text: &str) {
        write_table(&self.source.path().join(name), text);
    }

    pub fn damaged(&self, name: &str) {
        std::fs::write(self.source.path().join(name), [0x03, 126, 1, 1, 255, 255]).unwrap();
    }

    /// Waits until the server has received a request of this kind.
    pub fn until_requested(&self, endpoint: Endpoint) {
        until(|| self.server.requests().iter().any(|request| request.endpoint == endpoint));
    }

    /// Waits until a run has this state.
    pub fn until_run(&self, state: RunState) {
        until(|| {
            let runs = data_exporter::store::Store::view(self.home.path()).unwrap();
            let query = HistoryQuery { states: vec![state], ..HistoryQuery::default() };
            runs.history_page(&query, None, 1).unwrap().total > 0
        });
    }
}

pub fn write_table(path: &std::path::Path, text: &str) {
    let table = Table::new(Dialect::DBase3).field(Field::character("NAME", 20)).row([Value::from(text)]);
    std::fs::write(path, table.build().table).unwrap();
}

/// Waits until a condition holds.
pub fn until(condition: impl Fn() -> bool) {
    until_within(TIMEOUT, condition);
}

pub fn until_within(timeout: Duration, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < timeout, "the condition never held");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Creates a command of an account without rights, with a copy of the program that it can run.
pub fn as_nobody(installation: &Installation, place: &TempDir, arguments: &[&str]) -> Command {
    use std::os::unix::fs::PermissionsExt as _;

    let program = place.path().join("data_exporter");
    if !program.exists() {
        std::fs::copy(installation.home.command(&[]).get_program(), &program).unwrap();
        std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program).args(arguments);
    command.env_clear().env("DATA_EXPORTER_HOME", installation.home.path()).current_dir("/");
    command
}

/// A running `run`; dropping it kills the process.
pub struct Service(Child);

impl Service {
    pub fn start(installation: &Installation) -> Self {
        Self::start_with(installation, &[])
    }

    pub fn start_with(installation: &Installation, arguments: &[&str]) -> Self {
        Self::spawn(installation, installation.home.command(&[&["run"], arguments].concat()))
    }

    /// Starts it with an account without rights.
    pub fn start_as_nobody(installation: &Installation, place: &TempDir) -> Self {
        Self::spawn(installation, as_nobody(installation, place, &["run"]))
    }

    pub fn spawn(installation: &Installation, mut command: Command) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let pid = child.id();
        let service = Self(child);
        until(|| FolderLock::owner(installation.home.path()).is_some_and(|holder| holder.pid == pid));
        // The channel opens after everything was read.
        until(|| {
            std::os::unix::net::UnixStream::connect(installation.home.path().join("control.sock")).is_ok()
        });
        service
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Sends a signal, waits for the end and returns the exit code.
    pub fn end(mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.0.wait().unwrap().code()
    }

    /// Ends it and returns everything that it printed.
    pub fn output(mut self) -> String {
        self.signal("TERM");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut self.0.stdout.take().unwrap(), &mut text).unwrap();
        text
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([&format!("-{signal}"), &self.0.id().to_string()]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
