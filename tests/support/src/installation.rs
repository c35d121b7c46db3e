//! [`Installation`]: a home with a folder of tables and the stand-in server.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use data_exporter::models::export::RunState;
use data_exporter::models::history::HistoryQuery;
use data_exporter::store::Store;
use local_data_forge::{Announced, Endpoint, LocalServer, Options};
use serde_json::Value;
use test_tables::{Dialect, Field, Table, Value as Cell};

use crate::{TestHome, wait_until};

/// Leaves out tables that have not changed.
pub const SKIP_UNCHANGED: &str = "[export]\nskip_unchanged = true\n";

/// A home, the folder of its tables, and a server; not configured at first.
pub struct Installation {
    /// The data folder with the configuration.
    pub home: TestHome,
    /// The folder of the tables.
    pub tables: PathBuf,
    /// The server.
    pub server: LocalServer,
}

impl Installation {
    /// The domain of the paired site.
    pub const DOMAIN: &str = "warehouse.example.com";
    /// The secret of the paired site.
    pub const SECRET: &str = "cs_secret123";

    /// Creates an installation without configuration and tables, with a server of default options.
    pub fn new() -> Self {
        let home = TestHome::new();
        let tables = home.path().join("tables");
        std::fs::create_dir(&tables).unwrap();
        Self { home, tables, server: LocalServer::start(Options::default()).unwrap() }
    }

    /// Creates an installation with the table GOODS and a server that answers polls of a pairing after a second.
    pub fn with_a_table() -> Self {
        let mut options = Options::default();
        options.switches.pairing.announced_interval = Announced::Seconds(1);
        options.switches.pairing.interval = Duration::from_millis(500);
        let installation = Self { server: LocalServer::start(options).unwrap(), ..Self::new() };
        installation.text_table("GOODS.DBF", "bolt");
        installation
    }

    /// Adds a variable to the command's environment.
    #[must_use]
    pub fn variable(self, name: &str, value: &str) -> Self {
        Self { home: self.home.variable(name, value), ..self }
    }

    /// Writes a configuration that is paired with the own server, with the secret in the file store; `more` is appended.
    #[must_use]
    pub fn paired(self, more: &str) -> Self {
        self.pair_with(&self.server.base_url(), more);
        self
    }

    /// Writes a configuration that names the own server and no pairing; `more` is appended.
    #[must_use]
    pub fn unpaired(self, more: &str) -> Self {
        self.write_config(&self.server.base_url(), "[credential]\nsecret_store = \"file\"\n", "", more);
        self
    }

    /// Writes a configuration as [`Installation::paired`], for the server at an address.
    pub fn pair_with(&self, base_url: &str, more: &str) {
        self.write_config(base_url, "[credential]\nsecret_store = \"file\"\n", &device(""), more);
        std::fs::create_dir_all(self.home.path().join("secrets")).unwrap();
        self.home.write("secrets/client_secret", &format!("{}\n", Self::SECRET));
    }

    /// Writes a configuration for the server at an address with the secret in plain text; `more` is appended.
    pub fn pair_in_plain_text(&self, base_url: &str, more: &str) {
        self.write_config(base_url, "", &device(&format!("client_secret = \"{}\"\n", Self::SECRET)), more);
    }

    fn write_config(&self, base_url: &str, store: &str, device: &str, more: &str) {
        let text = format!(
            "[src]\nsource_dir = '{}'\n{store}{device}\
             [api]\nbase_url = \"{base_url}\"\nhttps_only = {}\n{more}",
            self.tables.display(),
            base_url.starts_with("https:")
        );
        self.home.write("config.toml", &text);
    }

    /// Writes a table with a number of rows; returns its path.
    pub fn table(&self, name: &str, rows: usize) -> PathBuf {
        let mut table = Table::new(Dialect::DBase3)
            .field(Field::character("NAME", 10))
            .field(Field::numeric("PRICE", 8, 2));
        for row in 0..rows {
            table.push(b' ', [Cell::Text(b"goods".to_vec()), Cell::Number(format!("{row}.50"))]);
        }
        let path = self.tables.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        table.build().write(&self.tables, name).unwrap();
        path
    }

    /// Writes a table with one row of one text.
    pub fn text_table(&self, name: &str, text: &str) {
        write_text_table(&self.tables.join(name), text);
    }

    /// Waits until the server has received a request of this kind.
    pub fn until_requested(&self, endpoint: Endpoint) {
        let is_there = || self.server.requests().iter().any(|request| request.endpoint == endpoint);
        wait_until("the server has received the request", is_there);
    }

    /// Waits until a run has this state.
    pub fn until_run(&self, state: RunState) {
        wait_until("a run has the state", || {
            let runs = Store::view(self.home.path()).unwrap();
            let query = HistoryQuery { states: vec![state], ..HistoryQuery::default() };
            runs.history_page(&query, None, 1).unwrap().total > 0
        });
    }

    /// Writes a file with the name of a table that is not one.
    pub fn damaged(&self, name: &str) {
        std::fs::write(self.tables.join(name), b"\x03 no table").unwrap();
    }

    /// Runs `export` with arguments; returns exit code and JSON.
    pub fn export(&self, arguments: &[&str]) -> (i32, Value) {
        self.home.json(&[&["export"], arguments].concat())
    }

    /// Starts an export without waiting for its end.
    pub fn start_export(&self) -> Child {
        let mut command = self.home.command(&["export", "--json"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

impl Default for Installation {
    fn default() -> Self {
        Self::new()
    }
}

/// The section of a pairing.
fn device(secret: &str) -> String {
    format!("[credential.device]\ndomain = \"{}\"\n{secret}", Installation::DOMAIN)
}

/// Writes a table with one row of one text.
pub fn write_text_table(path: &Path, text: &str) {
    let table = Table::new(Dialect::DBase3).field(Field::character("NAME", 20)).row([Cell::from(text)]);
    std::fs::write(path, table.build().table).unwrap();
}

/// Returns the error code of a run or of a failed command, or "none".
pub fn error_code(value: &Value) -> &str {
    value["error"]["code"].as_str().unwrap_or("none")
}
